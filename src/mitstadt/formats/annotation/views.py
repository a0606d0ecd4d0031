"""The text with its remarks, its versions, and the form to say something about its words."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from mitstadt.accounts import drafts
from mitstadt.accounts.actor import Actor
from mitstadt.accounts.views.common import client_of
from mitstadt.comments.permissions import SOMEBODY
from mitstadt.kit import cache, clock, languages
from mitstadt.kit import components as ui
from mitstadt.kit.errors import DomainError, show
from mitstadt.participation import access, rules
from mitstadt.participation.models import Contribution, Module
from mitstadt.participation.views import contributions as house
from mitstadt.participation.views import modules
from mitstadt.participation.views.modules import closed_page, context_of, reader, step_up

from . import actions, components, open_data, queries
from . import compare as comparing
from . import rules as text_rules
from .actions import PassageGone, Target
from .forms import GuestRemarkForm, RemarkForm, initial_words
from .models import Paragraph, Version
from .reading import HEADINGS

FORMAT = "annotation"


@require_GET
def text(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/beteiligung/text/<id>/?abschnitt=<key>&zeigen=offen`: the version that is public now."""
    module = modules.shown(public_id, FORMAT, request)
    known = queries.versions(module)
    return _text(request, module, known, next((entry for entry in known if entry.is_current), None))


