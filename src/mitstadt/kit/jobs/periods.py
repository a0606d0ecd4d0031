"""When periodic work is due; no Django."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SHORT = 60  # seconds; work this frequent runs inside the worker, without a row per run


@dataclass(frozen=True, slots=True)
class Period:
    """Every `seconds`, or at a time of day (on one weekday, if one is named)."""

    seconds: int = 0
    at: time = time()
    weekday: int | None = None

    @property
    def is_short(self) -> bool:
        return 0 < self.seconds < SHORT

    def last_due(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The latest moment, not after `now`, at which the work was due."""
        if self.seconds:
            return datetime.fromtimestamp(int(now.timestamp()) // self.seconds * self.seconds, UTC)
        local = now.astimezone(zone)
        day = local.date()
        if self.weekday is not None:
            day -= timedelta(days=(local.weekday() - self.weekday) % 7)
        due = datetime.combine(day, self.at, zone)
        if due > local:
            due = datetime.combine(day - timedelta(days=1 if self.weekday is None else 7), self.at, zone)
        return due


def parse(when: int | str) -> Period:
    """A number of seconds, ``"07:00"`` (each day) or ``"mon 07:00"``. Raises ValueError for anything else."""
    if isinstance(when, int):
        if when < 1:
            raise ValueError("a period is at least one second")
        return Period(seconds=when)
    match = re.fullmatch(r"(?:([a-z]{3}) )?([01]\d|2[0-3]):([0-5]\d)", when)
    if not match or (match[1] and match[1] not in DAYS):
        raise ValueError(f"{when!r}: write a number of seconds, '07:00' or 'mon 07:00'")
    return Period(at=time(int(match[2]), int(match[3])), weekday=DAYS.index(match[1]) if match[1] else None)


# After a failed attempt the next one waits this long; after the last one a person must look.
PAUSES = (10, 60, 300, 1800, 7200, 21600)


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after so many failed attempts; None when it is time to give up."""
    return timedelta(seconds=PAUSES[attempts - 1]) if attempts <= len(PAUSES) else None
