"""What a provider does: say what is free, put up times, answer requests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core import signing
from django.forms import BooleanField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mitstadt.accounts import drafts
from mitstadt.accounts.actor import Actor
from mitstadt.accounts.views.common import actor_of, signed_in
from mitstadt.capacity import components, links, permissions, queries, seekers
from mitstadt.capacity.actions import enquiries, keeping, slots, telling
from mitstadt.capacity.forms import AnswerForm, CapacityForm, SayForm, SlotsForm
from mitstadt.capacity.models import Ask, Capacity, Slot, Way
from mitstadt.capacity.rounds import queries as rounds
from mitstadt.directory import access
from mitstadt.directory.models import Provider, Service
from mitstadt.kit import cache, clock
from mitstadt.kit.errors import DomainError, Refused, show


def _providers(actor: Actor) -> list[Provider]:
    keys = [grant.organisation_id for grant in actor.grants]
    found = Provider.objects.select_related("organisation").filter(pk__in=keys, verified_at__isnull=False)
    return list(found.order_by("organisation__name"))


@signed_in
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """`/plaetze/anbieter/`: my capacities with the figure to say, and requests that wait for an answer."""
    providers = _providers(actor_of(request))
    rows = [(capacity, queries.row_of(capacity)) for capacity in queries.of_providers(providers)]
    response = render(
        request,
        "capacity/provider.html",
        {
            "providers": providers,
            "keeps": bool(access.may_keep(actor_of(request))),
            "rows": [(c, components.state(row), components.freshness(row)) for c, row in rows],
            "asks": queries.asks_of(providers),
            "rounds": rounds.rounds_at(providers),
        },
    )
    cache.never(response)
    return response


def _capacity(actor: Actor, public_id: str) -> Capacity:
    found = (
        Capacity.objects.select_related("service__subject", "service__provider__organisation", "at__location")
        .filter(public_id=public_id)
        .first()
    )
    if found is None or not permissions.may_say(actor, found):
        raise Http404
    return found


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def say(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/plaetze/anbieter/<id>/`: the figure, the times to be booked, who booked."""
    actor = actor_of(request)
    found = _capacity(actor, public_id)
    kept = _kept(request, SayForm)
    known = {
        "free": found.free, "total": found.total, "free_from": found.free_from,
        "has_waiting_list": found.has_waiting_list, "needs_assessment": found.needs_assessment,
    }  # fmt: skip
    form = SayForm(
        request.POST if request.POST.get("what") == "say" else None,
        initial=kept if kept.get("what") == "say" else known,
    )
    times = SlotsForm(
        request.POST if request.POST.get("what") == "slots" else None,
        initial=kept if kept.get("what") == "slots" else {},
    )
    status = 200
    if request.method == "POST":
        status = 422
        try:
            text = _saved(actor, found, form, times, request.POST)
        except DomainError as error:
            show(times if times.is_bound else form, error)
        else:
            if text:
                drafts.done(request)
                messages.success(request, text)
                return redirect("capacity:say", public_id=public_id)
    coming = found.slots.filter(starts_at__gt=clock.now()).order_by("starts_at")[:100]
    response = render(
        request,
        "capacity/say.html",
        {
            "capacity": found,
            "form": form,
            "times": times if found.way == Way.BOOK else None,
            "slots": [(slot, components.slot_label(slot)) for slot in coming],
            "state": components.state(queries.row_of(found)),
            "freshness": components.freshness(queries.row_of(found)),
            "link": "" if found.way == Way.BOOK else links.address(found),
            "waiting": found.waiters.filter(state__in=("waiting", "offered")).count(),
        },
        status=status,
    )
    cache.never(response)
    return response


def _kept(request: HttpRequest, form: type[SayForm | CapacityForm]) -> dict[str, Any]:
    """What was typed before the login ran out; a box that was not ticked stays so."""
    typed: dict[str, Any] = dict(drafts.restore(request)) if request.method != "POST" else {}
    if typed:
        boxes = [name for name, field in form.base_fields.items() if isinstance(field, BooleanField)]
        typed |= {name: name in typed for name in boxes}
    return typed


def _saved(actor: Actor, found: Capacity, form: SayForm, times: SlotsForm, data: Any) -> str:
    by = actor.office or str(found.service.provider)  # never what a person calls themselves
    if data.get("what") == "unchanged":
        telling.unchanged(found, by=by, channel="form", actor=actor)
        return _("Danke, gemeldet: unverändert.")
    if data.get("what") == "slots":
        if not times.is_valid():
            return ""
        count = slots.open_slots(actor, found, spans_of(times.cleaned_data), times.cleaned_data["seats"])
        return ngettext("%(n)s neuer Termin.", "%(n)s neue Termine.", count) % {"n": count}
    if not form.is_valid():
        return ""
    telling.say(found, telling.Said(**form.cleaned_data), by=by, channel="form", actor=actor)
    return _("Danke, gemeldet.")


def spans_of(data: dict[str, Any]) -> list[tuple[datetime, datetime]]:
    """Times from the form, in the city's zone, for each of the weeks."""
    zone = timezone.get_current_timezone()
    found = []
    for week in range(data["weeks"]):
        day = data["day"] + timedelta(weeks=week)
        start, end = datetime.combine(day, data["first"]), datetime.combine(day, data["last"])
        while start + timedelta(minutes=data["minutes"]) <= end:
            stop = start + timedelta(minutes=data["minutes"])
            found.append((start.replace(tzinfo=zone), stop.replace(tzinfo=zone)))
            start = stop
    if not found:
        raise DomainError(_("In dieser Zeit hat kein Termin Platz."), field="last")
    return found


