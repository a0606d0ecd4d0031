"""Reads. `public` is what page, calendar, feed, interface and open data share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from mitstadt.accounts.who import Who, everybody
from mitstadt.booking import queries as booking
from mitstadt.booking.models import Booking, Places, State
from mitstadt.booking.queries import PlacesState
from mitstadt.participation import registry
from mitstadt.participation.models import Module, Process

from . import then
from .models import Meeting


def public() -> QuerySet[Meeting]:
    """Dates that anybody may see."""
    shown: dict[str, bool] = {}
    for path in ("subject", "module__process__subject"):
        shown |= {f"{path}__published": True, f"{path}__restricted": False}
    return then.by_then(Meeting.objects.filter(**shown))


def listed(since: datetime | None, process: str = "", district: int | None = None) -> QuerySet[Meeting]:
    """Public dates that end after `since` (None: all), of one process (by public id) or near one district, in the order
    of time, with what rows of a list need."""
    rows = public().select_related(
        "subject__district", "module__subject", "module__process__subject", "module__process__department"
    )
    if since is not None:
        rows = rows.filter(ends_at__gt=since)
    if process:
        rows = rows.filter(module__process__subject__public_id=process)
    if district is not None:
        rows = rows.filter(Q(subject__district__number=district) | Q(subject__district__isnull=True))
    return rows.prefetch_related("module__phases").order_by("starts_at", "pk")


def later_than(rows: QuerySet[Meeting], last: Meeting) -> QuerySet[Meeting]:
    """The page behind `last` in that order."""
    return rows.filter(Q(starts_at__gt=last.starts_at) | Q(starts_at=last.starts_at, pk__gt=last.pk))


def of_module(module: Module) -> list[Meeting]:
    """Every date of a module that moderation has not hidden, in the order of time. One query."""
    rows = Meeting.objects.filter(module=module, subject__restricted=False).select_related("subject")
    return [then.as_it_was(found) for found in then.by_then(rows).order_by("starts_at", "pk")]


def _loaded() -> QuerySet[Meeting]:
    return Meeting.objects.select_related(
        "subject__district", "module__subject", "module__process__subject", "module__process__department"
    ).prefetch_related("module__phases")


def meeting(public_id: str) -> Meeting | None:
    """A date with all that deciding about it needs. Two queries."""
    return _loaded().filter(subject__public_id=public_id).first()


def of_subject(subject_id: int) -> Meeting | None:
    return _loaded().filter(pk=subject_id).first()


def department_of(subject_id: int) -> int | None:
    found: int | None = (
        Meeting.objects.filter(pk=subject_id).values_list("module__process__department_id", flat=True).first()
    )
    return found


def places_of(meetings: Iterable[Meeting]) -> dict[int, PlacesState]:
    """The places of many dates by key; dates without registration are left out. One query."""
    found = booking.state_of([meeting.pk for meeting in meetings])
    return {key: states[0] for key, states in found.items() if states}


def places(meeting: Meeting) -> Places | None:
    """The offer of places itself, None without registration."""
    return Places.objects.select_related("about").filter(about_id=meeting.pk).first()


def attendance(meeting: Meeting) -> dict[str, int]:
    """Persons: ``reserved`` (with a place), ``came`` (of them), ``walk_ins`` (without a name), ``all`` who came."""
    rows = Booking.objects.filter(places__about_id=meeting.pk)
    found = rows.aggregate(
        reserved=Sum("persons", filter=Q(state__in=(State.BOOKED, State.ATTENDED, State.NO_SHOW))),
        came=Sum("persons", filter=Q(state=State.ATTENDED)),
    )
    reserved, came = found["reserved"] or 0, found["came"] or 0
    return {"reserved": reserved, "came": came, "walk_ins": meeting.walk_ins, "all": came + meeting.walk_ins}


def came_to(meetings: Iterable[Meeting]) -> dict[int, int]:
    """How many people came to each date. One query."""
    known = list(meetings)
    rows = Booking.objects.filter(places__about__in=[m.pk for m in known], state=State.ATTENDED)
    counted = dict(rows.order_by().values_list("places__about").annotate(n=Sum("persons")))
    return {m.pk: counted.get(m.pk, 0) + m.walk_ins for m in known}


def people_of(meeting: Meeting) -> list[Who]:
    """Everybody with a place, as notify names them; those whom no mail reaches are left out."""
    rows = Booking.objects.filter(places__about_id=meeting.pk, state__in=(State.BOOKED, State.ATTENDED))
    return everybody(rows.order_by("pk").values_list("user_id", "guest_id"))


def dates(processes: QuerySet[Process], now: datetime) -> list[registry.Date]:
    """What of these processes is to come or runs, as far as it was announced at `now`, for calendars. One query."""
    rows = public().filter(module__process__in=processes, ends_at__gt=now, created_at__lte=now)
    rows = rows.select_related("subject", "module__process").order_by("starts_at", "pk")
    return [
        registry.Date(
            id=f"termin-{found.subject.public_id}",
            start=found.starts_at,
            end=found.ends_at,
            title=found.title,
            process=found.module.process.title,
            path=found.subject.path,
            place=found.place,
            cancelled=found.cancelled_at is not None,
            sequence=found.revision,
            process_number=found.module.process.number,
            is_example=found.is_example,
        )
        for found in map(then.as_it_was, rows)
    ]


def totals(module: Module) -> dict[str, Any]:
    """Numbers of a module for its report: dates, places taken, people who came."""
    rows = list(Meeting.objects.filter(module=module))
    held = [found for found in rows if found.cancelled_at is None]
    taken = Places.objects.filter(about__in=[m.pk for m in held]).aggregate(n=Sum("taken"), offers=Count("pk"))
    return {"dates": len(held), "cancelled": len(rows) - len(held), "taken": taken["n"] or 0, "came": came_to(held)}
