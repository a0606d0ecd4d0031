"""Rooms above that want to know of each contribution to a discussion, in its own transaction."""

from __future__ import annotations

from collections.abc import Callable

from .models import Comment

_listeners: list[Callable[[Comment], None]] = []


def on_added(listener: Callable[[Comment], None]) -> None:
    """Let `listener(comment)` run inside the transaction that writes a contribution, before counters move."""
    if listener not in _listeners:
        _listeners.append(listener)


def added(comment: Comment) -> None:
    for listener in _listeners:
        listener(comment)
