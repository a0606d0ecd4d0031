"""What of the dates is published as open data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from mitstadt.kit.datasets import Column, Dataset

from . import queries

CHUNK = 500


def address(path: str) -> str:
    return settings.MITSTADT_BASE_URL.rstrip("/") + path


def rows(since: datetime | None) -> Iterator[dict[str, Any]]:
    """One row per date, in the order in which they were made; places and attendance from two queries per chunk."""
    found = queries.public().select_related("subject__district", "module__process__subject").order_by("pk")
    if since is not None:
        found = found.filter(changed_at__gte=since)
    last = 0
    while chunk := list(found.filter(pk__gt=last)[:CHUNK]):
        last = chunk[-1].pk
        places, came = queries.places_of(chunk), queries.came_to(chunk)
        for meeting in chunk:
            offer = places.get(meeting.pk)
            district = meeting.subject.district
            yield {
                "id": meeting.subject.public_id,
                "process": meeting.module.process.subject.public_id,
                "title": meeting.title,
                "starts_at": meeting.starts_at,
                "ends_at": meeting.ends_at,
                "venue": meeting.venue,
                "address": meeting.address,
                "link": meeting.link,
                "district": district.number if district is not None else None,
                "access": " ".join(meeting.access),
                "seats": offer.seats if offer is not None else None,
                "taken": offer.taken if offer is not None else None,
                "came": came[meeting.pk] if meeting.minutes_at is not None else None,
                "cancelled": meeting.cancelled_at is not None,
                "result": meeting.result if meeting.minutes_at is not None else "",
                "minutes": meeting.minutes if meeting.minutes_at is not None else "",
                "is_example": meeting.is_example,
                "url": address(meeting.subject.path),
                "ical": address(f"{meeting.subject.path}termin.ics"),
            }


def modified() -> datetime | None:
    found: datetime | None = queries.public().aggregate(at=Max("changed_at"))["at"]
    return found


MEETINGS = Dataset(
    slug="termine",
    title=_("Termine der Beteiligung"),
    description=_(
        "Alle öffentlichen Treffen mit Zeit, Ort, Barrierefreiheit, Plätzen und dem, was herauskam. "
        "Keine Angaben zu Personen."
    ),
    columns=(
        Column("id", "text", _("Kennung, für immer gleich")),
        Column("process", "text", _("Kennung des Verfahrens")),
        Column("title", "text", _("Titel")),
        Column("starts_at", "datetime", _("Beginn")),
        Column("ends_at", "datetime", _("Ende")),
        Column("venue", "text", _("Ort")),
        Column("address", "text", _("Straße und Hausnummer")),
        Column("link", "url", _("Adresse im Netz, wenn man auch dort dabei sein kann")),
        Column("district", "number", _("Stadtbezirk; leer heißt ganze Stadt")),
        Column("access", "text", _("Barrierefreiheit als Wörter: step_free, hearing_loop …")),
        Column("seats", "number", _("Zahl der Plätze; leer ohne Begrenzung oder ohne Anmeldung")),
        Column("taken", "number", _("Vergebene Plätze; leer ohne Anmeldung")),
        Column("came", "number", _("Wie viele da waren; leer bis zum Protokoll")),
        Column("cancelled", "bool", _("Abgesagt")),
        Column("result", "text", _("Was herauskam")),
        Column("minutes", "text", _("Protokoll")),
        Column("is_example", "bool", _("Für die Vorführung erfunden")),
        Column("url", "url", _("Adresse der Seite")),
        Column("ical", "url", _("Der Termin als Kalenderdatei (iCal)")),
    ),
    rows=rows,
    modified=modified,
    keywords=("Beteiligung", "Termine", "Veranstaltungen", "Barrierefreiheit"),
)
