"""``/verwaltung/beteiligung/viertelblatt/``: read the sheets, change one, print it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, require
from mitstadt.participation.actions import leaflets as actions
from mitstadt.participation.leaflets import build
from mitstadt.participation.models import Leaflet
from mitstadt.participation.views.papers import found_leaflet

from .doors import actor_of, staff_only


@staff_only
def leaflets(request: HttpRequest) -> HttpResponse:
    require(actions.may_edit(actor_of(request)))
    since = build.month_of(clock.today())
    rows = Leaflet.objects.filter(month__gte=since).select_related("district").defer("district__outline")
    return render(request, "participation/staff/leaflets.html", {"rows": rows.order_by("month", "district__number")})


@staff_only
def leaflet(request: HttpRequest, district: int, month: str) -> HttpResponse:
    actor = actor_of(request)
    require(actions.may_edit(actor))
    found = found_leaflet(district, month)
    rows = [dict(row) for row in found.content]
    typed = {"heading": found.heading, "contact": found.contact}
    status = 200
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in typed}
        rows = [
            {name: request.POST.get(f"{name}-{number}", "") for name in ("title", "text", "when")}
            for number in range(1, build.MOST + 1)
        ]
        revision = request.POST.get("revision", "")
        seen = int(revision) if revision.isdecimal() else 0
        try:
            if request.POST.get("verb") == "renew":
                actions.renew(actor, found, seen)
                messages.success(request, _("Das Blatt ist neu geschrieben."))
            else:
                actions.change(actor, found, seen, typed["heading"], typed["contact"], rows)
                messages.success(request, _("Gespeichert."))
                if not build.fits(rows):
                    messages.warning(
                        request, _("Das ist mehr, als sicher auf ein Blatt passt. Bitte sehen Sie die PDF-Datei an.")
                    )
            return redirect(request.path)
        except DomainError as error:
            messages.error(request, error.message)
            status = 422
    empty = {"title": "", "text": "", "when": ""}
    rows = (rows + [empty] * build.MOST)[: build.MOST]
    context = {"leaflet": found, "typed": typed, "rows": list(enumerate(rows, start=1))}
    return render(request, "participation/staff/leaflet.html", context, status=status)
