"""Open data: the distribution of every rated public subject, one row per subject, scale and origin."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from mitstadt.kit import past
from mitstadt.subjects.models import Subject

from .models import SCALES, VALUES, Rating, RatingTotal
from .queries import totals_then

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
    if past.day() is not None:
        yield from _rows_then(since)
        return
    totals = RatingTotal.objects.filter(about__published=True, about__restricted=False, ratings__gt=0).order_by("pk")
    if since is not None:
        totals = totals.filter(about__in=Rating.objects.filter(changed_at__gte=since).values("about"))
    fields = [f"{scale}_{value}" for scale in SCALES for value in VALUES]
    found = totals.values("origin", "about__public_id", "about__title", "about__path", "about__is_example", *fields)
    for row in found.iterator(chunk_size=1000):
        about = {name: row[f"about__{name}"] for name in _ABOUT}
        yield from _scales(about, row["origin"], row)


_ABOUT = ("public_id", "title", "path", "is_example")


def _scales(about: dict[str, Any], origin: str, total: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for scale in SCALES:
        counts = [total[f"{scale}_{value}"] for value in VALUES]
        yield {
            "subject": about["public_id"],
            "title": about["title"],
            "path": about["path"],
            "scale": scale,
            "origin": origin,
            "votes": sum(counts),
            **{f"chose_{value}": count for value, count in zip(VALUES, counts, strict=True)},
            "is_example": about["is_example"],
        }


def _rows_then(since: datetime | None) -> Iterator[dict[str, Any]]:
    """The same on the past day that is shown, without ratings that were changed since. Two queries per chunk."""
    rated = Rating.objects.filter(created_at__lte=past.moment())
    if since is not None:
        rated = rated.filter(changed_at__gte=since)
    keys = list(rated.order_by("about_id").values_list("about_id", flat=True).distinct())
    for start in range(0, len(keys), 500):
        chunk = keys[start : start + 500]
        totals, _unproven = totals_then(chunk)
        public = Subject.objects.public().filter(pk__in=chunk).order_by("pk")
        for about in public.values("pk", *_ABOUT):
            for origin, total in sorted(totals.get(about["pk"], {}).items()):
                yield from _scales(about, origin, total)
