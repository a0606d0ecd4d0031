"""Dates as sources give them: a year, a month or a day. Stored as ``2024``, ``2024-05`` or ``2024-05-31``."""

from __future__ import annotations

import calendar
import re
from datetime import date
from functools import lru_cache

_FORM = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def parse(text: object) -> str:
    """The stored form of a partial date; an empty string for nothing. Raises ValueError with the text quoted."""
    value = "" if text is None else str(text).strip()
    if not value:
        return ""
    first_day(value)
    return value


def _parts(value: str) -> tuple[int, int | None, int | None]:
    match = _FORM.fullmatch(value)
    if not match:
        raise ValueError(f"„{value}“ ist kein Datum der Form 2024, 2024-05 oder 2024-05-31")
    year, month, day = match.groups()
    return int(year), int(month) if month else None, int(day) if day else None


@lru_cache(maxsize=4096)
def first_day(value: str) -> date:
    """The earliest day that `value` can mean. Raises ValueError."""
    year, month, day = _parts(value)
    return date(year, month or 1, day or 1)


@lru_cache(maxsize=4096)
def last_day(value: str) -> date:
    """The latest day that `value` can mean. Raises ValueError."""
    year, month, day = _parts(value)
    if day:
        return date(year, month or 1, day)
    month = month or 12
    return date(year, month, calendar.monthrange(year, month)[1])


def months_between(before: str, after: str) -> int:
    """Whole months from the last possible day of `before` to that of `after`; negative when it moved forward."""
    a, b = last_day(before), last_day(after)
    return (b.year - a.year) * 12 + b.month - a.month
