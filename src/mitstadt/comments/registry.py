"""Rooms above that want to know of each contribution in its own transaction, or to say more about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from mitstadt.accounts.actor import Actor

from .models import Comment

_listeners: list[Callable[[Comment], None]] = []


def on_added(listener: Callable[[Comment], None]) -> None:
    """Let `listener(comment)` run inside the transaction that writes a contribution, before counters move."""
    if listener not in _listeners:
        _listeners.append(listener)


def added(comment: Comment) -> None:
    for listener in _listeners:
        listener(comment)


@dataclass(frozen=True, slots=True)
class Extra:
    """What a room says more in discussions about its kind of subject.

    `marks(keys)` gives safe HTML that stands below these contributions, by their key, in one query. `link(actor)` gives
    a signed-in person (words, address with ``SUBJECT`` for the contribution's public id) for answers, or None.
    """

    marks: Callable[[Sequence[int]], Mapping[int, SafeString]]
    link: Callable[[Actor], tuple[str, str] | None]


_extras: dict[str, Extra] = {}


def register_extra(kind: str, extra: Extra) -> None:
    """`kind` is the kind of the subject that people talk about."""
    _extras[kind] = extra


def extra_of(kind: str) -> Extra | None:
    return _extras.get(kind)
