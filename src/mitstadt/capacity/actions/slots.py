"""Booking at once: one conditional update decides, a constraint has the last word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import Actor
from mitstadt.audit import actions as audit
from mitstadt.capacity import agents, demand, queries, seekers
from mitstadt.capacity.models import Booking, Capacity, Seeker, Slot
from mitstadt.kit import clock
from mitstadt.kit import components as ui
from mitstadt.kit.errors import DomainError
from mitstadt.kit.prepared import Prepared

MOST_PERSONS = 10


_NOW = Prepared(
    lambda slot, seeker: Slot.objects.filter(pk=slot).values_list(
        "cancelled_at", "starts_at", F("seats") - F("taken") - F("held"),
        Exists(Booking.objects.filter(slot=OuterRef("pk"), seeker=seeker)),
    )
)  # fmt: skip


def full() -> DomainError:
    return DomainError(_("Dieser Termin ist ausgebucht. Bitte wählen Sie einen anderen."), code="full")


def book(
    slot: Slot, seeker: Seeker, *, key: str, persons: int = 1, words: dict[str, Any] | None = None, told: bool = True
) -> Booking:
    """Give a seeker an appointment. The same `key` again is the same booking.

    Raises DomainError: code ``full``, ``over`` (begun or called off), ``twice`` (has this one already). Never books one
    place twice, under any load: see `tests/test_races.py`.
    """
    if not 1 <= persons <= MOST_PERSONS:
        raise DomainError(_("Zwischen 1 und %(n)s Personen.") % {"n": MOST_PERSONS}, field="persons")
    now = clock.now()
    # One look first: most of those who come to a rush are refused without writing anything.
    cancelled, starts, left, has_been_here = _NOW.rows(slot.pk, seeker.pk)[0]
    if has_been_here and (known := Booking.objects.filter(slot=slot, key=key[:40]).first()) is not None:
        return known
    if cancelled is not None or starts <= now:
        raise DomainError(_("Dieser Termin ist vorbei oder abgesagt."), code="over")
    if left < persons:
        raise full()
    try:
        with transaction.atomic():
            taken = Slot.objects.filter(
                pk=slot.pk, cancelled_at=None, starts_at__gt=now, seats__gte=F("taken") + F("held") + persons
            ).update(taken=F("taken") + persons)
            if not taken:
                raise full()
            return _write(slot, seeker, key, persons, words, told)
    except (IntegrityError, DomainError) as error:
        known = Booking.objects.filter(slot=slot, key=key[:40]).first()
        if known is not None:
            return known
        if isinstance(error, DomainError):
            raise
        raise DomainError(_("Diesen Termin haben Sie schon."), code="twice") from error


def _write(slot: Slot, seeker: Seeker, key: str, persons: int, words: dict[str, Any] | None, told: bool) -> Booking:
    now = clock.now()
    booking = Booking.objects.create(
        slot=slot, seeker=seeker, persons=persons, key=key[:40], created_at=now, changed_at=now,
        sealed=seekers.seal_words(words or {}),
    )  # fmt: skip
    Seeker.objects.filter(pk=seeker.pk).update(erase_at=max(seeker.erase_at, slot.ends_at + seekers.keep()))
    audit.record("capacity.slot.book", obj=seeker.reference, payload={"slot": slot.public_id, "persons": persons})
    if told:
        demand.count(slot.capacity, "booked")
        when = ui.moment(slot.starts_at)
        seekers.tell(seeker, _("Ihr Termin: %(when)s. Absagen können Sie auf Ihrer Seite.") % {"when": when},
                     f"booked:{booking.public_id}")  # fmt: skip
    return booking


def sent_before(capacity: Capacity, slot: str, key: str) -> Booking | None:
    """What the same form booked before: a double click finds its own booking, though the time is full by now."""
    if len(key) < seekers.KEY or not (slot + key).isprintable():  # as typed: the form has not looked at it yet
        return None
    rows = Booking.objects.filter(slot__capacity=capacity, slot__public_id=slot, key=key[:40])
    return rows.filter(state=Booking.State.BOOKED).select_related("seeker").first()


def cancel(booking: Booking) -> None:
    """The person gives the appointment back; whoever waits is offered it."""
    with transaction.atomic():
        moved = Booking.objects.filter(pk=booking.pk, state=Booking.State.BOOKED).update(
            state=Booking.State.CANCELLED, sealed="", changed_at=clock.now()
        )
        if not moved:
            raise DomainError(_("Dieser Termin ist schon abgesagt."), code="gone")
        audit.record("capacity.slot.cancel", obj=booking.seeker.reference, payload={"slot": booking.slot.public_id})
        give_back(booking)


def give_back(booking: Booking) -> None:
    """The seats of a booking that is over are free; whoever waits is offered them. Inside a transaction."""
    from . import waiting

    slot = booking.slot
    Slot.objects.filter(pk=slot.pk).update(taken=F("taken") - booking.persons)
    agents.changed(slot.capacity, anew=queries.free_now(slot.capacity) == booking.persons)
    waiting.offer_next(slot.capacity, slot)


def open_slots(
    actor: Actor | None, capacity: Capacity, spans: Sequence[tuple[datetime, datetime]], seats: int = 1
) -> int:
    """Put times up for booking; times that are there already stay as they are. Returns how many are new."""
    if not 1 <= seats <= 500:
        raise DomainError(_("Zwischen 1 und 500 Plätze je Termin."), field="seats")
    if len(spans) > 1000:
        raise DomainError(_("Höchstens 1.000 Termine auf einmal."))
    now = clock.now()
    for starts, ends in spans:
        if ends <= starts or ends - starts > timedelta(days=1):
            raise DomainError(_("Ein Termin endet nach seinem Anfang, am selben Tag."), field="ends")
        if starts <= now:
            raise DomainError(_("Dieser Termin liegt in der Vergangenheit: %(when)s") % {"when": ui.moment(starts)})
    there = set(Slot.objects.filter(capacity=capacity).values_list("starts_at", flat=True))
    fresh = [Slot(capacity=capacity, starts_at=s, ends_at=e, seats=seats) for s, e in spans if s not in there]
    with transaction.atomic():
        Slot.objects.bulk_create(fresh, ignore_conflicts=True)
        agents.changed(capacity)
        audit.record(
            "capacity.slots.open",
            by=actor,
            obj=capacity.public_id,
            payload={"count": len(fresh)},
        )
    return len(fresh)


def call_off(actor: Actor, slot: Slot) -> int:
    """The provider cancels a time; everybody with it is told. Returns how many bookings it was."""
    with transaction.atomic():
        if not Slot.objects.filter(pk=slot.pk, cancelled_at=None).update(cancelled_at=clock.now()):
            raise DomainError(_("Dieser Termin ist schon abgesagt."), code="gone")
        bookings = list(slot.bookings.filter(state=Booking.State.BOOKED).select_related("seeker"))
        for booking in bookings:
            seekers.tell(
                booking.seeker,
                _("Der Termin am %(when)s fällt aus. Bitte wählen Sie einen anderen.")
                % {"when": ui.moment(slot.starts_at)},
                f"off:{booking.public_id}",
            )
        Booking.objects.filter(pk__in=[b.pk for b in bookings]).update(
            state=Booking.State.CANCELLED, sealed="", changed_at=clock.now()
        )
        audit.record("capacity.slot.call_off", by=actor, obj=slot.public_id)
    return len(bookings)
