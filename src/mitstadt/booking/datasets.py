"""Open data: how many places there are and how many are taken. Counts, no persons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from mitstadt.kit.datasets import Column, Dataset

from . import queries

COLUMNS = (
    Column("id", "text", _("Kennung der Plätze")),
    Column("subject", "text", _("Kennung dessen, was Plätze hat")),
    Column("title", "text", _("Titel")),
    Column("path", "text", _("Adresse auf dieser Seite")),
    Column("label", "text", _("Gruppe oder Zeit, wo es mehrere gibt")),
    Column("starts_at", "datetime", _("Beginn")),
    Column("ends_at", "datetime", _("Ende")),
    Column("seats", "number", _("Zahl der Plätze, leer ohne Begrenzung")),
    Column("taken", "number", _("Vergebene Plätze")),
    Column("waiting", "number", _("Reservierungen auf der Warteliste")),
    Column("cancelled", "bool", _("Abgesagt")),
    Column("is_example", "bool", _("Für die Vorführung erfunden")),
)


def rows(since: datetime | None = None) -> Iterator[dict[str, Any]]:
    """One row per offer, in the order in which they were opened."""
    found = queries.public().order_by("pk")
    if since is not None:
        found = found.filter(changed_at__gte=since)
    fields = ("public_id", "about__public_id", "about__title", "about__path", "label", "starts_at", "ends_at", "seats",
              "taken", "waiting", "cancelled_at", "is_example")  # fmt: skip
    for row in found.values(*fields).iterator(chunk_size=1000):
        yield {
            "id": row["public_id"],
            "subject": row["about__public_id"],
            "title": row["about__title"],
            "path": row["about__path"],
            "label": row["label"],
            "starts_at": row["starts_at"],
            "ends_at": row["ends_at"],
            "seats": row["seats"],
            "taken": row["taken"],
            "waiting": row["waiting"],
            "cancelled": row["cancelled_at"] is not None,
            "is_example": row["is_example"],
        }


def modified() -> datetime | None:
    found: datetime | None = queries.public().aggregate(at=Max("changed_at"))["at"]
    return found


DATASET = Dataset(
    slug="plaetze",
    title=_("Plätze"),
    description=_("Wie viele Plätze es gibt, wie viele vergeben sind und wie viele warten. Keine Angaben zu Personen."),
    columns=COLUMNS,
    rows=rows,
    modified=modified,
    keywords=("Beteiligung", "Veranstaltung", "Plätze"),
)
