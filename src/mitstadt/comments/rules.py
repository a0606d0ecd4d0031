"""Pure decisions of the discussion: working days, deadlines, cleaning of texts, when one may still edit.

Working days are Monday to Friday without the public holidays of the city's state (the usual reading of "Arbeitstage"
in German law, compare sections 187 and 193 BGB: the day of the event does not count, and no period ends on a day off).
24 and 31 December are working days here: they are no public holidays.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from functools import lru_cache

import holidays

TEXT_LIMIT = 20_000  # characters of one contribution

# C0 and C1 controls except tab and line feed; embeddings, overrides and isolates that turn the reading direction
# (Unicode UAX 9); line and paragraph separators; byte order mark and interlinear annotation.
_REMOVED = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_BREAKS = re.compile(r"\r\n?|[\u2028\u2029\x85]")
_BLANK_LINES = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")
_MARKS = re.compile(r"(?P<keep>[\u0300-\u036f]{4})[\u0300-\u036f]+")  # letters piled with accents cover other lines


def clean(text: str) -> str:
    """`text` as it is stored: NFC, line feeds only, no control characters, no turned reading direction, trimmed."""
    text = _BREAKS.sub("\n", text)
    text = _REMOVED.sub("", text)
    text = unicodedata.normalize("NFC", text)
    text = _MARKS.sub(r"\g<keep>", text)
    return _BLANK_LINES.sub("\n\n", text).strip()


def excerpt(text: str, length: int = 80) -> str:
    """The beginning of `text` on one line, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    return line[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:.–-") + " …"


@lru_cache(maxsize=128)
def holidays_of(state: str, year: int, catholic: bool = False) -> frozenset[date]:
    """The public holidays of one German state (two letters as in ISO 3166-2:DE) in one year.

    `catholic` adds days that count only in mainly Catholic municipalities (Bavaria: Mariä Himmelfahrt, 15 August).
    """
    categories = ("public", "catholic") if catholic else ("public",)
    found = holidays.country_holidays("DE", subdiv=state, years=[year], categories=categories)
    return frozenset(found)


def is_working_day(day: date, state: str, catholic: bool = False) -> bool:
    return day.weekday() < 5 and day not in holidays_of(state, day.year, catholic)


def add_working_days(start: date, days: int, state: str, catholic: bool = False) -> date:
    """The `days`-th working day after `start`; `start` itself does not count."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        if is_working_day(day, state, catholic):
            days -= 1
    return day


@lru_cache(maxsize=1024)
def working_days_between(start: date, end: date, state: str, catholic: bool = False) -> int:
    """Working days after `start` up to and including `end`; negative when `end` lies before `start`."""
    if end < start:
        return -working_days_between(end, start, state, catholic)
    return sum(is_working_day(start + timedelta(days=n), state, catholic) for n in range(1, (end - start).days + 1))


def may_edit(created_at: datetime, now: datetime, minutes: int) -> bool:
    """Is the first while, in which a text may still be changed, not over yet?"""
    return now < created_at + timedelta(minutes=minutes)


_NEUTER = ("referat", "amt", "direktorium", "büro", "institut", "werk", "archiv", "museum")
_FEMININE = ("ei", "stelle", "abteilung", "direktion", "verwaltung", "schaft", "feuerwehr", "behörde", "zentrale")


def gender(department: str) -> str:
    """``n``, ``f`` or an empty string (unknown) for the German name of a department."""
    words = department.split()
    first = next((word for word in words if word[:1].isupper()), "").lower()
    if first.endswith(_NEUTER):
        return "n"
    if first.endswith(_FEMININE):
        return "f"
    return ""


def median(values: list[int]) -> float | None:
    """The middle of `values` (mean of the two middle ones for an even number), or None for none."""
    if not values:
        return None
    ordered = sorted(values)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return float(ordered[half])
    return (ordered[half - 1] + ordered[half]) / 2
