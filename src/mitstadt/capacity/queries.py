"""Reads. `public()` is what page, interface and open data share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from django.db.models import F, Q, QuerySet, Sum

from mitstadt.directory import queries as directory
from mitstadt.directory.models import Provider, Service
from mitstadt.kit import clock

from . import rules
from .models import Ask, Capacity, Kind, Slot, Way

SIZE = 20


def public() -> QuerySet[Capacity]:
    """Capacities of public offers."""
    return Capacity.objects.filter(
        active=True,
        service__state=Service.State.PUBLIC,
        service__subject__published=True,
        service__subject__restricted=False,
    ).select_related("service__subject", "service__provider__organisation", "at__location", "at__district")


@dataclass(frozen=True, slots=True)
class Choice:
    """What the list is narrowed by; `point` (lat, lon), `radius` in km, `age` in years."""

    kind: str = ""
    text: str = ""
    point: tuple[float, float] | None = None
    radius: float | None = None
    only_free: bool = False
    age: int | None = None


class Row(NamedTuple):
    capacity: Capacity
    light: rules.Light
    age: rules.Age
    free: int | None
    km: float | None


def figure(capacity: Capacity, free: int | None) -> rules.Figure:
    """Appointments that are booked here are always up to date: they are counted, not reported."""
    updated = clock.now() if capacity.way == Way.BOOK else capacity.updated_at
    return rules.Figure(
        free=free,
        has_waiting_list=capacity.has_waiting_list,
        needs_assessment=capacity.needs_assessment,
        updated=updated,
        interval=timedelta(hours=capacity.interval_hours),
    )


def free_slots(keys: Sequence[int]) -> dict[int, int]:
    """Free seats in coming slots per capacity; one query."""
    rows = (
        Slot.objects.filter(capacity__in=keys, cancelled_at=None, starts_at__gt=clock.now())
        .values("capacity")
        .annotate(left=Sum(F("seats") - F("taken") - F("held")))
    )
    return {row["capacity"]: row["left"] for row in rows}


def rows(choice: Choice) -> list[Row]:
    """Public capacities, free ones first, then the nearer; a constant number of queries."""
    found = public()
    if choice.kind in Kind.values:
        found = found.filter(kind=choice.kind)
    if choice.age is not None:
        found = found.filter(
            (Q(min_age=None) | Q(min_age__lte=choice.age)) & (Q(max_age=None) | Q(max_age__gte=choice.age))
        )
    if choice.text:
        services = {row.service.pk for row in directory.find(directory.Choice(text=choice.text), 1, 500).rows}
        words = Q(title__icontains=choice.text) | Q(service__name__icontains=choice.text)
        found = found.filter(words | Q(service__in=services))
    listed = []
    for row in rows_of(list(found[:2000])):
        at, km = row.capacity.at, None
        if choice.point is not None and at is not None and at.lat is not None and at.lon is not None:
            km = directory.distance(choice.point, at.lat, at.lon)
        if choice.radius is not None and km is not None and km > choice.radius:
            continue
        if choice.only_free and row.light not in FREE:
            continue
        listed.append(row._replace(km=km))
    order = {light: place for place, light in enumerate(ORDER)}
    return sorted(listed, key=lambda r: (order[r.light], r.km if r.km is not None else 1e6, r.capacity.service.name))


FREE = (rules.Light.FREE, rules.Light.FEW, rules.Light.ASSESSMENT)
ORDER = (
    rules.Light.FREE, rules.Light.FEW, rules.Light.ASSESSMENT, rules.Light.WAITING, rules.Light.UNKNOWN,
    rules.Light.FULL,
)  # fmt: skip


def rows_of(capacities: Sequence[Capacity]) -> list[Row]:
    """The figures of loaded capacities, in their order, without distances; one query."""
    slots = free_slots([c.pk for c in capacities if c.way == Way.BOOK])
    now = clock.now()
    found = []
    for capacity in capacities:
        free = slots.get(capacity.pk, 0) if capacity.way == Way.BOOK else capacity.free
        state = figure(capacity, free)
        found.append(Row(capacity, rules.light(state, now), rules.age(state.updated, state.interval, now), free, None))
    return found


def row_of(capacity: Capacity) -> Row:
    return rows_of([capacity])[0]


def free_now(capacity: Capacity) -> int | None:
    """What the database says is free at this moment; None where nobody said."""
    if capacity.way == Way.BOOK:
        return free_slots([capacity.pk]).get(capacity.pk, 0)
    return Capacity.objects.values_list("free", flat=True).get(pk=capacity.pk)


def of_city(text: str = "") -> list[Row]:
    """Every capacity, hidden ones too, by the name of the offer; `text` narrows by offer, provider or title."""
    found = Capacity.objects.select_related("service__subject", "service__provider__organisation", "feed")
    if text:
        found = found.filter(
            Q(title__icontains=text)
            | Q(service__name__icontains=text)
            | Q(service__provider__organisation__name__icontains=text)
        )
    return rows_of(list(found.order_by("service__name", "title", "pk")))


def one(public_id: str) -> Capacity | None:
    return public().filter(public_id=public_id).first()


def open_slots(capacity: Capacity, limit: int = 60) -> list[Slot]:
    """Coming times with a free seat, the soonest first."""
    return list(
        capacity.slots.filter(cancelled_at=None, starts_at__gt=clock.now(), seats__gt=F("taken") + F("held")).order_by(
            "starts_at"
        )[:limit]
    )


def of_providers(providers: Sequence[Provider]) -> list[Capacity]:
    return list(
        Capacity.objects.filter(service__provider__in=[p.pk for p in providers])
        .select_related("service__subject", "service__provider__organisation", "at__location")
        .order_by("service__name", "title")
    )


def asks_of(providers: Sequence[Provider]) -> list[Ask]:
    """Requests at these providers now, the most urgent first; what was written is not read here."""
    return list(
        Ask.objects.filter(
            capacity__service__provider__in=[p.pk for p in providers], state__in=("asked", "offered", "accepted")
        )
        .select_related("capacity__service__provider__organisation", "enquiry__seeker")
        .order_by(F("due_at").asc(nulls_last=True), "pk")[:200]
    )
