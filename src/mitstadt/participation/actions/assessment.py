"""What the city makes of a contribution: decisions with reasons, and who hears of them."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from mitstadt.accounts.actor import MEMBER, Actor
from mitstadt.audit import actions as audit
from mitstadt.comments import conf
from mitstadt.comments.rules import clean, excerpt
from mitstadt.kit import clock, jobs
from mitstadt.kit.errors import DomainError, require
from mitstadt.notify.sayings import Saying
from mitstadt.organisations.models import Organisation
from mitstadt.participation import access
from mitstadt.participation.models import Assessment, Contribution

from . import chain


def label_of(actor: Actor, department_id: int | None) -> str:
    """How whoever decides appears: function and department, of their roles the one in this department."""
    grants = sorted(
        (grant for grant in actor.grants if grant.role != MEMBER),
        key=lambda grant: (grant.organisation_id != department_id, not grant.function),
    )
    if not grants:
        return actor.label
    return f"{grants[0].organisation}, {grants[0].function}" if grants[0].function else grants[0].organisation


def decide(
    actor: Actor,
    contribution: Contribution,
    decision: str,
    reason: str,
    *,
    revision: int | None = None,
    department: Organisation | None = None,
    on: date | None = None,
) -> Assessment:
    """Say what becomes of a contribution; doing it again changes the decision, and everybody concerned hears of it.

    `revision` is what the person has seen: of two people who answer at once the second gets DomainError (code
    ``stale``) with what the first one said. `contribution` comes from `queries.contribution`. Raises Refused, or
    DomainError (field ``decision`` or ``reason``).
    """
    current = Assessment.objects.select_related("department").get(pk=contribution.pk)
    require(access.may_answer(actor, contribution.process, current.department_id))
    require(access.not_frozen(contribution.process))
    decision, reason = _checked(decision, reason)
    seen = current.revision if revision is None else revision
    department_id = (
        department.pk if department is not None else current.department_id or contribution.process.department_id
    )
    with transaction.atomic():
        fresh = Assessment.objects.filter(pk=contribution.pk, revision=seen)
        changed = fresh.update(
            decision=decision,
            reason=reason,
            department_id=department_id,
            label=label_of(actor, department_id)[:300],
            decided_on=on or clock.today(),
            revision=F("revision") + 1,
        )
        if not changed:
            raise _stale(contribution)
        current = Assessment.objects.select_related("department", "group").get(pk=contribution.pk)
        contribution.assessment = current
        audit.record(
            "participation.contribution.decide",
            actor=actor.public_id,
            actor_label=current.label[:160],
            obj=contribution.subject.public_id,
            payload={"decision": decision, "reason": reason, "revision": current.revision},
        )
        if contribution.subject.is_public:
            jobs.enqueue(
                "mitstadt.participation.actions.assessment.tell",
                contribution.pk,
                current.revision,
                actor.public_id,
                key=f"participation:{contribution.subject.public_id}:tell:{current.revision}",
            )
    return current


def _checked(decision: str, reason: str) -> tuple[str, str]:
    if not decision or decision not in Assessment.Decision.values:
        raise DomainError(_("Bitte wählen Sie, was daraus wird."), field="decision", code="decision")
    reason = clean(reason)
    if not reason:
        raise DomainError(_("Bitte begründen Sie die Entscheidung, in zwei, drei Sätzen."), "reason", "empty")
    if len(reason) > conf.text_limit():
        raise DomainError(_("Die Begründung ist zu lang."), "reason", "too_long")
    return decision, reason


def _stale(contribution: Contribution) -> DomainError:
    """What somebody else said meanwhile."""
    now = Assessment.objects.get(pk=contribution.pk)
    if not now.decision:
        return DomainError(_("Inzwischen hat jemand anderes diesen Beitrag bearbeitet."), code="stale")
    return DomainError(
        _("Inzwischen hat %(who)s geantwortet: „%(decision)s. %(reason)s“ Ihr Text steht noch hier.")
        % {
            "who": now.label,
            "decision": Assessment.Decision(now.decision).label,
            "reason": excerpt(now.reason, 200),
        },
        code="stale",
    )


def tell(contribution_id: int, revision: int, actor_public_id: str = "") -> None:
    """Author, supporters and followers hear of a decision, each of them once. Run by the worker; may run twice."""
    found = Contribution.objects.select_related("subject", "assessment").filter(pk=contribution_id, draft=False).first()
    if found is None or found.assessment.revision != revision or not found.subject.is_public:
        return  # decided anew meanwhile: that telling is on its way; or not public any more
    label = str(Assessment.Decision(found.assessment.decision).label)
    chain.tell(
        found,
        "participation.contribution.decided",
        title=Saying(gettext_noop("Die Stadt hat geantwortet: %(title)s"), {"title": found.subject.title}),
        text=f"{label}. {excerpt(found.assessment.reason, 500)}",
        path=found.subject.path,
        key=f"participation:{found.subject.public_id}:decided:{found.assessment.revision}",
        by=actor_public_id,
    )
