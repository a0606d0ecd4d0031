"""Somebody leaves, or enough time has passed: names, notes and needs go, the number stays."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from mitstadt.accounts.personal import Person
from mitstadt.audit import actions as audit
from mitstadt.booking import conf, permissions
from mitstadt.booking.models import ACTIVE, Booking
from mitstadt.kit import clock

from .booking import let_go
from .turns import let_move_up, take_turn

CHUNK = 500


def _nobody(now: datetime) -> dict[str, Any]:
    return {"user": None, "guest": None, "name": "", "phone": "", "note": "", "needs": [], "key": "", "erased_at": now}


def forget(person: Person, keep_without_name: bool) -> int:
    """An account or guest goes: places that are still to come are given back, everything personal is taken out."""
    now = clock.now()
    own = Booking.objects.filter(person.owns("user", "guest"))
    touched = 0
    with transaction.atomic():
        for key, places_id in list(own.order_by("places_id", "pk").values_list("pk", "places_id")):
            places = take_turn(places_id)
            booking = Booking.objects.get(pk=key)
            coming = booking.state in ACTIVE and bool(permissions.give_back(booking, places, now))
            if coming:
                let_go(booking, places)
                audit.record("booking.booking.cancel", obj=booking.public_id)
            Booking.objects.filter(pk=key).update(**_nobody(now))
            if coming:
                let_move_up(places)
            touched += 1
    return touched


def purge(now: datetime) -> int:
    """Take everything personal out of bookings whose event has been over for `conf.keep()`; returns how many."""
    old = now - conf.keep()
    over = Q(places__ends_at__lt=old) | Q(places__ends_at__isnull=True, places__starts_at__lt=old)
    undated = Q(places__ends_at__isnull=True, places__starts_at__isnull=True, changed_at__lt=now - conf.UNDATED)
    waiting = Booking.objects.filter(over | undated, erased_at__isnull=True)
    touched = 0
    while keys := list(waiting.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        touched += Booking.objects.filter(pk__in=keys).update(**_nobody(now))
    return touched
