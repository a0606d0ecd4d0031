"""Contributions for programs: the same public rows as the pages, nothing that names a person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from ninja import Query, Router, Schema, Status
from ninja.errors import HttpError
from pydantic import Field

from mitstadt.accounts import tokens
from mitstadt.kit.problems import ProblemOut
from mitstadt.subjects.models import Subject

from . import actions, components, queries
from .actions.writing import find_parent
from .models import Comment, Side, State

router = Router(tags=["comments"])

LIMIT = 200


class CommentIn(Schema):
    """`about` is the public id of a measure, an idea, a debate …; `parent` the comment that is answered. The same `key`
    writes once. `wants_answer`: the city then owes an answer in public. `side`: pro, contra or empty, only where the
    discussion asks for it and not in an answer."""

    about: str
    text: str
    parent: str = ""
    wants_answer: bool = False
    side: str = Field("", max_length=20)
    key: str = Field("", max_length=40)


class WrittenCommentOut(Schema):
    """`state`: public, or review while the moderation looks at it first."""

    id: str
    state: str
    url: str


class AnswerOut(Schema):
    text: str
    by: str
    answered_on: date
    working_days: int
    version: int
    corrected_at: datetime | None


class QuestionOut(Schema):
    """`state`: open, forwarded, interim, bundled, answered, withdrawn."""

    state: str
    department: str | None
    asked_on: date
    due_on: date
    answer: AnswerOut | None


class CommentOut(Schema):
    """`author` is a pseudonym, or function and department for staff; null without a name. `id` and `subject` are
    permanent public ids. `side`: pro, contra, or empty where it is neither or not asked."""

    id: str
    subject: str
    parent: str | None
    author: str | None
    author_is_staff: bool
    text: str
    language: str
    channel: str
    side: str
    created_at: datetime
    edited_at: datetime | None
    question: QuestionOut | None
    path: str
    is_example: bool


class CommentList(Schema):
    """`next` is the cursor of the next page, null on the last."""

    items: list[CommentOut]
    next: str | None


_FIELDS = (
    "pk",
    "subject__public_id",
    "subject__path",
    "about__public_id",
    "parent__subject__public_id",
    "user_id",
    "guest_id",
    "author_label",
    "author_staff",
    "text",
    "language",
    "channel",
    "side",
    "created_at",
    "edited_at",
    "is_example",
    "question__state",
    "question__department__name",
    "question__asked_on",
    "question__due_on",
    "question__answered_on",
    "question__working_days",
    "question__answer__text",
    "question__answer__label",
    "question__answer__version",
    "question__answer__corrected_at",
)


def as_json(row: dict[str, Any]) -> dict[str, Any]:
    """One row of `_FIELDS` as the interface shows it; the data set uses it too."""
    question: dict[str, Any] | None = None
    if row["question__state"] is not None:
        answer = None
        if row["question__state"] == State.ANSWERED:
            answer = {
                "text": row["question__answer__text"],
                "by": row["question__answer__label"],
                "answered_on": row["question__answered_on"],
                "working_days": row["question__working_days"] or 0,
                "version": row["question__answer__version"],
                "corrected_at": row["question__answer__corrected_at"],
            }
        question = {
            "state": row["question__state"],
            "department": row["question__department__name"],
            "asked_on": row["question__asked_on"],
            "due_on": row["question__due_on"],
            "answer": answer,
        }
    return {
        "id": row["subject__public_id"],
        "subject": row["about__public_id"],
        "parent": row["parent__subject__public_id"],
        "author": row["author_label"] if components.has_name(row) else None,
        "author_is_staff": row["author_staff"],
        "text": row["text"],
        "language": row["language"],
        "channel": row["channel"],
        "side": row["side"],
        "created_at": row["created_at"],
        "edited_at": row["edited_at"],
        "question": question,
        "path": row["subject__path"],
        "is_example": row["is_example"],
    }


class CommentFilter(Schema):
    """`subject`: public id; `side`: pro or contra; `since`: moment (ISO 8601) from which on; `cursor`: from `next` of
    the page before."""

    subject: str = ""
    side: str = ""
    since: datetime | None = None
    limit: int = 50
    cursor: str = ""


def _moment(since: datetime) -> datetime:
    """In the city's time unless it says another. The edge of the calendar fits no other time zone."""
    if not 2 <= since.year <= 9998:
        raise HttpError(422, "since: a year between 2 and 9998")
    return since if timezone.is_aware(since) else timezone.make_aware(since)


