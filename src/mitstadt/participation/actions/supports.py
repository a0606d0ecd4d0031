"""Standing behind a contribution: once per person, whichever way it comes in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from mitstadt.accounts import who
from mitstadt.accounts.actor import Actor
from mitstadt.accounts.personal import Person
from mitstadt.audit import actions as audit
from mitstadt.comments.models import Channel
from mitstadt.kit import clock
from mitstadt.kit.decision import YES, Decision, no
from mitstadt.kit.errors import require
from mitstadt.participation import access
from mitstadt.participation.models import SUPPORTS_BY, Contribution, Support

# What follows when more people stand behind a contribution: a format may owe an answer from now on.
_on_new: list[Callable[[Contribution], None]] = []


def on_new(work: Callable[[Contribution], None]) -> None:
    """Let a format act on a new support; called inside its transaction, after the counter. Never on a lost one."""
    if work not in _on_new:
        _on_new.append(work)


def may(actor: Actor, contribution: Contribution, now: datetime) -> Decision:
    if not (decision := takes_any(contribution)):
        return decision
    assert contribution.module is not None
    decision = access.can(actor, "support", contribution.module, now)
    if decision and not actor.is_somebody:
        return no(_("Dafür bestätigen Sie bitte Ihre E-Mail-Adresse oder melden sich an."), "login")
    return decision


def takes_any(contribution: Contribution) -> Decision:
    """Can anybody stand behind it at all, whatever the phase?"""
    if not contribution.subject.is_public or contribution.removed_at is not None or contribution.draft:
        return no(_("Dieser Beitrag ist nicht öffentlich."))
    if contribution.merged_into_id is not None:
        return no(_("Dieser Beitrag ist in einem anderen aufgegangen. Bitte machen Sie dort weiter."))
    return YES


def add(actor: Actor, contribution: Contribution) -> bool:
    """Stand behind a contribution; True when it is new. Fifty clicks at once count once.

    `contribution` comes from `queries.contribution` or `queries.of_contribution`. Raises Refused.
    """
    require(may(actor, contribution, clock.now()))
    with transaction.atomic():
        created = _count(contribution, who.behind(actor.user_id, actor.guest_id), Channel.ONLINE)
        if created:
            audit.record("participation.support.add", actor=actor.public_id, obj=contribution.subject.public_id)
    return created


def enter(actor: Actor, contribution: Contribution, person: who.Who, *, channel: str, sheet: str = "") -> bool:
    """Staff enter that the person behind a code stands behind a contribution; True when it is new.

    Online and paper with one code count once, also at the same moment. Raises Refused.
    """
    require(takes_any(contribution))
    assert contribution.module is not None
    require(access.can_for_others(actor, "support", contribution.module, clock.now(), channel))
    with transaction.atomic():
        created = _count(contribution, person, channel)
        if created:
            audit.record(
                "participation.support.enter",
                by=actor,
                obj=contribution.subject.public_id,
                payload={"channel": channel, "sheet": sheet[:40]},
            )
    return created


def _count(contribution: Contribution, person: who.Who | None, channel: str) -> bool:
    user_id, guest_id = who.keys(person)
    _row, created = Support.objects.get_or_create(
        contribution=contribution,
        user_id=user_id,
        guest_id=guest_id,
        defaults={"channel": channel, "at": clock.now()},
    )
    if created:
        move(contribution.pk, channel, 1)
        grown(contribution)
    return created


def move(contribution_id: int, channel: str, by: int) -> None:
    """Count all of them, and those of the channel."""
    changes = {"support_count": F("support_count") + by}
    if channel in SUPPORTS_BY:
        name = SUPPORTS_BY[Channel(channel)]
        changes[name] = F(name) + by
    Contribution.objects.filter(pk=contribution_id).update(**changes)


def grown(contribution: Contribution) -> None:
    """More stand behind it than before: let the formats act."""
    for work in _on_new:
        work(contribution)


def withdraw(actor: Actor, contribution: Contribution) -> bool:
    """Take one's support back; True when there was one. Raises Refused outside the phase."""
    require(may(actor, contribution, clock.now()))
    with transaction.atomic():
        mine = Q(user_id=actor.user_id) if actor.user_id is not None else Q(guest_id=actor.guest_id)
        deleted = sum(
            _delete(pk, contribution.pk, channel)
            for pk, channel in list(
                Support.objects.filter(mine, contribution=contribution).values_list("pk", "channel")
            )
        )
        if deleted:
            audit.record("participation.support.withdraw", actor=actor.public_id, obj=contribution.subject.public_id)
    return bool(deleted)


def _delete(pk: int, contribution_id: int, channel: str) -> bool:
    deleted, _kinds = Support.objects.filter(pk=pk).delete()
    if deleted:
        move(contribution_id, channel, -1)
    return bool(deleted)


def forget(person: Person, keep_without_name: bool) -> int:
    """The person's supports go and the counters follow."""
    touched = 0
    with transaction.atomic():
        rows = Support.objects.filter(person.owns("user", "guest")).values_list("pk", "contribution_id", "channel")
        for pk, contribution_id, channel in list(rows):
            touched += _delete(pk, contribution_id, channel)
    return touched
