"""When offers are open, spelled out from their rules for the days around now; rewritten each night."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from mitstadt.kit import clock

from .hours import Hours, between
from .models import Opening, ServiceAt

DAYS = 8  # one night may fail without anybody noticing
CHUNK = 500


def write(rows: Sequence[ServiceAt]) -> None:
    """Spell out these rows anew; call it inside the transaction that changed their rules."""
    Opening.objects.filter(at__in=[row.pk for row in rows]).delete()
    Opening.objects.bulk_create(opening for row in rows for opening in _of(row))


def write_all() -> int:
    """The nightly job: every row with rules, in short transactions. Returns how many rows."""
    total, last = 0, 0
    while rows := list(ServiceAt.objects.filter(pk__gt=last).exclude(hours=[]).order_by("pk")[:CHUNK]):
        with transaction.atomic():
            write(rows)
        total, last = total + len(rows), rows[-1].pk
    return total


def nightly() -> None:
    """For the worker, which wants no answer."""
    write_all()


def _of(row: ServiceAt) -> Iterable[Opening]:
    rules = [Hours.from_json(rule) for rule in row.hours]
    if not rules:
        return
    start = datetime.combine(clock.today(), datetime.min.time())
    zone = timezone.get_current_timezone()
    for opens, closes in between(rules, start, start + timedelta(days=DAYS)):
        yield Opening(at=row, opens=opens.replace(tzinfo=zone), closes=closes.replace(tzinfo=zone))
