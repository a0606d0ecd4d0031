"""Declares the data set of contributions to the registry of the house."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from mitstadt.kit.datasets import Column, Dataset, Rows

from . import datasets, queries

_MEANINGS = {
    "id": ("text", _("Dauerhafte Kennung des Beitrags")),
    "subject": ("text", _("Kennung dessen, worum es geht")),
    "parent": ("text", _("Kennung des Beitrags, auf den geantwortet wird")),
    "author": ("text", _("Öffentlicher Name, bei der Stadt Funktion und Referat")),
    "author_is_staff": ("bool", _("Geschrieben von der Stadt")),
    "text": ("text", _("Text des Beitrags")),
    "language": ("text", _("Sprache des Textes")),
    "channel": ("text", _("Weg: online, paper, phone, event")),
    "side": ("text", _("Haltung zur Frage des Gesprächs: pro, contra; leer heißt weder noch oder nicht gefragt")),
    "created_at": ("datetime", _("Zeitpunkt")),
    "edited_at": ("datetime", _("Zeitpunkt der letzten Änderung")),
    "question_state": ("text", _("Stand der Frage, leer ohne Bitte um Antwort")),
    "question_department": ("text", _("Referat, bei dem die Frage liegt")),
    "question_asked_on": ("date", _("Tag der Frage")),
    "question_due_on": ("date", _("Tag, an dem die Antwort fällig ist")),
    "answer_text": ("text", _("Antwort der Stadt")),
    "answer_by": ("text", _("Funktion und Referat, die geantwortet haben")),
    "answer_on": ("date", _("Tag der Antwort")),
    "answer_working_days": ("number", _("Arbeitstage von der Frage bis zur Antwort")),
    "path": ("text", _("Adresse auf dieser Seite")),
    "is_example": ("bool", _("Für die Vorführung erfunden")),
}


def _modified() -> datetime | None:
    moments = queries.public().aggregate(
        Max("created_at"), Max("edited_at"), Max("question__answer__answered_at"), Max("question__answer__corrected_at")
    )
    known = [moment for moment in moments.values() if moment is not None]
    return max(known) if known else None


def _rows(since: datetime | None) -> Rows:
    return datasets.rows(since)


DATASET = Dataset(
    slug="beitraege",
    shows_past=True,
    title=_("Beiträge und Antworten der Stadt"),
    description=_("Was Menschen öffentlich geschrieben und gefragt haben, und was die Stadt geantwortet hat."),
    columns=tuple(Column(name, *_MEANINGS[name]) for name in datasets.COLUMNS),
    rows=_rows,
    modified=_modified,
    keywords=("Beteiligung", "Fragen", "Antworten"),
)
