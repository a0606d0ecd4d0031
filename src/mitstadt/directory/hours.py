"""Opening hours: written as people write them, kept as recurrence rules (RFC 5545), read as a question: open now?

A line reads ``Mo-Fr 9-12, 14-17 Uhr``, ``Mo, Mi 9:30-12:00``, ``1. Mi im Monat 18-20 Uhr``, ``täglich 0-24 Uhr``; what
stands behind ``|`` is a note ("nur telefonisch"). Pure, no Django settings; times are local times of the city.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

from .words import DAYS

WEEKLY, MONTHLY = "WEEKLY", "MONTHLY"
_SHORT = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
_NAMES = {
    **{short.lower(): day for short, day in zip(_SHORT, DAYS, strict=True)},
    "montag": "MO", "dienstag": "TU", "mittwoch": "WE", "donnerstag": "TH", "freitag": "FR", "samstag": "SA",
    "sonnabend": "SA", "sonntag": "SU", "montags": "MO", "dienstags": "TU", "mittwochs": "WE", "donnerstags": "TH",
    "freitags": "FR", "samstags": "SA", "sonntags": "SU", "mon": "MO", "tue": "TU", "wed": "WE", "thu": "TH",
    "fri": "FR", "sat": "SA", "sun": "SU",
}  # fmt: skip
_DASH = r"\s*(?:-|–|—|bis)\s*"
_DAY = r"[A-Za-zÄÖÜäöü]{2,10}\.?"
_NTH = re.compile(
    r"^(?:jeden\s+|jeder\s+)?(\d)\.(?:\s*(?:und|,|/|\+)\s*(\d)\.)?\s*(" + _DAY + r")\s*(?:im|des|/)\s*Monats?\b:?", re.I
)
_LAST = re.compile(r"^(?:jeden\s+)?letzte[rnms]?\s+(" + _DAY + r")\s*(?:im|des)\s*Monats?\b:?", re.I)
_TIMES = re.compile(
    r"(\d{1,2})(?:[:.](\d{2}))?(?:\s*(?:Uhr|h))?" + _DASH + r"(\d{1,2})(?:[:.](\d{2}))?(?:\s*(?:Uhr|h))?", re.I
)
_DAILY = re.compile(r"^(?:täglich|jeden tag|daily)\b:?", re.I)
END_OF_DAY = time(23, 59)


class BadHours(ValueError):
    """A line that cannot be read; the message says which and what is expected."""


@dataclass(frozen=True, slots=True)
class Hours:
    """One rule. `byday` as in RFC 5545 (``MO``; monthly ``1MO``, ``-1FR``), `opens` and `closes` local times.

    A rule that closes at 23:59 closes at midnight. `valid_from`, `valid_to` are days or None.
    """

    byday: tuple[str, ...]
    opens: time
    closes: time
    freq: str = WEEKLY
    interval: int = 1
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""

    def rrule(self) -> str:
        """The rule as text, e.g. ``FREQ=MONTHLY;BYDAY=1MO``."""
        parts = [f"FREQ={self.freq}"]
        if self.interval != 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.byday:
            parts.append("BYDAY=" + ",".join(self.byday))
        return ";".join(parts)

    def to_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {
            "freq": self.freq,
            "byday": list(self.byday),
            "opens": self.opens.strftime("%H:%M"),
            "closes": self.closes.strftime("%H:%M"),
        }
        if self.interval != 1:
            data["interval"] = self.interval
        for name in ("valid_from", "valid_to"):
            value: date | None = getattr(self, name)
            if value is not None:
                data[name] = value.isoformat()
        if self.note:
            data["note"] = self.note
        return data

    @classmethod
    def from_json(cls, data: Any) -> Hours:
        """Raises BadHours for what is no rule."""
        try:
            found = cls(
                byday=tuple(str(day) for day in data["byday"]),
                opens=time.fromisoformat(data["opens"]),
                closes=time.fromisoformat(data["closes"]),
                freq=str(data.get("freq", WEEKLY)),
                interval=int(data.get("interval", 1)),
                valid_from=_day(data.get("valid_from")),
                valid_to=_day(data.get("valid_to")),
                note=str(data.get("note", ""))[:200],
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadHours(f"no opening hours: {data!r}"[:200]) from error
        if found.freq not in (WEEKLY, MONTHLY) or not 1 <= found.interval <= 52 or found.opens >= found.closes:
            raise BadHours(f"no opening hours: {data!r}"[:200])
        if not found.byday or not all(re.fullmatch(r"(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU)", day) for day in found.byday):
            raise BadHours(f"no opening hours: {data!r}"[:200])
        return found


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None


# -- reading what people write ----------------------------------------------------------------------
def parse(text: str) -> tuple[Hours, ...]:
    """All rules of a text, one or more a line. Raises BadHours naming the line that cannot be read."""
    found: list[Hours] = []
    for line in re.split(r"[\n;]+", text):
        if line.strip():
            found.extend(_line(line.strip()))
    return tuple(found)


def _line(line: str) -> Iterator[Hours]:
    body, _bar, note = (part.strip() for part in line.partition("|"))
    rest, freq, byday = _days(body, line)
    spans = list(_TIMES.finditer(rest))
    left = _TIMES.sub("", rest)
    if not spans or re.sub(r"(?i)\b(und|uhr|von|h)\b|[\s,.:&+]", "", left):
        raise BadHours(line)
    for span in spans:
        opens, closes = _time(span[1], span[2], line), _time(span[3], span[4], line)
        if opens >= closes:
            raise BadHours(line)
        yield Hours(byday, opens, closes, freq, note=note[:200])


def _days(body: str, line: str) -> tuple[str, str, tuple[str, ...]]:
    """What is left behind the days, the frequency, the days."""
    if found := _NTH.match(body):
        day = _named(found[3], line)
        return body[found.end() :], MONTHLY, tuple(f"{nth}{day}" for nth in (found[1], found[2]) if nth)
    if found := _LAST.match(body):
        return body[found.end() :], MONTHLY, (f"-1{_named(found[1], line)}",)
    if found := _DAILY.match(body):
        return body[found.end() :], WEEKLY, DAYS
    start = re.match(rf"({_DAY}(?:(?:{_DASH}|\s*[,&+/]\s*|\s+und\s+){_DAY})*)\s*:?", body)
    if start is None:
        raise BadHours(line)
    days: list[str] = []
    for piece in re.split(r"\s*[,&+/]\s*|\s+und\s+", start[1]):
        ends = [_named(end, line) for end in re.split(_DASH, piece)]
        if len(ends) > 2:
            raise BadHours(line)
        first, last = DAYS.index(ends[0]), DAYS.index(ends[-1])
        if first > last:
            raise BadHours(line)
        days += DAYS[first : last + 1]
    return body[start.end() :], WEEKLY, tuple(sorted(set(days), key=DAYS.index))


def _named(text: str, line: str) -> str:
    found = _NAMES.get(text.lower().rstrip("."))
    if found is None:
        raise BadHours(line)
    return found


def _time(hour: str, minute: str | None, line: str) -> time:
    if int(hour) == 24 and int(minute or 0) == 0:
        return END_OF_DAY
    try:
        return time(int(hour), int(minute or 0))
    except ValueError as error:
        raise BadHours(line) from error


# -- writing them back ------------------------------------------------------------------------------
def lines(rules: Iterable[Hours], days: Sequence[str] = _SHORT, wording: Any = str) -> list[str]:
    """As people write it, equal days together, in the order of the week; `parse` reads it again.

    `days` are the seven short names, `wording` translates the few words around them.
    """
    spans: dict[tuple[str, tuple[str, ...], str], list[str]] = {}
    for rule in sorted(rules, key=lambda r: (r.freq != WEEKLY, _order(r.byday), r.opens)):
        spans.setdefault((rule.freq, rule.byday, rule.note), []).append(_span(rule))
    merged: dict[tuple[str, tuple[str, ...], str], tuple[str, ...]] = {}
    for (freq, byday, note), times in spans.items():
        same = next(
            (key for key, t in merged.items() if key[0] == freq == WEEKLY and key[2] == note and t == tuple(times)),
            None,
        )
        if same is not None:
            merged[(freq, (*same[1], *byday), note)] = merged.pop(same)
        else:
            merged[(freq, byday, note)] = tuple(times)
    found = []
    for (freq, byday, note), times_of in merged.items():
        head = _week(byday, days) if freq == WEEKLY else _month(byday, days, wording)
        found.append(f"{head} {', '.join(times_of)} {wording('Uhr')}" + (f" | {note}" if note else ""))
    return found


def _order(byday: Sequence[str]) -> int:
    return DAYS.index(byday[0][-2:]) if byday else 0


def _span(rule: Hours) -> str:
    return f"{_clock(rule.opens)}–{'24' if rule.closes == END_OF_DAY else _clock(rule.closes)}"


def _clock(value: time) -> str:
    return f"{value.hour}:{value.minute:02d}" if value.minute else str(value.hour)


def _week(byday: Sequence[str], names: Sequence[str]) -> str:
    numbers = sorted({DAYS.index(day) for day in byday})
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = []
    for run in runs:
        if len(run) > 2:
            parts.append(f"{names[run[0]]}–{names[run[-1]]}")
        else:
            parts += [names[number] for number in run]
    return ", ".join(parts)


def _month(byday: Sequence[str], names: Sequence[str], wording: Any) -> str:
    if byday[0].startswith("-1"):
        return f"{wording('letzter')} {names[DAYS.index(byday[0][-2:])]} {wording('im Monat')}"
    nth = f" {wording('und')} ".join(f"{day[0]}." for day in byday)
    return f"{nth} {names[DAYS.index(byday[0][-2:])]} {wording('im Monat')}"


# -- open now? --------------------------------------------------------------------------------------
def between(rules: Iterable[Hours], start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """When it is open from `start` to `end` (local, without zone), joined where rules touch, in order."""
    found: list[tuple[datetime, datetime]] = []
    for rule in rules:
        first = start - timedelta(days=1)
        anchor = datetime.combine(rule.valid_from or date(2024, 1, 1), rule.opens)
        anchor = anchor if rule.interval > 1 or rule.valid_from else min(anchor, first)
        for day in rrulestr(rule.rrule(), dtstart=anchor).between(first, end, inc=True):
            if rule.valid_to is not None and day.date() > rule.valid_to:
                break
            opens = datetime.combine(day.date(), rule.opens)
            closes = datetime.combine(day.date(), rule.closes)
            if rule.closes == END_OF_DAY:
                closes = datetime.combine(day.date() + timedelta(days=1), time(0))
            if closes > start and opens < end:
                found.append((opens, closes))
    joined: list[tuple[datetime, datetime]] = []
    for opens, closes in sorted(found):
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(closes, joined[-1][1]))
        else:
            joined.append((opens, closes))
    return joined
