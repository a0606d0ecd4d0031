"""Figures for planners: what there was, what was sought, what was not met. Whole months only, so that nobody can watch
a small number grow by one; groups below five are not shown, and no sum is given that holds one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from django.db.models import Avg, Max, Sum
from django.db.models.functions import TruncMonth
from django.utils.timezone import get_current_timezone

from mitstadt.kit import clock

from . import demand, queries
from .models import Capacity, Demand, Kind, Report, Slot, Way

MOST_MONTHS = 36
_WEEK = timedelta(days=7)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def months() -> list[date]:
    """Whole months with figures, the latest first."""
    this = clock.today().replace(day=1)
    zone = get_current_timezone()
    sought = set(Demand.objects.filter(month__lt=this).values_list("month", flat=True).distinct())
    reported = Report.objects.annotate(month=TruncMonth("at", tzinfo=zone)).values_list("month", flat=True).distinct()
    said = {moment.date() for moment in reported.order_by() if moment is not None}
    return sorted((month for month in sought | said if month < this), reverse=True)[:MOST_MONTHS]


@dataclass(slots=True)
class Supply:
    """What was offered: capacities, their places (None where nobody said), how many were free on average; and the
    seats of appointments."""

    capacities: int = 0
    total: int | None = None
    free: float | None = None
    seats: int = 0


def supply(month: date) -> dict[tuple[str, int], Supply]:
    """By kind and district (0 where no place is known or it is secret): public capacities that said something."""
    zone = get_current_timezone()
    following = (month.replace(day=28) + _WEEK).replace(day=1)
    start, end = _midnight(month, zone), _midnight(following, zone)
    said = {
        row["capacity"]: row
        for row in Report.objects.filter(at__gte=start, at__lt=end)
        .values("capacity")
        .annotate(mean=Avg("free"), most=Max("total"))
    }
    seats = dict(
        Slot.objects.filter(starts_at__gte=start, starts_at__lt=end, cancelled_at=None, capacity__way=Way.BOOK)
        .values_list("capacity")
        .annotate(seats=Sum("seats"))
        .order_by()
    )
    found: dict[tuple[str, int], Supply] = defaultdict(Supply)
    for capacity in queries.public():
        if capacity.pk not in said and capacity.pk not in seats:
            continue
        one = found[capacity.kind, district_of(capacity)]
        one.capacities += 1
        one.seats += seats.get(capacity.pk, 0)
        row = said.get(capacity.pk)
        if row is not None and row["most"] is not None:
            one.total = (one.total or 0) + row["most"]
        if row is not None and row["mean"] is not None:
            one.free = (one.free or 0.0) + float(row["mean"])
    return dict(found)


def district_of(capacity: Capacity) -> int:
    at = capacity.at
    return at.district.number if at is not None and at.district is not None else 0


def unmet(row: dict[str, Any]) -> int | None:
    """Nobody had a place, or they wait; None where one of the two is too small to be shown."""
    ended, waiting = row["ended"], row["waiting"]
    return None if ended is None or waiting is None else ended + waiting


def rows() -> Iterator[dict[str, Any]]:
    """One row a month, kind and district, for the data set."""
    for month in months():
        offered = supply(month)
        sought = {(row["kind"], row["district"]): row for row in demand.table(month)}
        for kind, district in sorted(offered.keys() | sought.keys()):
            there, asked = offered.get((kind, district), Supply()), sought.get((kind, district), _NOTHING)
            yield {
                "month": month.isoformat()[:7],
                "kind": kind,
                "district": district,
                "capacities": there.capacities,
                "places": there.total,
                "free_mean": round(there.free, 1) if there.free is not None else None,
                "seats": there.seats,
                **{name: asked[name] for name in demand.OUTCOMES},
                "unmet": unmet(asked),
                "days": asked["days"],
            }


def kinds() -> dict[str, str]:
    return {value: str(label) for value, label in Kind.choices}


_NOTHING: dict[str, Any] = {**dict.fromkeys(demand.OUTCOMES, 0), "days": None}
