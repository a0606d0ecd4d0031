"""Forgetting people after their time, and at once when they say so."""

from __future__ import annotations

from django.db import transaction

from mitstadt.accounts.keyed import keyed_hash
from mitstadt.audit import actions as audit
from mitstadt.kit import clock

from .actions import slots, waiting
from .models import Agent, Booking, Seeker, Waiting
from .rounds import places

CHUNK = 200


def erase(seeker: Seeker) -> None:
    """Everything goes; what was held is free for the next."""
    with transaction.atomic():
        places.give_up(seeker)
        for row in seeker.waitings.filter(state__in=("waiting", "offered")).select_related("capacity", "slot"):
            waiting.end(row, Waiting.State.LEFT)
        coming = seeker.bookings.filter(state=Booking.State.BOOKED, slot__starts_at__gt=clock.now())
        for booking in coming.select_related("slot__capacity"):
            Booking.objects.filter(pk=booking.pk).update(state=Booking.State.CANCELLED)
            slots.give_back(booking)
        reference = seeker.reference
        seeker.delete()
        audit.record("capacity.seeker.erase", obj=reference)


def forget_account(public_id: str) -> None:
    """Somebody deleted their account: what they sought while signed in goes with it."""
    for seeker in Seeker.objects.filter(account_hash=keyed_hash("capacity-account", public_id)):
        erase(seeker)


def purge() -> int:
    """The worker: whoever's time is over is erased, worn-out search agents too. Returns how many people.

    Nobody is erased while a round they applied in has not told them its result; that begins their time anew.
    """
    now = clock.now()
    Agent.objects.filter(ends_at__lte=now).delete()
    gone = 0
    over = Seeker.objects.filter(erase_at__lte=now).exclude(applications__round__state__in=("open", "closed", "drawn"))
    while seekers := list(over.all()[:CHUNK]):
        for seeker in seekers:
            erase(seeker)
        gone += len(seekers)
    return gone


def nightly() -> None:
    purge()
