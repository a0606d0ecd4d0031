"""A clock that stands still until the test moves it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from mitstadt.kit import clock


class StoppedClock:
    """`moment` is the current moment of the house; `move(days=3)` lets time pass; `set(...)` jumps."""

    def __init__(self, moment: datetime) -> None:
        self.set(moment)

    def set(self, moment: datetime) -> None:
        self.moment = moment
        clock._stopped.set(moment)

    def move(self, **delta: float) -> datetime:
        self.set(self.moment + timedelta(**delta))
        return self.moment


@pytest.fixture
def stopped_clock() -> Iterator[StoppedClock]:
    """Stands at Tuesday, 2026-03-03, 10:00 in Berlin. Holds for the test's own thread, not for a live server's."""
    token = clock._stopped.set(None)
    yield StoppedClock(datetime(2026, 3, 3, 9, 0, tzinfo=UTC))
    clock._stopped.reset(token)
