"""Files that are kept for everybody: packages of archived processes, sheets for the noticeboard."""

from __future__ import annotations

import re
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from mitstadt.geo.models import District
from mitstadt.kit import cache, clock, languages
from mitstadt.kit.city import current
from mitstadt.kit.errors import DomainError
from mitstadt.participation import access, queries, rules
from mitstadt.participation.entry import printing
from mitstadt.participation.leaflets import build
from mitstadt.participation.models import Archive, Leaflet
from mitstadt.participation.report import pdf

from .processes import found_process


@require_GET
def archive(request: HttpRequest, number: int, slug: str) -> HttpResponse:
    """`/beteiligung/p-012-…/archiv/`: every version of the package with its hash."""
    found = found_process(number, slug, request, "archiv/")
    if isinstance(found, HttpResponse):
        return found
    versions = list(Archive.objects.filter(process=found).defer("data"))
    if not versions:
        raise Http404(_("Dieses Verfahren ist noch nicht archiviert."))
    path = languages.local_path(found.get_absolute_url())
    context = {"process": found, "path": path, "versions": versions, "last": versions[0]}
    return render(request, "participation/archive.html", context)


@require_GET
def package(request: HttpRequest, number: int, slug: str, version: int) -> HttpResponse:
    """The ZIP of one version; 410 for one that was replaced because something in it was erased."""
    found = found_process(number, slug, request, f"archiv/{version}.zip")
    if isinstance(found, HttpResponse):
        return found
    row = Archive.objects.filter(process=found, version=version).first()
    if row is None:
        raise Http404
    if row.data is None:
        reason = _("Diese Fassung gibt es nicht mehr, weil etwas darin gelöscht wurde. Es gibt eine neuere.")
        return render(request, "participation/closed_file.html", {"reason": reason}, status=410)
    response = HttpResponse(bytes(row.data), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="archiv-p-{found.number:03d}-v{version}.zip"'
    return response


@require_GET
def form(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/beteiligung/bogen/<module>.pdf`, `?gross=1` in large print: the paper form, while it is of use."""
    module = queries.module(public_id)
    if module is None or not access.visible(module.process) or not printing.possible(module):
        raise Http404(_("Dazu gibt es gerade keinen Papierbogen."))
    try:
        content = printing.blank(module, large=request.GET.get("gross") == "1")
    except DomainError as error:
        return render(request, "participation/closed_file.html", {"reason": error.message}, status=503)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="bogen-{public_id}.pdf"'
    cache.until(response, rules.next_change(module.phases.all(), clock.now()))
    return response


@require_GET
def leaflets(request: HttpRequest) -> HttpResponse:
    """`/beteiligung/viertelblatt/`: the sheets of this and the next month, by district."""
    since = build.month_of(clock.today())
    rows = Leaflet.objects.filter(month__gte=since).select_related("district").defer("content", "district__outline")
    by_district: dict[int, tuple[str, list[Leaflet]]] = {}
    for row in rows.order_by("district__number", "month"):
        by_district.setdefault(row.district.number, (str(row.district), []))[1].append(row)
    return render(request, "participation/leaflets.html", {"districts": sorted(by_district.items())})


@require_GET
def leaflet(request: HttpRequest, district: int, month: str) -> HttpResponse:
    """`/beteiligung/viertelblatt/9/2026-05.pdf`"""
    return sheet_of(request, found_leaflet(district, month))


def found_leaflet(district: int, month: str) -> Leaflet:
    """Raises Http404."""
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", month) or district > 32_767 or month < "1970":
        raise Http404
    place = District.objects.defer("outline").filter(number=district).first()
    found = Leaflet.objects.filter(district=place, month=date.fromisoformat(f"{month}-01")).first() if place else None
    if found is None or place is None:
        raise Http404(_("Für diesen Monat gibt es noch kein Viertelblatt."))
    found.district = place
    return found


def sheet_of(request: HttpRequest, found: Leaflet) -> HttpResponse:
    try:
        content = pdf.render(
            "participation/print/leaflet.html", {"leaflet": found, "district": found.district, "city": current().name}
        )
    except DomainError as error:
        return render(request, "participation/closed_file.html", {"reason": error.message}, status=503)
    response = HttpResponse(content, content_type="application/pdf")
    name = f"viertelblatt-{found.district.number}-{found.month:%Y-%m}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
