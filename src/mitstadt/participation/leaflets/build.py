"""What stands on the sheet of a district in a month: what runs, what comes, dates, answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from mitstadt.geo.models import District
from mitstadt.kit import clock
from mitstadt.kit import components as ui
from mitstadt.participation import queries, registry, rules
from mitstadt.participation.models import Process

MOST = 4  # entries that fit on one sheet in large print
LONGEST, LONGEST_TITLE, LONGEST_WHEN = 220, 200, 600
ROOM = 190  # millimetres between heading and telephone number
_TITLE, _TEXT, _WHEN = (48, 8.3), (66, 6.5), (62, 6.5)  # characters in a line at most, its height
_GAP = 9


def month_of(day: date) -> date:
    return day.replace(day=1)


def next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def bounds(month: date) -> tuple[datetime, datetime]:
    """The first moment of the month, and the first of the next one."""
    start, end = (timezone.make_aware(datetime.combine(day, time.min)) for day in (month, next_month(month)))
    return start, end


def entries(district: District, month: date) -> list[dict[str, str]]:
    """At most `MOST` entries ``{title, text, when}``, as many as fit: what belongs to the district first, then to the
    whole city.

    Only what is public. A constant number of queries.
    """
    start, end = bounds(month)
    near = queries.public().filter(Q(districts=district) | Q(districts__isnull=True)).distinct()
    running = near.filter(stage=rules.OPEN, first_start__lt=end, last_end__gt=start)
    answered = near.filter(
        stage__in=(rules.ANSWERED, rules.IMPLEMENTED),
        stage_changed_at__gte=start - timedelta(days=31),
        stage_changed_at__lt=end,
    )
    dates: dict[int, list[registry.Date]] = {}
    for known in registry.all_formats():
        for found in known.dates(running, max(start, clock.now())):  # also what was announced within the month
            if start <= found.start < end and not found.cancelled:
                dates.setdefault(found.process_number, []).append(found)
    rows = [
        *((process, _open_entry(process, dates.get(process.number, []))) for process in _in_order(running)),
        *((process, _answer_entry(process)) for process in _in_order(answered)),
    ]
    rows.sort(key=lambda row: district not in row[0].districts.all())
    return _that_fit([entry for _process, entry in rows[:MOST]])


def height(entry: Mapping[str, str]) -> float:
    """How much of a sheet an entry takes at most, in millimetres."""
    parts = ((entry.get("title", ""), _TITLE), (entry.get("text", ""), _TEXT), (entry.get("when", ""), _WHEN))
    return _GAP + sum(
        -(-max(len(line), 1) // width) * each for text, (width, each) in parts if text for line in text.split("\n")
    )


def fits(content: Iterable[Mapping[str, str]]) -> bool:
    """Is one sheet enough?"""
    return sum(map(height, content)) <= ROOM


def _that_fit(found: list[dict[str, str]]) -> list[dict[str, str]]:
    while len(found) > 1 and not fits(found):
        found = found[:-1]
    return found


def _in_order(rows: Any) -> Any:
    return rows.prefetch_related("districts").order_by("last_end", "number")


def _open_entry(process: Process, dates: list[registry.Date]) -> dict[str, str]:
    when = [_("bis %(day)s") % {"day": ui.day(process.last_end)}]
    if process.first_start is not None:
        when = [f"{ui.day(process.first_start)} – {ui.day(process.last_end)}"]
    when += [
        f"{date.title}: {ui.moment(date.start)}" + (f", {date.place}" if date.place else "")
        for date in sorted(dates, key=lambda date: date.start)[:2]
    ]
    phone = process.contact_phone
    if phone:
        when.append(_("Telefon: %(number)s") % {"number": phone})
    return _entry(process, process.summary, when)


def _answer_entry(process: Process) -> dict[str, str]:
    when = _("beantwortet am %(day)s") % {"day": ui.day(process.stage_changed_at)}
    return _entry(process, process.result, [when])


def _entry(process: Process, text: str, when: list[str]) -> dict[str, str]:
    if process.is_example:
        when = [*when, _("Erfundenes Beispiel")]
    return {"title": process.title, "text": _cut(text), "when": "\n".join(when)}


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + " …"
