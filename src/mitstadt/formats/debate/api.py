"""`/api/v1/debates`: questions, sides and summaries as the pages show them. What people wrote is at
`/api/v1/comments?subject=<id>`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Query, Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from mitstadt.comments import queries as voices
from mitstadt.comments.models import Side
from mitstadt.kit.problems import ProblemOut
from mitstadt.participation.models import Module

from . import queries
from .models import Summary
from .open_data import address

router = Router(tags=["debates"])
LIMIT = 200


class SummaryOut(Schema):
    """`by` is function and department. `covers` contributions until the end of `covers_until`. `ended`: empty while it
    stands, else replaced, corrected or withdrawn, with the `reason` where one was given; a withdrawn one may have lost
    its text."""

    id: str
    number: int
    text: str
    by: str
    covers_until: date
    covers: int
    written_at: datetime
    ended: str
    ended_at: datetime | None
    reason: str
    is_example: bool


class SidesOut(Schema):
    """How many contributions that begin a thread are for, against, or neither. Contributions, not people."""

    pro: int
    contra: int
    neither: int


class DebateOut(Schema):
    """`asks_side`: people may say whether they are for or against. `summary` is null while none stands."""

    id: str
    process: str
    title: str
    question: str
    asks_side: bool
    comments: int
    summary: SummaryOut | None
    is_example: bool
    url: str


class DebateDetailOut(DebateOut):
    """`sides` is null where nobody is asked; `earlier` are the summaries before, the newest first."""

    sides: SidesOut | None
    since_summary: int
    earlier: list[SummaryOut]


class DebatesOut(Schema):
    """`next` is the cursor of the next page, null on the last."""

    items: list[DebateOut]
    next: str | None


class DebatesIn(Schema):
    process: str = Field("", description="public id of a process")
    after: str = Field("", description="cursor: the id of the last debate that you have")
    limit: int = Field(50, ge=1, le=LIMIT)


def _summary(found: Summary) -> dict[str, Any]:
    return {
        "id": found.public_id,
        "number": found.number,
        "text": found.text,
        "by": found.label,
        "covers_until": found.covers_until,
        "covers": found.covers,
        "written_at": found.written_at,
        "ended": found.ended,
        "ended_at": found.ended_at,
        "reason": found.reason,
        "is_example": found.is_example,
    }


def _out(module: Module, standing: Summary | None) -> dict[str, Any]:
    return {
        "id": module.subject.public_id,
        "process": module.process.subject.public_id,
        "title": module.title,
        "question": module.settings.get("question", ""),
        "asks_side": queries.asks_side(module),
        "comments": module.subject.comment_count,
        "summary": _summary(standing) if standing is not None else None,
        "is_example": module.process.is_example,
        "url": address(module.subject.path),
    }


@router.get("", response={200: DebatesOut, 422: ProblemOut}, summary="Debates")
def list_debates(request: HttpRequest, asked: Query[DebatesIn]) -> dict[str, Any]:
    """The newest first, page by page with `after`."""
    rows = queries.debates().select_related("subject", "process__subject")
    if asked.process:
        rows = rows.filter(process__subject__public_id=asked.process)
    if asked.after:
        last = queries.debates().filter(subject__public_id=asked.after).values_list("pk", flat=True).first()
        if last is None:
            raise HttpError(422, gettext("after: Dieses Gespräch gibt es nicht."))
        rows = rows.filter(pk__lt=last)
    found = list(rows.order_by("-pk")[: asked.limit + 1])
    shown = found[: asked.limit]
    stand = {one.module_id: one for one in Summary.objects.filter(module__in=shown, ended_at__isnull=True)}
    items = [_out(module, stand.get(module.pk)) for module in shown]
    return {"items": items, "next": items[-1]["id"] if len(found) > asked.limit else None}


@router.get("/{debate}", response={200: DebateDetailOut, 404: ProblemOut}, summary="One debate")
def one_debate(request: HttpRequest, debate: str) -> dict[str, Any]:
    """With the sides and every summary."""
    rows = queries.debates().select_related("subject", "process__subject")
    module = rows.filter(subject__public_id=debate).first()
    if module is None:
        raise HttpError(404, gettext("Dieses Gespräch gibt es nicht, oder es ist nicht öffentlich."))
    pinned = queries.pinned(module)
    counts = voices.side_counts(module.pk) if queries.asks_side(module) else None
    return {
        **_out(module, pinned.standing),
        "sides": None
        if counts is None
        else {"pro": counts[Side.PRO], "contra": counts[Side.CONTRA], "neither": counts[Side.NEITHER]},
        "since_summary": pinned.since,
        "earlier": [_summary(one) for one in pinned.earlier],
    }
