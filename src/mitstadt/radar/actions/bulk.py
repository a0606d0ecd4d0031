"""One thing done to many measures, and taken back within a while. Each measure goes through its own draft and approval;
what cannot be done to one leaves it as it is and is counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import COORDINATOR, Actor
from mitstadt.audit import actions as audit
from mitstadt.kit import clock
from mitstadt.kit.decision import no
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.organisations.models import Organisation
from mitstadt.radar import access
from mitstadt.radar.models import BulkAction, Measure, StatusRequest

from . import drafts

UNDO_WITHIN = timedelta(minutes=10)
MOST = 200
Kind = BulkAction.Kind


def request_many(actor: Actor, measures: Sequence[Measure]) -> BulkAction:
    """Ask the departments for a fresh status. Measures that were asked already or have no department are left out."""
    _check(measures)
    with transaction.atomic():
        made = drafts.request_status(actor, list(measures))
        items = [{"measure": r.measure_id, "request": r.pk} for r in made]
        return _kept(actor, Kind.REQUEST, items, left_out=len(measures) - len(made))


def report_many(
    actor: Actor, user: Any, measures: Sequence[Measure], *, status: str, status_as_of: str, reason: str
) -> BulkAction:
    """Hand in one status for many measures, each as a draft of its own for a second person. Planned ends stay."""
    _needs(reason)

    def report(measure: Measure) -> Measure:
        draft = drafts.draft_of(measure)
        data = {"status": status, "status_as_of": status_as_of, "end": draft.end, "change_reason": reason, "source": ""}
        return drafts.report_status(
            actor, user, measure, {**data, "milestone": "", "new_milestone": "", "new_milestone_due": ""}
        )

    return _drafted(actor, Kind.REPORT, measures, report)


def assign_many(
    actor: Actor, user: Any, measures: Sequence[Measure], *, department: Organisation, reason: str
) -> BulkAction:
    """Hand measures to a department, each as a draft for a second person. The coordination only."""
    if not actor.has(COORDINATOR):
        raise Refused(no(_("Nur die Koordination gibt Maßnahmen an ein anderes Referat.")))
    _needs(reason)
    there = [m for m in measures if m.department_id != department.pk]
    return _drafted(
        actor,
        Kind.ASSIGN,
        there,
        lambda measure: drafts.assign(actor, user, measure, department, reason),
        left_out=len(measures) - len(there),
    )


def _drafted(
    actor: Actor, kind: str, measures: Sequence[Measure], write: Callable[[Measure], Measure], left_out: int = 0
) -> BulkAction:
    """A draft per measure, a transaction each. Another person's draft that waits is never replaced in passing."""
    if measures:
        _check(measures)
    kept = _kept(actor, kind, [], left_out=left_out)
    for measure in measures:
        if not access.may_edit(actor, measure.department_id) or measure.has_unpublished_changes:
            kept.left_out += 1
            continue
        asked = list(measure.status_requests.filter(closed_at=None).values_list("pk", flat=True))
        before = measure.latest_revision_id
        with transaction.atomic():
            draft = write(measure)
            kept.items.append(
                {"measure": measure.pk, "draft": draft.latest_revision_id, "before": before, "asked": asked}
            )
            kept.save(update_fields=["items"])
    kept.save(update_fields=["left_out"])
    return kept


def undo(actor: Actor, public_id: str) -> tuple[int, int]:
    """Take a bulk action back, once, by whoever did it: (measures taken back, measures that went on meanwhile).

    Raises DomainError when it is too late, or done already.
    """
    now = clock.now()
    with transaction.atomic():
        mine = BulkAction.objects.filter(public_id=public_id, actor_public_id=actor.public_id)
        if not actor.public_id or not mine.filter(undone_at=None, undo_until__gt=now).update(undone_at=now):
            raise DomainError(_("Das lässt sich nicht mehr zurücknehmen."), code="late")
        done = mine.get()
        if done.kind == Kind.REQUEST:
            count = drafts.take_back(actor, [item["request"] for item in done.items])
        else:
            count = sum(_take_back_draft(actor, item) for item in done.items)
        audit.record(
            "radar.bulk.undo",
            by=actor,
            obj=done.public_id,
            payload={"kind": done.kind, "count": count},
        )
    return count, len(done.items) - count


def _take_back_draft(actor: Actor, item: dict[str, Any]) -> bool:
    """The draft goes back to what it was, unless somebody approved it or wrote on it."""
    measure = Measure.objects.filter(
        pk=item["measure"], latest_revision_id=item["draft"], has_unpublished_changes=True
    ).first()
    if measure is None or measure.live_revision_id == item["draft"]:
        return False
    state = measure.current_workflow_state
    if state is not None:
        state.cancel()
    Measure.objects.filter(pk=measure.pk).update(latest_revision=item["before"], has_unpublished_changes=False)
    open_now = StatusRequest.objects.filter(measure=measure.pk, closed_at=None).exists()
    for request in [] if open_now else item["asked"][:1]:
        StatusRequest.objects.filter(pk=request).update(closed_at=None, answered=False)
    return True


def undoable(actor: Actor) -> BulkAction | None:
    """What this person did last to many measures and can still take back. One query."""
    found = BulkAction.objects.filter(
        actor_public_id=actor.public_id, undone_at=None, undo_until__gt=clock.now()
    ).exclude(items=[])
    return found.order_by("-pk").first() if actor.public_id else None


def _kept(actor: Actor, kind: str, items: list[dict[str, Any]], *, left_out: int) -> BulkAction:
    now = clock.now()
    made = BulkAction.objects.create(
        kind=kind,
        actor_public_id=actor.public_id,
        by=actor.label,
        at=now,
        undo_until=now + (drafts.MAIL_AFTER if kind == Kind.REQUEST else UNDO_WITHIN),
        items=items,
        left_out=left_out,
    )
    audit.record(
        "radar.bulk.do",
        by=actor,
        obj=made.public_id,
        payload={"kind": str(kind), "count": len(items)},
    )
    return made


def _check(measures: Sequence[Measure]) -> None:
    if not measures:
        raise DomainError(_("Wählen Sie zuerst mindestens eine Maßnahme aus."), code="none")
    if len(measures) > MOST:
        raise DomainError(_("Höchstens %(most)s Maßnahmen auf einmal.") % {"most": MOST}, code="many")


def _needs(reason: str) -> None:
    if not reason.strip():
        raise DomainError(_("Bitte nennen Sie den Grund. Er steht öffentlich in der Zeitleiste."), field="reason")


def by_number(numbers: Iterable[int]) -> list[Measure]:
    """The measures of the current strategy with these numbers, ready for the actions above. One query."""
    found = Measure.objects.filter(strategy__is_current=True, number__in=list(numbers), retired_in=None)
    return list(found.select_related("subject", "department").order_by("number"))
