"""Rooms above whose subjects have places say where staff look after the subject itself; it is called off there."""

from __future__ import annotations

from collections.abc import Callable

from mitstadt.subjects.models import Subject

Desk = Callable[[Subject], str]

_desks: dict[str, Desk] = {}


def register(kind: str, desk: Desk) -> None:
    """`desk(subject)` is the address of the screen in the back office."""
    _desks[kind] = desk


def desk_of(subject: Subject) -> str:
    """The address, "" for kinds without a screen of their own."""
    found = _desks.get(subject.kind)
    return found(subject) if found is not None else ""
