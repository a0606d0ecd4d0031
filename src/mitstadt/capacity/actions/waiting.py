"""Waiting: a truthful position, and when something becomes free an offer, for a while, then the next one's."""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from mitstadt.audit import actions as audit
from mitstadt.capacity import agents, demand, queries, seekers
from mitstadt.capacity.models import Capacity, Seeker, Slot, Waiting
from mitstadt.kit import clock
from mitstadt.kit import components as ui
from mitstadt.kit.city import current
from mitstadt.kit.errors import DomainError

from . import slots, telling

OFFER_HOURS = 24


def offer_time() -> timedelta:
    return timedelta(hours=int(current().rules.get("offer_hours", OFFER_HOURS)))


def join(capacity: Capacity, seeker: Seeker, persons: int = 1) -> Waiting:
    """Get in line. `persons` get their places together or not at all."""
    if capacity.emergency:
        raise DomainError(_("Notplätze haben nie eine Warteliste. Bitte rufen Sie an."), code="emergency")
    if not capacity.has_waiting_list or not capacity.active:
        raise DomainError(_("Hier gibt es keine Warteliste."), code="none")
    if not 1 <= persons <= slots.MOST_PERSONS:
        raise DomainError(_("Zwischen 1 und %(n)s Personen.") % {"n": slots.MOST_PERSONS}, field="persons")
    try:
        with transaction.atomic():
            waiting = Waiting.objects.create(capacity=capacity, seeker=seeker, persons=persons, created_at=clock.now())
            audit.record("capacity.waiting.join", obj=seeker.reference, payload={"capacity": capacity.public_id})
            demand.count(capacity, "waiting")
            seekers.touch(seeker)
            offer_next(capacity)
    except IntegrityError as error:
        raise DomainError(_("Sie stehen hier schon auf der Liste."), code="twice") from error
    waiting.refresh_from_db()
    return waiting


def position(waiting: Waiting) -> int:
    """How many turns there are up to this one, itself included; 0 when it is not waiting any more."""
    if waiting.state not in (Waiting.State.WAITING, Waiting.State.OFFERED):
        return 0
    return Waiting.objects.filter(
        capacity=waiting.capacity_id, state__in=("waiting", "offered"), pk__lte=waiting.pk or 0
    ).count()


def offer_next(capacity: Capacity, slot: Slot | None = None) -> int:
    """Offer what is free to those who wait, in their order; whoever needs more than there is keeps their turn.

    Call it inside the transaction that freed something. Returns how many offers were made.
    """
    made = 0
    for waiting in capacity.waiters.filter(state=Waiting.State.WAITING).select_related("seeker").order_by("pk")[:200]:
        wanted = slot or _open_slot(capacity, waiting.persons)
        if slot is not None or capacity.kind == "appointment":
            if wanted is None or not _hold_slot(wanted, waiting.persons):
                continue
        elif not telling.hold(capacity, waiting.persons):
            if not Capacity.objects.filter(pk=capacity.pk, free__gte=1).exists():
                break
            continue
        _offer(waiting, wanted if capacity.kind == "appointment" else None)
        made += 1
    return made


def _open_slot(capacity: Capacity, persons: int) -> Slot | None:
    if capacity.kind != "appointment":
        return None
    return (
        capacity.slots.filter(
            cancelled_at=None,
            starts_at__gt=clock.now() + timedelta(hours=2),
            seats__gte=F("taken") + F("held") + persons,
        )
        .order_by("starts_at")
        .first()
    )


def _hold_slot(slot: Slot, persons: int) -> bool:
    return bool(
        Slot.objects.filter(
            pk=slot.pk, cancelled_at=None, starts_at__gt=clock.now(), seats__gte=F("taken") + F("held") + persons
        ).update(held=F("held") + persons)
    )


def _offer(waiting: Waiting, slot: Slot | None) -> None:
    now = clock.now()
    until = now + offer_time()
    if slot is not None:
        until = min(until, slot.starts_at - timedelta(minutes=30))
    Waiting.objects.filter(pk=waiting.pk).update(
        state=Waiting.State.OFFERED, offered_at=now, offered_until=until, slot=slot
    )
    seekers.tell(
        waiting.seeker,
        _("Für Sie ist etwas frei geworden. Bitte antworten Sie bis %(until)s auf Ihrer Seite, dann ist es Ihres.")
        % {"until": ui.moment(until)},
        f"offer:{waiting.public_id}:{now:%Y%m%d%H%M}",
    )


def accept(waiting: Waiting) -> None:
    """The person takes what is offered."""
    now = clock.now()
    with transaction.atomic():
        moved = Waiting.objects.filter(pk=waiting.pk, state=Waiting.State.OFFERED, offered_until__gt=now).update(
            state=Waiting.State.TAKEN
        )
        if not moved:
            raise DomainError(_("Dieses Angebot gilt nicht mehr. Sie bekommen das nächste."), code="late")
        if waiting.slot is not None:
            Slot.objects.filter(pk=waiting.slot.pk).update(held=F("held") - waiting.persons)
            slots.book(waiting.slot, waiting.seeker, key=f"waiting:{waiting.public_id}", persons=waiting.persons)
        else:
            telling.release(waiting.capacity, waiting.persons, back=False)
            demand.count(waiting.capacity, "placed", days=(now - waiting.created_at).days)
        audit.record("capacity.waiting.accept", obj=waiting.seeker.reference)
        seekers.touch(waiting.seeker)


def leave(waiting: Waiting) -> None:
    """Not interested any more, or not in this offer: the next one gets it."""
    end(waiting, Waiting.State.DECLINED if waiting.state == Waiting.State.OFFERED else Waiting.State.LEFT)


def end(waiting: Waiting, state: str) -> bool:
    """Take somebody off the list; what was kept for them is offered to the next. False when they were off already."""
    with transaction.atomic():
        before = Waiting.objects.filter(pk=waiting.pk).values_list("state", "slot_id").first()
        if before is None or before[0] not in (Waiting.State.WAITING, Waiting.State.OFFERED):
            return False
        if not Waiting.objects.filter(pk=waiting.pk, state=before[0]).update(state=state):
            return False
        if before[0] == Waiting.State.OFFERED:
            if before[1] is not None:
                Slot.objects.filter(pk=before[1]).update(held=F("held") - waiting.persons)
            else:
                telling.release(waiting.capacity, waiting.persons, back=True)
            agents.changed(waiting.capacity, anew=queries.free_now(waiting.capacity) == waiting.persons)
            offer_next(waiting.capacity, waiting.slot)
        audit.record(f"capacity.waiting.{state}", obj=waiting.seeker.reference)
    return True


def lapse() -> int:
    """The worker: offers nobody answered in time go to the next. Returns how many."""
    late = Waiting.objects.filter(state=Waiting.State.OFFERED, offered_until__lte=clock.now())
    ended = 0
    for waiting in late.select_related("capacity", "seeker", "slot")[:500]:
        ended += end(waiting, Waiting.State.LAPSED)
    return ended


def periodic() -> None:
    lapse()
