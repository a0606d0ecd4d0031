"""Reads of ratings: the distribution of a subject, one's own rating."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from mitstadt.accounts.actor import Actor
from mitstadt.kit.prepared import Prepared

from . import rules
from .actions import minimum
from .models import SCALES, VALUES, Origin, Rating, RatingTotal


@dataclass(frozen=True, slots=True)
class Distribution:
    """One scale from one origin. `spread` is None below the minimum number of votes (`minimum`)."""

    scale: str
    origin: str
    counts: tuple[int, int, int, int, int]
    minimum: int

    @property
    def votes(self) -> int:
        return sum(self.counts)

    @property
    def spread(self) -> rules.Spread | None:
        return rules.spread(self.counts) if self.votes >= max(self.minimum, 2) else None


@dataclass(frozen=True, slots=True)
class Summary:
    """All scales and origins of one subject; `people` by origin."""

    subject_id: int
    people: dict[str, int]
    distributions: dict[tuple[str, str], Distribution]
    minimum: int

    @property
    def total(self) -> int:
        return sum(self.people.values())

    def of(self, scale: str, origin: str) -> Distribution:
        return self.distributions[scale, origin]


_COLUMNS = ("origin", "ratings", *(f"{scale}_{value}" for scale in SCALES for value in VALUES))
_TOTALS = Prepared(lambda subject_id: RatingTotal.objects.filter(about_id=subject_id).values_list(*_COLUMNS))


def summary(subject_id: int) -> Summary:
    """What people think of a subject (by its key). One query."""
    rows: dict[str, dict[str, Any]] = {
        row[0]: dict(zip(_COLUMNS, row, strict=True)) for row in _TOTALS.rows(subject_id)
    }
    least = minimum()
    found = {}
    for scale in SCALES:
        for origin in Origin.values:
            row = rows.get(origin, {})
            one, two, three, four, five = (int(row.get(f"{scale}_{value}", 0)) for value in VALUES)
            found[scale, origin] = Distribution(scale, origin, (one, two, three, four, five), least)
    people = {origin: int(rows.get(origin, {}).get("ratings", 0)) for origin in Origin.values}
    return Summary(subject_id, people, found, least)


def own(actor: Actor, subject_id: int) -> Rating | None:
    """What somebody chose before."""
    if actor.user_id is None and actor.guest_id is None:
        return None
    who = Q(user_id=actor.user_id) if actor.user_id is not None else Q(guest_id=actor.guest_id)
    return Rating.objects.filter(who, about_id=subject_id).first()
