"""Writing. One verb each, one transaction: take one's turn, decide, change, record, tell, count."""

from __future__ import annotations

from .booking import PURPOSE, book, cancel, confirmed, describe, enter, request_from_guest
from .leaving import forget, purge
from .managing import cancel_all, cancel_for, change_seats, mark_attended, tell_all
from .opening import change_places, open_places
from .turns import move_up

__all__ = [
    "PURPOSE",
    "book",
    "cancel",
    "cancel_all",
    "cancel_for",
    "change_places",
    "change_seats",
    "confirmed",
    "describe",
    "enter",
    "forget",
    "mark_attended",
    "move_up",
    "open_places",
    "purge",
    "request_from_guest",
    "tell_all",
]
