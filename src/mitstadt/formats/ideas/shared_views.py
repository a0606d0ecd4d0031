"""Pages on which people agree: merging two ideas, carrying support over, writing one together."""

from __future__ import annotations

import re

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from mitstadt.accounts import drafts
from mitstadt.accounts.actor import Actor
from mitstadt.kit import languages
from mitstadt.kit.errors import DomainError, Refused, show
from mitstadt.participation import access
from mitstadt.participation import queries as participation
from mitstadt.participation.models import Contribution, Kind
from mitstadt.participation.views.modules import closed_page

from . import components, merging, queries, together
from .forms import MergeForm
from .models import Merge
from .views import shown_idea


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, public_id: str) -> HttpResponse:
    """`…/zusammenlegen/`: propose that this idea goes into another one."""
    idea = shown_idea(public_id)
    assert idea.module is not None
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not actor.is_somebody:
        return drafts.login_to_continue(request)
    form = MergeForm(request.POST or None)
    target = _target(form.cleaned_data["target"]) if form.is_bound and form.is_valid() else None
    decision = merging.may_propose(actor, idea, target)
    if not decision and request.method != "POST":
        return closed_page(request, idea.module, decision, _("Ideen zusammenlegen"))
    if form.is_bound and form.is_valid():
        try:
            if target is None:
                raise DomainError(_("Diese Idee finden wir nicht. Bitte kopieren Sie ihre Adresse."), field="target")
            made = merging.propose(actor, idea, target)
        except Refused as error:
            return closed_page(request, idea.module, error.decision, _("Ideen zusammenlegen"))
        except DomainError as error:
            show(form, error)
        else:
            made.refresh_from_db()
            done = made.state == Merge.State.DONE
            messages.success(
                request, _("Zusammengelegt.") if done else _("Danke. Wir haben alle gefragt, die dazu gehören.")
            )
            return HttpResponseRedirect(languages.local_path(idea.subject.path))
    open_one = idea.merges_out.filter(state=Merge.State.ASKED).first()
    context = {
        "idea": idea,
        "form": form,
        "similar": components.alike(queries.similar(idea.module, f"{idea.title} {idea.text}", without=idea.pk)),
        "open": open_one if open_one is not None and not merging.hindrance(open_one) else None,
        "back": languages.local_path(idea.subject.path),
    }
    return render(request, "ideas/merge.html", context, status=422 if form.is_bound else 200)


def _target(said: str) -> Contribution | None:
    """The public idea that an address or an id names."""
    found = re.search(r"([a-z0-9]{6,32})/?$", said.strip().split("?")[0].split("#")[0])
    if found is None:
        return None
    idea = participation.contribution(found.group(1))
    return idea if idea is not None and idea.kind == Kind.IDEA and idea.subject.is_public and not idea.draft else None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def merge_answer(request: HttpRequest, public_id: str, merge_id: str) -> HttpResponse:
    """`…/zusammenlegen/<id>/`: both ideas, and yes or no for those who wrote them."""
    idea = shown_idea(public_id)
    assert idea.module is not None
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not actor.is_somebody:
        return drafts.login_to_continue(request)
    found = (
        Merge.objects.select_related("source__subject", "target__subject")
        .filter(public_id=merge_id, source=idea)
        .first()
    )
    if found is None or not found.target.subject.is_public:
        raise Http404
    mine = merging.me(actor)
    own = found.consents.filter(**{f"{mine[0]}_id": mine[1]}).first() if mine is not None else None
    if own is None and not merging.may_propose(actor, idea, found.target):
        return closed_page(request, idea.module, merging.may_propose(actor, idea, found.target), _("Zusammenlegen"))
    if request.method == "POST":
        try:
            answered = merging.answer(actor, found, request.POST.get("antwort") == "ja")
        except Refused as error:
            return closed_page(request, idea.module, error.decision, _("Zusammenlegen"))
        except DomainError as error:
            messages.error(request, error.message)
        else:
            said = {
                Merge.State.DONE: _("Alle haben zugestimmt. Die Ideen sind jetzt zusammengelegt."),
                Merge.State.DECLINED: _("Beide Ideen bleiben für sich."),
                Merge.State.ASKED: _("Danke. Es fehlen noch Antworten von anderen."),
            }
            messages.success(request, said[Merge.State(answered.state)])
        return HttpResponseRedirect(languages.local_path(idea.subject.path))
    context = {
        "merge": found,
        "own": own,
        "ideas": [
            {
                "idea": side,
                "href": languages.local_path(side.subject.path),
                "said": components.supporters(side.support_count),
            }
            for side in (found.source, found.target)
        ],
        "hindrance": merging.hindrance(found) if found.state == Merge.State.ASKED else "",
        "waiting": found.consents.filter(said="").count(),
        "back": languages.local_path(idea.subject.path),
    }
    return render(request, "ideas/merge_answer.html", context)


