"""iCalendar (RFC 5545): free times from VFREEBUSY, or from VEVENTs that say they are free.

A VFREEBUSY names periods; those with FBTYPE=FREE are free. A VEVENT is a free time only where it says so: transparent
(TRANSP:TRANSPARENT), not cancelled, and called "frei" or "free" in its title or categories. Whatever overlaps a busy
period or an opaque event is not free.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar

from . import Reading, Span, UnreadableError, of_spans

FREE_WORDS = re.compile(r"\b(frei|freier|freie|free|available|verfügbar)\b", re.I)
NOT_FREE = re.compile(r"\b(nicht|not|kein|keine|no)\b", re.I)


def read(content: bytes, capacity_id: str, now: datetime) -> Reading:
    """The free times. Raises UnreadableError when it is no calendar."""
    try:
        calendar = Calendar.from_ical(content)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise UnreadableError(_("Das ist kein lesbarer Kalender (iCal).")) from error
    if getattr(calendar, "name", "") != "VCALENDAR":
        raise UnreadableError(_("Das ist kein lesbarer Kalender (iCal)."))
    free: list[Span] = []
    busy: list[tuple[datetime, datetime]] = []
    try:
        for part in calendar.walk("VFREEBUSY"):
            _freebusy(part, free, busy)
        for part in calendar.walk("VEVENT"):
            _event(part, free, busy)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise UnreadableError(_("Ein Termin im Kalender ist nicht lesbar.")) from error
    return of_spans(_without(free, busy), now)


def _freebusy(part: Any, free: list[Span], busy: list[tuple[datetime, datetime]]) -> None:
    found = part.get("FREEBUSY") or []
    for value in found if isinstance(found, list) else [found]:
        kind = str(value.params.get("FBTYPE", "BUSY")).upper()
        for one in _periods(value):
            if kind == "FREE":
                free.append(Span(*one))
            else:
                busy.append(one)


def _periods(value: Any) -> Iterable[tuple[datetime, datetime]]:
    """The periods of one FREEBUSY line, with an end or a duration."""
    for one in getattr(value, "dts", None) or [value]:
        period = getattr(one, "dt", one)
        if not isinstance(period, tuple):
            continue
        start, end = period
        if isinstance(end, timedelta):
            end = start + end
        if isinstance(start, datetime) and isinstance(end, datetime):
            yield _aware(start), _aware(end)


def _event(part: Any, free: list[Span], busy: list[tuple[datetime, datetime]]) -> None:
    if str(part.get("STATUS", "")).upper() == "CANCELLED" or part.get("DTSTART") is None:
        return
    if part.get("RRULE") is not None or part.get("RDATE") is not None:
        # Taken for a single one, a series of busy times would leave free what is not.
        raise UnreadableError(_("Serien lesen wir nicht. Bitte jeden Termin einzeln ausgeben."))
    start = _moment(part.decoded("DTSTART"))
    if part.get("DTEND") is not None:
        end = _moment(part.decoded("DTEND"))
    else:
        length = part.decoded("DURATION") if part.get("DURATION") is not None else timedelta(0)
        end = start + length
    categories = part.get("CATEGORIES")
    named = [categories] if categories is not None and not isinstance(categories, list) else categories or []
    words = " ".join([str(part.get("SUMMARY", "")), *(str(c) for many in named for c in getattr(many, "cats", []))])
    transparent = str(part.get("TRANSP", "OPAQUE")).upper() == "TRANSPARENT"
    if not transparent:
        busy.append((start, end))
    elif FREE_WORDS.search(words) and not NOT_FREE.search(words):
        free.append(Span(start, end, str(part.get("UID", ""))[:200]))


def _moment(value: date | datetime) -> datetime:
    if isinstance(value, datetime):
        return _aware(value)
    return _aware(datetime(value.year, value.month, value.day))  # noqa: DTZ001  made aware in the city's time


def _aware(moment: datetime) -> datetime:
    """A floating time is meant in the city's time zone."""
    return timezone.make_aware(moment) if moment.tzinfo is None else moment


def _without(free: Iterable[Span], busy: Iterable[tuple[datetime, datetime]]) -> Iterable[Span]:
    """Free times that no busy one overlaps; busy ones are joined first, so that a long file stays quick."""
    joined: list[list[datetime]] = []
    for start, end in sorted(busy):
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        elif end > start:
            joined.append([start, end])
    starts = [start for start, _end in joined]
    for span in free:
        before = bisect_left(starts, span.ends_at) - 1  # the last that begins before the free time ends
        if before < 0 or joined[before][1] <= span.starts_at:
            yield span
