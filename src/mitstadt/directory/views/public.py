"""`/angebote/…` for everybody: list, map, one offer, topic, provider, numbers in need, notepad. No person in them.

No title ever holds what was searched for: it would stay in the browser's history.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mitstadt.directory import actions, components, everyday, queries, words
from mitstadt.directory.entries import Entry
from mitstadt.directory.forms import FilterForm, ReportForm
from mitstadt.directory.models import Category, Service, Situation, Urgent
from mitstadt.geo import maps
from mitstadt.geo import queries as geo
from mitstadt.kit import cache, clock, languages, nav, qr
from mitstadt.kit import components as ui
from mitstadt.kit.errors import DomainError, show
from mitstadt.search import analyze

COOKIE = cache.personal_cookie("merkzettel")
MOST_KEPT = 30
ON_MAP = 200
_PRIVATE = ("q", "ort", "lat")  # what somebody needs and where they are


def _page(request: HttpRequest) -> int:
    text = request.GET.get("seite", "1")
    return min(150, max(1, int(text))) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def _list_context(request: HttpRequest, **more: Any) -> dict[str, Any]:
    """Filters, hits, and what a list says about them."""
    form = FilterForm(request.GET)
    choice = form.choice(**more)
    page = _page(request)
    found = queries.find(choice, page)
    if choice.text and page == 1 and not found.total:
        actions.note_missed(
            t.joined for t in analyze.tokens(analyze.clean(choice.text)) if not analyze.is_stop(t.joined)
        )
    situations = {s.slug: s for s in Situation.objects.filter(slug__in=found.meant.situations)} if choice.text else {}
    categories = (
        {c.slug: c for c in Category.objects.filter(slug__in=found.meant.categories[:12])} if choice.text else {}
    )
    query = {key: value for key, value in request.GET.items() if key != "seite" and value}
    return {
        "form": form,
        "choice": choice,
        "found": found,
        "rows": [components.row(row) for row in found.rows],
        "place": form.place,
        "page": page,
        "pages": max(1, -(-found.total // queries.SIZE)),
        "query": query,
        "urgent": _in_need(request, found),
        "situations": [components.title_of(situations[s]) for s in found.meant.situations if s in situations][:2],
        "topics": [
            ui.Option(components.name_of(categories[slug]), languages.local_path(categories[slug].get_absolute_url()))
            for slug in found.meant.categories
            if slug in categories
        ][:6],
        "toggles": _toggles(request, choice),
        "map_url": ui.with_query(query),
        "far": {key: str(value) for key, value in query.items() if key in ("lat", "lon")},
    }


def _in_need(request: HttpRequest, found: queries.Found, about: str = "") -> SafeString:
    """The numbers; for words too long to be searched for and for a topic of need (`about`), too."""
    said = " ".join((request.GET.get("q", ""), about))
    return components.urgent(found.urgent or queries.urgent(everyday.meant(said)))


def _toggles(request: HttpRequest, choice: queries.Choice) -> list[ui.Option]:
    """The four filters that are one click."""
    states = (
        ("offen", _("jetzt geöffnet"), choice.open_now),
        ("kostenlos", _("kostenlos"), choice.free),
        ("ohnetermin", _("ohne Termin"), choice.walk_in),
        ("rollstuhl", _("ohne Stufen erreichbar"), choice.wheelchair),
    )
    return [
        ui.Option(label, ui.with_query(request.GET, **{key: None if on else "on", "seite": None}), on)
        for key, label, on in states
    ]


@require_safe
def offers(request: HttpRequest) -> HttpResponse:
    """`/angebote/?q=Miete&ort=80331&umkreis=3&offen=on`; without a question the first page with topics."""
    asked = any(request.GET.get(name) for name in FilterForm.base_fields)
    if not asked:
        return _front(request)
    return _listed(request, "directory/offers.html", _list_context(request))


def _listed(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    response = render(request, template, context, status=200)
    return components.unseen(response) if any(request.GET.get(name) for name in _PRIVATE) else response


def _front(request: HttpRequest) -> HttpResponse:
    counts = _counts()
    return render(
        request,
        "directory/front.html",
        {
            "form": FilterForm(),
            "situations": [
                (components.title_of(s), components.title_of(s)) for s in Situation.objects.filter(shown=True)
            ],
            "categories": components.category_cards(queries.main_categories(), counts),
            "total": queries.public().count(),
            "places_url": nav.href_of("capacity:list", get_language() or "de"),  # a room above; not everywhere there
        },
    )


def _counts() -> dict[int, int]:
    """Public offers per main topic, those below it counted with it."""
    parents = dict(Category.objects.values_list("pk", "parent_id"))
    seen: set[tuple[int, int]] = set()
    rows = Service.categories.through.objects.filter(service__in=queries.public()).values_list(
        "category_id", "service_id"
    )
    for category, service in rows:
        seen.add((parents.get(category) or category, service))
    return dict(Counter(category for category, _service in seen))


@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """`/angebote/thema/wohnen/`"""
    found = Category.objects.select_related("parent").filter(slug=slug).first()
    if found is None:
        raise Http404(_("Dieses Thema gibt es hier nicht."))
    context = _list_context(request, category=slug)
    context |= {
        "category": found,
        "heading": components.name_of(found),
        "parent": (components.name_of(found.parent), languages.local_path(found.parent.get_absolute_url()))
        if found.parent
        else None,
        "urgent": _in_need(request, context["found"], f"{found.name} {found.description}"),
        "children": [
            ui.Option(components.name_of(child), languages.local_path(child.get_absolute_url()))
            for child in found.children.all()
        ],
    }
    return _listed(request, "directory/category.html", context)


@require_safe
def provider(request: HttpRequest, slug: str) -> HttpResponse:
    """`/angebote/anbieter/caritas/`: who it is and what it offers."""
    found = queries.providers().filter(organisation__slug=slug).first()
    if found is None:
        raise Http404(_("Diesen Anbieter gibt es hier nicht."))
    context = _list_context(request, provider=found.pk)
    context |= {"provider": found}
    return _listed(request, "directory/provider.html", context)


@require_safe
def city_map(request: HttpRequest) -> HttpResponse:
    """`/angebote/karte/?q=…`: the same hits on the city's map. Secret addresses have no place."""
    form = FilterForm(request.GET)
    kind = request.GET.get("thema", "")[:60]
    choice = form.choice(category=kind if Category.objects.filter(slug=kind).exists() else "")
    found = queries.find(choice, 1, ON_MAP)
    placed = [row for row in found.rows if row.at.lat is not None and row.at.lon is not None]
    drawn = maps.current()
    marks = [
        maps.Mark(
            {"type": "Point", "coordinates": [row.at.lon, row.at.lat]},
            row.service.name,
            languages.local_path(row.service.get_absolute_url()),
            number,
        )
        for number, row in enumerate(placed, 1)
    ]
    context = {
        "form": form,
        "choice": choice,
        "svg": maps.svg(drawn, marks, _("Karte der Angebote")) if drawn is not None else "",
        "credit": maps.credit(drawn) if drawn is not None else "",
        "rows": [components.row(row, number) for number, row in enumerate(placed, 1)],
        "without": len(found.rows) - len(placed),
        "list_url": languages.local_path("/angebote/") + ui.with_query(request.GET, thema=None),
        "found": found,
        "urgent": _in_need(request, found),
    }
    return _listed(request, "directory/map.html", context)


