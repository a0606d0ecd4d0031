"""The list, the calendar and the page of a process. Kept for everybody: no person in them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from icalendar import Calendar, Event

from mitstadt.accounts.actor import Actor
from mitstadt.geo import queries as geo
from mitstadt.kit import cache, clock, languages, past
from mitstadt.kit import components as ui
from mitstadt.kit.city import current
from mitstadt.participation import access, components, dates, queries, registry, rules, then, words
from mitstadt.participation.models import Module, News, Phase, Process
from mitstadt.participation.models.process import FormerAddress

GROUPS = (
    ("offen", (rules.RUNNING,)),
    ("angekuendigt", (rules.ANNOUNCED,)),
    ("auswertung", (rules.EVALUATION,)),
    ("fertig", (rules.ANSWERED, rules.IMPLEMENTED, rules.ARCHIVED)),
)


def _district(request: HttpRequest) -> tuple[int | None, str]:
    """The district in ``?bezirk=`` and what is wrong with it."""
    asked = request.GET.get("bezirk", "").strip()
    if not asked:
        return None, ""
    found = geo.by_number(asked)
    if found is None:
        return None, _("Einen Stadtbezirk „%(number)s“ gibt es nicht. Gezeigt wird die ganze Stadt.") % {
            "number": asked[:20]
        }
    return found.number, ""


@past.shown
@require_GET
def processes(request: HttpRequest) -> HttpResponse:
    """`/beteiligung/?bezirk=9&zeigen=fertig`"""
    now = clock.now()
    district, problem = _district(request)
    shown = request.GET.get("zeigen", "")
    groups = [(slug, states) for slug, states in GROUPS if shown in ("", slug)] or list(GROUPS)
    counts = queries.counts(now)
    sections: list[dict[str, Any]] = []
    for slug, states in groups:
        found = queries.listed(now, states, district, limit=60)
        if found or shown:
            sections.append(
                {"slug": slug, "title": words.GROUPS[slug], "cards": [components.card(p, now) for p in found]}
            )
    if sections and not shown:
        sections[0]["dates"] = dates.rows(now, district)
    options = [
        ui.Option(
            words.GROUPS[slug],
            ui.with_query(request.GET, zeigen=slug),
            shown == slug,
            sum(counts[state] for state in states),
        )
        for slug, states in GROUPS
    ]
    response = render(
        request,
        "participation/processes.html",
        {
            "sections": sections,
            "options": [ui.Option(_("Alle"), ui.with_query(request.GET, zeigen=None), not shown), *options],
            "shown": shown,
            "district": district,
            "district_text": str(district or ""),
            "districts": geo.choices(),
            "problem": problem,
            "tiles": components.tiles(now),
            "nothing": not any(section["cards"] for section in sections),
        },
    )
    cache.until(response, rules.next_change(_open_phases(), now))
    return response


def _open_phases() -> list[Phase]:
    return list(Phase.objects.filter(process__stage=rules.OPEN, end__gt=clock.now()).only("start", "end", "process"))


def dates_of(district: int | None, now: datetime) -> list[dict[str, Any]]:
    """What begins and ends from today on, in public processes, in the order of time. Two queries."""
    near = queries.near(queries.public().filter(then.in_stage(rules.OPEN)), district)
    phases = (
        Phase.objects.filter(process__in=near, end__gt=now)
        .select_related("process__subject", "module__subject")
        .order_by("start")
    )
    found: list[dict[str, Any]] = []
    for phase in phases:
        subject = phase.module.subject if phase.module is not None else phase.process.subject
        found.append(
            {
                "start": phase.start,
                "end": phase.end,
                "active": phase.when(now, phase.process.stage) == rules.ACTIVE,
                "title": phase.title,
                "process": phase.process.title,
                "href": languages.local_path(subject.path),
                "path": subject.path,
                "id": f"phase-{phase.pk}",
                "is_example": phase.process.is_example,
                "place": "",
                "cancelled": False,
                "sequence": 0,
            }
        )
    found += [
        {**asdict(date), "active": date.start <= now, "href": languages.local_path(date.path)}
        for date in dates.next_dates(near, now)
    ]
    found.sort(key=lambda row: row["start"])
    return found


@past.shown
@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """`/beteiligung/kalender/?bezirk=9`: what runs and what comes, by month."""
    now = clock.now()
    district, problem = _district(request)
    rows = dates_of(district, now)
    running = [row for row in rows if row["active"]]
    months: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for row in rows:
        if not row["active"]:
            months.setdefault((row["start"].year, row["start"].month), []).append(row)
    response = render(
        request,
        "participation/calendar.html",
        {
            "running": running,
            "months": [(found[0]["start"], found) for _key, found in sorted(months.items())],
            "district": district,
            "district_text": str(district or ""),
            "districts": geo.choices(),
            "problem": problem,
            "query": f"?bezirk={district}" if district else "",
        },
    )
    cache.until(response, rules.next_change(_open_phases(), now))
    return response


@past.shown
@require_GET
def ics(request: HttpRequest) -> HttpResponse:
    """The same as a calendar that programs follow (RFC 5545)."""
    district, _problem = _district(request)
    now = clock.now()
    made = Calendar()
    made.add("prodid", "-//Mitstadt//Beteiligung//DE")
    made.add("version", "2.0")
    made.add("x-wr-calname", _("Beteiligung in %(city)s") % {"city": current().short_name})
    for row in dates_of(district, now):
        event = Event()
        event.add("uid", f"{row['id']}@{current().slug}")
        event.add("dtstamp", now)
        event.add("dtstart", row["start"])
        event.add("dtend", row["end"])
        event.add("summary", f"{row['process']}: {row['title']}")
        if row["place"]:
            event.add("location", row["place"])
        event.add("sequence", row["sequence"])
        if row["cancelled"]:
            event.add("status", "CANCELLED")
        event.add("url", request.build_absolute_uri(row["href"]))
        made.add_component(event)
    response = HttpResponse(made.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="beteiligung.ics"'
    return response


def _news() -> Prefetch[Any, Any, Any]:
    moment = past.moment()
    return Prefetch("news", News.objects.all() if moment is None else News.objects.filter(at__lte=moment))


def found_process(number: int, slug: str, request: HttpRequest, tail: str = "") -> Process | HttpResponse:
    """The public process, or where it is read now."""
    rows = Process.objects.filter(number=number).select_related("subject", "department")
    modules = Module.objects.select_related("subject").prefetch_related("phases")
    found = rows.prefetch_related(
        Prefetch("phases", Phase.objects.select_related("module__subject")),
        Prefetch("modules", modules),
        "districts",
        "documents__file",
        _news(),
    ).first()
    if found is None or not (access.visible(found) or getattr(request, "previewing", None) == found.pk):
        raise Http404(_("Dieses Verfahren gibt es nicht, oder es ist nicht öffentlich."))
    if slug == found.slug:
        return then.as_it_was(found)
    if slug and not FormerAddress.objects.filter(process=found, slug=slug).exists():
        raise Http404(_("Unter dieser Adresse gab es nie ein Verfahren."))
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return HttpResponsePermanentRedirect(languages.local_path(found.get_absolute_url()) + tail + query)


def show(request: HttpRequest, found: Process, *, actor: Actor | None = None) -> HttpResponse:
    """The page; with `actor` as this person would see it (previews by staff)."""
    now = clock.now()
    phases = list(found.phases.all())
    reading = registry.Reading(now, actor)
    state = rules.state(found.stage, phases, now)
    for module in found.modules.all():
        module.process = found  # one object, so that deciding costs no query
    response = render(
        request,
        "participation/process.html",
        {
            "process": found,
            "subject": found.subject,
            "state": state,
            "state_word": words.STATES[state],
            "modules": [(module, card_of(module, reading)) for module in found.modules.all()],
            "steps": components.steps(phases, now, found.stage),
            "place": components.place(found),
            "links": components.links(found.subject),
            "left": components.left(phases, now, found.stage) if state == rules.RUNNING else "",
            "result_url": languages.local_path(found.get_absolute_url()) + "ergebnis/",
            "shows_result": state in (rules.EVALUATION, rules.ANSWERED, rules.IMPLEMENTED, rules.ARCHIVED),
        },
    )
    cache.until(response, rules.next_change(phases, now))
    return response


def card_of(module: Module, reading: registry.Reading) -> SafeString:
    """A module's card as its format draws it; a format that is not installed any more says so."""
    found = registry.find(module.format)
    return found.card(module, reading) if found is not None else components.orphan(module)


@past.shown
@require_GET
def process(request: HttpRequest, number: int, slug: str = "") -> HttpResponse:
    """`/beteiligung/p-012-trinkbrunnen/`"""
    found = found_process(number, slug, request)
    return found if isinstance(found, HttpResponse) else show(request, found)
