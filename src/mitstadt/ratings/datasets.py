"""Open data: the distribution of every rated public subject, one row per subject, scale and origin."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from .models import SCALES, VALUES, Rating, RatingTotal

COLUMNS = (
    "subject",
    "title",
    "path",
    "scale",
    "origin",
    "votes",
    *(f"chose_{value}" for value in VALUES),
    "is_example",
)


def rows(since: datetime | None = None) -> Iterator[dict[str, Any]]:
    """Rows with the keys of `COLUMNS`; with `since` only subjects with a rating given or changed from then on."""
    totals = RatingTotal.objects.filter(about__published=True, about__restricted=False, ratings__gt=0).order_by("pk")
    if since is not None:
        totals = totals.filter(about__in=Rating.objects.filter(changed_at__gte=since).values("about"))
    fields = [f"{scale}_{value}" for scale in SCALES for value in VALUES]
    found = totals.values("origin", "about__public_id", "about__title", "about__path", "about__is_example", *fields)
    for row in found.iterator(chunk_size=1000):
        for scale in SCALES:
            counts = [row[f"{scale}_{value}"] for value in VALUES]
            yield {
                "subject": row["about__public_id"],
                "title": row["about__title"],
                "path": row["about__path"],
                "scale": scale,
                "origin": row["origin"],
                "votes": sum(counts),
                **{f"chose_{value}": count for value, count in zip(VALUES, counts, strict=True)},
                "is_example": row["about__is_example"],
            }