@require_GET
def version(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """`/beteiligung/text/<id>/fassung/<number>/`: a version at its permanent address."""
    module = modules.shown(public_id, FORMAT, request)
    known = queries.versions(module)
    shown = next((entry for entry in known if entry.number == number), None)
    if shown is None:
        raise Http404(_("Diese Fassung gibt es nicht."))
    return _text(request, module, known, shown)


def _text(request: HttpRequest, module: Module, known: list[Version], shown: Version | None) -> HttpResponse:
    actor: Actor | None = reader(request)
    context = context_of(module, actor)
    context.update({"versions": known, "version": shown})
    if shown is not None:
        context.update(_page(request, module, shown, context, actor))
    response = render(request, "annotation/text.html", context)
    cache.until(response, rules.next_change(module.phases.all(), clock.now()))
    return response


def _page(
    request: HttpRequest, module: Module, shown: Version, context: dict[str, Any], actor: Actor | None
) -> dict[str, Any]:
    """What one version needs: its paragraphs, its remarks by filter, the ways through it."""
    paragraphs = queries.paragraphs(shown)
    which = request.GET.get("zeigen", "")
    me = (actor.user_id, actor.guest_id) if actor is not None else (None, None)
    every = queries.rows(shown)
    rows = every
    if which == "offen":
        rows = [row for row in every if not row["decision"]]
    elif which == "meine":
        user, guest = me
        rows = [row for row in every if (user and row["user_id"] == user) or (guest and row["guest_id"] == guest)]
    path = languages.local_path(module.subject.path)
    if not shown.is_current:
        path = languages.local_path(actions.path_of(shown))
    keys = {paragraph.pk: paragraph.key for paragraph in paragraphs}
    counts = Counter(keys[row["paragraph_id"]] for row in rows if row["how"] != text_rules.OUTDATED)
    start, end, spans = _part(paragraphs, request.GET.get("abschnitt", ""))
    only = next((p for p in paragraphs if p.key == request.GET.get("nur") and p.kind in HEADINGS), None)
    if only is not None:
        start, end = text_rules.section([paragraph.kind for paragraph in paragraphs], only.position)
    say = ""
    if shown.is_current and context["can"]["annotate"]:
        say = reverse("annotation:annotate", args=[module.subject.public_id, shown.number, "KEY"])
    page = components.Page(shown, paragraphs[start:end], rows, say=say, me=me)
    return {
        "page": page,
        "text": page.text(),
        "gone": page.gone() if page.outdated else "",
        "gone_count": len(page.outdated),
        "contents": components.contents(paragraphs, path, counts),
        "filters": _filters(path, which, every, actor),
        "count": len(every),
        "shown_count": len(rows),
        "which": which,
        "say": say,
        "only": only,
        "parts": [
            ui.Option(str(at + 1), f"{path}?abschnitt={paragraphs[a].key}", active=(a, b) == (start, end))
            for at, (a, b) in enumerate(spans)
        ],
        "text_path": path,
    }


def _part(paragraphs: list[Paragraph], wanted: str) -> tuple[int, int, list[tuple[int, int]]]:
    """(start, end, all parts) of the part in which the paragraph `wanted` stands."""
    spans = text_rules.parts([paragraph.kind for paragraph in paragraphs])
    at = next((paragraph.position for paragraph in paragraphs if paragraph.key == wanted), 0)
    start, end = next((span for span in spans if span[0] <= at < span[1]), spans[0])
    return start, end, spans


def _filters(path: str, which: str, rows: list[queries.Row], actor: Actor | None) -> list[ui.Option]:
    undecided = sum(1 for row in rows if not row["decision"])
    all_of_them, waiting = _("alle"), _("noch ohne Antwort")
    found = [
        ui.Option(f"{all_of_them} ({len(rows)})", path, active=which not in ("offen", "meine")),
        ui.Option(f"{waiting} ({undecided})", f"{path}?zeigen=offen", active=which == "offen"),
    ]
    if actor is not None:
        found.append(ui.Option(_("nur meine"), f"{path}?zeigen=meine", active=which == "meine"))
    return found


@require_GET
def compare(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/beteiligung/text/<id>/vergleich/?von=1&bis=2`: two versions side by side; the last two without more."""
    module = modules.shown(public_id, FORMAT, request)
    known = {str(entry.number): entry for entry in queries.versions(module)}
    numbers = list(known)
    after = known.get(request.GET.get("bis", ""), known[numbers[0]] if numbers else None)
    before = known.get(request.GET.get("von", ""), known[numbers[1]] if len(numbers) > 1 else after)
    context = {**context_of(module, reader(request)), "versions": list(known.values())}
    if before is not None and after is not None:
        found = comparing.rows(queries.paragraphs(before), queries.paragraphs(after))
        names = [_("Fassung %(n)s") % {"n": version.number} for version in (before, after)]
        context.update(
            {
                "before": before,
                "after": after,
                "summary": comparing.summary(found),
                "table": comparing.table(found, names[0], names[1]),
            }
        )
    return render(request, "annotation/compare.html", context)


@require_GET
def jsonld(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/beteiligung/text/<id>/anmerkungen.jsonld?seite=1`: the remarks as W3C Web Annotation."""
    module = modules.shown(public_id, FORMAT)
    page = request.GET.get("seite", "0")
    found = open_data.collection(module, int(page) if page.isdecimal() and len(page) < 7 else -1)
    if found is None:
        raise Http404(_("Diese Seite gibt es nicht."))
    return JsonResponse(
        found, content_type='application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"; charset=utf-8'
    )


# -- saying something ----------------------------------------------------------------------------------------------
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@modules.keeps_text
def annotate(request: HttpRequest, public_id: str, number: int, key: str) -> HttpResponse:
    """`/beteiligung/text/<id>/anmerken/<number>/<key>/?von=12&bis=30`: the form for one paragraph of a version."""
    module = modules.shown(public_id, FORMAT)
    paragraph = (
        Paragraph.objects.select_related("version")
        .filter(version__module=module, version__number=number, key=key)
        .first()
    )
    if paragraph is None:
        raise Http404(_("Diesen Absatz gibt es nicht."))
    actor: Actor = request.actor  # type: ignore[attr-defined]
    kind = RemarkForm if actor.is_somebody else GuestRemarkForm
    if request.method == "POST" and not actor.is_somebody and "email" not in request.POST:
        return drafts.login_to_continue(request)  # the form was shown to somebody whose login ran out meanwhile
    initial = {
        **initial_words(paragraph, request.GET.get("von", ""), request.GET.get("bis", "")),
        **drafts.restore(request),
    }
    decision = access.can(actor if actor.is_somebody else SOMEBODY, "annotate", module, clock.now())
    form = kind(request.POST if request.method == "POST" else None, paragraph=paragraph, initial=initial)
    gone = False
    if form.is_bound and form.is_valid():
        try:
            return _send(request, actor, module, paragraph, form)
        except PassageGone as error:
            gone = True
            form.add_error(None, error.message)
        except DomainError as error:
            show(form, error)
    in_place = request.headers.get("HX-Request") == "true"
    if not decision and not form.is_bound:
        return closed_page(request, module, decision, _("Etwas anmerken"))
    context = {
        "module": module,
        "process": module.process,
        "paragraph": paragraph,
        "version": paragraph.version,
        "form": form,
        "gone": gone,
        "way": step_up(decision, request.get_full_path()) if not decision else None,
        "back": f"{languages.local_path(module.subject.path)}?abschnitt={key}#p-{key}",
        "login": f"{reverse('account_login')}?next={request.get_full_path()}",
        "here": request.path,
        "in_place": in_place,
    }
    template = "annotation/_form.html" if in_place else "annotation/annotate.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


def _send(request: HttpRequest, actor: Actor, module: Module, paragraph: Paragraph, form: RemarkForm) -> HttpResponse:
    data = form.cleaned_data
    target = Target(paragraph.version.number or 0, paragraph.key, *data["range"])
    if not actor.is_somebody:
        actions.request_from_guest(
            module,
            target,
            data["email"],
            data["text"],
            name=data["name"],
            key=data["key"],
            client=client_of(request),
        )
        return HttpResponseRedirect(reverse("accounts:check_mail"))
    placed = actions.annotate(
        actor, module, target, data["text"], key=data["key"], outdated_too=request.POST.get("alt") == "ja"
    )
    drafts.done(request)
    (messages.info if placed.contribution.held or placed.moved else messages.success)(request, actions.said(placed))
    return HttpResponseRedirect(_address(module, placed))


def _address(module: Module, placed: actions.Placed) -> str:
    """Where the remark stands: its part of the text, at its anchor."""
    path = languages.local_path(module.subject.path)
    public_id = placed.contribution.subject.public_id
    anchor = placed.contribution.annotation.anchors.filter(version=placed.version).select_related("paragraph").first()
    if placed.contribution.held:
        return path
    if anchor is None or anchor.paragraph is None:
        return f"{path}#a-{public_id}"
    return f"{path}?abschnitt={anchor.paragraph.key}#a-{public_id}"


def detail(request: HttpRequest, contribution: Contribution) -> HttpResponse:
    """The page of one remark: the words it is about, where it stands in each version, what others answer."""
    annotation = getattr(contribution, "annotation", None)
    context: dict[str, Any] = house.context_of(contribution)
    if annotation is not None:
        anchors = list(annotation.anchors.select_related("version", "paragraph__about").order_by("version__number"))
        measure = next((a.paragraph.about for a in anchors if a.paragraph and a.paragraph.about), None)
        context.update(
            {
                "annotation": annotation,
                "measure": measure if measure is not None and measure.is_public else None,
                "measure_path": languages.local_path(measure.path) if measure is not None else "",
                "places": [
                    {
                        "version": anchor.version,
                        "word": anchor.get_how_display(),
                        "quote": anchor.paragraph.text[anchor.start : anchor.end] if anchor.paragraph else "",
                        "href": _place(contribution, anchor.version, anchor.paragraph),
                    }
                    for anchor in anchors
                ],
                "rates": any("rate" in phase.allows for phase in contribution.module.phases.all())
                if contribution.module is not None
                else False,
            }
        )
    return render(request, "annotation/remark.html", context)


def _place(contribution: Contribution, version: Version, paragraph: Paragraph | None) -> str:
    assert contribution.module is not None
    version.module = contribution.module
    path = contribution.module.subject.path if version.is_current else actions.path_of(version)
    part = f"?abschnitt={paragraph.key}" if paragraph is not None else ""
    return f"{languages.local_path(path)}{part}#a-{contribution.subject.public_id}"
