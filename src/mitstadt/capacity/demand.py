"""Counting for planners: supply, demand and what was not met, by month and district, without anybody's name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from mitstadt.geo import maps
from mitstadt.kit import clock

from . import rules
from .models import Capacity, Demand

OUTCOMES = ("searched", "booked", "placed", "ended", "waiting")


def count(capacity: Capacity, outcome: str, days: int = 0) -> None:
    """One more; inside the transaction of what happened. Of a secret address no district is counted."""
    district = capacity.at.district.number if capacity.at is not None and capacity.at.district is not None else 0
    count_of(capacity.kind, district, outcome, days)


def district_at(point: tuple[float, float] | None) -> int:
    """The number of the district around the place somebody names; 0 without one. Only the number is kept."""
    return (maps.district_number(*point) if point is not None else None) or 0


def count_of(kind: str, district: int, outcome: str, days: int = 0) -> None:
    month = clock.today().replace(day=1)
    row = Demand.objects.filter(month=month, kind=kind, district=district, outcome=outcome)
    if row.update(count=F("count") + 1, days=F("days") + days):
        return
    try:
        with transaction.atomic():
            Demand.objects.create(month=month, kind=kind, district=district, outcome=outcome, count=1, days=days)
    except IntegrityError:
        row.update(count=F("count") + 1, days=F("days") + days)


def table(month: date | None = None) -> list[dict[str, Any]]:
    """One row per kind and district: the outcomes with small groups suppressed (None), and the mean days waited.

    A suppressed cell cannot be reckoned from a sum: no sums are given where a cell of them is suppressed.
    """
    rows: Iterable[Demand] = Demand.objects.filter(month=month) if month is not None else Demand.objects.all()
    cells: dict[tuple[str, int], dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for row in rows:
        cell = cells[row.kind, row.district][row.outcome]
        cell[0] += row.count
        cell[1] += row.days
    found = []
    for (kind, district), outcomes in sorted(cells.items()):
        shown = {name: rules.suppressed(outcomes[name][0]) for name in OUTCOMES}
        placed, waited = outcomes["placed"]
        found.append(
            {
                "kind": kind,
                "district": district,
                **shown,
                "days": round(waited / placed) if placed >= rules.SHOWN_FROM else None,
            }
        )
    return found
