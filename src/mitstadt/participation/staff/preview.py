"""Seeing a process as somebody else would, on any day: the public page with another person and a stopped clock."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from mitstadt.accounts.actor import NOBODY, Actor
from mitstadt.accounts.models import Trust
from mitstadt.kit import clock
from mitstadt.participation import rules
from mitstadt.participation.models import Process
from mitstadt.participation.views import processes as pages

from .doors import managed, staff_only
from .process import local_moment

PEOPLE: dict[str, tuple[Any, Actor | None]] = {
    "niemand": (_("ohne Anmeldung"), NOBODY),
    "email": (_("E-Mail bestätigt"), Actor(guest_id=0, trust=Trust.EMAIL)),
    "konto": (_("mit Konto"), Actor(user_id=0, trust=Trust.EMAIL, pseudonym="Vorschau")),
    "wohnt": (
        _("wohnt hier"),
        Actor(user_id=0, trust=Trust.RESIDENT, pseudonym="Vorschau", facts=frozenset({"resident"})),
    ),
    "ausweis": (
        _("mit Online-Ausweis, erwachsen"),
        Actor(user_id=0, trust=Trust.EID, facts=frozenset({"resident", "age_14", "age_16", "age_18"})),
    ),
}


@staff_only
def preview(request: HttpRequest, number: int) -> HttpResponse:
    """``/verwaltung/beteiligung/12/vorschau/?als=wohnt&am=2026-12-01T10:00``"""
    process = managed(request, number)
    chosen = request.GET.get("als", "email")
    if chosen not in PEOPLE:
        chosen = "email"
    moment = local_moment(request.GET.get("am", "")) or clock.now()
    if "seite" not in request.GET:
        context = {
            "process": process,
            "people": [(slug, label) for slug, (label, _actor) in PEOPLE.items()],
            "chosen": chosen,
            "moment": moment,
        }
        return render(request, "participation/staff/preview.html", context)
    return _page(request, process, PEOPLE[chosen][1] or NOBODY, moment)


def _page(request: HttpRequest, process: Process, person: Actor, moment: Any) -> HttpResponse:
    """The public page itself, inside the frame of the preview."""
    request.previewing = process.pk  # type: ignore[attr-defined]
    request.actor = person  # type: ignore[attr-defined]
    with clock.at(moment):
        found = pages.found_process(process.number, process.slug, request)
        if isinstance(found, HttpResponse):
            raise Http404
        # as if it were public; nothing of this is saved
        found.subject.published = True
        found.stage = rules.OPEN if found.stage == rules.DRAFT else found.stage
        response = pages.show(request, found, actor=person)
    response["Cache-Control"] = "no-store"
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response
