"""`/methoden/fragen/`: questions and the answers that hold. `/methoden/vorschlaege/`: formats that people miss."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mitstadt.accounts import drafts, guests
from mitstadt.accounts.actor import Actor
from mitstadt.accounts.views.common import client_of
from mitstadt.comments import queries as comments
from mitstadt.kit import components as ui
from mitstadt.kit import languages, mixed
from mitstadt.kit.errors import DomainError, Refused, show
from mitstadt.toolkit import answers, components, suggesting
from mitstadt.toolkit.forms import GuestSuggestForm, SuggestForm
from mitstadt.toolkit.models import Knowledge, Suggestion

STATES = ("", "offen", "beantwortet")


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


# -- questions ----------------------------------------------------------------------------------------------------
@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """`/methoden/fragen/?zeigen=offen`: four queries, however many there are. Nothing personal in it."""
    state = request.GET.get("zeigen", "")
    state = state if state in STATES else ""
    known = answers.figures()
    words = {"": _("Alle"), "offen": _("Ohne angenommene Antwort"), "beantwortet": _("Mit angenommener Antwort")}
    counts = {"": known["all"], "offen": known["all"] - known["answered"], "beantwortet": known["answered"]}
    talk = Knowledge.objects.filter(type=Knowledge.Type.TALK, live=True).select_related("subject").first()
    return render(
        request,
        "toolkit/questions.html",
        {
            "figures": known,
            "options": [
                ui.Option(words[key], ui.with_query({}, zeigen=key or None), key == state, counts[key])
                for key in STATES
            ],
            "questions": [_question(row) for row in answers.listed(state)],
            "ask": reverse("comments:add", args=[talk.subject.public_id]) if talk is not None else "",
        },
    )


def _about(row: dict[str, Any]) -> str:
    """What a question is about, in the reader's language."""
    german = row["about__title"]
    for kind in ("method", "combination"):
        if row[f"about__{kind}__name_en"]:
            outdated = "name" in row[f"about__{kind}__outdated_en"]
            return mixed.said(german, "" if outdated else row[f"about__{kind}__name_en"])
    return mixed.written_in(german, row["about__knowledge__language"] or "de")


