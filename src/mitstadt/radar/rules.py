"""What follows from a measure's facts on a day: late, postponed, stale, behind. Pure: no Django, no clock, no texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from . import dates

DONE = "abgeschlossen"
STOPPED = "eingestellt"
UNKNOWN = "unbekannt"
UNPROVEN = "nicht-belegt"  # on a past day: no source says how it stood then; never stored
FINAL = frozenset({DONE, STOPPED})

LATE = "late"
POSTPONED = "postponed"
STALE = "stale"
UNDATED = "undated"
BEHIND = "behind"

# "Behind": the share of time that is gone exceeds the share of milestones reached by more than this.
BEHIND_BY = 0.3


@dataclass(frozen=True, slots=True)
class Finding:
    """`slug` is one of the constants above; `number` counts what the slug is about.

    late: days since the planned end; postponed: how often; stale: days since the last dated status;
    undated: 0; behind: percent of the planned time that is gone.
    """

    slug: str
    number: int = 0


def late_by(status: str, end: str, day: date) -> int:
    """Days on `day` since the planned end's last day; 0 when not late, unknown, done or stopped.

    An end of "2025" is over on 1 January 2026, one of "2025-04" on 1 May.
    """
    if not end or status in FINAL:
        return 0
    return max((day - dates.last_day(end)).days, 0)


def stale_by(status: str, status_as_of: str, day: date, after_days: int) -> int:
    """Days on `day` since the status was last known, if more than `after_days` and the measure is not finished."""
    if not status_as_of or status in FINAL:
        return 0
    age = (day - dates.last_day(status_as_of)).days
    return age if age > after_days else 0


def behind(start: str, end: str, status: str, done: int, of: int, day: date) -> int:
    """Percent of the planned time gone, if that is far ahead of the milestones reached; else 0."""
    if not (start and end and of) or status in FINAL:
        return 0
    begin, finish = dates.first_day(start), dates.last_day(end)
    if finish <= begin or day <= begin:
        return 0
    elapsed = min((day - begin).days / (finish - begin).days, 1.0)
    return round(elapsed * 100) if elapsed - done / of > BEHIND_BY else 0


def postponements(ends: Iterable[str]) -> int:
    """How often the planned end moved later, over the ends named one after another (empty ones are skipped)."""
    count, before = 0, ""
    for end in ends:
        if not end:
            continue
        if before and dates.last_day(end) > dates.last_day(before):
            count += 1
        before = end
    return count


def findings(
    *,
    status: str,
    status_as_of: str,
    start: str,
    end: str,
    postponed: int,
    milestones_done: int,
    milestones_all: int,
    day: date,
    stale_after: int,
) -> list[Finding]:
    """Every flag of a measure on `day`, the gravest first."""
    found = []
    if late := late_by(status, end, day):
        found.append(Finding(LATE, late))
    if postponed:
        found.append(Finding(POSTPONED, postponed))
    if milestones_all and (gone := behind(start, end, status, milestones_done, milestones_all, day)):
        found.append(Finding(BEHIND, gone))
    if not status_as_of:
        found.append(Finding(UNDATED))
    elif stale := stale_by(status, status_as_of, day, stale_after):
        found.append(Finding(STALE, stale))
    return found
