"""What is free, as `capacities` of an offer in HSDS 3.1. A figure that is too old is not said there at all."""

from __future__ import annotations

from typing import Any

from django.db.models import F, IntegerField, OuterRef, Prefetch, Subquery, Sum
from django.db.models.functions import Coalesce

from mitstadt.directory.hsds import extending, profile, shapes
from mitstadt.directory.models import Service
from mitstadt.kit import clock

from . import queries, rules
from .models import Capacity, Kind, Slot, Way

LOADED = "hsds_capacities"
UNITS = {Kind.APPOINTMENT: "Termin"}  # of the others: a place


def rows(way: str) -> Prefetch[Any]:
    coming = Slot.objects.filter(capacity=OuterRef("pk"), cancelled_at=None, starts_at__gt=clock.now()).order_by()
    seats = coming.values("capacity").annotate(n=Sum(F("seats") - F("taken") - F("held"))).values("n")
    found = Capacity.objects.filter(active=True).order_by("title", "pk")
    found = found.annotate(open_seats=Coalesce(Subquery(seats, output_field=IntegerField()), 0))
    return Prefetch(f"{way}capacities", found, to_attr=LOADED)


def of_service(service: Service) -> list[dict[str, Any]]:
    now = clock.now()
    found = []
    for capacity in getattr(service, LOADED):
        is_booked = capacity.way == Way.BOOK  # counted here, at this moment
        figure = queries.figure(capacity, capacity.open_seats if is_booked else capacity.free)
        if figure.free is None or rules.age(figure.updated, figure.interval, now) == rules.Age.UNKNOWN:
            continue
        unit = UNITS.get(capacity.kind, "Platz")
        found.append(
            shapes.filled(
                id=str(capacity.uuid),
                service_id=str(service.uuid),
                unit={"id": profile.stable("unit", unit), "name": unit},
                available=figure.free,
                maximum=None if is_booked else capacity.total,
                description=capacity.title,
                updated=figure.updated.isoformat(timespec="milliseconds") if figure.updated else None,
            )
        )
    return found


PART = extending.Part("capacities", rows, of_service)
