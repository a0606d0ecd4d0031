"""Gathering, labelling, grouping and answering contributions in bulk. Every step can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import Actor
from mitstadt.audit import actions as audit
from mitstadt.kit import cache, jobs
from mitstadt.kit.errors import DomainError, Refused, require
from mitstadt.participation import access, queries
from mitstadt.participation.models import Assessment, Contribution, Group, Label, Process
from mitstadt.subjects import actions as subjects
from mitstadt.subjects.models import Link, Subject

from . import assessment, chain

MOST = 500  # contributions in one go


@dataclass(slots=True)
class Done:
    """What a bulk action did: how many changed, and for those left alone the reason (public id → sentence)."""

    changed: int = 0
    left: dict[str, str] = field(default_factory=dict)


def _chosen(actor: Actor, process: Process, ids: Sequence[str]) -> list[Assessment]:
    require(access.may_manage(actor, process))
    require(access.not_frozen(process))
    if not ids:
        raise DomainError(_("Bitte wählen Sie zuerst Beiträge aus."), code="nothing")
    if len(ids) > MOST:
        raise DomainError(_("Bitte höchstens %(n)s Beiträge auf einmal.") % {"n": MOST}, code="too_many")
    rows = Assessment.objects.filter(process=process, contribution__subject__public_id__in=ids)
    return list(rows.select_related("contribution__subject"))


def label(actor: Actor, process: Process, ids: Sequence[str], name: str, *, remove: bool = False) -> Done:
    """Put a label on contributions, or take it off. The label is made when it is new."""
    chosen = _chosen(actor, process, ids)
    name = " ".join(name.split())[:60]
    if not name:
        raise DomainError(_("Bitte geben Sie ein Schlagwort ein."), field="label")
    with transaction.atomic():
        if remove:
            found = Label.objects.filter(process=process, name=name).first()
            if found is None:
                raise DomainError(_("Dieses Schlagwort gibt es hier nicht."), field="label")
            found.assessments.remove(*chosen)
            if not found.assessments.exists():
                found.delete()
        else:
            found, _created = Label.objects.get_or_create(process=process, name=name)
            found.assessments.add(*chosen)
        _record(actor, process, "unlabel" if remove else "label", {"label": name, "count": len(chosen)})
    return Done(len(chosen))


def gather(actor: Actor, process: Process, ids: Sequence[str], name: str) -> Group:
    """Put contributions that say the same into one group (made when it is new)."""
    chosen = _chosen(actor, process, ids)
    name = " ".join(name.split())[:200]
    if not name:
        raise DomainError(_("Bitte sagen Sie, was diese Beiträge verbindet."), field="group")
    with transaction.atomic():
        group = Group.objects.filter(process=process, name=name).first() or Group.objects.create(
            process=process, name=name
        )
        Assessment.objects.filter(pk__in=[row.pk for row in chosen]).update(group=group)
        _record(actor, process, "group", {"group": name, "count": len(chosen)})
    return group


def scatter(actor: Actor, process: Process, ids: Sequence[str]) -> Done:
    """Take contributions out of their groups; an empty group goes."""
    chosen = _chosen(actor, process, ids)
    with transaction.atomic():
        Assessment.objects.filter(pk__in=[row.pk for row in chosen]).update(group=None)
        Group.objects.filter(process=process, assessments__isnull=True).delete()
        _record(actor, process, "ungroup", {"count": len(chosen)})
    return Done(len(chosen))


def summarise(actor: Actor, group: Group, summary: str) -> Group:
    """What all contributions of a group say, in the city's words; shown in public with the answer."""
    require(access.may_manage(actor, group.process))
    with transaction.atomic():
        group.summary = summary.strip()
        group.save(update_fields=["summary"])
        _record(actor, group.process, "summarise", {"group": group.name})
    return group


