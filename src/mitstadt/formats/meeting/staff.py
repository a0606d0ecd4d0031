"""Dates in the back office: the list of a module, and everything about one date on one screen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mitstadt.accounts.actor import Actor
from mitstadt.booking import components as booking
from mitstadt.booking import queries as places
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, show
from mitstadt.participation import access as processes
from mitstadt.participation.models import Module
from mitstadt.participation.staff.doors import opens, opens_module

from . import actions, components, queries, rules
from .forms import CallOffForm, DateForm, MinutesForm, initial_of, next_week
from .models import Meeting

of_module = opens_module("meeting")
of_date = opens(queries.meeting, lambda actor, meeting: processes.may_manage(actor, meeting.module.process))


def back(meeting: Meeting, anchor: str = "") -> HttpResponse:
    response = redirect("meeting_staff:date", meeting.subject.public_id)
    response["Location"] += f"#{anchor}" if anchor else ""
    return response


@require_safe
@of_module
def dates(request: HttpRequest, actor: Actor, module: Module) -> HttpResponse:
    """``/verwaltung/beteiligung/treffen/<module>/``"""
    now = clock.now()
    found = queries.of_module(module)
    coming, over = rules.split(found, now)
    offers, came = queries.places_of(found), queries.came_to(found)
    rows = [
        {
            "meeting": meeting,
            "when": components.when(meeting),
            "tag": components.state_tag(meeting, now),
            "places": _places_words(offers.get(meeting.pk), meeting in over),
            "came": came[meeting.pk],
            "minutes": meeting.minutes_at is not None,
            "over": meeting in over,
        }
        for meeting in [*coming, *over]
    ]
    return render(request, "meeting/staff/dates.html", {"module": module, "process": module.process, "rows": rows})


def _places_words(offer: places.PlacesState | None, over: bool) -> str:
    if offer is None:
        return _("ohne Anmeldung")
    if over:
        return _("vergeben: %(n)d") % {"n": offer.taken}
    waiting = _("Warteliste: %(n)d") % {"n": offer.waiting} if offer.waiting else ""
    return ", ".join(filter(None, [booking.free_words(offer), waiting]))


@require_http_methods(["GET", "HEAD", "POST"])
@of_module
def new(request: HttpRequest, actor: Actor, module: Module) -> HttpResponse:
    """A new date; ``?wie=<id>`` begins with what another date of the module says."""
    initial: dict[str, Any] = {"title": module.title, "district": module.subject.district_id, **next_week()}
    like = queries.meeting(request.GET.get("wie", ""))
    if like is not None and like.module_id == module.pk:
        initial = {**initial_of(like, queries.places(like)), **next_week(), "revision": None, "closes_at": None}
    form = DateForm(request.POST or None, existing=False, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add(actor, module, registration=form.registration(), **form.values())
        except DomainError as error:
            show(form, error)
        else:
            messages.success(request, _("Der Termin steht."))
            return back(made)
    return _form(request, module, form, _("Neuer Termin"), _("Termin anlegen"))


@require_http_methods(["GET", "HEAD", "POST"])
@of_date
def change(request: HttpRequest, actor: Actor, meeting: Meeting) -> HttpResponse:
    """Change a date; whoever has a place keeps it and hears of another time or place."""
    offer = queries.places(meeting)
    form = DateForm(
        request.POST or None, existing=True, registers=offer is not None, initial=initial_of(meeting, offer)
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.change(
                actor,
                meeting,
                revision=data["revision"],
                registration=form.registration(),
                reason=data["reason"],
                **form.values(),
            )
        except DomainError as error:
            show(form, error)
        else:
            messages.success(request, _("Gespeichert. Wer einen Platz hat, behält ihn."))
            return back(meeting)
    note = ""
    if offer is not None and offer.taken:
        note = _("%(n)d Plätze sind vergeben. Ändern Sie Zeit oder Ort, bekommen alle sofort eine E-Mail.") % {
            "n": offer.taken
        }
    return _form(request, meeting.module, form, meeting.title, _("Speichern"), note, meeting)


def _form(
    request: HttpRequest,
    module: Module,
    form: forms.Form,
    heading: str,
    send: str,
    note: str = "",
    meeting: Meeting | None = None,
    danger: bool = False,
) -> HttpResponse:
    context = {
        "module": module,
        "process": module.process,
        "meeting": meeting,
        "form": form,
        "screen_title": heading,
        "send": send,
        "note": note,
        "danger": danger,
        "back": reverse("meeting_staff:date", args=[meeting.subject.public_id])
        if meeting is not None
        else reverse("meeting_staff:dates", args=[module.subject.public_id]),
    }
    return render(request, "meeting/staff/form.html", context, status=422 if form.errors else 200)


@require_safe
@of_date
def date(request: HttpRequest, actor: Actor, meeting: Meeting) -> HttpResponse:
    """``/verwaltung/beteiligung/treffen/termin/<id>/``: who comes, the door, minutes."""
    return desk(request, meeting)


def desk(request: HttpRequest, meeting: Meeting, minutes: MinutesForm | None = None) -> HttpResponse:
    """Everything about one date on one screen; `minutes` is a form that was refused."""
    now = clock.now()
    offer = queries.places(meeting)
    state = rules.state(meeting, now)
    shown = places.state(offer) if offer is not None else None
    form = minutes or MinutesForm(initial={"minutes": meeting.minutes, "result": meeting.result})
    context = {
        "meeting": meeting,
        "module": meeting.module,
        "process": meeting.module.process,
        "when": components.when(meeting),
        "tag": components.state_tag(meeting, now),
        "state": state,
        "begun": now >= meeting.starts_at,
        "today": clock.today() >= timezone.localdate(meeting.starts_at),
        "offer": offer,
        "shown": shown,
        "free": booking.free_words(shown) if shown is not None else "",
        "needs": places.totals(offer).needs if offer is not None else [],
        "unreachable": places.unreachable(offer) if offer is not None else [],
        "people": queries.attendance(meeting),
        "asked": meeting.questions.exclude(state="hidden").count(),
        "form": form,
    }
    return render(request, "meeting/staff/date.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@of_date
def call_off(request: HttpRequest, actor: Actor, meeting: Meeting) -> HttpResponse:
    """Cancel it, with a reason that all read."""
    form = CallOffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.call_off(actor, meeting, form.cleaned_data["reason"])
        except DomainError as error:
            show(form, error)
        else:
            messages.success(request, _("Abgesagt. Alle bekommen jetzt Bescheid."))
            return back(meeting)
    note = _("Alle mit einem Platz bekommen sofort eine E-Mail. Das lässt sich nicht zurücknehmen.")
    return _form(request, meeting.module, form, _("Absagen"), _("Absagen"), note, meeting, danger=True)


@require_POST
@of_date
def remove(request: HttpRequest, actor: Actor, meeting: Meeting) -> HttpResponse:
    """Take away a date that was entered by mistake."""
    try:
        actions.remove(actor, meeting)
    except DomainError as error:
        messages.error(request, error.message)
        return back(meeting)
    messages.success(request, _("Der Termin ist entfernt."))
    return redirect("meeting_staff:dates", meeting.module.subject.public_id)


@require_POST
@of_date
def count(request: HttpRequest, actor: Actor, meeting: Meeting) -> HttpResponse:
    """Somebody came without having reserved: ``by`` 1, or -1 to take one back."""
    try:
        actions.count_walk_in(actor, meeting, -1 if request.POST.get("by") == "-1" else 1)
    except DomainError as error:
        messages.error(request, error.message)
    return back(meeting, "tuer")


@require_POST
@of_date
def minutes(request: HttpRequest, actor: Actor, meeting: Meeting) -> HttpResponse:
    """Minutes and results. ``verb``: save (as a draft), publish, hide."""
    verb = request.POST.get("verb", "save")
    form = MinutesForm(request.POST)
    try:
        if verb == "hide":
            actions.hide_minutes(actor, meeting)
            messages.success(request, _("Das Protokoll ist nicht mehr öffentlich."))
            return back(meeting, "protokoll")
        if form.is_valid():
            data = form.cleaned_data
            public = verb == "publish" or meeting.minutes_at is not None
            before = meeting.minutes_at
            actions.write_minutes(actor, meeting, data["minutes"], data["result"], publish=public)
            if before is None and public:
                messages.success(request, _("Veröffentlicht. Wer da war und wer folgt, bekommt Bescheid."))
            else:
                messages.success(request, _("Gespeichert."))
            return back(meeting, "protokoll")
    except DomainError as error:
        show(form, error)
    return desk(request, meeting, form)
