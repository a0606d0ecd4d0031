"""What lies in the package. The same content gives the same bytes."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.db.models import Sum
from django.template.loader import render_to_string
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from mitstadt.kit import components as ui
from mitstadt.kit.city import current
from mitstadt.kit.errors import DomainError
from mitstadt.kit.spreadsheets import cell
from mitstadt.participation import components, queries, registry, words
from mitstadt.participation.models import Assessment, Process
from mitstadt.participation.report import build, chain, pdf

COLUMNS = (
    "id",
    "title",
    "text",
    "channel",
    "created_on",
    "supporters",
    "supporters_paper",
    "supporters_phone",
    "supporters_event",
    "category",
    "district",
    "decision",
    "reason",
    "answered_by",
    "decided_on",
    "led_to",
)
_DAYS = ("created_on", "at")  # how a day is written says nothing of what was taken away
_MOMENT = (1980, 1, 1, 0, 0, 0)  # the earliest a ZIP can say: files of one content are equal to the byte


def contributions(process: Process) -> list[dict[str, Any]]:
    """Every public contribution with its answer and what it led to; no name of a person."""
    rows = chain.rows_of(chain.of(process).order_by("created_at", "pk"))
    return [
        {
            "id": row["subject__public_id"],
            "title": row["title"],
            "text": row["words"],
            "channel": row["channel"],
            "created_on": localdate(row["created_at"]).isoformat(),
            "supporters": row["support_count"],
            "supporters_paper": row["paper_supports"],
            "supporters_phone": row["phone_supports"],
            "supporters_event": row["event_supports"],
            "category": row["category__name"] or "",
            "district": row["district__name"] or "",
            "decision": row["assessment__decision"],
            "reason": row["assessment__reason"],
            "answered_by": row["assessment__label"],
            "decided_on": _iso(row["assessment__decided_on"]),
            "led_to": [{"kind": e.kind, "title": e.title, "path": e.path, "note": e.note} for e in row["effects"]],
        }
        for row in rows
    ]


def counts(process: Process) -> dict[str, int]:
    """What stays whoever is erased later: of those that the package lists."""
    rows = chain.of(process).order_by()
    return {"contributions": rows.count(), "supporters": rows.aggregate(n=Sum("support_count"))["n"] or 0}


def describe(process: Process) -> dict[str, Any]:
    """The process itself as data."""
    return {
        "id": process.subject.public_id,
        "number": process.number,
        "title": process.title,
        "summary": process.summary,
        "text": process.text,
        "can_decide": process.can_decide,
        "cannot_decide": process.cannot_decide,
        "decided_by": process.decided_by,
        "department": process.department.name,
        "districts": [district.number for district in process.districts.all()],
        "result": process.result,
        "city": current().name,
        "phases": [
            {
                "title": phase.title,
                "start": phase.start.isoformat(),
                "end": phase.end.isoformat(),
                "allows": list(phase.allows),
                "formality": phase.formality,
                "legal_basis": phase.legal_basis,
            }
            for phase in process.phases.all()
        ],
        "news": [{"at": localdate(n.at).isoformat(), "title": n.title, "text": n.text} for n in process.news.all()],
        "documents": [{"title": d.title, "url": d.url} for d in process.documents.all()],
        "is_example": process.is_example,
    }


def files(process: Process, kept: Mapping[str, int], version: int) -> dict[str, bytes]:
    """Path → content of everything but the PDF and the manifest. `process` has its parts loaded."""
    rows = contributions(process)
    about = {**describe(process), "counts": dict(kept), "version": version}
    made: dict[str, bytes] = {
        "daten/verfahren.json": _json(about),
        "daten/beitraege.json": _json(rows),
        "daten/beitraege.csv": _csv(COLUMNS, ({**row, "led_to": _led(row["led_to"])} for row in rows)),
    }
    for number, module in enumerate(process.modules.all(), start=1):
        known = registry.find(module.format)
        exported = [dict(row) for row in known.export(module)] if known is not None else []
        for row in exported:
            row.pop("author", None)  # a pseudonym is somebody's, too
        if exported:
            name = f"daten/teil-{number}-{module.format}"
            made[f"{name}.json"] = _json(exported)
            made[f"{name}.csv"] = _csv(list(exported[0]), exported)
    for number, source in enumerate(queries.public_sources().filter(batch__process=process), start=1):
        made[f"fotos/foto-{number}.jpg"] = bytes(source.data)
    for number, document in enumerate(process.documents.all(), start=1):
        if document.file is not None:
            with document.file.file.open("rb") as opened:
                ending = document.file.file_extension.lower()[:5]
                made[f"unterlagen/{number}.{ending}"] = opened.read()
    made["index.html"] = _page(process, rows, kept, version, sorted(made)).encode()
    made["LIES-MICH.txt"] = _readme(process).encode()
    return made


def digest(made: Mapping[str, bytes]) -> str:
    """One hash of all of it, whatever the order."""
    whole = hashlib.sha256()
    for name in sorted(made):
        whole.update(name.encode() + b"\0" + hashlib.sha256(made[name]).digest())
    return whole.hexdigest()


def report_pdf(process: Process) -> bytes | None:
    """The report as PDF/A, None where this machine cannot make one."""
    try:
        return pdf.render("participation/print/report.html", {"document": build.document(process)})
    except DomainError:
        return None


def pack(made: Mapping[str, bytes]) -> bytes:
    """The ZIP with `manifest-sha256.txt` (as `sha256sum -c` reads it)."""
    lines = "".join(f"{hashlib.sha256(made[name]).hexdigest()}  {name}\n" for name in sorted(made))
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, content in (*sorted(made.items()), ("manifest-sha256.txt", lines.encode())):
            info = ZipInfo(name, _MOMENT)
            info.compress_type = ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
    return target.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """Path → content of a package; {} of none."""
    if not data:
        return {}
    with ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def said(made: Mapping[str, bytes]) -> Counter[tuple[str, str, str]]:
    """What stands in a package and how often, whatever its form: (file, field, value) of the data, and every picture
    and document by its digest."""
    found: Counter[tuple[str, str, str]] = Counter()
    for name, content in made.items():
        if name.endswith(".json") and name.startswith("daten/"):
            values = _values(json.loads(content))
            found.update((name, field, value) for field, value in values if field not in _DAYS)
        elif name.startswith(("fotos/", "unterlagen/")):
            found["", "", hashlib.sha256(content).hexdigest()] += 1
    return found


def _values(value: Any, field: str = "") -> Iterator[tuple[str, str]]:
    """(field, value) at any depth; nothing of what is empty."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _values(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from _values(part, field)
    elif value not in (None, ""):
        yield field, str(value)


