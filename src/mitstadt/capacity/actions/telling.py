"""Saying what is free: by form, by link, by file, by program, by an adapter. One door for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import Actor
from mitstadt.audit import actions as audit
from mitstadt.capacity import agents
from mitstadt.capacity.models import Capacity, Report
from mitstadt.kit import cache, clock
from mitstadt.kit.errors import DomainError

CHANNELS = ("form", "link", "csv", "api", "ical", "fhir", "booking")
MOST = 100_000


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says: None leaves a figure as it is."""

    free: int | None = None
    total: int | None = None
    has_waiting_list: bool | None = None
    needs_assessment: bool | None = None
    free_from: date | None = None


def say(capacity: Capacity, said: Said, *, by: str, channel: str, actor: Actor | None = None) -> Report:
    """Write a figure down. Raises DomainError (field ``free``, ``total``) and changes nothing when it cannot be.

    What is free goes to those who wait first. "Unchanged" is saying the same number again: it is fresh from now on.
    """
    if channel not in CHANNELS:
        raise ValueError(channel)
    free = capacity.free if said.free is None else said.free
    total = capacity.total if said.total is None else said.total
    _check(free, total)
    if said.has_waiting_list and capacity.emergency:
        raise DomainError(_("Notplätze haben nie eine Warteliste."), field="has_waiting_list")
    now = clock.now()
    fields: dict[str, object] = {"free": free, "total": total, "updated_at": now, "updated_by": by[:160]}
    for name in ("has_waiting_list", "needs_assessment", "free_from"):
        value = getattr(said, name)
        if value is not None:
            fields[name] = value
    with transaction.atomic():
        fits = Q() if total is None or free is None else Q(held__lte=total - free)
        moved = Capacity.objects.filter(fits, pk=capacity.pk).update(**fields)
        if not moved:
            raise DomainError(
                _("So viele Plätze gibt es nicht: Einige sind gerade jemandem angeboten."), field="free", code="held"
            )
        capacity.refresh_from_db()
        report = Report.objects.create(
            capacity=capacity, at=now, free=free, total=total, channel=channel,
            waiting=capacity.waiters.filter(state="waiting").count(),
        )  # fmt: skip
        audit.record(
            "capacity.figure.say",
            actor=actor.public_id if actor else "",
            actor_label=by[:160],
            obj=capacity.public_id,
            payload={"free": free, "total": total, "channel": channel},
        )
        from . import waiting

        waiting.offer_next(capacity)
        agents.changed(capacity)
    cache.bump()
    return report


def _check(free: int | None, total: int | None) -> None:
    for name, value in (("free", free), ("total", total)):
        if value is not None and not 0 <= value <= MOST:
            raise DomainError(_("Eine Zahl zwischen 0 und 100.000."), field=name)
    if free is not None and total is not None and free > total:
        raise DomainError(_("Es können nicht mehr Plätze frei sein, als es gibt."), field="free")


def unchanged(capacity: Capacity, *, by: str, channel: str, actor: Actor | None = None) -> Report:
    """The last figure still holds. Raises DomainError where nobody ever said one."""
    if capacity.free is None:
        raise DomainError(_("Bisher ist keine Zahl bekannt. Bitte nennen Sie eine."), field="free")
    return say(capacity, Said(free=capacity.free), by=by, channel=channel, actor=actor)


def said_all(rows: Sequence[tuple[Capacity, Said]], *, by: str, channel: str, actor: Actor | None = None) -> int:
    """All of a file or none of it."""
    with transaction.atomic():
        for capacity, said in rows:
            say(capacity, said, by=by, channel=channel, actor=actor)
    return len(rows)


def hold(capacity: Capacity, persons: int) -> bool:
    """Keep free places for somebody who is offered them; inside a transaction."""
    return bool(
        Capacity.objects.filter(pk=capacity.pk, free__gte=persons).update(
            free=F("free") - persons, held=F("held") + persons
        )
    )


def release(capacity: Capacity, persons: int, *, back: bool) -> None:
    """Held places are given away for good, or go `back` to the free ones."""
    if back:
        Capacity.objects.filter(pk=capacity.pk, held__gte=persons).update(
            free=F("free") + persons, held=F("held") - persons
        )
    else:
        Capacity.objects.filter(pk=capacity.pk, held__gte=persons).update(held=F("held") - persons)
