"""The live part as people see it: joining by code, asking and voting on the phone, the wall. Never kept, never cached.

Everything is a form that works without JavaScript; with it, the list renews itself, and only when something changed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mitstadt.accounts import drafts, limits
from mitstadt.accounts.actor import Actor
from mitstadt.accounts.views.common import client_of
from mitstadt.kit import clock, languages
from mitstadt.kit import qr as kit_qr
from mitstadt.kit.errors import DomainError, show
from mitstadt.kit.ids import new_id
from mitstadt.participation.views import modules

from . import access, components, identity, questions
from .identity import Voter
from .models import Live

WRONG_CODES = (30, 600)
MODES = {"hell": "light", "dunkel": "dark"}
ON_THE_WALL = 5


class CodeForm(forms.Form):
    """The code on the wall."""

    code = forms.CharField(
        label=gettext_lazy("Code von der Wand"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        help_text=gettext_lazy("Sechs Zeichen. Groß oder klein ist gleich."),
        error_messages={"required": gettext_lazy("Bitte geben Sie den Code ein, der im Raum zu sehen ist.")},
    )


class AskForm(forms.Form):
    """A question. `key` makes a double tap one question."""

    text = forms.CharField(
        label=gettext_lazy("Ihre Frage"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": questions.LIMIT}),
        help_text=gettext_lazy("Höchstens 300 Zeichen. Kurze Fragen werden eher beantwortet."),
        error_messages={"required": gettext_lazy("Bitte schreiben Sie Ihre Frage, bevor Sie abschicken.")},
    )
    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=60)
    key = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False, initial=new_id)


def of_live(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the view the live part and who this is."""

    @wraps(view)
    def found(request: HttpRequest, code: str, **more: Any) -> HttpResponse:
        live = questions.find(code)
        if live is None:
            raise Http404(_("Diesen Code gibt es nicht, oder der Termin ist nicht öffentlich."))
        if not access.visible(live.meeting):
            raise modules.Unpublished(_("Dieser Termin ist nicht veröffentlicht."))
        return view(request, live, identity.voter_of(request, live), **more)

    return never_cache(found)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """`/beteiligung/treffen/live/`: type the code."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        live = questions.find(form.cleaned_data["code"])
        if live is not None and access.visible(live.meeting):
            return HttpResponseRedirect(reverse("meeting:live", args=[live.code]))
        times, seconds = WRONG_CODES
        if limits.hit("meeting.code", client_of(request), times=times, seconds=seconds):
            form.add_error("code", _("Diesen Code gibt es nicht. Bitte vergleichen Sie ihn mit dem an der Wand."))
        else:
            form.add_error("code", _("Das waren viele Versuche in kurzer Zeit. Bitte warten Sie etwas."))
    return render(request, "meeting/live/join.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@modules.keeps_text
@of_live
def room(request: HttpRequest, live: Live, voter: Voter) -> HttpResponse:
    """`/beteiligung/treffen/live/<code>/`: ask, and vote for what others ask."""
    form = AskForm(request.POST or None, initial=drafts.restore(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = questions.ask(
                live,
                voter,
                data["text"],
                data["name"],
                actor=_actor(request),
                key=data["key"],
                client=client_of(request),
            )
        except DomainError as error:
            show(form, error)
        else:
            if made.state == made.State.HELD:
                why = " ".join(made.findings)
                text = _("Danke. Ihre Frage sieht sich zuerst die Moderation an. %(why)s") % {"why": why}
                messages.info(request, text.strip())
            else:
                messages.success(request, _("Danke. Ihre Frage steht in der Liste."))
            drafts.done(request)
            answer = HttpResponseRedirect(_room(live, request))
            identity.remember(answer, live, voter)
            return answer
    decision = questions.may_ask(live, clock.now())
    context = {
        "live": live,
        "meeting": live.meeting,
        "form": form,
        "closed": decision.reason,
        "code": questions.written_code(live.code),
        "back": languages.local_path(live.meeting.subject.path),
        "list": _list(request, live, voter, renewed=False),
        "still": "ruhig" in request.GET,
        "known": _actor(request).is_somebody,
    }
    response = render(request, "meeting/live/room.html", context, status=422 if form.errors else 200)
    identity.remember(response, live, voter)
    return response


def _room(live: Live, request: HttpRequest) -> str:
    return reverse("meeting:live", args=[live.code]) + ("?ruhig" if "ruhig" in request.GET else "")


def _list(request: HttpRequest, live: Live, voter: Voter, *, renewed: bool = True) -> SafeString:
    """The questions as this device sees them. Four queries. `renewed` where they replace a list on an open page."""
    decision = questions.may_ask(live, clock.now())
    return components.live_list(
        live,
        shown=questions.shown(live.meeting),
        done=questions.done(live.meeting),
        waiting=questions.own_waiting(live.meeting, voter),
        voted=questions.voted(live.meeting, voter),
        asker=voter.device,
        may_vote=bool(decision),
        over=decision.reason if renewed else "",
        token=get_token(request),
        still="ruhig" in request.GET,
    )


@require_GET
@of_live
def listing(request: HttpRequest, live: Live, voter: Voter) -> HttpResponse:
    """The list alone, for htmx; 204 while nothing is new since ``?v=``."""
    if request.GET.get("v") == components.version_of(live, bool(questions.may_ask(live, clock.now()))):
        return HttpResponse(status=204)
    return HttpResponse(_list(request, live, voter))


@require_POST
@of_live
def vote(request: HttpRequest, live: Live, voter: Voter, question: str) -> HttpResponse:
    """Vote, or take it back (``verb`` down). A browser without our cookie cannot be counted once: it is told so."""
    partial = request.headers.get("HX-Request") == "true"
    try:
        if voter.is_new:
            raise DomainError(_("Bitte stimmen Sie noch einmal: Ihr Browser braucht dafür ein Cookie."))
        questions.vote(live, voter, question, up=request.POST.get("verb") != "down", client=client_of(request))
    except DomainError as error:
        if not partial:
            messages.error(request, error.message)
    live.refresh_from_db(fields=["version", "closed_at"])
    response = (
        HttpResponse(_list(request, live, voter))
        if partial
        else HttpResponseRedirect(f"{_room(live, request)}#frage-{question}")
    )
    identity.remember(response, live, voter)
    return response


@never_cache
@require_POST
def leave(request: HttpRequest, code: str) -> HttpResponse:
    """Leave on a shared device: the next person is somebody else."""
    response = HttpResponseRedirect(reverse("meeting:join"))
    identity.forget(response)
    messages.success(request, _("Dieses Gerät ist frei für die nächste Person."))
    return response


# -- the wall --------------------------------------------------------------------------------------------------
def address_of(live: Live) -> str:
    """What the QR picture leads to."""
    return settings.MITSTADT_BASE_URL.rstrip("/") + reverse("meeting:live", args=[live.code])


def qr(address: str) -> SafeString:
    """The address as a picture."""
    return kit_qr.svg(address, "mt-qr")


def wall_context(live: Live) -> dict[str, Any]:
    shown = questions.shown(live.meeting, ON_THE_WALL + 1)
    current = next((found for found in shown if found.current), None)
    rest = [found for found in shown if found is not current]
    decision = questions.may_ask(live, clock.now())
    return {
        "live": live,
        "meeting": live.meeting,
        "current": current,
        "rest": rest[:ON_THE_WALL],
        "more": max(0, questions.count_open(live.meeting) - (1 if current else 0) - ON_THE_WALL),
        "closed": decision.reason,
        "version": components.version_of(live, bool(decision)),
    }


def _join_context(live: Live) -> dict[str, Any]:
    return {
        "code": questions.written_code(live.code),
        "where": settings.MITSTADT_BASE_URL.partition("://")[2].rstrip("/") + reverse("meeting:join").rstrip("/"),
        "qr": qr(address_of(live)),
    }


@require_GET
@of_live
def wall(request: HttpRequest, live: Live, voter: Voter) -> HttpResponse:
    """`…/wand/?farbe=dunkel`: huge type for the beamer, with the code and its picture. Anybody with the code may.

    With ``neu`` it reloads itself every ten seconds, for browsers without JavaScript.
    """
    chosen = request.GET.get("farbe", "")
    context = {
        **wall_context(live),
        **_join_context(live),
        "mode": MODES.get(chosen, ""),
        "chosen": chosen if chosen in MODES else "",
        "reloads": "neu" in request.GET,
    }
    response = render(request, "meeting/live/wall.html", context)
    if context["reloads"]:
        response["Refresh"] = "10"
    return response


@require_GET
@of_live
def wall_content(request: HttpRequest, live: Live, voter: Voter) -> HttpResponse:
    """What changes on the wall, for htmx; 204 while nothing is new."""
    context = wall_context(live)
    if request.GET.get("v") == context["version"]:
        return HttpResponse(status=204)
    context |= {**_join_context(live), "partial": True}
    return render(request, "meeting/live/_wall.html", context)
