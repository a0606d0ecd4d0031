"""Capacities and seekers for tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mitstadt.capacity import seekers
from mitstadt.capacity.models import Capacity, Seeker, Slot
from mitstadt.directory.tests import factories as directory
from mitstadt.kit import clock

offer = directory.offer
member = directory.member


def capacity(title: str = "Kurzzeitpflege", service: Any = None, **fields: Any) -> Capacity:
    service = service or directory.offer(
        f"Haus {Capacity.objects.count() + 1}", f"Träger {Capacity.objects.count() + 1}"
    )
    shape: dict[str, Any] = {"kind": "nursing", "way": "enquire", "total": 10, "created_at": clock.now()}
    return Capacity.objects.create(service=service, at=service.at.first(), title=title, **{**shape, **fields})


def slot(of: Capacity | None = None, seats: int = 1, days: int = 3, **fields: Any) -> Slot:
    of = of or capacity("Beratung", kind="appointment", way="book", total=None)
    start = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=days, hours=of.slots.count())
    return Slot.objects.create(
        capacity=of, starts_at=start, ends_at=start + timedelta(minutes=45), seats=seats, **fields
    )


def seeker(**fields: Any) -> Seeker:
    return seekers.create(**fields)[0]
