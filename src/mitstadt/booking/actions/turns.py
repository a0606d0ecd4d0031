"""Taking turns at the places of one offer, and moving up the waiting list.

Every change begins with `take_turn`: one UPDATE, so that the next writer of the same offer waits until this one is
done (on SQLite every writer does). What is read afterwards holds until the end of the transaction. The conditional
UPDATE and the CHECK constraint would refuse to oversell without it; the turn is what keeps the order of the waiting
list: nobody joins it between a place becoming free and the list being looked at.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from mitstadt.audit import actions as audit
from mitstadt.booking import rules
from mitstadt.booking.models import Booking, Places, State
from mitstadt.booking.permissions import window
from mitstadt.kit import clock, jobs
from mitstadt.kit.errors import DomainError

from .telling import tell

AT_ONCE = 50  # people who move up in one transaction; the worker moves up the rest


def take_turn(places_id: int) -> Places:
    """The offer as it stands now, ours until the transaction ends. Raises DomainError when it is gone."""
    if not Places.objects.filter(pk=places_id).update(changed_at=clock.now()):
        raise DomainError(_("Diese Plätze gibt es nicht mehr."), code="gone")
    return Places.objects.select_related("about").get(pk=places_id)


def take(places: Places, persons: int) -> bool:
    """Count `persons` in, if that many places are free: the one statement that decides it."""
    room = Q(seats__isnull=True) | Q(seats__gte=F("taken") + persons)
    taken = Places.objects.filter(room, pk=places.pk).update(taken=F("taken") + persons)
    places.taken += persons if taken else 0
    return bool(taken)


def release(places: Places, persons: int) -> None:
    Places.objects.filter(pk=places.pk).update(taken=F("taken") - persons)
    places.taken -= persons


def queue(places: Places, by: int) -> bool:
    """Count one booking onto the waiting list (1), if it has room, or off it (-1)."""
    found = Places.objects.filter(pk=places.pk)
    if by > 0:
        found = found.filter(Q(waiting_limit__isnull=True) | Q(waiting_limit__gt=F("waiting")), has_waiting_list=True)
    counted = found.update(waiting=F("waiting") + by)
    places.waiting += by if counted else 0
    return bool(counted)


def let_move_up(places: Places) -> bool:
    """Give free places to those who wait, in order; call it during one's turn. True when more could follow.

    After booking has closed nobody moves up: a mail in the last hour would reach too few, and staff at the door decide.
    """
    if not places.waiting or rules.free(places.seats, places.taken) == 0:
        return False
    if window(places).phase(clock.now()) not in ("open", "early"):
        return False
    rows = places.bookings.filter(state=State.WAITING).order_by("pk")
    lucky = rules.who_moves_up(places.seats, places.taken, rows.values_list("pk", "persons").iterator(chunk_size=500))
    keys = [key for _number, key in zip(range(AT_ONCE), lucky, strict=False)]
    now = clock.now()
    for booking in Booking.objects.filter(pk__in=keys).order_by("pk"):
        if not take(places, booking.persons):
            return False  # the last word is the database's
        Booking.objects.filter(pk=booking.pk).update(state=State.BOOKED, moved_up_at=now, changed_at=now)
        booking.state = State.BOOKED
        queue(places, -1)
        audit.record("booking.booking.move_up", obj=booking.public_id)
        tell(booking, places, "moved_up")
    if len(keys) < AT_ONCE:
        return False
    jobs.enqueue("mitstadt.booking.jobs.move_up", places.pk)
    return True


def move_up(places_id: int) -> int:
    """Let everybody move up for whom there is a place, in transactions of `AT_ONCE` people; returns how many."""
    moved = 0
    while True:
        with transaction.atomic():
            places = take_turn(places_id)
            before = places.waiting
            more = let_move_up(places)
            moved += before - places.waiting
        if not more:
            return moved
