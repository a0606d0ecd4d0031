"""The public log as open data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from mitstadt.kit.datasets import Column, Dataset

from . import queries
from .models import Decision


def rows(since: datetime | None = None) -> Iterator[Mapping[str, Any]]:
    """One row per decision, oldest first; with `since` only later ones. No text, no names, no address."""
    found = queries.public(since).order_by("id")
    for row in found.iterator(chunk_size=1000):
        yield {
            "id": row.public_id,
            "case": row.case.public_id,
            "at": row.at,
            "kind": row.case.kind,
            "step": "appeal" if row.step == Decision.Step.APPEAL else "first",
            "outcome": row.outcome,
            "ground": row.ground,
            "ground_kind": row.ground_kind,
            "ground_title": row.ground_title,
            "reports": getattr(row, "reports_then", row.case.report_count),
            "found_automatically": row.found_automatically,
            "automated": row.automated,
            "opened_at": row.case.opened_at,
            "is_example": row.case.is_example,
        }


def modified() -> datetime | None:
    """When the last decision was made."""
    latest: datetime | None = Decision.objects.aggregate(latest=Max("at"))["latest"]
    return latest


DECISIONS = Dataset(
    slug="moderation",
    shows_past=True,
    title=_("Entscheidungen der Moderation"),
    description=_("Jede Entscheidung über einen gemeldeten Beitrag mit Grundlage und Ausgang, ohne Texte und Namen."),
    columns=(
        Column("id", "text", _("Dauerhafte Kennung der Entscheidung")),
        Column("case", "text", _("Kennung des Falls; Entscheidung und Widerspruch gehören zu einem Fall")),
        Column("at", "datetime", _("Zeitpunkt der Entscheidung")),
        Column("kind", "text", _("Art des Beitrags")),
        Column("step", "text", _("first: erste Entscheidung; appeal: Entscheidung über den Widerspruch")),
        Column("outcome", "text", _("keep, restrict, note, redact; beim Widerspruch upheld oder lifted")),
        Column("ground", "text", _("Kurzname der Grundlage")),
        Column("ground_kind", "text", _("law: Gesetz; house_rule: Hausregel")),
        Column("ground_title", "text", _("Grundlage, wie sie am Tag der Entscheidung hieß")),
        Column("reports", "number", _("Zahl der Meldungen zu diesem Fall")),
        Column("found_automatically", "bool", _("Der Fall kam aus der automatischen Prüfung")),
        Column("automated", "bool", _("Die Entscheidung traf ein Programm")),
        Column("opened_at", "datetime", _("Zeitpunkt, zu dem der Fall entstand")),
        Column("is_example", "bool", _("Erfunden für die Vorführung")),
    ),
    rows=rows,
    modified=modified,
    keywords=("Moderation", "Transparenz", "DSA"),
)
