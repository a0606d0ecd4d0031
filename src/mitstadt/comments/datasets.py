"""Open data: every public contribution, one row each, read from the database in chunks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q

from . import queries
from .api import _FIELDS, as_json

COLUMNS = (
    "id",
    "subject",
    "parent",
    "author",
    "author_is_staff",
    "text",
    "language",
    "channel",
    "side",
    "created_at",
    "edited_at",
    "question_state",
    "question_department",
    "question_asked_on",
    "question_due_on",
    "answer_text",
    "answer_by",
    "answer_on",
    "answer_working_days",
    "path",
    "is_example",
)


def rows(since: datetime | None = None) -> Iterator[dict[str, Any]]:
    """Rows with the keys of `COLUMNS`; days and moments as `date` and `datetime`, None where there is nothing.

    With `since` only what was written, edited, answered or corrected from then on.
    """
    found = queries.public()
    if since is not None:
        found = found.filter(
            Q(created_at__gte=since)
            | Q(edited_at__gte=since)
            | Q(question__answer__answered_at__gte=since)
            | Q(question__answer__corrected_at__gte=since)
        )
    for row in queries.stream(found, _FIELDS):
        shown = as_json(row)
        question = shown.pop("question") or {}
        answer = question.get("answer") or {}
        shown |= {f"question_{name}": question.get(name) for name in ("state", "department", "asked_on", "due_on")}
        shown["answer_text"], shown["answer_by"] = answer.get("text"), answer.get("by")
        shown["answer_on"], shown["answer_working_days"] = answer.get("answered_on"), answer.get("working_days")
        yield {name: shown[name] for name in COLUMNS}