@never_cache
@require_POST
def carry(request: HttpRequest, public_id: str) -> HttpResponse:
    """One click: one's support goes along to where the idea went."""
    idea = shown_idea(public_id)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not actor.is_somebody:
        return drafts.login_to_continue(request, languages.local_path(idea.subject.path))
    target = merging.heir(idea)
    try:
        if merging.carry(actor, idea):
            messages.success(request, _("Ihre Unterstützung zählt jetzt auch hier."))
    except DomainError as error:
        messages.error(request, error.message)
        target = None
    return HttpResponseRedirect(languages.local_path((target or idea).subject.path))


def _to_write(request: HttpRequest, public_id: str) -> Contribution:
    found = participation.contribution(public_id)
    if found is None or found.kind != Kind.IDEA or found.module is None or found.removed_at is not None:
        raise Http404
    return found


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def co_authors(request: HttpRequest, public_id: str) -> HttpResponse:
    """`…/mitschreiben/`: who writes along, a new invitation, leaving."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.user_id is None:
        return drafts.login_to_continue(request)
    idea = _to_write(request, public_id)
    is_author = access.is_author(actor, idea)
    if not is_author and not together.writes(actor, idea):
        raise Http404
    link = ""
    if request.method == "POST":
        try:
            if "leave" in request.POST and not is_author:
                together.leave(actor, idea)
                messages.info(request, _("Sie schreiben nicht mehr mit."))
                assert idea.module is not None
                return HttpResponseRedirect(languages.local_path(idea.module.subject.path))
            token = together.invite(actor, idea)
            link = request.build_absolute_uri(reverse("ideas:join", args=[public_id, token]))
        except DomainError as error:
            messages.error(request, error.message)
    context = {
        "idea": idea,
        "names": components.authors(idea),
        "is_author": is_author,
        "link": link,
        "days": together.DAYS,
    }
    context["back"] = _back(idea)
    return render(request, "ideas/together.html", context)


def _back(idea: Contribution) -> str:
    assert idea.module is not None
    if idea.draft:
        return f"{reverse('ideas:propose', args=[idea.module.subject.public_id])}?entwurf={idea.subject.public_id}"
    return languages.local_path(idea.subject.path)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """`…/mitschreiben/<token>/`: what one is invited to, and the yes. Nothing happens by opening it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.user_id is None:
        return drafts.login_to_continue(request)
    idea = _to_write(request, public_id)
    known = together.find(idea, token)
    if known is None:
        raise Http404(_("Diese Einladung gilt nicht mehr. Bitte lassen Sie sich eine neue schicken."))
    if request.method == "POST":
        try:
            together.accept(actor, idea, token)
        except DomainError as error:
            messages.error(request, error.message)
            return HttpResponseRedirect(request.path)
        messages.success(request, _("Sie schreiben jetzt mit."))
        return HttpResponseRedirect(_back(idea))
    return render(request, "ideas/join.html", {"idea": idea, "until": known.valid_until})
