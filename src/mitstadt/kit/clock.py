"""The only place that asks what time it is, so that a test or a preview can say so instead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_stopped: ContextVar[datetime | None] = ContextVar("mitstadt_clock", default=None)


def now() -> datetime:
    """The current moment, with time zone."""
    return _stopped.get() or timezone.now()


def today() -> date:
    """The current day in the city's time zone."""
    return timezone.localdate(now())


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Stop the clock at `moment` (with time zone) for this thread of work."""
    token = _stopped.set(moment)
    try:
        yield
    finally:
        _stopped.reset(token)
