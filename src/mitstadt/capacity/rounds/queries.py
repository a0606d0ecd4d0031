"""Reads of rounds. `public()` is what page, family and file share: never a draft."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from mitstadt.capacity import seekers
from mitstadt.capacity.models import Seeker
from mitstadt.directory.models import Provider

from .models import Application, Child, Place, Programme, Round


def public() -> QuerySet[Round]:
    return Round.objects.exclude(state=Round.State.DRAFT)


def programmes(round_: Round) -> list[Programme]:
    return list(round_.programmes.select_related("capacity__service"))


def application(token: str, public_id: str) -> Application | None:
    """A family's application by its secret link, with what the draw said and the places since."""
    seeker = seekers.by_token(token)
    if seeker is None:
        return None
    return (
        Application.objects.select_related("round", "seeker")
        .prefetch_related(
            Prefetch("children", Child.objects.select_related("outcome").prefetch_related(Prefetch("places", places())))
        )
        .filter(seeker=seeker, round__public_id=public_id)
        .first()
    )


def places() -> QuerySet[Place]:
    """Places with their houses; `ahead`: how many in the same line come before (some of them may be passed over)."""
    line = Place.objects.filter(
        programme=OuterRef("programme"), state=Place.State.WAITING, rank__lt=OuterRef("rank")
    ).order_by()  # fmt: skip
    ahead = line.values("programme").annotate(n=Count("pk")).values("n")
    rows = Place.objects.select_related("programme__round", "programme__capacity__service", "programme__capacity__at")
    return rows.annotate(ahead=Coalesce(Subquery(ahead), 0))


def of_providers(providers: Sequence[Provider]) -> QuerySet[Place]:
    """What was ever offered at these providers' houses; nothing that was written is read here."""
    return Place.objects.filter(
        offered_at__isnull=False, programme__capacity__service__provider__in=[p.pk for p in providers]
    )


def rounds_at(providers: Sequence[Provider]) -> list[Round]:
    """Rounds that gave places at these providers, the newest first, with how many are `offered` and `accepted` there;
    one query."""
    totals = {
        state: Count("programmes__places", filter=Q(programmes__places__state=state))
        for state in ("offered", "accepted")
    }
    rows = Round.objects.filter(
        programmes__capacity__service__provider__in=[p.pk for p in providers],
        programmes__places__offered_at__isnull=False,
    )
    return list(rows.annotate(**totals).defer("summary", "text", "criteria"))


def mine(seeker: Seeker, token: str) -> list[dict[str, Any]]:
    """A family's applications for its own page: round, address, how many children, until when an answer is wanted."""
    rows = Application.objects.filter(seeker=seeker).select_related("round").prefetch_related("children__places")
    return [
        {
            "round": row.round,
            "url": reverse("rounds:own", args=[token, row.round.public_id]),
            "children": len(row.children.all()),
            "until": min(
                (p.answer_until for c in row.children.all() for p in c.places.all() if p.is_open() and p.answer_until),
                default=None,
            ),
        }
        for row in rows.order_by("-pk")
    ]
