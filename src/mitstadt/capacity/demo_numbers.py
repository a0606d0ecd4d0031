"""Invented demand of the demo city for the last months, so that planners see a page with something in it."""

from __future__ import annotations

import random
from datetime import date, timedelta

from mitstadt.kit import clock

from .models import Capacity, Demand

MONTHS = 6


def load() -> str:
    """The same figures each time; again changes nothing."""
    this = clock.today().replace(day=1)
    if (
        Demand.objects.filter(month__lt=this, outcome="searched").exists()
        or not Capacity.objects.filter(is_example=True).exists()
    ):
        return "demand is there"
    chance = random.Random(5)  # noqa: S311 - invented figures, not secrets
    places = Capacity.objects.filter(is_example=True).values_list("kind", "at__district__number").distinct()
    found = []
    for month in _before(this):
        for kind, district in sorted({(kind, number or 0) for kind, number in places}):
            placed = chance.randint(2, 14)
            counts = {"searched": chance.randint(20, 90), "placed": placed, "ended": chance.randint(0, 12),
                      "waiting": chance.randint(0, 18), "booked": chance.randint(8, 40)}  # fmt: skip
            for outcome, count in counts.items():
                if (outcome == "booked") != (kind == "appointment") and outcome != "searched":
                    continue
                days = placed * chance.randint(9, 60) if outcome == "placed" else 0
                found.append(Demand(month=month, kind=kind, district=district, outcome=outcome, count=count, days=days))
    Demand.objects.bulk_create(
        found,
        update_conflicts=True,
        unique_fields=["month", "kind", "district", "outcome"],
        update_fields=["count", "days"],
    )  # what the round of the demo city counted goes under
    return f"{len(found)} rows of demand"


def _before(month: date) -> list[date]:
    found = []
    for _n in range(MONTHS):
        month = (month - timedelta(days=1)).replace(day=1)
        found.append(month)
    return found
