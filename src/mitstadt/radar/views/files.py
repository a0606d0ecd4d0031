"""The radar as files: SVG, PNG, CSV, JSON. Each carries day, source and licence."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mitstadt.kit import city, languages, past
from mitstadt.kit import components as ui
from mitstadt.kit.spreadsheets import cell
from mitstadt.radar import listing
from mitstadt.radar.picture import png as make_png
from mitstadt.radar.picture import standalone
from mitstadt.radar.rows import MeasureRow

from . import frame
from .asked import Asked, ask
from .radar import picture

COLUMNS = (
    "kennung", "titel", "kurzname", "handlungsfeld", "kernbereich", "referat", "prinzipien", "art", "status",
    "status_stand", "beginn", "geplantes_ende", "fortschreibung", "stadtbezirk", "meilensteine_erreicht",
    "meilensteine_alle", "verzoegert", "nicht_belegt", "adresse", "stand", "quelle", "lizenz",
)  # fmt: skip


def refuse(asked: Asked) -> HttpResponse | None:
    """A file must be what was asked for: an address that is not understood gives no file but a sentence."""
    if not asked.problems:
        return None
    text = "\n".join(f"{p.name}={p.value}: {p.message}" for p in asked.problems)
    return HttpResponse(text + "\n", status=400, content_type="text/plain; charset=utf-8")


def _file_name(asked: Asked, ending: str) -> str:
    return f"radar-{city.current().slug}-{asked.snapshot.day.isoformat()}.{ending}"


def _attach(response: HttpResponse, asked: Asked, ending: str, inline: bool = False) -> HttpResponse:
    kind = "inline" if inline else "attachment"
    response["Content-Disposition"] = f'{kind}; filename="{_file_name(asked, ending)}"'
    response["Link"] = f'<{city.current().licence.url}>; rel="license"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _svg(asked: Asked, for_png: bool) -> tuple[str, float, float]:
    layout = asked.horizon()
    what = listing.plain_sentence(asked.selection, asked.snapshot)
    subtitle = _("%(what)s: %(count)s von %(total)s. Stand: %(day)s") % {
        "what": what,
        "count": len(asked.result.matches),
        "total": len(asked.snapshot.rows),
        "day": ui.day(asked.snapshot.day),
    }
    drawn = standalone(
        str(picture(asked)),
        layout.width,
        layout.height,
        title=frame.headline(),
        subtitle=subtitle,
        source=frame.source(asked),
        licence=frame.licence(),
        theme=city.current().theme,
        for_png=for_png,
    )
    return drawn, layout.width, layout.height


@past.shown
@require_safe
def svg(request: HttpRequest) -> HttpResponse:
    """`/radar/bild.svg`."""
    asked = ask(request)
    refused = refuse(asked)
    if refused:
        return refused
    drawn, _width, _height = _svg(asked, for_png=False)
    response = HttpResponse(drawn, content_type="image/svg+xml; charset=utf-8")
    # An SVG file brings its own styles and font; it can do nothing else.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; sandbox"
    return _attach(response, asked, "svg", inline=True)


@past.shown
@require_safe
def png(request: HttpRequest) -> HttpResponse:
    """`/radar/bild.png`: twice the size of the page's picture."""
    asked = ask(request)
    refused = refuse(asked)
    if refused:
        return refused
    drawn, width, height = _svg(asked, for_png=True)
    return _attach(HttpResponse(make_png(drawn, width, height), content_type="image/png"), asked, "png", inline=True)


def record(row: MeasureRow, asked: Asked, base: str) -> dict[str, Any]:
    """One measure in the downloads' words."""
    return {
        "kennung": row.code,
        "titel": row.title,
        "kurzname": row.short_name,
        "handlungsfeld": row.field.name,
        "kernbereich": row.core_area.name if row.core_area else None,
        "referat": row.department.name if row.department else None,
        "prinzipien": [principle.name for principle in row.principles],
        "art": row.kind,
        "status": row.status,
        "status_stand": row.status_as_of or None,
        "beginn": row.start or None,
        "geplantes_ende": row.end or None,
        "fortschreibung": row.revision or None,
        "stadtbezirk": row.district,
        "meilensteine_erreicht": row.milestones_done,
        "meilensteine_alle": row.milestones_all,
        "verzoegert": row.is_late,
        "nicht_belegt": sorted(row.unproven),
        "adresse": base + languages.path_in(row.path, "de"),
    }


@past.shown
@require_safe
def csv_file(request: HttpRequest) -> HttpResponse:
    """`/radar/daten.csv`: UTF-8 with byte order mark (so that spreadsheet programs read umlauts), comma, quoted where
    needed; cells that a program would run as a formula start with an apostrophe. The last three columns of each row
    say day, source and licence."""
    asked = ask(request)
    refused = refuse(asked)
    if refused:
        return refused
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    tail = (asked.snapshot.day.isoformat(), frame.source(asked), city.current().licence.name)
    for row in listing.ordered(asked.selection, asked.snapshot):
        values = record(row, asked, settings.MITSTADT_BASE_URL)
        writer.writerow([cell(value) for value in (*values.values(), *tail)])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8; header=present")
    return _attach(response, asked, "csv")


@past.shown
@require_safe
def json_file(request: HttpRequest) -> HttpResponse:
    """`/radar/daten.json`: the same records, with what was asked, day, source and licence around them."""
    asked = ask(request)
    refused = refuse(asked)
    if refused:
        return refused
    found = listing.ordered(asked.selection, asked.snapshot)
    data = {
        "titel": frame.headline(),
        "auswahl": listing.plain_sentence(asked.selection, asked.snapshot),
        "stand": asked.snapshot.day.isoformat(),
        "fortschreibung": asked.snapshot.revision.code if asked.snapshot.revision else None,
        "quelle": frame.source(asked),
        "lizenz": city.current().licence.name,
        "lizenz_adresse": city.current().licence.url,
        "adresse": settings.MITSTADT_BASE_URL + reverse("radar:json") + asked.selection.query(),
        "anzahl": len(found),
        "massnahmen": [record(row, asked, settings.MITSTADT_BASE_URL) for row in found],
    }
    text = json.dumps(data, ensure_ascii=False, indent=1)
    return _attach(HttpResponse(text, content_type="application/json; charset=utf-8"), asked, "json", inline=True)
