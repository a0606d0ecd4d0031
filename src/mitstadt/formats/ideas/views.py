"""The list with its map, the form, standing behind an idea, its page."""

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

from mitstadt.accounts import drafts
from mitstadt.accounts.actor import Actor
from mitstadt.comments.permissions import SOMEBODY
from mitstadt.geo import queries as geo
from mitstadt.kit import cache, clock, languages
from mitstadt.kit import components as ui
from mitstadt.kit.errors import DomainError, Refused, show
from mitstadt.participation import access
from mitstadt.participation import queries as participation
from mitstadt.participation import rules as time_rules
from mitstadt.participation.actions import contributions, supports
from mitstadt.participation.models import Contribution, Kind, Module
from mitstadt.participation.views import contributions as house
from mitstadt.participation.views import modules
from mitstadt.participation.views.modules import closed_page, context_of, reader, step_up

from . import actions, components, maps, merging, queries, rules
from .actions import Words
from .forms import GuestIdeaForm, GuestSupportForm, IdeaForm
from .models import Merge, Picture
from .queries import Filters

FORMAT = "ideas"
TOO_BIG = 15 * 1024 * 1024


# -- the list ------------------------------------------------------------------------------------------------------
@require_GET
def ideas(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/beteiligung/ideen/<id>/?kategorie=4&bezirk=9&zustand=offen&sortierung=neu&ansicht=karte&seite=2`"""
    module = modules.shown(public_id, FORMAT, request)
    actor: Actor | None = reader(request)
    now, today = clock.now(), clock.today()
    filters, categories, districts = _filters(request, module)
    threshold = actions.threshold_of(module)
    found = queries.listed(module, filters, today)
    total = found.count()
    pages = max(1, -(-total // queries.PAGE))
    asked = request.GET.get("seite", "1")
    page = min(pages, max(1, int(asked) if asked.isdecimal() and len(asked) < 6 else 1))
    rows = list(found.values(*queries.FIELDS)[(page - 1) * queries.PAGE : page * queries.PAGE])
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
            "categories": [(str(c.pk), c.name) for c in categories],
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
        context.update(_map_of(drawn, rows, found))
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
    """What the address asks for; anything unknown means everything. Two queries."""
    categories, districts = list(module.categories.all()), geo.choices()
    category, district = request.GET.get("kategorie", ""), request.GET.get("bezirk", "")
    state, sort = request.GET.get("zustand", ""), request.GET.get("sortierung", "")
    return (
        Filters(
            category=int(category) if category in {str(c.pk) for c in categories} else None,
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


@require_GET
def similar(request: HttpRequest, public_id: str) -> HttpResponse:
    """`…/aehnlich/?title=…&text=…`: what is shown below the form while somebody types."""
    module = modules.shown(public_id, FORMAT, request)
    text = f"{request.GET.get('title', '')} {request.GET.get('text', '')}"[:2000]
    found = components.alike(queries.similar(module, text)) if len(text.strip()) > 3 else []
    response = render(request, "ideas/_similar.html", {"similar": found})
    cache.never(response)
    return response


@require_safe
def image(request: HttpRequest, public_id: str) -> HttpResponse:
    """`…/karte.svg?ort=11.58,48.13`: the city as a picture to click on."""
    modules.shown(public_id, FORMAT, request)
    drawn = maps.current()
    if drawn is None:
        raise Http404
    geometry = None
    try:
        longitude, latitude = (float(part) for part in request.GET.get("ort", "").split(",")[:2])
        if drawn.bounds.holds((longitude, latitude)):
            geometry = {"type": "Point", "coordinates": [longitude, latitude]}
    except ValueError:
        pass
    return HttpResponse(maps.image(drawn, geometry), content_type="image/svg+xml")


# -- proposing -----------------------------------------------------------------------------------------------------
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, public_id: str) -> HttpResponse:
    """`…/vorschlagen/`, `…/vorschlagen/?entwurf=<id>`"""
    module = modules.shown(public_id, FORMAT)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST" and not actor.is_somebody and "email" not in request.POST:
        return drafts.login_to_continue(request)  # the form was shown to somebody whose login ran out meanwhile
    decision = access.can(actor if actor.is_somebody else SOMEBODY, "propose", module, clock.now())
    draft = _draft(actor, module, request.POST.get("draft", "") or request.GET.get("entwurf", ""))
    if not decision and request.method != "POST" and draft is None:
        return closed_page(request, module, decision, _("Idee vorschlagen"))
    kind = IdeaForm if actor.is_somebody else GuestIdeaForm
    initial = {**(_initial(draft) if draft is not None else {}), **drafts.restore(request)}
    data = request.POST.copy() if request.method == "POST" else None
    keeping = data is not None and "keep" in data and actor.user_id is not None
    placing = data is not None and _place_click(data)
    files = request.FILES if request.method == "POST" else None
    form = kind(data, files, module=module, pictures=actor.user_id is not None, initial=initial)
    for name in ("title", "text"):
        form.fields[name].required = not keeping
    context: dict[str, Any] = {"similar": [], "draft": draft}
    if data is not None and not placing:
        answer = _send(request, actor, module, form, draft, keeping, context)
        if answer is not None:
            return answer
    for name in ("title", "text"):  # a draft may wait for them, but nobody is to read that they are optional
        form.fields[name].required = True
    if placing:
        form.errors.clear()
        context["placed"] = True
    drawn = maps.current()
    context.update(
        {
            "module": module,
            "process": module.process,
            "form": form,
            "closed": decision.reason,
            "way": step_up(decision, request.get_full_path()) if not decision else None,
            "back": languages.local_path(module.subject.path),
            "login": f"{reverse('account_login')}?next={request.path}",
            "map": drawn,
            "drawn": _drawn(drawn, form) if drawn is not None else "",
            "image": _image(drawn, module, form) if drawn is not None else None,
            "credit": maps.credit(drawn) if drawn is not None else "",
            "pictures": list(context["draft"].pictures.defer("data")) if context["draft"] is not None else [],
            "may_draft": actor.user_id is not None,
        }
    )
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "ideas/propose.html", context, status=status)


def _draft(actor: Actor, module: Module, public_id: str) -> Contribution | None:
    if not public_id or actor.user_id is None:
        return None
    found = participation.contribution(public_id)
    if found is None or not found.draft or found.removed_at is not None or found.module_id != module.pk:
        return None
    return found if access.is_author(actor, found) or access.writes_along(actor, found) else None


def _initial(draft: Contribution) -> dict[str, Any]:
    import json

    return {
        "title": draft.title,
        "text": draft.text,
        "category": str(draft.category_id or ""),
        "district": str(draft.district.number) if draft.district is not None else "",
        "place": draft.place,
        "geometry": json.dumps(draft.geometry) if draft.geometry else "",
        "draft": draft.subject.public_id,
    }


def _place_click(data: Any) -> bool:
    """A click on the image button, which works without JavaScript: its pixels become the point in the form."""
    x, y = data.get("karte.x", ""), data.get("karte.y", "")
    if not (x.isdecimal() and y.isdecimal() and len(x) < 5 and len(y) < 5) or (x, y) == ("0", "0"):
        return False  # 0, 0 is what the return key sends
    drawn = maps.current()
    if drawn is None:
        return False
    longitude, latitude = drawn.bounds.position(int(x), int(y), maps.IMAGE_WIDTH)
    data["geometry"] = f'{{"type":"Point","coordinates":[{longitude},{latitude}]}}'
    return True


def _geometry(drawn: maps.Map, form: IdeaForm) -> dict[str, Any] | None:
    try:
        return rules.geometry(str(form["geometry"].value() or ""), drawn.bounds)
    except rules.BadPlace:
        return None


def _drawn(drawn: maps.Map, form: IdeaForm) -> Any:
    geometry = _geometry(drawn, form)
    marks = [maps.Mark(geometry, _("Ihr Ort"))] if geometry else []
    return maps.svg(drawn, marks, _("Karte der Stadt"))


def _image(drawn: maps.Map, module: Module, form: IdeaForm) -> dict[str, Any]:
    geometry = _geometry(drawn, form)
    at = rules.middle(geometry) if geometry else None
    address = reverse("ideas:image", args=[module.subject.public_id])
    return {
        "src": f"{address}?ort={at[0]},{at[1]}" if at else address,
        "width": maps.IMAGE_WIDTH,
        "height": maps.image_height(drawn),
    }


def _send(
    request: HttpRequest,
    actor: Actor,
    module: Module,
    form: IdeaForm,
    draft: Contribution | None,
    keep: bool,
    context: dict[str, Any],
) -> HttpResponse | None:
    """What a sent form leads to; None to show it again, with what was typed."""
    if not form.is_valid():
        return None
    data = form.cleaned_data
    words = Words(
        data["title"],
        data["text"],
        form.categories.get(data.get("category") or ""),
        data["district"],
        data["place"],
        data["geometry"],
    )
    try:
        upload = _upload(request, data)
        if not keep:
            contributions.checked(words.title, words.text)
        if keep or (upload is not None and actor.user_id is not None):
            draft = _kept(actor, module, words, draft, data["key"])
            context["draft"] = draft
            form.data["draft"] = draft.subject.public_id  # type: ignore[index]
            if upload is not None:
                actions.add_picture(actor, draft, upload, data["words"])
                form.data["words"] = ""  # type: ignore[index]
        if keep:
            assert draft is not None
            drafts.done(request)
            messages.success(request, _("Ihr Entwurf ist aufgehoben. Nur Sie sehen ihn."))
            return HttpResponseRedirect(f"{request.path}?entwurf={draft.subject.public_id}")
        if not data["seen"]:
            context["similar"] = components.alike(queries.similar(module, f"{words.title} {words.text}"))
            if context["similar"]:
                form.data["seen"] = "1"  # type: ignore[index]
                return None
        if not actor.is_somebody:
            client = request.META.get("REMOTE_ADDR", "")
            actions.request_from_guest(module, words, data["email"], name=data["name"], key=data["key"], client=client)
            return HttpResponseRedirect(reverse("accounts:check_mail"))
        idea = (
            actions.publish(actor, draft, words)
            if draft is not None
            else actions.propose(actor, module, words, key=data["key"])
        )
    except DomainError as error:
        show(form, error)
        return None
    drafts.done(request)
    if idea.held:
        messages.info(request, _("Danke. Ihre Idee wird kurz angesehen, bevor sie erscheint."))
        return HttpResponseRedirect(languages.local_path(module.subject.path))
    messages.success(request, _("Danke. Ihre Idee ist jetzt öffentlich."))
    return HttpResponseRedirect(languages.local_path(idea.subject.path))


def _upload(request: HttpRequest, data: dict[str, Any]) -> bytes | None:
    """The picture's bytes, checked. Raises DomainError (field ``picture``, ``words``)."""
    found = data.get("picture")
    if found is None:
        return None
    if found.size > TOO_BIG:
        raise DomainError(_("Das Bild ist größer als 15 MB. Bitte verkleinern Sie es."), field="picture")
    content: bytes = found.read()
    actions.checked_picture(content, data["words"])
    return content


def _kept(actor: Actor, module: Module, words: Words, draft: Contribution | None, key: str) -> Contribution:
    if draft is not None:
        return actions.change_draft(actor, draft, words)
    made = actions.propose(actor, module, words, draft=True, key=key)
    found = participation.contribution(made.subject.public_id)
    assert found is not None
    return found


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
        found["may_carry"] = queries.supports(idea, actor) and not queries.supports(idea.merged_into, actor)
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
                client = request.META.get("REMOTE_ADDR", "")
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
