"""Rooms above that want to know of each contribution to a discussion, in its own transaction, or ask for its side."""

from __future__ import annotations

from collections.abc import Callable

from mitstadt.subjects.models import Subject

from .models import Comment

_listeners: list[Callable[[Comment], None]] = []
_sides: dict[str, Callable[[Subject], bool]] = {}


def on_added(listener: Callable[[Comment], None]) -> None:
    """Let `listener(comment)` run inside the transaction that writes a contribution, before counters move."""
    if listener not in _listeners:
        _listeners.append(listener)


def added(comment: Comment) -> None:
    for listener in _listeners:
        listener(comment)


def ask_sides(kind: str, asks: Callable[[Subject], bool]) -> None:
    """Let `asks(subject)` say whether a discussion about this subject asks people where they stand: for, against,
    neither. `kind` is its kind of subject; raises ValueError when two rooms claim one."""
    if _sides.get(kind, asks) is not asks:
        raise ValueError(f"sides of {kind!r} are registered twice")
    _sides[kind] = asks


def asks_side(subject: Subject) -> bool:
    """Is a contribution to this discussion asked for a side? No query for kinds that never ask."""
    asks = _sides.get(subject.kind)
    return asks is not None and asks(subject)
