"""Declares the data set of ratings to the registry of the house."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from mitstadt.kit.datasets import Column, Dataset, Rows

from . import datasets
from .models import Rating

_MEANINGS = {
    "subject": ("text", _("Kennung dessen, was bewertet wurde")),
    "title": ("text", _("Titel")),
    "path": ("text", _("Adresse auf dieser Seite")),
    "scale": ("text", _("Skala: importance, benefit, satisfaction")),
    "origin": ("text", _("Herkunft: account (mit Konto), email (mit bestätigter E-Mail-Adresse)")),
    "votes": ("number", _("Zahl der Stimmen")),
    "chose_1": ("number", _("So viele wählten 1 (gar nicht)")),
    "chose_2": ("number", _("So viele wählten 2")),
    "chose_3": ("number", _("So viele wählten 3")),
    "chose_4": ("number", _("So viele wählten 4")),
    "chose_5": ("number", _("So viele wählten 5 (sehr)")),
    "is_example": ("bool", _("Für die Vorführung erfunden")),
}


def _modified() -> datetime | None:
    found: datetime | None = Rating.objects.aggregate(at=Max("changed_at"))["at"]
    return found


def _rows(since: datetime | None) -> Rows:
    return datasets.rows(since)


DATASET = Dataset(
    slug="bewertungen",
    shows_past=True,
    title=_("Bewertungen"),
    description=_("Wie viele Menschen auf drei Skalen welche Zahl gewählt haben, nie eine einzelne Bewertung."),
    columns=tuple(Column(name, *_MEANINGS[name]) for name in datasets.COLUMNS),
    rows=_rows,
    modified=_modified,
    keywords=("Beteiligung", "Bewertung"),
)
