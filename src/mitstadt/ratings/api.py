"""Ratings for programs: the distributions that the pages show, never a single rating."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.errors import HttpError

from mitstadt.subjects.models import Subject

from . import queries

router = Router(tags=["ratings"])


class DistributionOut(Schema):
    """`counts`: how many chose 1, 2, 3, 4, 5. `median`, `lower`, `upper` (quartiles) are null below `minimum` votes."""

    scale: str
    origin: str
    counts: list[int]
    votes: int
    median: float | None
    lower: float | None
    upper: float | None


class RatingsOut(Schema):
    """`people`: number of ratings by origin (``account``, ``email``), which are never added up into one median."""

    subject: str
    minimum: int
    people: dict[str, int]
    distributions: list[DistributionOut]


@router.get("/{subject}", response=RatingsOut, summary="Bewertungen eines Gegenstands")
def ratings(request: HttpRequest, subject: str) -> dict[str, Any]:
    found = Subject.objects.public().filter(public_id=subject).first()
    if found is None:
        raise HttpError(404, "no public subject with this id")
    summary = queries.summary(found.pk)
    return {
        "subject": subject,
        "minimum": summary.minimum,
        "people": summary.people,
        "distributions": [as_json(one) for one in summary.distributions.values()],
    }


def as_json(one: queries.Distribution) -> dict[str, Any]:
    spread = one.spread
    return {
        "scale": one.scale,
        "origin": one.origin,
        "counts": list(one.counts),
        "votes": one.votes,
        "median": spread.median if spread else None,
        "lower": spread.low if spread else None,
        "upper": spread.high if spread else None,
    }