@signed_in
@require_safe
def booked(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/plaetze/anbieter/termin/<id>/`: who comes to a time; reading it is written down."""
    actor = actor_of(request)
    slot = Slot.objects.select_related("capacity").filter(public_id=public_id).first()
    if slot is None:
        raise Http404
    found = _capacity(actor, slot.capacity.public_id)
    if not access.may_propose(actor, found.service.provider):
        raise Http404  # staff of the city keep figures, they do not read people
    rows = []
    for booking in slot.bookings.filter(state="booked").select_related("seeker"):
        seekers.note_look(booking.seeker, actor, _("Termin gelesen"))
        contact = seekers.contact_of(booking.seeker)
        rows.append((booking, contact, seekers.words_of(booking.sealed).get("text", "")))
    response = render(
        request,
        "capacity/booked.html",
        {"slot": slot, "label": components.slot_label(slot), "rows": rows, "capacity": found},
    )
    cache.never(response)
    return response


@signed_in
@require_POST
def call_off(request: HttpRequest, public_id: str) -> HttpResponse:
    """A time is cancelled; everybody with it is told."""
    actor = actor_of(request)
    slot = Slot.objects.select_related("capacity").filter(public_id=public_id).first()
    if slot is None:
        raise Http404
    found = _capacity(actor, slot.capacity.public_id)
    try:
        slots.call_off(actor, slot)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Abgesagt. Wer gebucht hatte, bekommt eine Nachricht."))
    return redirect("capacity:say", public_id=found.public_id)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """`/plaetze/anbieter/anfrage/<n>/`: what somebody wrote, and the answer."""
    actor = actor_of(request)
    found = (
        Ask.objects.select_related("capacity__service__provider__organisation", "enquiry__seeker").filter(pk=pk).first()
    )
    if found is None or not access.may_propose(actor, found.capacity.service.provider):
        raise Http404
    form = AnswerForm(request.POST or None, initial=drafts.restore(request))
    status = 200
    if request.method == "POST":
        status = 422
        said = request.POST.get("answer")
        if said not in ("yes", "no"):
            form.add_error(None, _("Bitte sagen Sie ja oder nein."))
        if form.is_valid():
            try:
                enquiries.answer(actor, found, said == "yes", form.cleaned_data["text"])
            except DomainError as error:
                show(form, error)
            else:
                drafts.done(request)
                messages.success(request, _("Danke, Ihre Antwort ist unterwegs."))
                return redirect("capacity:provider")
    try:
        words = enquiries.read(actor, found)
    except Refused as error:
        return render(request, "capacity/refused.html", {"decision": error.decision}, status=403)
    context = {"ask": found, "words": words, "form": form, "open": found.state == Ask.State.ASKED}
    response = render(request, "capacity/ask.html", context, status=status)
    cache.never(response)
    return response


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """A capacity, new or changed."""
    actor = actor_of(request)
    found = _capacity(actor, public_id) if public_id else None
    services = Service.objects.exclude(state="withdrawn").select_related("provider__organisation")
    if not access.may_keep(actor):
        services = services.filter(provider__in=[p.pk for p in _providers(actor)])
        if not services.exists():
            raise Http404
    form = CapacityForm(request.POST or None, instance=found, initial=_kept(request, CapacityForm))
    form.fields["service"].queryset = services.order_by("name")  # type: ignore[attr-defined]
    form.fields["service"].label = _("Angebot")
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                saved = keeping.save(actor, form.save(commit=False))
            except DomainError as error:
                show(form, error)
            else:
                drafts.done(request)
                messages.success(request, _("Gespeichert."))
                return redirect("capacity:say", public_id=saved.public_id)
    response = render(request, "capacity/edit.html", {"form": form, "capacity": found}, status=status)
    cache.never(response)
    return response


@cache.private
@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: HttpRequest, token: str) -> HttpResponse:
    """`/plaetze/melden/<token>/`, from a mail or a message: buttons, so that a scanner changes nothing."""
    try:
        found = links.capacity_of(token)
    except signing.BadSignature:
        found = None
    if found is None:
        return render(request, "capacity/tell.html", {"capacity": None}, status=404)
    problem, done, status = "", False, 200
    if request.method == "POST":
        text = request.POST.get("free", "").strip()
        by = str(found.service.provider)
        try:
            if text == "same":
                telling.unchanged(found, by=by, channel="link")
            elif text.isascii() and text.isdigit() and len(text) < 7:
                telling.say(found, telling.Said(free=int(text)), by=by, channel="link")
            else:
                raise DomainError(_("Bitte eine Zahl ab 0."), field="free")
        except DomainError as error:
            problem, status = error.message, 422
        else:
            done = True
            found.refresh_from_db()
    row = queries.row_of(found)
    usual = sorted({0, 1, 2, 3, *([found.free] if found.free is not None else [])})[:5]
    context = {
        "capacity": found, "done": done, "problem": problem, "usual": usual, "state": components.state(row),
        "freshness": components.freshness(row),
    }  # fmt: skip
    return render(request, "capacity/tell.html", context, status=status)
