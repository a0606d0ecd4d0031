"""Who may do what with a measure. Pure decisions on loaded objects, each with the reason that the person reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from mitstadt.accounts.actor import ADMINISTRATOR, COORDINATOR, EDITOR, Actor
from mitstadt.kit.decision import YES, Decision, no

if TYPE_CHECKING:
    from mitstadt.subjects.models import Subject

VERBS = frozenset({"comment", "rate", "follow", "report"})


def may_edit(actor: Actor, department_id: int | None) -> Decision:
    """Editors change the measures of their own department, the coordination changes all."""
    if actor.has(COORDINATOR) or (department_id is not None and actor.has(EDITOR, department_id)):
        return YES
    if actor.has(EDITOR):
        return no(gettext("Diese Maßnahme gehört einem anderen Referat. Bitte wenden Sie sich an die Koordination."))
    return no(gettext("Maßnahmen ändern die Redaktionen der Referate."), step_up="" if actor.is_known else "login")


def may_publish(actor: Actor) -> Decision:
    """Only the coordination of the strategy publishes imports and revisions."""
    if actor.has(COORDINATOR) or actor.has(ADMINISTRATOR):
        return YES
    return no(
        gettext("Fortschreibungen veröffentlicht die Koordination der Strategie."),
        step_up="" if actor.is_known else "login",
    )


def can(actor: Actor, verb: str, subject: Subject, now: datetime) -> Decision:
    """For the kind "measure". A subject loaded with its measure costs no query, else one."""
    return can_with(actor, verb, subject, fate_of([subject.pk]).get(subject.pk, ""))


def can_many(actor: Actor, verb: str, subjects: Sequence[Subject], now: datetime) -> list[Decision]:
    """`can` for a list, in its order. At most two queries."""
    fates = fate_of([s.pk for s in subjects])
    return [can_with(actor, verb, subject, fates.get(subject.pk, "")) for subject in subjects]


def can_with(actor: Actor, verb: str, subject: Subject, fate: str) -> Decision:
    """`fate` is ``retired``, ``merged`` or empty. Who may comment at all is the comments' own rule."""
    if verb not in (*VERBS, "read"):
        return no(gettext("Das geht hier nicht."))
    if not subject.is_public:
        return no(gettext("Diese Maßnahme ist nicht veröffentlicht."))
    if verb == "rate" and fate == "merged":
        return no(gettext("Diese Maßnahme ist in einer anderen aufgegangen. Bitte bewerten Sie die neue."))
    if verb == "rate" and fate == "retired":
        return no(gettext("Diese Maßnahme ist entfallen und wird nicht mehr bewertet."))
    return YES


def fate_of(keys: Sequence[int]) -> dict[int, str]:
    """Which of these measures no longer stand for themselves. Two queries."""
    from .models import Measure, MeasureLineage

    fates = dict.fromkeys(
        Measure.objects.filter(pk__in=keys).exclude(retired_in=None).values_list("pk", flat=True), "retired"
    )
    merged = MeasureLineage.objects.filter(before_id__in=keys, kind=MeasureLineage.Kind.MERGED)
    fates.update(dict.fromkeys(merged.values_list("before_id", flat=True), "merged"))
    return fates


def department_of(subject_id: int) -> int | None:
    """The department that owes answers about a measure."""
    from .models import Measure

    found: int | None = Measure.objects.filter(pk=subject_id).values_list("department_id", flat=True).first()
    return found
