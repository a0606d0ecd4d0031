"""Capacities of the demo city that move in time: some fresh, some late, some too old to be believed."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from mitstadt.directory.models import Service
from mitstadt.kit import clock, yamls
from mitstadt.kit.city import current

from . import seekers
from .actions import enquiries, slots, telling, waiting
from .models import Capacity, Report, Slot
from .rounds import demo as rounds


def load() -> str:
    """Again changes nothing."""
    path = current().folder / "content" / "capacities.yaml"
    if not settings.MITSTADT_DEMO or not path.is_file():
        return "no capacities"
    if not Capacity.objects.filter(is_example=True).exists():
        rows = yamls.read(path)
        with transaction.atomic():
            for row in rows:
                _one(row)
            _people()
    return f"{Capacity.objects.count()} capacities, {rounds.load()}"


def _one(row: dict[str, Any]) -> None:
    service = Service.objects.filter(name=row["offer"]).first()
    if service is None:
        return
    now = clock.now()
    hours = row.get("hours_ago")
    capacity = Capacity.objects.create(
        service=service, at=service.at.first(), kind=row["kind"], way=row["way"], title=row["title"],
        note=row.get("note", ""), min_age=row.get("min_age"), max_age=row.get("max_age"), total=row.get("total"),
        free=row.get("free"), has_waiting_list=row.get("waiting_list", False),
        needs_assessment=row.get("assessment", False), interval_hours=row.get("interval", 168),
        link=row.get("link", ""), link_name=row.get("link_name", ""),
        link_checked_on=clock.today() - timedelta(days=9) if row.get("link") else None,
        updated_at=now - timedelta(hours=hours) if hours is not None else None,
        updated_by=str(service.provider) if hours is not None else "", emergency=service.emergency, is_example=True,
        created_at=now - timedelta(days=90),
    )  # fmt: skip
    if row.get("free") is not None and hours is not None:
        _history(capacity, hours)
    if row.get("slots"):
        _slots(capacity, **row["slots"])


def _history(capacity: Capacity, hours: int) -> None:
    """Twelve weeks of figures, always the same ones for the same capacity."""
    chance = random.Random(capacity.title)  # noqa: S311 - invented figures, not secrets
    total, free = capacity.total or 10, capacity.free or 0
    moment = clock.now() - timedelta(hours=hours)
    reports = []
    for week in range(12):
        reports.append(
            Report(capacity=capacity, at=moment - timedelta(weeks=week), free=free, total=total, channel="form")
        )
        free = max(0, min(total, free + chance.choice((-2, -1, 0, 0, 1, 2))))
    Report.objects.bulk_create(reports)


def _slots(capacity: Capacity, first: int, last: int, minutes: int, days: int, seats: int = 1) -> None:
    zone, today = timezone.get_current_timezone(), clock.today()
    found = []
    for day in (today + timedelta(days=n) for n in range(1, days + 1)):
        if day.weekday() > 4:
            continue
        start = datetime.combine(day, time(first), zone)
        while start + timedelta(minutes=minutes) <= datetime.combine(day, time(last), zone):
            found.append(
                Slot(capacity=capacity, starts_at=start, ends_at=start + timedelta(minutes=minutes), seats=seats)
            )
            start += timedelta(minutes=minutes)
    Slot.objects.bulk_create(found)


def _people() -> None:
    """A few invented seekers: somebody waits, somebody asked two houses, somebody has an appointment."""
    listed = list(Capacity.objects.filter(is_example=True, has_waiting_list=True, free=0)[:2])
    for number in range(3):
        for capacity in listed:
            waiting.join(capacity, seekers.create(name=f"Beispiel {number + 1}")[0])
    houses = list(Capacity.objects.filter(is_example=True, way="enquire", kind="nursing").order_by("pk")[:2])
    if houses:
        person = seekers.create(name="Beispiel Tochter", phone="089 000 9999")[0]
        enquiries.enquire(
            person, houses, words={"text": "Meine Mutter, 84, Pflegegrad 3. Ich bin vom 12. bis 26. verreist."}
        )
    slot = Slot.objects.filter(capacity__is_example=True).order_by("starts_at").first()
    if slot is not None:
        slots.book(slot, seekers.create(name="Beispiel Person")[0], key="demo", told=False)


def move() -> None:
    """Every quarter of an hour in the demo: one provider says a new number, so that something happens."""
    if not settings.MITSTADT_DEMO:
        return
    chance = random.Random(int(clock.now().timestamp() // 900))  # noqa: S311 - invented figures
    rows = list(
        Capacity.objects.filter(is_example=True, free__isnull=False, interval_hours__lte=72).select_related(
            "service__provider"
        )
    )
    if not rows:
        return
    capacity = chance.choice(rows)
    room = (capacity.total or 10) - capacity.held
    free = max(0, min(room, (capacity.free or 0) + chance.choice((-1, 0, 1))))
    telling.say(capacity, telling.Said(free=free), by=str(capacity.service.provider), channel="form")
