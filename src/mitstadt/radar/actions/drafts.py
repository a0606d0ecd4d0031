"""What one person does to a measure: a draft for a second person, and requests for a fresh status."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import COORDINATOR, Actor
from mitstadt.audit import actions as audit
from mitstadt.kit import clock
from mitstadt.kit.decision import no
from mitstadt.kit.errors import DomainError, Refused, require
from mitstadt.organisations.models import Organisation
from mitstadt.radar import access
from mitstadt.radar.models import Measure, Milestone, StatusRequest

ANSWER_WITHIN = timedelta(days=14)
MAIL_AFTER = timedelta(minutes=2)  # time to take a request back


def draft_of(measure: Measure) -> Measure:
    """The newest draft, or the measure itself; the object that a form shows and changes."""
    if measure.latest_revision_id is None:
        return measure
    draft: Measure = measure.get_latest_revision_as_object()
    return draft


def report_status(actor: Actor, user: Any, measure: Measure, data: dict[str, Any]) -> Measure:
    """Store what a department reports as a draft and hand it to a second person for approval.

    `data` is the cleaned StatusForm. Raises Refused for another department's measure.
    """
    require(access.may_edit(actor, measure.department_id))
    draft = draft_of(measure)
    draft.status, draft.status_as_of = data["status"], data["status_as_of"]
    draft.end, draft.change_reason = data["end"], data["change_reason"].strip()
    draft.changed_by = actor.label
    if data["source"]:
        draft.source = data["source"]
    milestones = list(draft.milestones.all())
    if data["milestone"]:
        for milestone in milestones:
            if str(milestone.order) == data["milestone"]:
                milestone.done_on = data["milestone_done_on"]
    if data["new_milestone"]:
        order = max([m.order for m in milestones], default=0) + 1
        milestones.append(Milestone(title=data["new_milestone"], due=data["new_milestone_due"], order=order))
    draft.milestones.set(milestones)
    with transaction.atomic():
        _hand_in(user, measure, draft)
        StatusRequest.objects.filter(measure_id=measure.pk, closed_at=None).update(closed_at=clock.now(), answered=True)
        audit.record(
            "radar.measure.report",
            by=actor,
            obj=measure.subject.public_id,
            payload={"status": data["status"], "end": data["end"]},
        )
    return draft


def assign(actor: Actor, user: Any, measure: Measure, department: Organisation, reason: str) -> Measure:
    """Hand a measure to another department, as a draft for a second person. The coordination only."""
    if not actor.has(COORDINATOR):
        raise Refused(no(_("Nur die Koordination gibt Maßnahmen an ein anderes Referat.")))
    draft = draft_of(measure)
    draft.department, draft.change_reason, draft.changed_by = department, reason.strip(), actor.label
    with transaction.atomic():
        _hand_in(user, measure, draft)
        audit.record(
            "radar.measure.assign",
            by=actor,
            obj=measure.subject.public_id,
            payload={"to": department.public_id, "reason": reason.strip()},
        )
    return draft


def _hand_in(user: Any, measure: Measure, draft: Measure) -> None:
    """Keep the draft and start its approval anew; one that waited is cancelled."""
    state = measure.current_workflow_state
    if state is not None:
        state.cancel(user=user)
    draft.save_revision(user=user, log_action=True, clean=False)
    workflow = draft.get_workflow()
    if workflow is not None:
        workflow.start(draft, user)


def request_status(actor: Actor, measures: list[Measure]) -> list[StatusRequest]:
    """Ask the departments for a fresh status; measures that were asked already are left out."""
    if not actor.has(COORDINATOR):
        raise Refused(no(_("Nur die Koordination fordert einen Stand an.")))
    now = clock.now()
    made = []
    for measure in measures:
        if measure.department_id is None:
            continue
        try:
            with transaction.atomic():
                made.append(
                    StatusRequest.objects.create(
                        measure=measure,
                        by=actor.label,
                        requested_at=now,
                        due_on=clock.today() + ANSWER_WITHIN,
                    )
                )
                audit.record(
                    "radar.status.request",
                    by=actor,
                    obj=measure.subject.public_id,
                )
        except IntegrityError:
            continue  # already asked: the constraint allows one open request
    return made


def take_back(actor: Actor, ids: list[int]) -> int:
    """Undo requests whose mail has not gone out yet. Returns how many; raises DomainError if none is left."""
    if not actor.has(COORDINATOR):
        raise Refused(no(_("Nur die Koordination nimmt eine Anfrage zurück.")))
    with transaction.atomic():
        count = StatusRequest.objects.filter(pk__in=ids, mailed_at=None, closed_at=None).update(closed_at=clock.now())
        if count:
            audit.record("radar.status.take_back", by=actor, payload={"count": count})
    if not count:
        raise DomainError(_("Die E-Mails sind schon verschickt. Zurücknehmen geht nicht mehr."))
    return count
