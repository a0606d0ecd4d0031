"""The catalogue as open data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from mitstadt.kit.datasets import Column, Dataset

from . import queries
from .catalogue import english
from .models import Combination, Elsewhere, Method


def _address(path: str) -> str:
    return settings.MITSTADT_BASE_URL.rstrip("/") + path


def methods(since: datetime | None) -> Iterator[dict[str, Any]]:
    rows = queries.public_methods().order_by("slug")
    if since is not None:
        rows = rows.filter(changed_at__gte=since)
    for method in rows:
        yield {
            "id": method.slug,
            "name": method.name,
            "name_en": english(method, "name"),
            "kind": method.kind,
            "levels": " ".join(method.levels),
            "phases": " ".join(method.phases),
            "group_min": method.group_min,
            "group_max": method.group_max,
            "duration": method.duration,
            "duration_en": english(method, "duration"),
            "prep_weeks_min": method.prep_min,
            "prep_weeks_max": method.prep_max,
            "effort": method.effort,
            "cost_class": method.cost_class,
            "figures": method.figures,
            "time": method.time,
            "groups": " ".join(method.groups),
            "needs": " ".join(method.needs),
            "description": method.description,
            "description_en": english(method, "description"),
            "combine_with": " ".join(method.combine_with),
            "url": _address(method.get_absolute_url()),
        }


def combinations(since: datetime | None) -> Iterator[dict[str, Any]]:
    rows = queries.public_combinations().order_by("slug")
    if since is not None:
        rows = rows.filter(changed_at__gte=since)
    for combination in rows:
        yield {
            "id": combination.slug,
            "name": combination.name,
            "name_en": english(combination, "name"),
            "goal": combination.goal,
            "goal_en": english(combination, "goal"),
            "why": combination.why,
            "why_en": english(combination, "why"),
            "phases": " ".join(combination.phases),
            "methods": " ".join(combination.steps),
            "weeks_min": combination.weeks_min,
            "weeks_max": combination.weeks_max,
            "url": _address(combination.get_absolute_url()),
        }


def experiences(since: datetime | None) -> Iterator[dict[str, Any]]:
    """Released evaluations; with `since` all of them, if one of them is newer."""
    newest = _newest_experience()
    if since is not None and (newest is None or newest < since):
        return
    for one in queries.for_export().experiences:
        yield asdict(one)


def _newest_experience() -> datetime | None:
    found = [
        queries.public_uses().filter(released_at__isnull=False).aggregate(at=Max("changed_at"))["at"],
        Elsewhere.objects.aggregate(at=Max("taken_at"))["at"],
    ]
    return max((at for at in found if at is not None), default=None)


def knowledge(since: datetime | None) -> Iterator[dict[str, Any]]:
    rows = queries.public_knowledge().order_by("slug")
    if since is not None:
        rows = rows.filter(changed_at__gte=since)
    for entry in rows:
        yield {
            "id": entry.slug,
            "type": entry.type,
            "language": entry.language,
            "name": entry.name,
            "lead": entry.lead,
            "facts": "; ".join(f"{label}: {value}" for label, value in entry.facts),
            "methods": " ".join(entry.methods),
            "day": entry.day,
            "source": entry.source,
            "source_url": entry.url,
            "is_example": entry.subject.is_example,
            "url": _address(entry.get_absolute_url()),
        }


ALL = (
    Dataset(
        slug="method-experiences",
        title=_("Erfahrungen mit Beteiligungsformaten"),
        description=_("Wen Formate erreicht haben, was sie gekostet haben und was gelernt wurde, hier und anderswo."),
        columns=(
            Column("format", "text", _("Kürzel des Formats")),
            Column("city", "text", _("Stadt")),
            Column("process", "text", _("Verfahren")),
            Column("year", "number", _("Jahr der Auswertung")),
            Column("url", "url", _("Adresse des Verfahrens")),
            Column("persons", "number", _("Wie viele Menschen dabei waren")),
            Column("euro", "number", _("Was es gekostet hat, in Euro")),
            Column("days", "number", _("Arbeitstage der Verwaltung")),
            Column("reached", "text", _("Wen es erreicht hat, wen nicht")),
            Column("learned", "text", _("Was nächstes Mal anders gemacht wird")),
            Column("is_example", "bool", _("Erfundenes Beispiel")),
        ),
        rows=experiences,
        modified=_newest_experience,
        keywords=("Beteiligung", "Methoden", "Auswertung"),
    ),
    Dataset(
        slug="participation-knowledge",
        title=_("Wissen und Angebote zur Beteiligung"),
        description=_("Ständige Angebote, Beispiele aus anderen Städten mit Quelle, Lernwege, Artikel und Schulungen."),
        columns=(
            Column("id", "text", _("Kürzel, bleibt gleich")),
            Column("type", "text", _("offer, case, path, article, training oder talk")),
            Column("language", "text", _("Sprache des Textes")),
            Column("name", "text", _("Name")),
            Column("lead", "text", _("Kurz gesagt")),
            Column("facts", "text", _("Angaben, mit Strichpunkt getrennt")),
            Column("methods", "text", _("Kürzel der Formate dazu")),
            Column("day", "date", _("Datum, bei Schulungen")),
            Column("source", "text", _("Quelle")),
            Column("source_url", "url", _("Adresse der Quelle oder des Angebots")),
            Column("is_example", "bool", _("Erfundenes Beispiel")),
            Column("url", "url", _("Adresse der Seite")),
        ),
        rows=knowledge,
        modified=lambda: queries.public_knowledge().aggregate(at=Max("changed_at"))["at"],
        keywords=("Beteiligung", "Angebote", "Lernwege"),
    ),
    Dataset(
        slug="methods",
        title=_("Beteiligungsformate"),
        description=_("Digitale und analoge Formate der Beteiligung mit Größe, Dauer, Vorlauf und Kosten."),
        columns=(
            Column("id", "text", _("Kürzel, bleibt gleich")),
            Column("name", "text", _("Name")),
            Column("name_en", "text", _("Name auf Englisch")),
            Column("kind", "text", _("analog, hybrid oder digital")),
            Column("levels", "text", _("Stufen nach IAP2, mit Leerzeichen getrennt")),
            Column("phases", "text", _("Phasen, für die es taugt, mit Leerzeichen getrennt")),
            Column("group_min", "number", _("Personen, mindestens")),
            Column("group_max", "number", _("Personen, höchstens")),
            Column("duration", "text", _("Dauer in Worten")),
            Column("duration_en", "text", _("Dauer in englischen Worten")),
            Column("prep_weeks_min", "number", _("Vorbereitung in Wochen, mindestens")),
            Column("prep_weeks_max", "number", _("Vorbereitung in Wochen, höchstens")),
            Column("effort", "text", _("Aufwand: low, medium, high")),
            Column("cost_class", "text", _("Kostenklasse von € bis €€€€, ohne Personal der Verwaltung")),
            Column("figures", "text", _("typical: Richtwert; sourced: an einer Quelle gesehen")),
            Column("time", "text", _("Zeitraum: hours, days, weeks, months oder standing (dauerhaft)")),
            Column("groups", "text", _("Wen es besonders gut erreicht, mit Leerzeichen getrennt")),
            Column("needs", "text", _("Was es von Menschen verlangt, mit Leerzeichen getrennt")),
            Column("description", "text", _("Beschreibung")),
            Column("description_en", "text", _("Beschreibung auf Englisch")),
            Column("combine_with", "text", _("Kürzel der Formate, die gut dazu passen")),
            Column("url", "url", _("Adresse der Seite")),
        ),
        rows=methods,
        modified=lambda: Method.objects.filter(live=True).aggregate(at=Max("changed_at"))["at"],
        keywords=("Beteiligung", "Methoden", "Formate"),
    ),
    Dataset(
        slug="method-combinations",
        title=_("Kombinationen von Beteiligungsformaten"),
        description=_("Formate, die in dieser Reihenfolge gut zusammenpassen, mit Grund und Dauer."),
        columns=(
            Column("id", "text", _("Kürzel, bleibt gleich")),
            Column("name", "text", _("Name")),
            Column("name_en", "text", _("Name auf Englisch")),
            Column("goal", "text", _("Wozu")),
            Column("goal_en", "text", _("Wozu, auf Englisch")),
            Column("why", "text", _("Warum diese Reihenfolge")),
            Column("why_en", "text", _("Warum diese Reihenfolge, auf Englisch")),
            Column("phases", "text", _("Phasen, für die es taugt, mit Leerzeichen getrennt")),
            Column("methods", "text", _("Kürzel der Formate in ihrer Reihenfolge")),
            Column("weeks_min", "number", _("Dauer in Wochen, mindestens")),
            Column("weeks_max", "number", _("Dauer in Wochen, höchstens")),
            Column("url", "url", _("Adresse der Seite")),
        ),
        rows=combinations,
        modified=lambda: Combination.objects.filter(live=True).aggregate(at=Max("changed_at"))["at"],
        keywords=("Beteiligung", "Methoden"),
    ),
)  # fmt: skip