@require_safe
def urgent(request: HttpRequest) -> HttpResponse:
    """`/angebote/jetzt-hilfe/`: all checked numbers."""
    return render(request, "directory/urgent.html", {"urgent": components.urgent(Urgent.objects.all())})


def _one(slug: str) -> Service:
    found = queries.one(slug)
    if found is None:
        raise Http404(_("Dieses Angebot gibt es hier nicht oder nicht mehr."))
    return found


@require_safe
def offer(request: HttpRequest, slug: str) -> HttpResponse:
    """`/angebote/schuldnerberatung/`"""
    return show_offer(request, _one(slug))


def show_offer(request: HttpRequest, found: Service) -> HttpResponse:
    entry: Entry = found.entry
    rows = queries.places_of(found)
    until = queries.open_until([row.pk for row in rows])
    drawn = maps.current()
    marks = [
        maps.Mark({"type": "Point", "coordinates": [row.lon, row.lat]}, found.name)
        for row in rows
        if row.lat is not None and row.lon is not None
    ]
    names = {int(number): label for number, label in geo.choices()} if entry.districts else {}
    topics = list(found.categories.select_related("parent"))
    return render(
        request,
        "directory/offer.html",
        {
            "service": found,
            "subject": found.subject,
            "entry": entry,
            "is_closed": found.status == "temporarily closed",
            "status": words.STATUSES[found.status],
            "places": [components.place(row, entry, until.get(row.pk)) for row in rows],
            "facts": components.facts(found, entry),
            "for_whom": components.for_whom(entry, names),
            "freshness": components.freshness(found),
            "topics": [ui.Option(components.name_of(c), languages.local_path(c.get_absolute_url())) for c in topics],
            "svg": maps.svg(drawn, marks, _("Wo es ist")) if drawn is not None and marks else "",
            "credit": maps.credit(drawn) if drawn is not None and marks else "",
            "provider_url": languages.local_path(f"/angebote/anbieter/{found.provider.organisation.slug}/"),
            "keep_url": languages.local_path("/angebote/merkzettel/") + f"?dazu={found.slug}",
            "urgent": components.urgent_of(found, topics),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """`/angebote/<slug>/hinweis/`: one field, no account."""
    found = _one(slug)
    form = ReportForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            if form.cleaned_data["website"]:
                return redirect(found.get_absolute_url())
            try:
                actions.report(found, form.cleaned_data["text"])
            except DomainError as error:
                show(form, error)
            else:
                return render(request, "directory/reported.html", {"service": found})
        status = 422
    response = render(request, "directory/report.html", {"service": found, "form": form}, status=status)
    cache.never(response)
    return response


# -- the notepad ------------------------------------------------------------------------------------
def _ids(text: str) -> list[str]:
    return [part for part in dict.fromkeys(text[:600].split(".")) if part.isalnum() and len(part) <= 16][:MOST_KEPT]


@require_safe
def notepad(request: HttpRequest) -> HttpResponse:
    """`/angebote/merkzettel/?dazu=<slug>`: what somebody wants to take home, in large type with its address as QR.

    Kept in a cookie that ends with the browser, nowhere else; `?a=` shows a list that somebody sent.
    """
    shared = _ids(request.GET.get("a", ""))
    kept = _ids(request.COOKIES.get(COOKIE, ""))
    if request.GET.get("dazu") or request.GET.get("weg") or "leer" in request.GET:
        return _changed(request, kept)
    wanted = shared or kept
    rows = {
        service.subject.public_id: service
        for service in queries.public()
        .select_related("subject", "provider__organisation")
        .filter(subject__public_id__in=wanted)
    }
    services = [rows[key] for key in wanted if key in rows]
    address = request.build_absolute_uri(
        languages.local_path("/angebote/merkzettel/") + "?a=" + ".".join(s.subject.public_id for s in services)
    )
    items = []
    for service in services:
        at = queries.places_of(service)
        until = queries.open_until([row.pk for row in at])
        items.append(
            {
                "service": service,
                "entry": service.entry,
                "phones": components.phones(service.entry.phones),
                "places": [components.place(row, service.entry, until.get(row.pk)) for row in at[:3]],
                "href": languages.local_path(service.get_absolute_url()),
            }
        )
    response = render(
        request,
        "directory/notepad.html",
        {
            "items": items,
            "gone": len(wanted) - len(services),
            "address": address,
            "code": qr.svg(address) if services else "",
            "shared": bool(shared),
            "day": clock.today(),
        },
    )
    return components.unseen(response)


def _changed(request: HttpRequest, kept: list[str]) -> HttpResponse:
    slug = request.GET.get("dazu", "") or request.GET.get("weg", "")
    if "leer" in request.GET:
        kept = []
    else:
        service = queries.public().filter(slug=slug[:80]).values_list("subject__public_id", flat=True).first()
        if service is not None:
            kept = [key for key in kept if key != service]
            if request.GET.get("dazu"):
                kept = [*kept, service][-MOST_KEPT:]
    response = HttpResponseRedirect(reverse("directory:notepad"))
    if kept:
        response.set_cookie(COOKIE, ".".join(kept), httponly=True, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie(COOKIE, samesite="Lax")
    cache.never(response)
    return response
