"""The districts as open data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from mitstadt.kit.datasets import Column, Dataset

from .models import District


def rows(since: datetime | None = None) -> Iterator[Mapping[str, Any]]:
    """One row per district by number; with `since` those that were loaded anew since. One query."""
    found = District.objects.order_by("number")
    if since is not None:
        found = found.filter(changed_at__gte=since)
    for row in found.values("number", "name", "slug", "column", "row", "changed_at", "outline").iterator(50):
        yield {
            "number": row["number"],
            "name": row["name"],
            "slug": row["slug"],
            "tile_column": row["column"],
            "tile_row": row["row"],
            "changed_at": row["changed_at"],
            "geometry": row["outline"],
        }


def modified() -> datetime | None:
    """When a district last changed."""
    latest: datetime | None = District.objects.aggregate(latest=Max("changed_at"))["latest"]
    return latest


DISTRICTS = Dataset(
    slug="stadtbezirke",
    title=_("Stadtbezirke"),
    description=_("Die Stadtbezirke mit Nummer und Namen, mit Umriss, sobald die Stadt ihn geladen hat."),
    columns=(
        Column("number", "number", _("Nummer des Stadtbezirks")),
        Column("name", "text", _("Name")),
        Column("slug", "text", _("Kurzname in Adressen")),
        Column("tile_column", "number", _("Spalte in der schematischen Kachelkarte")),
        Column("tile_row", "number", _("Zeile in der schematischen Kachelkarte")),
        Column("changed_at", "datetime", _("Wann die Angaben zuletzt geladen wurden")),
        Column("geometry", "text", _("Umriss nach GeoJSON (WGS 84); leer, solange keiner geladen ist")),
    ),
    rows=rows,
    modified=modified,
    keywords=("Stadtbezirke", "Geodaten"),
    geometry="geometry",
    frequency="IRREG",
)
