"""Capacities as open data: what anybody may see of them, and demand without anybody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from mitstadt.kit.datasets import Column, Dataset

from . import numbers, queries, rules
from .models import Demand, Report, Way


def rows(since: datetime | None) -> Iterator[dict[str, Any]]:
    """The public list as it is now. A figure that is too old is not told. Of a secret address there is no place."""
    base = settings.MITSTADT_BASE_URL.rstrip("/")
    for row in sorted(queries.rows(queries.Choice()), key=lambda r: r.capacity.pk or 0):
        capacity, at = row.capacity, row.capacity.at
        if since is not None and (capacity.updated_at is None or capacity.updated_at < since):
            continue
        booked = capacity.way == Way.BOOK
        placed = at is not None and at.lat is not None and not capacity.service.protected
        yield {
            "id": capacity.public_id,
            "offer_id": str(capacity.service.uuid),
            "name": capacity.service.name,
            "provider": capacity.service.provider.organisation.name,
            "title": capacity.title,
            "kind": capacity.kind,
            "way": capacity.way,
            "state": row.light.value,
            "age": row.age.value,
            "free": None if row.light is rules.Light.UNKNOWN else row.free,
            "total": capacity.total,
            "updated_at": None if booked else capacity.updated_at,
            "interval_hours": capacity.interval_hours,
            "waiting_list": capacity.has_waiting_list,
            "assessment": capacity.needs_assessment,
            "free_from": capacity.free_from,
            "min_age": capacity.min_age,
            "max_age": capacity.max_age,
            "district": numbers.district_of(capacity) or None,
            "is_example": capacity.is_example,
            "page": base + capacity.get_absolute_url(),
            "place": {"type": "Point", "coordinates": [at.lon, at.lat]} if placed and at is not None else None,
        }


def demand_rows(since: datetime | None) -> Iterator[dict[str, Any]]:
    """Whole months; they do not change any more, so `since` leaves out those that were over before."""
    for row in numbers.rows():
        if since is None or row["month"] >= f"{since:%Y-%m}":
            yield row


ALL: tuple[Dataset, ...] = (
    Dataset(
        slug="capacities",
        title=_("Freie Plätze"),
        description=_(
            "Plätze und Termine sozialer Angebote: was frei ist, wann es gemeldet wurde und wie weit man sich darauf "
            "verlassen kann."
        ),
        columns=(
            Column("id", "text", _("Kennung, bleibt gleich")),
            Column("offer_id", "text", _("Kennung des Angebots")),
            Column("name", "text", _("Name des Angebots")),
            Column("provider", "text", _("Anbieter")),
            Column("title", "text", _("Was")),
            Column("kind", "text", _("Art: appointment, day_care, nursing, shelter, course, other")),
            Column("way", "text", _("Weg zum Platz: book, enquire, round, link, call")),
            Column("state", "text", _("Stand: free, few, full, waitlist, assessment, unknown")),
            Column("age", "text", _("fresh: in der vereinbarten Zeit, grey: überfällig, unknown: zu alt")),
            Column("free", "number", _("freie Plätze, leer wo unbekannt oder zu alt")),
            Column("total", "number", _("Plätze insgesamt")),
            Column("updated_at", "datetime", _("gemeldet am, leer bei Terminen, die hier gebucht werden")),
            Column("interval_hours", "number", _("neu gemeldet alle … Stunden")),
            Column("waiting_list", "bool", _("mit Warteliste")),
            Column("assessment", "bool", _("erst nach einem Gespräch")),
            Column("free_from", "date", _("frei ab")),
            Column("min_age", "number", _("Alter ab")),
            Column("max_age", "number", _("Alter bis")),
            Column("district", "number", _("Nummer des Stadtbezirks, leer bei geheimer Anschrift")),
            Column("is_example", "bool", _("Erfunden für die Vorführung")),
            Column("page", "url", _("Adresse der Seite")),
            Column("place", "text", _("Punkt als GeoJSON, leer bei geheimer Anschrift")),
        ),
        rows=rows,
        modified=lambda: queries.public().aggregate(at=Max("updated_at"))["at"],
        keywords=("Soziales", "Pflege", "Kinderbetreuung", "Kapazitäten"),
        geometry="place",
        frequency="HOURLY",
    ),
    Dataset(
        slug="capacity-demand",
        title=_("Freie Plätze: Angebot und Bedarf"),
        description=_(
            "Je Monat, Art und Stadtbezirk: was angeboten und gesucht wurde, was nicht gedeckt war und wie lange es "
            "dauerte. Nur abgeschlossene Monate; Gruppen unter fünf sind leer."
        ),
        columns=(
            Column("month", "text", _("Monat")),
            Column("kind", "text", _("Art: appointment, day_care, nursing, shelter, course, other")),
            Column("district", "number", _("Nummer des Stadtbezirks, 0 wo kein Ort bekannt oder er geheim ist")),
            Column("capacities", "number", _("Angebote, die sich gemeldet haben")),
            Column("places", "number", _("gemeldete Plätze")),
            Column("free_mean", "number", _("davon im Mittel frei")),
            Column("seats", "number", _("Plätze in Terminen, die hier gebucht werden")),
            Column("searched", "number", _("Suchen, leer unter fünf")),
            Column("booked", "number", _("gebuchte Termine, leer unter fünf")),
            Column("placed", "number", _("gefundene Plätze, leer unter fünf")),
            Column("ended", "number", _("Anfragen, bei denen niemand einen Platz hatte, leer unter fünf")),
            Column("waiting", "number", _("neu auf Wartelisten, leer unter fünf")),
            Column("unmet", "number", _("nicht gedeckt: niemand hatte einen Platz oder es wird gewartet")),
            Column("days", "number", _("Tage bis zum Platz im Mittel, leer unter fünf")),
        ),
        rows=demand_rows,
        modified=lambda: Report.objects.aggregate(at=Max("at"))["at"] if Demand.objects.exists() else None,
        keywords=("Soziales", "Planung", "Bedarf"),
        frequency="MONTHLY",
    ),
)
