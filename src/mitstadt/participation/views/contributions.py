"""The page of one contribution, whatever its format, and one's own."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mitstadt.accounts import drafts
from mitstadt.accounts.actor import Actor
from mitstadt.kit import clock, languages, past
from mitstadt.kit.errors import DomainError, show
from mitstadt.participation import access, components, queries, registry, then
from mitstadt.participation.actions import contributions as actions
from mitstadt.participation.forms import WordsForm
from mitstadt.participation.models import Contribution, Kind


def shown(public_id: str) -> Contribution:
    """A public contribution; 404 for everything else. One that was withdrawn keeps its place without a text."""
    found = queries.contribution(public_id)
    if found is None or found.draft or found.held or not found.subject.published or not access.visible(found.process):
        raise Http404(_("Diesen Beitrag gibt es nicht, oder er ist nicht öffentlich."))
    return then.contribution_as_it_was(found)


@past.shown
@require_GET
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/beteiligung/beitrag/<id>/`: by its format's own page, else by the house's."""
    found = shown(public_id)
    if found.kind == Kind.COMMENT:
        return HttpResponsePermanentRedirect(languages.local_path(found.subject.path))
    made = registry.find(found.module.format) if found.module is not None else None
    if made is not None and made.detail is not None and not found.subject.restricted:
        response: HttpResponse = made.detail(request, found)
        return response
    return render(request, "participation/contribution.html", context_of(found))


def context_of(found: Contribution) -> dict[str, object]:
    """What every page of a contribution shows."""
    now = clock.now()
    return {
        "contribution": found,
        "subject": found.subject,
        "process": found.process,
        "process_path": languages.local_path(found.process.subject.path),
        "module_path": languages.local_path(found.module.subject.path) if found.module is not None else "",
        "who": components.own_label(found),
        "decision": components.decision_tag(found.assessment.decision),
        "hidden": found.subject.restricted,
        "links": components.links(found.subject),
        "now": now,
    }


def own_contribution(request: HttpRequest, public_id: str) -> tuple[Actor, Contribution] | HttpResponse:
    """The author's own contribution; strangers get 404, people who are not signed in the way to do so."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not actor.is_somebody:  # what was typed waits at the form, which alone can be opened after the login
        return drafts.login_to_continue(request, reverse("participation:own", args=[public_id]))
    found = queries.contribution(public_id)
    if found is None or found.kind == Kind.COMMENT or not access.is_author(actor, found):
        raise Http404
    return actor, found


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change one's own contribution."""
    opened = own_contribution(request, public_id)
    if isinstance(opened, HttpResponse):
        return opened
    actor, found = opened
    initial = {"title": found.title, "text": found.text, **drafts.restore(request)}
    form = WordsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit(
                actor,
                found,
                title=form.cleaned_data["title"] if found.has_own_title else found.title,
                text=form.cleaned_data["text"],
                needs_title=found.has_own_title,
            )
        except DomainError as error:
            show(form, error)
        else:
            drafts.done(request)
            messages.success(request, _("Geändert."))
            return HttpResponseRedirect(languages.local_path(found.subject.path))
    context = {
        "contribution": found,
        "form": form,
        "may_edit": actions.may_edit(actor, found, clock.now()),
        "back": languages.local_path(found.subject.path),
    }
    return render(request, "participation/own.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_POST
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take one's own contribution back."""
    opened = own_contribution(request, public_id)
    if isinstance(opened, HttpResponse):
        return opened
    actor, found = opened
    try:
        actions.withdraw(actor, found)
        messages.success(request, _("Ihr Beitrag ist zurückgezogen, der Text ist gelöscht."))
    except DomainError as error:
        messages.error(request, error.message)
    target = found.module.subject.path if found.module is not None else found.process.subject.path
    return HttpResponseRedirect(languages.local_path(target))