def _page(process: Process, rows: list[dict[str, Any]], kept: Mapping[str, int], version: int, names: list[str]) -> str:
    shown = [
        {
            **row,
            "day": ui.day(date.fromisoformat(row["created_on"])),
            "decision_day": ui.day(date.fromisoformat(row["decided_on"])) if row["decided_on"] else "",
            "decision_word": Assessment.Decision(row["decision"]).label if row["decision"] else "",
            "channel_word": words.CHANNELS[row["channel"]],
            "split": components.supports_split(
                *(row[name] for name in ("supporters", "supporters_paper", "supporters_phone", "supporters_event"))
            ),
        }
        for row in rows
    ]
    context = {
        "process": process,
        "rows": shown,
        "kept": kept,
        "version": version,
        "names": names,
        "city": current().name,
        "phases": [(p.title, ui.day(p.start), ui.day(p.end)) for p in process.phases.all()],
        "styles": pdf.plain_styles(),
    }
    return render_to_string("participation/print/archive.html", context)


def _readme(process: Process) -> str:
    lines = (
        f"{process.title}",
        "",
        _("Dieses Paket hält ein abgeschlossenes Beteiligungsverfahren fest: %(city)s.") % {"city": current().name},
        _("index.html öffnet sich in jedem Browser, ohne Netz und ohne Server."),
        _("daten/ enthält dasselbe als CSV (UTF-8, Komma, Kopfzeile) und JSON (UTF-8)."),
        _("bericht.pdf ist der Bericht als PDF/A-3a (ISO 19005-3)."),
        _("manifest-sha256.txt nennt zu jeder Datei ihre SHA-256-Prüfsumme; mit sha256sum -c lässt sie sich prüfen."),
        _("Lizenz der Daten: %(licence)s") % {"licence": current().licence.name},
    )
    return "\n".join(lines) + "\n"


def _led(effects: list[dict[str, str]]) -> str:
    return "; ".join(f"{effect['kind']} {effect['title']}" for effect in effects)


def _iso(value: date | None) -> str:
    return value.isoformat() if value is not None else ""


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, default=_plain) + "\n").encode()


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def _csv(columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    target = StringIO()
    writer = csv.writer(target)
    names = list(columns)
    writer.writerow(names)
    for row in rows:
        writer.writerow([cell(row.get(name)) for name in names])
    return target.getvalue().encode()
