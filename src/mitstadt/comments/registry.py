"""Rooms above that want to know of each contribution in its own transaction, ask for its side, or say more about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from mitstadt.accounts.actor import Actor
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