def decide_many(actor: Actor, process: Process, seen: dict[str, int], decision: str, reason: str) -> Done:
    """Decide several contributions alike; `seen` is public id → revision as it stood on the screen.

    Each is its own transaction, so that one that somebody else answered meanwhile does not hold up the others; it is
    named with what the other one said. Raises DomainError when decision or reason are missing.
    """
    _chosen(actor, process, list(seen))
    done = Done()
    for public_id, revision in seen.items():
        contribution = queries.contribution(public_id)
        if contribution is None or contribution.process_id != process.pk:
            continue
        try:
            assessment.decide(actor, contribution, decision, reason, revision=revision)
            done.changed += 1
        except Refused as error:
            done.left[public_id] = error.message
        except DomainError as error:
            if error.field:
                raise
            done.left[public_id] = error.message
    return done


def take_back(actor: Actor, process: Process, public_id: str, revision: int) -> None:
    """Undo a decision: it is open again, and whoever heard of it hears that too. The log keeps both."""
    require(access.may_manage(actor, process))
    require(access.not_frozen(process))
    rows = Assessment.objects.filter(process=process, contribution__subject__public_id=public_id, revision=revision)
    with transaction.atomic():
        changed = rows.exclude(decision="").update(
            decision="", reason="", label="", decided_on=None, revision=F("revision") + 1
        )
        if not changed:
            raise DomainError(_("Inzwischen hat jemand anderes diesen Beitrag bearbeitet."), code="stale")
        _record(actor, process, "take_back", {"contribution": public_id})
        jobs.enqueue(
            chain.tell_reopened, public_id, revision + 1, actor.public_id, key=f"reopened:{public_id}:{revision}"
        )
        cache.bump()


def connect(actor: Actor, contribution: Contribution, target: Subject, note: str) -> Link:
    """Join a contribution with what it led to: a measure, a paper, another process. Its author hears of it.

    `contribution` comes from `queries.contribution`. Raises Refused, or DomainError (field ``target``).
    """
    require(access.may_manage(actor, contribution.process))
    require(access.not_frozen(contribution.process))
    if not target.is_public:
        raise DomainError(_("Das Ziel ist nicht öffentlich."), field="target")
    with transaction.atomic():
        link = subjects.link(contribution.subject, target, Link.Kind.CAUSED, note[:300])
        _record(
            actor,
            contribution.process,
            "connect",
            {"contribution": contribution.subject.public_id, "target": target.public_id},
        )
        if contribution.subject.is_public:
            chain.enqueue_connected(contribution, target, note, actor.public_id)
        cache.bump()
    return link


def connect_many(actor: Actor, process: Process, ids: Sequence[str], target: Subject, note: str) -> Done:
    """Join several contributions with the same target. Whoever stands behind two of them hears of both."""
    _chosen(actor, process, ids)
    done = Done()
    for public_id in ids:
        contribution = queries.contribution(public_id)
        if contribution is not None and contribution.process_id == process.pk and contribution.pk != target.pk:
            connect(actor, contribution, target, note)
            done.changed += 1
    return done


def disconnect(actor: Actor, contribution: Contribution, link_id: int) -> None:
    """Take a wrong connection away; the log keeps it. Raises DomainError when it is gone already."""
    require(access.may_manage(actor, contribution.process))
    require(access.not_frozen(contribution.process))
    with transaction.atomic():
        link = Link.objects.select_related("target").filter(pk=link_id, source=contribution.pk).first()
        if link is None:
            raise DomainError(_("Diese Verbindung gibt es nicht mehr."), code="gone")
        payload: dict[str, object] = {"contribution": contribution.subject.public_id, "target": link.target.public_id}
        link.delete()
        _record(actor, contribution.process, "disconnect", payload)
        cache.bump()


def _record(actor: Actor, process: Process, verb: str, payload: dict[str, object]) -> None:
    audit.record(
        f"participation.evaluation.{verb}",
        by=actor,
        obj=process.subject.public_id,
        payload=payload,
    )
