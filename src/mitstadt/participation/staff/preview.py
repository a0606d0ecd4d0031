"""Seeing a process as somebody else would, on any day: its public pages with another person and a stopped clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import resolve
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mitstadt.accounts.actor import MEMBER, NOBODY, Actor, Grant
from mitstadt.accounts.models import Trust
from mitstadt.kit import clock, languages
from mitstadt.participation import access, registry, rules, words
from mitstadt.participation.models import Process
from mitstadt.participation.views import processes as pages
from mitstadt.participation.views.modules import as_public

from .doors import managed, staff_only
from .process import local_moment

PEOPLE: dict[str, tuple[Any, Actor]] = {
    "niemand": (gettext_lazy("ohne Anmeldung"), NOBODY),
    "email": (gettext_lazy("E-Mail bestätigt"), Actor(guest_id=0, trust=Trust.EMAIL)),
    "konto": (gettext_lazy("mit Konto"), Actor(user_id=0, trust=Trust.EMAIL, pseudonym="Vorschau")),
    "wohnt": (
        gettext_lazy("wohnt hier"),
        Actor(user_id=0, trust=Trust.RESIDENT, pseudonym="Vorschau", facts=frozenset({"resident"})),
    ),
    "ausweis": (
        gettext_lazy("mit Online-Ausweis, erwachsen"),
        Actor(user_id=0, trust=Trust.EID, facts=frozenset({"resident", "age_14", "age_16", "age_18"})),
    ),
}


def belongs(wanted: rules.Audience) -> Actor:
    """Somebody for whom a phase is: of this age, from this district, with this code, a member of this organisation."""
    return Actor(
        user_id=None if wanted.groups else 0,
        guest_id=0 if wanted.groups else None,
        trust=max(wanted.trust, Trust.EMAIL),
        pseudonym="" if wanted.groups else "Vorschau",
        facts=frozenset(facts[0] for _kind, facts in wanted.facts),
        grants=tuple(Grant(MEMBER, key, "") for key in wanted.organisations[:1]),
    )


def people(process: Process) -> dict[str, tuple[str, Actor]]:
    """Kinds of participants by slug: those of every process, then those for whom one of its phases is."""
    found = {slug: (str(label), actor) for slug, (label, actor) in PEOPLE.items()}
    known = {rules.Audience(trust=trust) for trust in Trust.values}
    for phase in process.phases.all():
        wanted = rules.Audience.read(phase.audience)
        if wanted not in known:
            known.add(wanted)
            found[f"phase-{phase.pk}"] = f"{phase.title}: {access.audience_sentence(wanted)}", belongs(wanted)
    return found


@staff_only
def preview(request: HttpRequest, number: int) -> HttpResponse:
    """``/verwaltung/beteiligung/12/vorschau/?als=wohnt&am=2026-12-01T10:00&teil=<module>``; ``seite`` is the page
    itself: ``1`` the process, else a module."""
    process = managed(request, number)
    kinds = people(process)
    chosen = request.GET.get("als", "email")
    if chosen not in kinds:
        chosen = "email"
    person = kinds[chosen][1]
    asked = request.GET.get("am", "")
    moment = local_moment(asked)
    problem = _("„%(asked)s“ ist kein Zeitpunkt. Gezeigt wird jetzt.") % {"asked": asked[:40]}
    now = moment or clock.now()
    if "seite" in request.GET:
        return _page(request, process, person, now, request.GET["seite"])
    parts = [("1", _("Das Verfahren")), *((m.subject.public_id, m.title) for m in process.modules.all())]
    part = request.GET.get("teil", "1")
    context = {
        "process": process,
        "people": [(slug, label) for slug, (label, _actor) in kinds.items()],
        "chosen": chosen,
        "moment": now,
        "problem": problem if asked and moment is None else "",
        "parts": parts,
        "part": part if part in dict(parts) else "1",
        "possible": possible(process, person, now),
    }
    return render(request, "participation/staff/preview.html", context)


def possible(process: Process, person: Actor, now: datetime) -> list[tuple[str, str, str]]:
    """(module, what one does there, the reason why not or "") for this person at this moment."""
    as_public(process)
    found = []
    for module in process.modules.all():
        module.process = process
        known = registry.find(module.format)
        verbs = known.verbs if known is not None else ()
        used = [verb for verb in verbs if any(verb in phase.allows for phase in module.phases.all())]
        found += [(module.title, str(words.VERBS[verb]), access.can(person, verb, module, now).reason) for verb in used]
    return found


def _page(request: HttpRequest, process: Process, person: Actor, moment: datetime, part: str) -> HttpResponse:
    """The public page itself, inside the frame of the preview."""
    request.previewing = process.pk  # type: ignore[attr-defined]
    request.actor = person  # type: ignore[attr-defined]
    with clock.at(moment):
        module = next((m for m in process.modules.all() if m.subject.public_id == part), None)
        if module is not None:
            request.GET = QueryDict()  # what the page is asked for is not what the preview was asked for
            view, args, kwargs = resolve(languages.local_path(module.subject.path))
            response: HttpResponse = view(request, *args, **kwargs)
        else:
            found = pages.found_process(process.number, process.slug, request)
            if isinstance(found, HttpResponse):
                raise Http404
            as_public(found)
            response = pages.show(request, found, actor=person)
    response["Cache-Control"] = "no-store"
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response
