"""`/api/v1/surveys`: what is asked, and what came out once everybody may see it. Who answered is never in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Query, Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from mitstadt.kit import clock
from mitstadt.kit.problems import ProblemOut

from . import queries, results
from .forms import option_words
from .models import Survey

router = Router(tags=["surveys"])
LIMIT = 200


class SurveyOut(Schema):
    """`verb`: answer (a survey) or vote (a poll). `ends_at` is when the last phase of answering ends."""

    id: str
    process: str
    title: str
    verb: str
    anonymous: bool
    responses: int
    results_open: bool
    frozen_at: datetime | None
    is_example: bool
    url: str


class OptionOut(Schema):
    value: str
    words: str


class SurveyQuestionOut(Schema):
    """`only_if` names an earlier question and the values with which this one is asked."""

    key: str
    kind: str
    text: str
    help: str
    required: bool
    options: list[OptionOut]
    rows: list[OptionOut]
    most: int
    only_if: str | None
    only_if_values: list[str]


class ResultRowOut(Schema):
    """`answer` empty: how many answered the question. Channels with fewer than five people are null."""

    question: str
    row: str
    answer: str
    count: int
    online: int | None
    paper: int | None
    phone: int | None
    event: int | None
    points: int | None
    mean_place: float | None


class SurveyDetailOut(SurveyOut):
    """`results` is empty until everybody may see them."""

    questions: list[SurveyQuestionOut]
    results: list[ResultRowOut]


class SurveysOut(Schema):
    """`next` is the cursor of the next page, null on the last."""

    items: list[SurveyOut]
    next: str | None


class SurveysIn(Schema):
    process: str = Field("", description="public id of a process")
    after: str = Field("", description="cursor: the id of the last survey that you have")
    limit: int = Field(50, ge=1, le=LIMIT)


def _out(survey: Survey, now: datetime) -> dict[str, Any]:
    module = survey.module
    return {
        "id": module.subject.public_id,
        "process": module.process.subject.public_id,
        "title": module.title,
        "verb": queries.verb_of(module),
        "anonymous": queries.is_anonymous(module),
        "responses": survey.responses,
        "results_open": queries.results_open(module, survey, now),
        "frozen_at": survey.frozen_at,
        "is_example": module.process.is_example,
        "url": settings.MITSTADT_BASE_URL.rstrip("/") + module.subject.path,
    }


@router.get("", response={200: SurveysOut, 422: ProblemOut}, summary="Surveys and polls")
def surveys(request: HttpRequest, asked: Query[SurveysIn]) -> dict[str, Any]:
    """Every public one, the oldest first."""
    rows = queries.public_surveys()
    if asked.process:
        rows = rows.filter(module__process__subject__public_id=asked.process)
    if asked.after:
        last = queries.public_surveys().filter(module__subject__public_id=asked.after).first()
        if last is None:
            raise HttpError(422, gettext("after: Diese Umfrage gibt es nicht."))
        rows = rows.filter(pk__gt=last.pk)
    found = list(rows[: asked.limit + 1])
    now = clock.now()
    items = [_out(row, now) for row in found[: asked.limit]]
    return {"items": items, "next": items[-1]["id"] if len(found) > asked.limit else None}


@router.get("/{survey}", response={200: SurveyDetailOut, 404: ProblemOut}, summary="One survey")
def one_survey(request: HttpRequest, survey: str) -> dict[str, Any]:
    """With its questions, and what came out once everybody may see it."""
    found = queries.public_surveys().filter(module__subject__public_id=survey).first()
    if found is None:
        raise HttpError(404, gettext("Diese Umfrage gibt es nicht, oder sie ist nicht öffentlich."))
    now = clock.now()
    out = _out(found, now)
    came = results.rows(results.of(found.module, found, texts=0)) if out["results_open"] else []
    return {
        **out,
        "questions": [
            {
                "key": question.key,
                "kind": question.kind,
                "text": question.text,
                "help": question.help,
                "required": question.required,
                "options": [{"value": value, "words": words} for value, words in option_words(question).items()],
                "rows": [{"value": str(value), "words": str(words)} for value, words in question.rows],
                "most": question.most,
                "only_if": question.condition.key if question.condition is not None else None,
                "only_if_values": [str(value) for value in question.condition_values],
            }
            for question in queries.questions(found)
        ],
        "results": [
            {name: None if value == "" and name not in ("row", "answer") else value for name, value in row.items()}
            for row in came
        ],
    }
