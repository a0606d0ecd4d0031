"""Reads of ratings: the distribution of a subject, one's own rating."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from mitstadt.accounts.actor import Actor
from mitstadt.kit import past
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
    unproven: int = 0  # on a past day: people whose rating of that day nobody knows, for they changed it since

    @property
    def total(self) -> int:
        return sum(self.people.values())

    def of(self, scale: str, origin: str) -> Distribution:
        return self.distributions[scale, origin]


_COLUMNS = ("origin", "ratings", *(f"{scale}_{value}" for scale in SCALES for value in VALUES))
_TOTALS = Prepared(lambda subject_id: RatingTotal.objects.filter(about_id=subject_id).values_list(*_COLUMNS))


def summary(subject_id: int) -> Summary:
    """What people think of a subject (by its key). One query."""
    totals, unproven = totals_then([subject_id])
    rows: dict[str, dict[str, Any]] = totals.get(subject_id, {})
    if past.day() is None:
        rows = {row[0]: dict(zip(_COLUMNS, row, strict=True)) for row in _TOTALS.rows(subject_id)}
    least = minimum()
    found = {}
    for scale in SCALES:
        for origin in Origin.values:
            row = rows.get(origin, {})
            one, two, three, four, five = (int(row.get(f"{scale}_{value}", 0)) for value in VALUES)
            found[scale, origin] = Distribution(scale, origin, (one, two, three, four, five), least)
    people = {origin: int(rows.get(origin, {}).get("ratings", 0)) for origin in Origin.values}
    return Summary(subject_id, people, found, least, unproven)


def totals_then(subject_ids: list[int]) -> tuple[dict[int, dict[str, dict[str, Any]]], int]:
    """Totals by subject and origin from the ratings of the past day that is shown, and how many were changed since:
    those count as people, their values are not proven. One query; nothing today."""
    moment = past.moment()
    if moment is None:
        return {}, 0
    found: dict[int, dict[str, dict[str, Any]]] = {}
    unproven = 0
    given = Rating.objects.filter(about_id__in=subject_ids, created_at__lte=moment)
    for about, origin, changed_at, *values in given.values_list("about_id", "origin", "changed_at", *SCALES):
        row = found.setdefault(about, {}).setdefault(origin, dict.fromkeys(_COLUMNS[1:], 0))
        row["ratings"] += 1
        if changed_at > moment:
            unproven += 1
            continue
        for scale, value in zip(SCALES, values, strict=True):
            if value is not None:
                row[f"{scale}_{value}"] += 1
    return found, unproven


def counts_then(subject_ids: list[int]) -> dict[int, int]:
    """How many people had rated each of these subjects on the past day that is shown. One query."""
    given = Rating.objects.filter(about_id__in=subject_ids, created_at__lte=past.moment())
    return dict(given.values_list("about_id").annotate(Count("pk")).order_by())


def own(actor: Actor, subject_id: int) -> Rating | None:
    """What somebody chose before."""
    if actor.user_id is None and actor.guest_id is None:
        return None
    who = Q(user_id=actor.user_id) if actor.user_id is not None else Q(guest_id=actor.guest_id)
    return Rating.objects.filter(who, about_id=subject_id).first()
