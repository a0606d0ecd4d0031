"""The public log for programs: the same rows as the page."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from . import queries

router = Router(tags=["moderation"])


class ModerationDecisionOut(Schema):
    """One decision; no text, no names."""

    id: str
    case: str
    at: datetime
    kind: str
    step: str
    outcome: str
    ground: str
    ground_kind: str
    ground_title: str
    reports: int
    found_automatically: bool
    automated: bool
    is_example: bool


class DecisionsOut(Schema):
    count: int
    items: list[ModerationDecisionOut]


@router.get("/decisions", response=DecisionsOut, summary="Entscheidungen der Moderation, neueste zuerst")
def decisions(
    request: HttpRequest,
    limit: Annotated[int, Field(ge=1, le=1000)] = 100,
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0,
    since: AwareDatetime | None = None,
) -> DecisionsOut:
    """Page through the anonymised log; `since` is a moment with time zone."""
    rows = queries.public(since)
    items = [
        ModerationDecisionOut(
            id=line.public_id,
            case=line.case,
            at=line.at,
            kind=line.kind,
            step="appeal" if line.step == 2 else "first",
            outcome=line.outcome,
            ground=line.ground,
            ground_kind=line.ground_kind,
            ground_title=line.ground_title,
            reports=line.reports,
            found_automatically=line.found_automatically,
            automated=line.automated,
            is_example=line.is_example,
        )
        for line in queries.lines(rows[offset : offset + limit])
    ]
    return DecisionsOut(count=rows.count(), items=items)
