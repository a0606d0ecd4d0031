"""Entries of the database as a file (`flat`)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from mitstadt.directory.models import Service

from . import flat
from .flat import Told

FORMS = ("csv", "json", "geojson")


def lines(form: str, services: QuerySet[Service]) -> Iterator[str]:
    """`form` is one of FORMS. Addresses that are secret are in no entry."""
    if form == "json":
        return flat.to_json(_told(services))
    if form == "geojson":
        return flat.to_geojson(_told(services))
    places = max(
        (len(data.get("places", ())) for data in services.values_list("data", flat=True).iterator()), default=0
    )
    return flat.to_csv(_told(services), places)


def _told(services: QuerySet[Service]) -> Iterator[Told]:
    rows = services.order_by("name", "subject_id").only("uuid", "confirmed_on", "data", "name")
    for service in rows.iterator(chunk_size=500):
        day = service.confirmed_on.isoformat() if service.confirmed_on else ""
        yield str(service.uuid), day, service.entry
