"""What of the processes is published as open data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mitstadt.kit import clock, past
from mitstadt.kit.datasets import Column, Dataset

from . import queries, then
from .models import Contribution, Kind, Process


def _address(path: str) -> str:
    return settings.MITSTADT_BASE_URL.rstrip("/") + path


def processes(since: datetime | None) -> Iterator[dict[str, Any]]:
    now = clock.now()
    rows = queries.public().select_related("subject", "department").prefetch_related("phases", "districts")
    if since is not None:
        rows = rows.filter(changed_at__gte=since)
    found = rows.order_by("number").iterator(chunk_size=500)
    for process in found if past.day() is None else then.as_they_were(found):
        yield {
            "id": process.subject.public_id,
            "number": process.number,
            "title": process.title,
            "state": process.state(now),
            "department": process.department.name,
            "districts": " ".join(str(district.number) for district in process.districts.all()),
            "start": process.first_start,
            "end": process.last_end,
            "contributions": process.contribution_count,
            "result": process.result,
            "url": _address(process.subject.path),
        }


def contributions(since: datetime | None, process: Process | None = None) -> Iterator[dict[str, Any]]:
    """Every public contribution, or those of one process."""
    rows = queries.with_words(queries.public_contributions())
    if since is not None:
        rows = rows.filter(created_at__gte=since)
    if process is not None:
        rows = rows.filter(process=process)
    fields = (
        "subject__public_id",
        "process__subject__public_id",
        "module__format",
        "kind",
        "title",
        "words",
        "category__name",
        "district__number",
        "channel",
        "said_support",
        "said_paper",
        "said_phone",
        "said_event",
        "created_at",
        "said_decision",
        "said_reason",
        "geometry",
        "subject__path",
        "subject__comment__mentions__subject__public_id",
        "subject__comment__parent__subject__public_id",
        "subject__comment__about__public_id",
        "subject__comment__about__kind",
        "subject__comment__side",
        "place",
        "entered__held_on",
        "entered__batch__held_on",
    )
    rows = then.with_said(rows)
    for row in rows.order_by("pk").values_list(*fields).iterator(chunk_size=2000):
        yield {
            "id": row[0],
            "process": row[1],
            "format": row[2] or "",
            "kind": row[3],
            "title": row[4],
            "text": row[5],
            "category": row[6] or "",
            "district": row[7],
            "channel": row[8],
            "supporters": row[9],
            "supporters_paper": row[10],
            "supporters_phone": row[11],
            "supporters_event": row[12],
            "created_at": row[13],
            "decision": row[14],
            "reason": row[15],
            "geometry": row[16],
            "url": _address(row[17]),
            "reply_to": row[18] or row[19] or (row[20] if row[21] in Kind.values else "") or "",
            "side": row[22] or "",
            "place": row[23],
            "said_on": row[24] or row[25] or timezone.localtime(row[13]).date(),
        }


PROCESSES = Dataset(
    slug="beteiligungen",
    shows_past=True,
    title=_("Beteiligungsverfahren"),
    description=_("Alle öffentlichen Verfahren mit Zeitraum, Stand und Ergebnis."),
    columns=(
        Column("id", "text", _("Kennung, für immer gleich")),
        Column("number", "number", _("Nummer des Verfahrens")),
        Column("title", "text", _("Titel")),
        Column("state", "text", _("Stand: announced, running, evaluation, answered, implemented, archived")),
        Column("department", "text", _("Zuständiges Referat")),
        Column("districts", "text", _("Nummern der Stadtbezirke; leer heißt ganze Stadt")),
        Column("start", "datetime", _("Beginn der ersten Phase")),
        Column("end", "datetime", _("Ende der letzten Phase")),
        Column("contributions", "number", _("Zahl der öffentlichen Beiträge aller Kanäle")),
        Column("result", "text", _("Was die Stadt daraus macht")),
        Column("url", "url", _("Adresse der Seite")),
    ),
    rows=processes,
    modified=lambda: Process.objects.aggregate(last=Max("changed_at"))["last"],
    keywords=("Beteiligung", "Bürgerbeteiligung"),
)
CONTRIBUTIONS = Dataset(
    slug="beitraege-zu-beteiligungen",
    shows_past=True,
    title=_("Beiträge zu Beteiligungsverfahren"),
    description=_(
        "Alle öffentlichen Beiträge, ohne Namen, mit Kanal, Ort und dem, was die Stadt dazu entschieden hat."
    ),
    columns=(
        Column("id", "text", _("Kennung, für immer gleich")),
        Column("process", "text", _("Kennung des Verfahrens")),
        Column("format", "text", _("Format, in dem der Beitrag entstand")),
        Column("kind", "text", _("Art: idea, comment, answer, question, note, statement, annotation")),
        Column("title", "text", _("Überschrift")),
        Column("text", "text", _("Text")),
        Column("category", "text", _("Kategorie")),
        Column("district", "number", _("Stadtbezirk des Ortes")),
        Column("channel", "text", _("Kanal: online, paper, phone, event")),
        Column("supporters", "number", _("Zahl der Unterstützenden, alle Kanäle zusammen")),
        Column("supporters_paper", "number", _("davon auf Papier, mit Code oder auf gezählten Unterschriftenlisten")),
        Column("supporters_phone", "number", _("davon am Telefon")),
        Column("supporters_event", "number", _("davon bei einer Veranstaltung; die übrigen kamen online")),
        Column("created_at", "datetime", _("Eingegangen am")),
        Column("decision", "text", _("Entscheidung der Stadt; leer heißt offen")),
        Column("reason", "text", _("Begründung der Entscheidung")),
        Column("geometry", "text", _("Ort als GeoJSON, WGS 84")),
        Column("url", "url", _("Adresse der Seite")),
        Column("reply_to", "text", _("Kennung des Beitrags, auf den er antwortet; leer heißt: auf keinen")),
        Column("side", "text", _("Haltung in einem Gespräch: pro, contra; leer heißt weder noch oder nicht gefragt")),
        Column("place", "text", _("Ort in Worten")),
        Column("said_on", "date", _("Tag, an dem es gesagt oder geschrieben wurde")),
    ),
    rows=contributions,
    modified=lambda: Contribution.objects.aggregate(last=Max("created_at"))["last"],
    keywords=("Beteiligung", "Ideen", "Stellungnahmen"),
    geometry="geometry",
)
ALL = (PROCESSES, CONTRIBUTIONS)
