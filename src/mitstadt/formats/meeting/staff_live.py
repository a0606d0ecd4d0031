"""The moderator's screen: who asks what, what the wall shows; and the answers afterwards."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mitstadt.accounts.actor import Actor
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError
from mitstadt.participation import access as processes
from mitstadt.participation.staff.doors import opens

from . import components, queries, questions
from .live import address_of, qr
from .models import Live, Meeting, Question

of_date = opens(queries.meeting, questions.may_moderate)


def _live(meeting: Meeting) -> Live:
    live = questions.of_meeting(meeting)
    if live is None:
        raise Http404
    return live


@require_http_methods(["GET", "HEAD", "POST"])
@of_date
def room(request: HttpRequest, actor: Actor, meeting: Meeting) -> HttpResponse:
    """``…/termin/<id>/live/``. POST: ``verb`` open (with ``review``) or close."""
    live = questions.of_meeting(meeting)
    if request.method == "POST":
        try:
            if request.POST.get("verb") == "close" and live is not None:
                questions.close_live(actor, live)
                messages.success(request, _("Die Fragerunde ist zu Ende. Die Fragen bleiben."))
            else:
                questions.open_live(actor, meeting, review="review" in request.POST)
                messages.success(request, _("Ab jetzt kann man fragen."))
        except DomainError as error:
            messages.error(request, error.message)
        return redirect("meeting_staff:live", meeting.subject.public_id)
    context: dict[str, Any] = {
        "meeting": meeting,
        "module": meeting.module,
        "process": meeting.module.process,
        "live": live,
        "manages": bool(processes.may_manage(actor, meeting.module.process)),
    }
    if live is not None:
        context |= {
            **_lists(meeting, live),
            "code": questions.written_code(live.code),
            "qr": qr(address_of(live)),
            "wall": reverse("meeting:wall", args=[live.code]),
            "closed": questions.may_ask(live, clock.now()).reason,
        }
    return render(request, "meeting/staff/live.html", context)


def _lists(meeting: Meeting, live: Live) -> dict[str, Any]:
    rows = list(meeting.questions.order_by("-current", "-pinned", "-votes", "pk")[:500])
    state = Question.State
    groups = [
        (state.HELD, _("Warten auf Sie")),
        (state.OPEN, _("Offen")),
        (state.DONE, _("Beantwortet")),
        (state.HIDDEN, _("Ausgeblendet")),
    ]
    return {
        "groups": [(key.value, label, [row for row in rows if row.state == key]) for key, label in groups],
        "version": components.version_of(live, bool(questions.may_ask(live, clock.now()))),
        "live": live,
        "meeting": meeting,
    }


@require_GET
@of_date
def listing(request: HttpRequest, actor: Actor, meeting: Meeting) -> HttpResponse:
    """The lists alone, for htmx; 204 while nothing is new."""
    context = _lists(meeting, _live(meeting))
    if request.GET.get("v") == context["version"]:
        return HttpResponse(status=204)
    return render(request, "meeting/staff/_questions.html", context)


@require_POST
@of_date
def moderate(request: HttpRequest, actor: Actor, meeting: Meeting, question: str) -> HttpResponse:
    """One button of a question."""
    live = _live(meeting)
    error_text = ""
    try:
        questions.moderate(actor, live, question, request.POST.get("verb", ""))
    except DomainError as error:
        error_text = error.message
    if request.headers.get("HX-Request") == "true":
        live.refresh_from_db(fields=["version", "closed_at"])
        return render(request, "meeting/staff/_questions.html", {**_lists(meeting, live), "error": error_text})
    if error_text:
        messages.error(request, error_text)
    return redirect("meeting_staff:live", meeting.subject.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@of_date
def answers(request: HttpRequest, actor: Actor, meeting: Meeting) -> HttpResponse:
    """``…/fragen/``: what was asked with its answers. POST ``question`` and ``answer``, or ``verb`` take_over."""
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            if request.POST.get("verb") == "take_over":
                taken = questions.take_over(actor, meeting)
                messages.success(request, _("Übernommen in die Auswertung: %(n)d.") % {"n": taken})
            else:
                found = meeting.questions.filter(public_id=request.POST.get("question", "")).first()
                if found is None:
                    raise Http404
                found.meeting = meeting
                wrong = {found.public_id: request.POST.get("answer", "")}
                questions.answer(actor, found, request.POST.get("answer", ""))
                messages.success(request, _("Antwort gespeichert."))
                wrong = {}
            return redirect("meeting_staff:answers", meeting.subject.public_id)
        except DomainError as error:
            messages.error(request, error.message)
    rows = list(
        meeting.questions.filter(state__in=(Question.State.OPEN, Question.State.DONE))
        .select_related("contribution__subject")
        .order_by("-votes", "pk")
    )
    for row in rows:
        row.answer = wrong.get(row.public_id, row.answer)
    context = {
        "meeting": meeting,
        "module": meeting.module,
        "process": meeting.module.process,
        "rows": rows,
        "open": sum(1 for row in rows if row.contribution_id is None),
        "may_take": bool(processes.may_enter(actor, meeting.module.process)),
        "manages": bool(processes.may_manage(actor, meeting.module.process)),
    }
    return render(request, "meeting/staff/answers.html", context, status=422 if wrong else 200)
