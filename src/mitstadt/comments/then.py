"""The discussion as it was on a past day (`kit.past`): what was written by then, and what the city had said by then.

What its author or moderation took away since stays away, what was changed since keeps the newer wording: the past
brings nothing back. Where questions lay is read from their steps, an answer's wording from its published versions.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from mitstadt.audit.models import Entry
from mitstadt.kit import past
from mitstadt.subjects.kinds import Then

from .models import AnswerVersion, Comment, Question, State, Step

Row = dict[str, Any]
MOVES = (Step.Kind.ASKED, Step.Kind.FORWARDED, Step.Kind.INTERIM, Step.Kind.BUNDLED)
STATES = {
    Step.Kind.ASKED: State.OPEN,
    Step.Kind.FORWARDED: State.FORWARDED,
    Step.Kind.INTERIM: State.INTERIM,
    Step.Kind.BUNDLED: State.BUNDLED,
}


def _shown_later() -> QuerySet[Entry, Any]:
    """Public ids of contributions that waited for a look and appeared after the day."""
    return Entry.objects.filter(action="comments.comment.publish", at__gt=past.moment()).values("object")


def by_then(rows: QuerySet[Comment]) -> QuerySet[Comment]:
    """Those that stood there on the day that is shown; all of them today."""
    moment = past.moment()
    if moment is None:
        return rows
    return rows.filter(created_at__lte=moment).exclude(subject__public_id__in=_shown_later())


def subjects(keys: Collection[int]) -> dict[int, Then]:
    """For `subjects.kinds`: contributions that stood there on the day shown. One query."""
    rows = by_then(Comment.objects.filter(pk__in=keys)).values_list("pk", "subject__title", "edited_at")
    moment = past.moment()
    return {pk: Then(None if edited and moment and edited > moment else title) for pk, title, edited in rows}


def questions_by_then(rows: QuerySet[Question]) -> QuerySet[Question]:
    day = past.day()
    if day is None:
        return rows
    return rows.filter(asked_on__lte=day, comment__created_at__lte=past.moment()).exclude(
        comment__subject__public_id__in=_shown_later()
    )


def answered() -> Q:
    """Questions that had their answer on the day shown."""
    day = past.day()
    return Q(state=State.ANSWERED) if day is None else Q(state=State.ANSWERED, answered_on__lte=day)


def waiting() -> Q:
    """Questions that waited on the day shown; those withdrawn since are left out."""
    return ~Q(state=State.WITHDRAWN) & ~answered()


def lying_with(rows: QuerySet[Question], department: Any) -> QuerySet[Question]:
    """Questions that lay with a department on the day shown, or were answered by it."""
    moment = past.moment()
    if moment is None:
        return rows.filter(Q(department=department) | Q(answer__department=department))
    moves = Step.objects.filter(question=OuterRef("pk"), at__lte=moment, to_department__isnull=False)
    at = Coalesce(Subquery(moves.order_by("-pk").values("to_department")[:1]), F("department"))
    return rows.annotate(then=at).filter(Q(then=department) | (answered() & Q(answer__department=department)))


def counts(about: list[int]) -> dict[int, int]:
    """How many contributions each of these subjects had on the day shown. One query."""
    rows = by_then(Comment.objects.filter(counted=True, about_id__in=about))
    return dict(rows.values_list("about_id").annotate(Count("pk")).order_by())


def as_it_was(rows: list[Row], prefix: str = "question__") -> list[Row]:
    """Rows of contributions or questions with the question's state of the day shown. Two queries, none today.

    `prefix` stands before the question's columns; ``pk`` is the question's key.
    """
    day, moment = past.day(), past.moment()
    if day is None or moment is None:
        return rows
    asked = [row for row in rows if row[f"{prefix}state"] is not None]
    if asked:
        _states(asked, prefix)
        _answers([row for row in asked if row[f"{prefix}answered_on"] is not None], prefix)
    if any(row.get("edited_at") and row["edited_at"] > moment for row in rows):
        past.doubt(_("Beiträge, die seitdem geändert wurden, stehen in ihrer neueren Fassung."))
    return rows


def _states(rows: list[Row], prefix: str) -> None:
    day = past.day()
    steps: dict[int, list[Row]] = {}
    found = Step.objects.filter(question_id__in=[row["pk"] for row in rows], kind__in=MOVES, at__lte=past.moment())
    for step in found.order_by("pk").values("question_id", "kind", "at", "to_department__name"):
        steps.setdefault(step["question_id"], []).append(dict(step))
    for row in rows:
        on = row[f"{prefix}answered_on"]
        if row[f"{prefix}state"] == State.WITHDRAWN or (on is not None and on <= day):
            continue
        if row[f"{prefix}asked_on"] > day:
            row.update({name: None for name in row if name.startswith(prefix) and prefix})
            continue
        moved = steps.get(row["pk"], [])
        at = [step for step in moved if step["to_department__name"]]
        row[f"{prefix}state"] = STATES[moved[-1]["kind"]] if moved else State.OPEN
        row[f"{prefix}department__name"] = at[-1]["to_department__name"] if at else None
        row[f"{prefix}since"] = timezone.localdate(at[-1]["at"]) if at else row[f"{prefix}asked_on"]
        row[f"{prefix}answered_on"] = row[f"{prefix}working_days"] = None
        row.update({name: None for name in row if name.startswith(f"{prefix}answer__")})
        if "answer_id" in row:
            row["answer_id"] = None


def _answers(rows: list[Row], prefix: str) -> None:
    """The wording of answers that were corrected later."""
    moment = past.moment()
    corrected = f"{prefix}answer__corrected_at"
    late = [row for row in rows if row.get(corrected) and row[corrected] > moment]
    if not late:
        return
    owners = dict(Question.objects.filter(pk__in=[row["pk"] for row in late]).values_list("pk", "answer_id"))
    versions: dict[int, list[Row]] = {}
    for version in AnswerVersion.objects.filter(answer_id__in=owners.values()).order_by("version").values():
        versions.setdefault(version["answer_id"], []).append(dict(version))
    for row in late:
        mine = versions.get(owners[row["pk"]], [])
        then = next((v for v in mine if v["replaced_at"] > moment), None)
        before = [v for v in mine if v["replaced_at"] <= moment]
        if then is not None:
            row[f"{prefix}answer__text"] = then["text"]
            if f"{prefix}answer__version" in row:
                row[f"{prefix}answer__version"] = then["version"]
        row[corrected] = before[-1]["replaced_at"] if before else None
