"""What the worker does. Each may run twice, be killed anywhere and be run by two workers at once."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from mitstadt.audit import actions as audit
from mitstadt.kit import clock

from . import actions, permissions
from .actions.booking import let_go
from .actions.telling import tell
from .actions.turns import take_turn
from .models import ACTIVE, Booking, Places, State

CHUNK = 50  # people per transaction: well under a second on both databases
DAY = timedelta(hours=24)


def move_up(places_id: int) -> None:
    if Places.objects.filter(pk=places_id).exists():
        actions.move_up(places_id)


def tell_called_off(places_id: int) -> int:
    """Cancel what is still booked or waiting and tell everybody; returns how many."""
    told = 0
    while True:
        with transaction.atomic():
            if not Places.objects.filter(pk=places_id, cancelled_at__isnull=False).exists():
                return told
            places = take_turn(places_id)
            rows = list(places.bookings.filter(state__in=ACTIVE).order_by("pk")[:CHUNK])
            for booking in rows:
                let_go(booking, places)
                audit.record("booking.booking.cancel", obj=booking.public_id)
                tell(booking, places, "called_off", reason=places.cancel_reason)
        told += len(rows)
        if len(rows) < CHUNK:
            return told


def tell_all(places_id: int, text: str, key: str) -> int:
    """Send `text` to everybody with a place or a turn; the key keeps anybody from reading it twice."""
    places = Places.objects.select_related("about").filter(pk=places_id).first()
    if places is None:
        return 0
    return _each(places, list(ACTIVE), "message", reason=text, suffix=f":{key}")


def tell_moved(places_id: int, reason: str, key: str) -> int:
    """Tell everybody with a place or a turn when and where it is now; the key names the change."""
    places = Places.objects.select_related("about").filter(pk=places_id).first()
    if places is None:
        return 0
    return _each(places, list(ACTIVE), "moved", reason=reason, suffix=f":{key}")


def _each(places: Places, states: list[State], what: str, *, reason: str = "", suffix: str = "") -> int:
    told, after = 0, 0
    while True:
        rows = list(places.bookings.filter(state__in=states, pk__gt=after).order_by("pk")[:CHUNK])
        with transaction.atomic():
            told += sum(tell(booking, places, what, reason=reason, suffix=suffix) for booking in rows)
        if len(rows) < CHUNK:
            return told
        after = rows[-1].pk


def remind() -> int:
    """Tell everybody whose event begins within a day, once; not those who booked within that day."""
    now = clock.now()
    told = 0
    soon = Places.objects.filter(starts_at__gt=now, starts_at__lte=now + DAY, cancelled_at__isnull=True)
    for places in soon.select_related("about"):
        assert places.starts_at is not None
        while True:
            rows = list(
                Booking.objects.filter(
                    places=places,
                    state=State.BOOKED,
                    reminded_at__isnull=True,
                    created_at__lt=places.starts_at - DAY,
                ).order_by("pk")[:CHUNK]
            )
            with transaction.atomic():
                for booking in rows:
                    if Booking.objects.filter(pk=booking.pk, reminded_at__isnull=True).update(reminded_at=now):
                        told += tell(booking, places, "reminder", suffix=f":{places.starts_at.timestamp():.0f}")
            if len(rows) < CHUNK:
                break
    return told


def purge() -> int:
    return actions.purge(clock.now())


def mirror_departments() -> int:
    """Carry over which department owns what is still to come; returns how many offers changed hands."""
    now, changed = clock.now(), 0
    for places in Places.objects.exclude(ends_at__lt=now).select_related("about"):
        department = permissions.department_of(places.about)
        if department != places.department_id:
            changed += Places.objects.filter(pk=places.pk).update(department_id=department)
    return changed
