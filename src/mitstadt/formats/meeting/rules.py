"""What can be said about a date without asking the database. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

COMING, NOW, OVER, CANCELLED = "coming", "now", "over", "cancelled"
LIVE_AFTER = timedelta(hours=2)  # so long after the planned end questions still come in


class Dated(Protocol):
    starts_at: datetime
    ends_at: datetime
    cancelled_at: datetime | None


T = TypeVar("T", bound=Dated)


def state(found: Dated, now: datetime) -> str:
    """``coming``, ``now``, ``over`` or ``cancelled``. A date lasts up to, not including, its end."""
    if found.cancelled_at is not None:
        return CANCELLED
    if now < found.starts_at:
        return COMING
    return NOW if now < found.ends_at else OVER


def split(dates: Iterable[T], now: datetime) -> tuple[list[T], list[T]]:
    """(what is to come or runs, soonest first; what is over, latest first). Cancelled ones stay until their end."""
    known = list(dates)
    coming = sorted((d for d in known if now < d.ends_at), key=lambda d: d.starts_at)
    over = sorted((d for d in known if now >= d.ends_at), key=lambda d: d.starts_at, reverse=True)
    return coming, over


def next_one(dates: Iterable[T], now: datetime) -> T | None:
    """The next date that takes place, or runs now."""
    coming, _over = split(dates, now)
    return next((found for found in coming if found.cancelled_at is None), None)


def next_change(dates: Iterable[Dated], now: datetime) -> datetime | None:
    """The next moment at which a page of these dates is not true any more."""
    moments = [moment for found in dates for moment in (found.starts_at, found.ends_at) if moment > now]
    return min(moments, default=None)


_TIME = re.compile(r"^(\d{1,2}[:.]\d{2})(?:\s*Uhr)?[\s,:–-]+(?=\S)")


def agenda(text: str) -> list[tuple[str, str]]:
    """The items of an agenda, one per line: (time as it was written, or "", what happens). Blank lines are left out."""
    found = []
    for line in text.splitlines():
        words = " ".join(line.split())
        match = _TIME.match(words)
        if words:
            found.append((match[1].replace(".", ":"), words[match.end() :]) if match else ("", words))
    return found
