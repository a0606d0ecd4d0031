"""Proposing an idea: the form with its map, what is similar, drafts."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from mitstadt.accounts import drafts
from mitstadt.accounts.actor import Actor
from mitstadt.accounts.views.common import client_of
from mitstadt.comments.permissions import SOMEBODY
from mitstadt.kit import cache, clock, languages
from mitstadt.kit.errors import DomainError, show
from mitstadt.participation import access, picking
from mitstadt.participation import queries as participation
from mitstadt.participation.actions import contributions
from mitstadt.participation.models import Contribution, Module
from mitstadt.participation.views import modules
from mitstadt.participation.views.modules import closed_page, step_up

from . import actions, components, queries
from .actions import Words
from .forms import GuestIdeaForm, IdeaForm

FORMAT = "ideas"
TOO_BIG = 15 * 1024 * 1024


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
    """`…/karte.svg?ort=11.58,48.13`"""
    modules.shown(public_id, FORMAT, request)
    return picking.image(request)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@modules.keeps_text
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
    placing = data is not None and picking.click(data, "geometry")
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
    context.update(
        {
            "module": module,
            "process": module.process,
            "form": form,
            "closed": decision.reason,
            "way": step_up(decision, request.get_full_path()) if not decision else None,
            "back": languages.local_path(module.subject.path),
            "login": f"{reverse('account_login')}?next={request.path}",
            "pick": picking.picker(
                "geometry", form["geometry"].value(), reverse("ideas:image", args=[module.subject.public_id])
            ),
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
    return {
        "title": draft.title,
        "text": draft.text,
        "category": str(draft.category_id or ""),
        "district": str(draft.district.number) if draft.district is not None else "",
        "place": draft.place,
        "geometry": json.dumps(draft.geometry) if draft.geometry else "",
        "draft": draft.subject.public_id,
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
            client = client_of(request)
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