@router.get("", response=CommentList, summary="Beiträge, die ältesten zuerst")
def comments(request: HttpRequest, asked: Query[CommentFilter]) -> dict[str, Any]:
    rows = queries.public()
    if asked.subject:
        rows = rows.filter(about__public_id=asked.subject)
    if asked.side:
        if asked.side not in (Side.PRO, Side.CONTRA):
            raise HttpError(422, "side: pro or contra")
        rows = rows.filter(side=asked.side)
    if asked.since is not None:
        rows = rows.filter(created_at__gte=_moment(asked.since))
    shown, more = _page(rows, asked.cursor, min(max(asked.limit, 1), LIMIT))
    return {"items": [as_json(row) for row in shown], "next": more}


class MyCommentOut(CommentOut):
    """`state`: public, review (the moderation looks at it), withdrawn or hidden."""

    state: str


class MyComments(Schema):
    """`next` is the cursor of the next page, null on the last."""

    items: list[MyCommentOut]
    next: str | None


class MyCommentsIn(Schema):
    limit: int = Field(50, ge=1, le=LIMIT)
    cursor: str = ""


@router.get(
    "/mine",
    response={200: MyComments, 401: ProblemOut, 403: ProblemOut, 422: ProblemOut},
    auth=tokens.bearer("read"),
    summary="Your own comments, whatever their state",
)
def my_comments(request: HttpRequest, asked: Query[MyCommentsIn]) -> dict[str, Any]:
    """The oldest first. The token needs the scope read."""
    rows = Comment.objects.filter(user_id=request.auth.user_id)  # type: ignore[attr-defined]
    found, more = _page(rows, asked.cursor, asked.limit, *_STATE)
    return {"items": [{**as_json(row), "state": _state(row)} for row in found], "next": more}


_STATE = ("held", "removed_at", "subject__published", "subject__restricted")


def _state(row: dict[str, Any]) -> str:
    if row["removed_at"] is not None:
        return "withdrawn"
    if row["held"]:
        return "review"
    return "public" if row["subject__published"] and not row["subject__restricted"] else "hidden"


def _page(
    rows: QuerySet[Comment], cursor: str, limit: int, *more_fields: str
) -> tuple[list[dict[str, Any]], str | None]:
    """One page by key, and the cursor of the next."""
    if cursor:
        if not cursor.isascii() or not cursor.isdecimal() or len(cursor) > 18:
            raise HttpError(422, "cursor: take the value of `next` as it is")
        rows = rows.filter(pk__gt=int(cursor))
    found: list[dict[str, Any]] = list(rows.order_by("pk").values(*_FIELDS, *more_fields)[: limit + 1])
    shown = found[:limit]
    return shown, str(shown[-1]["pk"]) if len(found) > limit else None


@router.get("/{public_id}", response=CommentOut, summary="Ein Beitrag")
def comment(request: HttpRequest, public_id: str) -> dict[str, Any]:
    row = queries.public().filter(subject__public_id=public_id).values(*_FIELDS).first()
    if row is None:
        raise HttpError(404, "no public comment with this id")
    return as_json(row)


@router.post(
    "",
    response={
        201: WrittenCommentOut,
        401: ProblemOut,
        403: ProblemOut,
        404: ProblemOut,
        422: ProblemOut,
        429: ProblemOut,
    },
    auth=tokens.bearer("comments"),
    summary="Comment in your name",
)
def write_comment(request: HttpRequest, sent: CommentIn) -> Status[Any]:
    """By the rules of the page: who, when, pre-moderation and limits. The token needs the scope comments."""
    about = Subject.objects.filter(public_id=sent.about).first()
    if about is None or not about.is_public:
        raise HttpError(404, gettext("about: Das gibt es nicht, oder es ist nicht öffentlich."))
    made = actions.add(
        request.auth,  # type: ignore[attr-defined]
        about,
        sent.text,
        parent=find_parent(about, sent.parent),
        wants_answer=sent.wants_answer,
        side=sent.side,
        key=sent.key,
    )
    written = {
        "id": made.subject.public_id,
        "state": "review" if made.held else "public",
        "url": settings.MITSTADT_BASE_URL.rstrip("/") + made.subject.path,
    }
    return Status(201, written)
