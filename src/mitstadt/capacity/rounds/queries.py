"""Reads of rounds. `public()` is what page, family and file share: never a draft."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from mitstadt.capacity import seekers
from mitstadt.capacity.models import Seeker

from .models import Application, Child, Programme, Round


def public() -> QuerySet[Round]:
    return Round.objects.exclude(state=Round.State.DRAFT)


def programmes(round_: Round) -> list[Programme]:
    return list(round_.programmes.select_related("capacity__service"))


def application(token: str, public_id: str) -> Application | None:
    """A family's application by its secret link."""
    seeker = seekers.by_token(token)
    if seeker is None:
        return None
    return (
        Application.objects.select_related("round", "seeker")
        .prefetch_related(Prefetch("children", Child.objects.select_related("outcome")))
        .filter(seeker=seeker, round__public_id=public_id)
        .first()
    )


def mine(seeker: Seeker, token: str) -> list[dict[str, Any]]:
    """A family's applications for its own page: round, address, how many children."""
    rows = Application.objects.filter(seeker=seeker).select_related("round").prefetch_related("children")
    return [
        {
            "round": row.round,
            "url": reverse("rounds:own", args=[token, row.round.public_id]),
            "children": len(row.children.all()),
        }
        for row in rows.order_by("-pk")
    ]
