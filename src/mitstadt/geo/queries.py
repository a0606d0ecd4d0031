"""Reads of districts. There are a few dozen, all public, so nothing here pages or filters."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.cache import cache

from .models import District

_CHOICES = "geo.choices"


def forget_choices(**_options: Any) -> None:
    """A district was added, renamed or removed."""
    cache.delete(_CHOICES)


def all_districts() -> list[District]:
    """Every district by number, without outlines."""
    return list(District.objects.defer("outline"))


def by_number(number: int | str) -> District | None:
    """The district with this number; None for anything that is not the number of one."""
    text = str(number)
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) <= 32_767):
        return None
    return District.objects.defer("outline").filter(number=int(text)).first()


def choices() -> list[tuple[str, str]]:
    """(number, "9 Neuhausen-Nymphenburg") for filters and forms; kept for a while, they hardly ever change."""
    found: list[tuple[str, str]] | None = cache.get(_CHOICES)
    if found is None:
        rows = District.objects.values_list("number", "name")
        found = [(str(number), f"{number} {name}") for number, name in rows]
        cache.set(_CHOICES, found, settings.MITSTADT_SNAPSHOT_SECONDS)
    return found


def feature_collection() -> dict[str, Any]:
    """All districts as GeoJSON (RFC 7946); the geometry is null where the city has loaded no outline."""
    rows = District.objects.values("number", "name", "slug", "outline")
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": row["number"],
                "properties": {"number": row["number"], "name": row["name"], "slug": row["slug"]},
                "geometry": row["outline"],
            }
            for row in rows
        ],
    }
