"""The list with its map, standing behind an idea, its page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from mitstadt.accounts.actor import Actor
from mitstadt.accounts.views.common import client_of
from mitstadt.comments.permissions import SOMEBODY
from mitstadt.geo import maps
from mitstadt.geo import queries as geo
from mitstadt.kit import cache, clock, languages
from mitstadt.kit import components as ui
from mitstadt.kit.errors import DomainError, Refused, show
from mitstadt.participation import access
from mitstadt.participation import components as participation_ui
from mitstadt.participation import queries as participation
from mitstadt.participation import rules as time_rules
from mitstadt.participation.actions import supports
from mitstadt.participation.models import Contribution, Kind, Module
from mitstadt.participation.views import contributions as house
from mitstadt.participation.views import modules
from mitstadt.participation.views.modules import closed_page, context_of, reader, step_up

from . import actions, components, merging, queries, rules
from .forms import GuestSupportForm
from .models import Merge, Picture
from .queries import Filters

FORMAT = "ideas"


# -- the list ------------------------------------------------------------------------------------------------------
@require_GET
def ideas(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/beteiligung/ideen/<id>/?kategorie=4&bezirk=9&zustand=offen&sortierung=neu&ansicht=karte&seite=2`"""
    module = modules.shown(public_id, FORMAT, request)
    actor: Actor | None = reader(request)
    now, today = clock.now(), clock.today()
    filters, categories, districts = _filters(request, module)
    threshold = actions.threshold_of(module)
    asked = request.GET.get("seite", "1")
    wanted = max(1, int(asked) if asked.isdecimal() and len(asked) < 6 else 1)
    total, page, rows = queries.page_of(module, filters, today, wanted)
    pages = max(1, -(-total // queries.PAGE))
    drawn = maps.current()
    first = "karte" if module.settings.get("map") else "liste"
    view = request.GET.get("ansicht", first) if drawn is not None else "liste"
    context = context_of(module, actor)
    context.update(
        {
            "count": total,
            "said": components.how_many(total),
            "rows": components.rows(rows, threshold, today, numbers=view == "karte"),
            "page": page,
            "pages": pages,
            "filters": filters,
            "categories": [(str(pk), name) for pk, name in categories],
            "districts": districts,
            "category": str(filters.category or ""),
            "district": str(filters.district or ""),
            "sorts": _sorts(request, filters),
            "states": _states(request, filters),
            "views": [
                ui.Option(_("Liste"), ui.with_query(request.GET, ansicht="liste", seite=None), view == "liste"),
                ui.Option(_("Karte"), ui.with_query(request.GET, ansicht="karte", seite=None), view == "karte"),
            ]
            if drawn is not None
            else [],
            "view": view,
            "threshold": threshold,
            "propose": reverse("ideas:propose", args=[public_id]),
            "way": step_up(context["can"]["propose"], reverse("ideas:propose", args=[public_id])),
            "narrowed": filters != Filters(sort=filters.sort),
        }
    )
    if view == "karte" and drawn is not None:
        context.update(_map_of(drawn, rows, queries.listed(module, filters, today)))
    if actor is not None and actor.user_id is not None:
        context["drafts"] = queries.drafts(module, actor.user_id)
    response = render(request, "ideas/ideas.html", context)
    cache.until(response, time_rules.next_change(module.phases.all(), now))
    return response


def _map_of(drawn: maps.Map, rows: list[dict[str, Any]], found: Any) -> dict[str, Any]:
    """The map: those of this page with their number in the list, the others as plain marks below them."""
    here = {row["subject__path"] for row in rows}
    others = [row for row in queries.placed(found) if row["subject__path"] not in here]
    marks = [maps.Mark(row["geometry"], row["title"], languages.local_path(row["subject__path"])) for row in others]
    with_place = [row for row in rows if row["geometry"]]
    marks += [
        maps.Mark(row["geometry"], row["title"], languages.local_path(row["subject__path"]), number)
        for number, row in enumerate(with_place, 1)
    ]
    return {"map": maps.svg(drawn, marks, _("Wo die Ideen liegen")), "credit": maps.credit(drawn), "marks": len(marks)}


def _filters(request: HttpRequest, module: Module) -> tuple[Filters, list[Any], list[tuple[str, str]]]:
    """What the address asks for; anything unknown means everything. No query while both lists are kept."""
    categories, districts = queries.categories_of(module), geo.choices()
    category, district = request.GET.get("kategorie", ""), request.GET.get("bezirk", "")
    state, sort = request.GET.get("zustand", ""), request.GET.get("sortierung", "")
    return (
        Filters(
            category=int(category) if category in {str(pk) for pk, _name in categories} else None,
            district=int(district) if district in {number for number, _name in districts} else None,
            state=state if state in queries.STATES else "",
            sort=sort if sort in queries.SORTS else queries.SORTS[0],
        ),
        categories,
        districts,
    )


def _sorts(request: HttpRequest, filters: Filters) -> list[ui.Option]:
    words = {"unterstuetzt": _("Unterstützt"), "neu": _("Neueste"), "offen": _("Offene")}
    return [
        ui.Option(words[slug], ui.with_query(request.GET, sortierung=slug, seite=None), filters.sort == slug)
        for slug in queries.SORTS
    ]


def _states(request: HttpRequest, filters: Filters) -> list[ui.Option]:
    words = {
        "": _("alle"),
        "offen": _("noch ohne Antwort"),
        "wartet": _("Stadt prüft"),
        "ueberfaellig": _("Antwort überfällig"),
        "beantwortet": _("beantwortet"),
        "umgesetzt": _("umgesetzt"),
        "zusammengelegt": _("zusammengelegt"),
    }
    return [
        ui.Option(word, ui.with_query(request.GET, zustand=slug or None, seite=None), filters.state == slug)
        for slug, word in words.items()
    ]


# -- one idea ------------------------------------------------------------------------------------------------------
def detail(request: HttpRequest, idea: Contribution) -> HttpResponse:
    """The page of one idea: words, place, pictures, support, answer, conversation."""
    if idea.kind != Kind.IDEA:
        return render(request, "participation/contribution.html", house.context_of(idea))
    actor: Actor | None = reader(request)
    assert idea.module is not None
    threshold, today = actions.threshold_of(idea.module), clock.today()
    context = house.context_of(idea)
    who = actor if actor is not None else SOMEBODY
    decision = supports.may(who, idea, clock.now())
    open_now = bool(decision) or decision.step_up == "login"
    drawn = maps.current() if idea.geometry else None
    merged_from = [
        {"title": row["subject__title"], "href": languages.local_path(row["subject__path"])}
        for row in idea.merged_from.filter(subject__published=True, subject__restricted=False)
        .order_by("pk")
        .values("subject__title", "subject__path")
    ]
    context.update(
        {
            "threshold": threshold,
            "missing": rules.missing(idea.support_count, threshold),
            "supporters": components.supporters(idea.support_count),
            "split": participation_ui.split(idea),
            "still": components.still(idea.support_count, threshold),
            "state": components.state_of(
                idea.assessment.decision, idea.assessment.due_on, today, idea.merged_into_id is not None, threshold
            ),
            "late": not idea.assessment.decision
            and idea.assessment.due_on is not None
            and idea.assessment.due_on < today,
            "may_support": open_now,
            "why_not": "" if open_now else decision.reason,
            "supports": queries.supports(idea, actor),
            "known": actor is not None,
            **_for_person(idea, actor),
            "pictures": list(idea.pictures.defer("data")),
            "map": maps.svg(drawn, [maps.Mark(idea.geometry, idea.title)], _("Wo das ist"))
            if drawn and idea.geometry
            else "",
            "credit": maps.credit(drawn) if drawn else "",
            "merged_into": idea.merged_into,
            "merged_path": languages.local_path(idea.merged_into.subject.path) if idea.merged_into else "",
            "merged_from": merged_from,
            "co_authors": components.authors(idea),
        }
    )
    response = render(request, "ideas/idea.html", context)
    cache.until(response, time_rules.next_change(idea.module.phases.all(), clock.now()))
    return response


def _for_person(idea: Contribution, actor: Actor | None) -> dict[str, Any]:
    """What only those see who wrote the idea, who moderate it, or who may carry their support over."""
    if actor is None:
        return {}
    found: dict[str, Any] = {"may_carry": False}
    if idea.merged_into is not None:
        heir = merging.heir(idea)
        if heir is not None and queries.supports(idea, actor) and not queries.supports(heir, actor):
            decision = supports.may(actor, heir, clock.now())
            found |= {"may_carry": bool(decision), "why_not_carry": decision.reason}
    else:
        found["is_author"] = bool(merging.may_propose(actor, idea))
        if found["is_author"]:
            either = Q(source=idea) | Q(target=idea)
            rows = Merge.objects.filter(either, state=Merge.State.ASKED).select_related("source__subject")
            found["asked"] = rows.first()
    return found


def shown_idea(public_id: str) -> Contribution:
    """A public idea; 404 for everything else."""
    found = house.shown(public_id)
    if found.kind != Kind.IDEA or found.module is None or found.subject.restricted:
        raise Http404
    return found


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def support(request: HttpRequest, public_id: str) -> HttpResponse:
    """Stand behind an idea, or take it back."""
    idea = shown_idea(public_id)
    assert idea.module is not None
    actor: Actor = request.actor  # type: ignore[attr-defined]
    back = languages.local_path(idea.subject.path)
    decision = supports.may(actor if actor.is_somebody else SOMEBODY, idea, clock.now())
    if not decision and decision.step_up != "login":
        return closed_page(request, idea.module, decision, _("Unterstützen"))
    form = None
    if not actor.is_somebody:
        need = access.can(SOMEBODY, "support", idea.module, clock.now())
        if not need:
            return closed_page(request, idea.module, need, _("Unterstützen"))
        form = GuestSupportForm(request.POST or None)
    if request.method == "POST":
        try:
            if form is None:
                _toggle(request, actor, idea)
                return HttpResponseRedirect(back)
            if form.is_valid():
                client = client_of(request)
                actions.request_support(idea, form.cleaned_data["email"], client=client)
                return HttpResponseRedirect(reverse("accounts:check_mail"))
        except Refused as error:
            return closed_page(request, idea.module, error.decision, _("Unterstützen"))
        except DomainError as error:
            assert form is not None
            show(form, error)
    context = {
        "idea": idea,
        "form": form,
        "supports": queries.supports(idea, actor),
        "back": back,
        "login": f"{reverse('account_login')}?next={request.path}",
    }
    return render(request, "ideas/support.html", context, status=422 if form is not None and form.is_bound else 200)


def _toggle(request: HttpRequest, actor: Actor, idea: Contribution) -> None:
    if request.POST.get("was") == "zurueck":
        if supports.withdraw(actor, idea):
            messages.info(request, _("Ihre Unterstützung ist zurückgenommen."))
    elif supports.add(actor, idea):
        messages.success(request, _("Danke. Sie unterstützen diese Idee jetzt."))


@require_safe
def picture(request: HttpRequest, public_id: str, place: int) -> HttpResponse:
    """`…/bild/0.jpg`: public with its idea; of a draft for those who write it."""
    found = Picture.objects.filter(idea__subject__public_id=public_id, place=place).first()
    if found is None:
        raise Http404
    idea = participation.contribution(public_id)
    assert idea is not None
    if idea.draft:
        actor: Actor = request.actor  # type: ignore[attr-defined]
        if not (access.is_author(actor, idea) or access.writes_along(actor, idea)):
            raise Http404
    else:
        shown_idea(public_id)
    response = HttpResponse(bytes(found.data), content_type="image/jpeg")
    if idea.draft:
        cache.never(response)
    else:
        response["Cache-Control"] = "public, max-age=60"
    return response