def _question(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "text": row["text"],
        "language": row["language"],
        "path": languages.local_path(row["subject__path"]),
        "about": _about(row),
        "about_path": languages.local_path(row["about__path"]),
        "who": row["author_label"] or _("Ohne Namen"),
        "at": row["created_at"],
        "is_example": row["is_example"],
        "replies": row["reply_count"],
        "answer": row["accepted_answer__comment__text"] if row["holds"] else "",
        "answer_language": row["accepted_answer__comment__language"],
        "label": row["accepted_answer__label"],
        "accepted_at": row["accepted_answer__at"],
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/methoden/antwort/…/`: say that an answer holds, or that it no longer does."""
    actor = _actor(request)
    if not actor.is_known:
        return drafts.login_to_continue(request)
    comment = comments.find(public_id)
    if comment is None or comment.about.kind not in answers.KINDS:
        raise Http404
    decision = answers.may_accept(actor, comment)
    if request.method == "POST":
        try:
            if request.POST.get("accept") == "1":
                answers.accept(actor, comment)
                messages.success(request, _("Die Antwort ist angenommen. Das steht jetzt bei ihr."))
            else:
                answers.take_back(actor, comment)
                messages.success(request, _("Die Antwort ist nicht mehr angenommen."))
        except Refused as error:
            return _closed(request, error.message)
        return redirect(languages.local_path(comment.subject.path))
    if not decision:
        return _closed(request, decision.reason)
    context = {
        "question": comment.parent,
        "question_lang": components.lang(comment.parent.language if comment.parent is not None else ""),
        "answer": comment,
        "answer_lang": components.lang(comment.language),
        "accepted": hasattr(comment, "accepted"),
        "other": answers.holding().filter(question=comment.parent_id).exclude(comment=comment).exists(),
        "voice": answers.voice_of(actor),
        "back": languages.local_path(comment.subject.path),
    }
    return render(request, "toolkit/accept.html", context)


def _closed(request: HttpRequest, reason: str) -> HttpResponse:
    return render(request, "toolkit/closed.html", {"reason": reason}, status=403)


# -- suggestions --------------------------------------------------------------------------------------------------
@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """`/methoden/vorschlaege/`: what moderation has read. One query."""
    cards = [
        ui.card(
            mixed.written_in(found.name, found.language),
            languages.local_path(found.get_absolute_url()),
            mixed.written_in(found.text if len(found.text) < 200 else found.text[:199].rstrip() + "…", found.language),
            ui.meta(
                ui.day(found.created_at),
                _("im Katalog") if suggesting.in_catalogue(found) else "",
                ui.example(found.subject.is_example),
            ),
        )
        for found in suggesting.public()[:100]
    ]
    return render(request, "toolkit/suggestions.html", {"cards": cards})


def _made_into(found: Suggestion) -> tuple[str, str] | None:
    """Short name and name of the public entry that came of it."""
    if found.made_into is None or not suggesting.in_catalogue(found):
        return None
    return found.made_into.slug, components.name(found.made_into)


@require_safe
def suggestion(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/methoden/vorschlaege/…/`"""
    found = suggesting.public().filter(subject__public_id=public_id).first()
    if found is None:
        raise Http404(_("Diesen Vorschlag gibt es hier nicht."))
    context = {
        "suggestion": found,
        "subject": found.subject,
        "method": _made_into(found),
        "lang": components.lang(found.language),
    }
    return render(request, "toolkit/suggestion.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def suggest(request: HttpRequest) -> HttpResponse:
    """`/methoden/vorschlagen/`: anybody; without an account the address is confirmed first."""
    actor = _actor(request)
    kind: type[forms.Form] = SuggestForm if actor.is_somebody else GuestSuggestForm
    if request.method == "POST" and not actor.is_somebody and "email" not in request.POST:
        return drafts.login_to_continue(request)  # the form was shown to somebody whose login ran out meanwhile
    form = kind(request.POST if request.method == "POST" else None, initial=drafts.restore(request))
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            if actor.is_somebody:
                made = suggesting.suggest(actor, data, key=data["key"])
                drafts.done(request)
                messages.success(request, _("Danke für Ihren Vorschlag."))
                return redirect(languages.local_path(suggesting.own_path(made)))
            suggesting.request_from_guest(
                data["email"],
                data,
                author_name=data["author_name"],
                key=data["key"],
                client=client_of(request),
            )
            return redirect("accounts:check_mail")
        except DomainError as error:
            show(form, error)
    return render(request, "toolkit/suggest.html", {"form": form}, status=422 if form.is_bound else 200)


@login_required
@never_cache
@require_safe
def own_suggestions(request: HttpRequest) -> HttpResponse:
    """`/methoden/vorschlaege/meine/`: what I suggested and how it stands. One query."""
    rows = [
        (
            mixed.written_in(found.name, found.language) if found.text else _(suggesting.WITHDRAWN),
            languages.local_path(suggesting.own_path(found)),
            suggesting.state(found),
            found.created_at,
        )
        for found in suggesting.of(_actor(request))[:100]
    ]
    return render(request, "toolkit/own_suggestions.html", {"rows": rows})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_suggestion(request: HttpRequest, token: str) -> HttpResponse:
    """`/methoden/vorschlaege/meine/…/`: see how one's own suggestion stands, and take it back while nobody decided.

    For an account only its own; for somebody without one the link is enough.
    """
    actor, found = _actor(request), suggesting.behind(token)
    if found is None:
        raise Http404(_("Diesen Vorschlag gibt es hier nicht."))
    if found.user_id is not None and found.user_id != actor.user_id:
        if actor.is_known:
            raise Http404(_("Diesen Vorschlag gibt es hier nicht."))
        return redirect(f"{reverse('account_login')}?next={request.path}")
    if request.method == "POST":
        try:
            suggesting.withdraw(guests.actor_of(found.guest) if found.guest is not None else actor, found)
            messages.success(request, _("Ihr Vorschlag ist zurückgezogen, der Text ist gelöscht."))
        except Refused as error:
            messages.error(request, error.message)
        return redirect(request.path)
    context = {
        "suggestion": found,
        "state": suggesting.state(found),
        "may_withdraw": suggesting.may_withdraw(found),
        "public": found.subject.is_public,
        "method": _made_into(found),
        "lang": components.lang(found.language),
    }
    return render(request, "toolkit/own_suggestion.html", context)
