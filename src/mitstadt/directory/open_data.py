"""The directory as open data: one row per offer and place. Of secret addresses there is nothing to leave out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from mitstadt.kit.datasets import Column, Dataset

from . import hours, queries
from .models import ServiceAt


def rows(since: datetime | None) -> Iterator[dict[str, Any]]:
    base = settings.MITSTADT_BASE_URL.rstrip("/")
    found = (
        ServiceAt.objects.filter(service__in=queries.public())
        .select_related("service", "location", "district")
        .prefetch_related("service__categories")
        .order_by("service_id", "order", "id")
    )
    if since is not None:
        found = found.filter(service__changed_at__gte=since)
    for row in found.iterator(chunk_size=500):
        service, entry, location = row.service, row.service.entry, row.location
        yield {
            "id": str(service.uuid),
            "place_id": str(row.uuid),
            "name": service.name,
            "provider": entry.provider,
            "lead": entry.lead,
            "categories": " ".join(category.slug for category in service.categories.all()),
            "status": service.status,
            "phones": "; ".join(phone.number for phone in entry.phones),
            "email": entry.email,
            "url": entry.url,
            "street": location.street if location else "",
            "postcode": location.postcode if location else "",
            "city": location.city if location else "",
            "district": row.district.number if row.district else None,
            "hours": "; ".join(hours.lines(hours.Hours.from_json(rule) for rule in row.hours)),
            "cost": entry.cost,
            "appointment": entry.appointment,
            "languages": " ".join(entry.languages),
            "access": " ".join(location.access) if location else "",
            "confirmed_on": service.confirmed_on,
            "is_example": service.is_example,
            "page": base + service.get_absolute_url(),
            "place": {"type": "Point", "coordinates": [row.lon, row.lat]} if row.lat is not None else None,
        }


ALL = (
    Dataset(
        slug="offers",
        title=_("Soziale Angebote"),
        description=_(
            "Beratung, Hilfe, Treffpunkte und Kurse mit Ort, Öffnungszeiten, Sprachen und Tag der letzten Bestätigung."
        ),
        columns=(
            Column("id", "text", _("Kennung des Angebots, bleibt gleich")),
            Column("place_id", "text", _("Kennung des Angebots an diesem Ort")),
            Column("name", "text", _("Name")),
            Column("provider", "text", _("Anbieter")),
            Column("lead", "text", _("Kurz gesagt")),
            Column("categories", "text", _("Kürzel der Themen, mit Leerzeichen getrennt")),
            Column("status", "text", _("Stand nach HSDS: active, inactive, temporarily closed")),
            Column("phones", "text", _("Telefonnummern")),
            Column("email", "text", _("E-Mail")),
            Column("url", "url", _("Webseite des Anbieters")),
            Column("street", "text", _("Straße und Nummer, leer bei geheimer Anschrift")),
            Column("postcode", "text", _("Postleitzahl")),
            Column("city", "text", _("Ort")),
            Column("district", "number", _("Nummer des Stadtbezirks")),
            Column("hours", "text", _("Öffnungszeiten")),
            Column("cost", "text", _("Kosten: free, donation, income, insurance, paid, unknown")),
            Column("appointment", "text", _("Termin: none, possible, needed, unknown")),
            Column("languages", "text", _("Sprachen, Kürzel mit Leerzeichen getrennt")),
            Column("access", "text", _("Barrierefreiheit, Kürzel mit Leerzeichen getrennt")),
            Column("confirmed_on", "date", _("Tag der letzten Bestätigung")),
            Column("is_example", "bool", _("Erfunden für die Vorführung")),
            Column("page", "url", _("Adresse der Seite")),
            Column("place", "text", _("Punkt als GeoJSON")),
        ),
        rows=rows,
        modified=lambda: queries.public().aggregate(at=Max("changed_at"))["at"],
        keywords=("Soziales", "Beratung", "Hilfe"),
        geometry="place",
    ),
)
