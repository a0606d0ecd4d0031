"""What of the surveys is published as open data: what came out, never who said it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from mitstadt.kit import clock
from mitstadt.kit.datasets import Column, Dataset

from . import queries, results


def rows(since: datetime | None) -> Iterator[dict[str, Any]]:
    """The numbers of every survey whose result everybody may see."""
    now = clock.now()
    for survey in queries.public_surveys():
        module = survey.module
        if not queries.results_open(module, survey, now):
            continue
        last = survey.given.order_by("-at").values_list("at", flat=True).first()
        if since is not None and (last is None or last < since):
            continue
        base = {
            "survey": module.subject.public_id,
            "process": module.process.subject.public_id,
            "title": module.title,
            "responses": survey.responses,
            "url": settings.MITSTADT_BASE_URL.rstrip("/") + module.subject.path,
        }
        for row in results.rows(results.of(module, survey, texts=0)):
            yield {**base, **{name: value if value != "" else None for name, value in row.items()}}


def modified() -> datetime | None:
    found: datetime | None = (
        queries.public_surveys()
        .filter(responses__gt=0)
        .order_by("-given__at")
        .values_list("given__at", flat=True)
        .first()
    )
    return found


RESULTS = Dataset(
    slug="umfrage-ergebnisse",
    title=_("Ergebnisse von Umfragen und Abstimmungen"),
    description=_(
        "Was bei Umfragen und Abstimmungen herauskam, je Frage und Antwort, alle Wege zusammen und getrennt. Wege mit "
        "weniger als 5 Antworten stehen nicht für sich. Keine Angaben zu Personen."
    ),
    columns=(
        Column("survey", "text", _("Kennung der Umfrage, für immer gleich")),
        Column("process", "text", _("Kennung des Verfahrens")),
        Column("title", "text", _("Titel der Umfrage")),
        Column("responses", "number", _("Wie viele geantwortet haben")),
        Column("question", "text", _("Kennung der Frage")),
        Column("question_text", "text", _("Frage")),
        Column("kind", "text", _("Art der Frage: single, multiple, scale, matrix, ranking, text, place, file")),
        Column("row", "text", _("Zeile einer Tabelle")),
        Column("answer", "text", _("Antwort; leer: alle, die diese Frage beantwortet haben")),
        Column("count", "number", _("Wie oft, alle Wege zusammen")),
        Column("online", "number", _("davon online")),
        Column("paper", "number", _("davon auf Papier")),
        Column("phone", "number", _("davon am Telefon")),
        Column("event", "number", _("davon bei einer Veranstaltung")),
        Column("points", "number", _("Punkte in einer Reihenfolge (Borda)")),
        Column("mean_place", "number", _("Platz im Mittel in einer Reihenfolge")),
        Column("url", "url", _("Adresse der Seite")),
    ),
    rows=rows,
    modified=modified,
    keywords=("Beteiligung", "Umfragen", "Abstimmungen"),
)
