"""Summaries of debates as open data; what people wrote is in the set of contributions, with its side."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from mitstadt.kit.datasets import Column, Dataset

from . import queries


def address(path: str) -> str:
    return settings.MITSTADT_BASE_URL.rstrip("/") + path


def rows(since: datetime | None) -> Iterator[dict[str, Any]]:
    """Every summary that anybody may read, in the order in which they were written."""
    found = queries.public().select_related("module__subject", "module__process__subject").order_by("pk")
    if since is not None:
        found = found.filter(Q(written_at__gte=since) | Q(ended_at__gte=since))
    for summary in found.iterator(chunk_size=500):
        shown = queries.as_it_was(summary)
        yield {
            "id": shown.public_id,
            "debate": shown.module.subject.public_id,
            "process": shown.module.process.subject.public_id,
            "question": shown.module.settings.get("question", ""),
            "number": shown.number,
            "text": shown.text,
            "by": shown.label,
            "covers_until": shown.covers_until,
            "covers": shown.covers,
            "written_at": shown.written_at,
            "ended": shown.ended,
            "ended_at": shown.ended_at,
            "reason": shown.reason,
            "is_example": shown.is_example,
            "url": address(shown.module.subject.path),
        }


def modified() -> datetime | None:
    moments = queries.public().aggregate(Max("written_at"), Max("ended_at"))
    return max((moment for moment in moments.values() if moment is not None), default=None)


SUMMARIES = Dataset(
    slug="zusammenfassungen",
    shows_past=True,
    title=_("Zusammenfassungen von Gesprächen"),
    description=_("Was die Moderation aus öffentlichen Gesprächen zusammengefasst hat, mit allen früheren Fassungen."),
    columns=(
        Column("id", "text", _("Kennung, für immer gleich")),
        Column("debate", "text", _("Kennung des Gesprächs; so heißt es auch in beitraege als subject")),
        Column("process", "text", _("Kennung des Verfahrens")),
        Column("question", "text", _("Die Frage")),
        Column("number", "number", _("Die wievielte Fassung es ist")),
        Column("text", "text", _("Zusammenfassung; leer, wenn sie gelöscht werden musste")),
        Column("by", "text", _("Funktion und Referat, die zusammengefasst haben")),
        Column("covers_until", "date", _("Stand: der letzte Tag, dessen Beiträge berücksichtigt sind")),
        Column("covers", "number", _("Zahl der öffentlichen Beiträge bis dahin")),
        Column("written_at", "datetime", _("Veröffentlicht am")),
        Column("ended", "text", _("Leer, solange sie gilt; sonst replaced, corrected, withdrawn")),
        Column("ended_at", "datetime", _("Wann sie nicht mehr galt")),
        Column("reason", "text", _("Grund der Berichtigung oder des Zurückziehens")),
        Column("is_example", "bool", _("Für die Vorführung erfunden")),
        Column("url", "url", _("Adresse der Seite")),
    ),
    rows=rows,
    modified=modified,
    keywords=("Beteiligung", "Gespräch", "Moderation"),
)
