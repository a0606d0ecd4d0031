"""The back office of places: offers, who comes, the telephone, the door, paper."""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mitstadt.accounts import rules as trust
from mitstadt.accounts.actor import COORDINATOR, EDITOR, Actor
from mitstadt.audit import actions as audit
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, Refused, require, show
from mitstadt.kit.spreadsheets import cell

from . import actions, components, owners, permissions, queries, rules
from .actions.telling import title_of
from .forms import CallOffForm, EnterForm, MessageForm, SeatsForm
from .models import Booking, Places, State
from .views import ticket_context

PER_PAGE = 100
VIEWS = ("kommend", "vorbei")


def may_enter(actor: Actor) -> bool:
    """Editors and coordination look after places."""
    return bool(trust.staff(actor)) and (actor.has(EDITOR) or actor.has(COORDINATOR))


def _staff(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(trust.staff(actor))
    if not may_enter(actor):
        raise Http404
    return actor


def of_offer(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the view the actor and the offer, or say why not."""

    @wraps(view)
    def found(request: HttpRequest, public_id: str, **more: str) -> HttpResponse:
        try:
            actor: Actor = request.actor  # type: ignore[attr-defined]
            require(trust.staff(actor))
            places = Places.objects.select_related("about").filter(public_id=public_id).first()
            if places is None:
                raise Http404
            decision = permissions.manage(actor, places)
            if not decision and not may_enter(actor):
                raise Http404
            require(decision)
        except Refused as error:
            return render(request, "booking/staff/refused.html", {"reason": error.decision.reason}, status=403)
        return view(request, actor, places, **more)

    return never_cache(found)


@never_cache
@require_safe
def offers(request: HttpRequest) -> HttpResponse:
    """``/verwaltung/plaetze/?zeigen=vorbei&q=werkstatt``"""
    try:
        actor = _staff(request)
    except Refused as error:
        return render(request, "booking/staff/refused.html", {"reason": error.decision.reason}, status=403)
    shown = str(request.GET.get("zeigen", VIEWS[0]))
    shown = shown if shown in VIEWS else VIEWS[0]
    text = str(request.GET.get("q", ""))[:100]
    page = Paginator(queries.offers_for(actor, shown, text), 50).get_page(request.GET.get("p"))
    rows = [
        {
            "id": places.public_id,
            "title": title_of(places),
            "starts_at": places.starts_at,
            "department": places.department.name if places.department else _("Koordination"),
            "line": _line(queries.state(places)),
            "taken": places.taken,
            "seats": places.seats,
            "waiting": places.waiting,
            "is_example": places.is_example,
        }
        for places in page.object_list
    ]
    names = zip(VIEWS, (_("Was kommt"), _("Was war")), strict=True)
    return render(
        request, "booking/staff/offers.html", {"rows": rows, "page": page, "shown": shown, "q": text, "views": names}
    )


def _line(found: queries.PlacesState) -> str:
    return components.closed_words(found) or components.free_words(found)


@require_http_methods(["GET", "HEAD", "POST"])
@of_offer
def offer(request: HttpRequest, actor: Actor, places: Places) -> HttpResponse:
    """Who comes. POST: ``verb`` seats, code (somebody at the door), attended, no_show, booked, cancel."""
    seats = SeatsForm(initial={"seats": places.seats})
    status = 200
    if request.method == "POST":
        verb = str(request.POST.get("verb", ""))
        try:
            if verb == "seats":
                seats = SeatsForm(request.POST)
                if seats.is_valid():
                    actions.change_seats(actor, places, seats.cleaned_data["seats"])
                    messages.success(request, _("Die Zahl der Plätze ist geändert."))
                    return redirect(request.get_full_path())
            else:
                messages.success(request, _do(actor, places, verb, request.POST))
                return redirect(f"{request.get_full_path()}#{'ankunft' if verb == 'code' else 'liste'}")
        except DomainError as error:
            if verb == "seats":
                show(seats, error)
            else:
                messages.error(request, error.message)
        status = 422
        places.refresh_from_db()
    shown = str(request.GET.get("zeigen", "alle"))
    shown = shown if shown in queries.FILTERS else "alle"
    text = str(request.GET.get("q", ""))[:100]
    page = Paginator(queries.bookings_of(places, shown, text), PER_PAGE).get_page(request.GET.get("p"))
    totals = queries.totals(places)
    now = clock.now()
    context = {
        **_frame(actor, places),
        "seats": seats,
        "shown": shown,
        "q": text,
        "page": page,
        "rows": [_row(booking) for booking in page.object_list],
        "filters": _filters(totals),
        "needs": totals.needs,
        "closed": permissions.why_not(places, now),
        "over": permissions.window(places).is_over(now),
    }
    return render(request, "booking/staff/offer.html", context, status=status)


def _frame(actor: Actor, places: Places) -> dict[str, Any]:
    """What every screen of one offer shows."""
    found = queries.state(places)
    return {
        "places": places,
        "title": title_of(places),
        "state": found,
        "free_words": components.free_words(found),
        "back": reverse("booking_offer", args=[places.public_id]),
        "desk": owners.desk_of(places.about),
        "all_offers": may_enter(actor),
    }


def _filters(totals: queries.Totals) -> list[tuple[str, str, int]]:
    def of(*states: State) -> int:
        return sum(totals.by_state.get(state, (0, 0))[0] for state in states)

    return [
        ("alle", _("Alle"), of(*State)),
        ("reserviert", _("Reserviert"), of(State.BOOKED)),
        ("da", _("War da"), of(State.ATTENDED)),
        ("fehlt", _("Nicht gekommen"), of(State.NO_SHOW)),
        ("warteliste", _("Warteliste"), of(State.WAITING)),
        ("abgesagt", _("Abgesagt"), of(State.CANCELLED)),
    ]


def _row(booking: Booking) -> dict[str, Any]:
    return {
        "id": booking.public_id,
        "person": queries.person_of(booking),
        "persons": booking.persons,
        "state": booking.state,
        "state_label": booking.get_state_display(),
        "code": rules.written_code(booking.code),
        "phone": booking.phone,
        "note": booking.note,
        "needs": queries.needs_of(booking),
        "channel": booking.get_channel_display(),
        "created_at": booking.created_at,
        "is_example": booking.is_example,
    }


def _do(actor: Actor, places: Places, verb: str, data: Any) -> str:
    """One of the row's buttons, or a code at the door; returns what to say."""
    rows = places.bookings.select_related("places__about", "user", "guest")
    if verb == "code":
        booking = rows.filter(code=rules.read_code(str(data.get("code", "")))).first()
        if booking is None:
            raise DomainError(_("Diesen Code gibt es hier nicht. Ist es der richtige Termin?"))
        verb = State.ATTENDED
    else:
        booking = rows.filter(public_id=str(data.get("booking", ""))).first()
        if booking is None:
            raise DomainError(_("Diese Reservierung gibt es hier nicht."))
    values = {"person": queries.person_of(booking), "n": booking.persons}
    if verb == "cancel":
        actions.cancel_for(actor, booking, str(data.get("reason", "")))
        return _("%(person)s: Platz abgesagt.") % values
    if verb not in (State.ATTENDED, State.NO_SHOW, State.BOOKED):
        raise DomainError(_("Das geht hier nicht."))
    state = actions.mark_attended(actor, booking, verb).get_state_display()
    return _("%(person)s (Personen: %(n)s): %(state)s.") % {**values, "state": state}


@require_http_methods(["GET", "HEAD", "POST"])
@of_offer
def enter(request: HttpRequest, actor: Actor, places: Places) -> HttpResponse:
    """Book for somebody at the telephone or at the counter."""
    form = EnterForm(request.POST if request.method == "POST" else None, places=places)
    if form.is_bound and form.is_valid():
        more = {"phone": form.cleaned_data["phone"], "channel": form.cleaned_data["channel"]}
        try:
            booking = actions.enter(actor, places, **form.answers(), **more)
        except DomainError as error:
            show(form, error)
        else:
            if booking.state == State.WAITING:
                messages.warning(request, _("%(name)s steht auf der Warteliste.") % {"name": booking.name})
            else:
                messages.success(request, _("%(name)s hat einen Platz.") % {"name": booking.name})
            return redirect("booking_staff_ticket", places.public_id, booking.public_id)
    return _form(request, actor, places, form, _("Jemanden eintragen"), _("Eintragen"))


@require_http_methods(["GET", "HEAD", "POST"])
@of_offer
def message(request: HttpRequest, actor: Actor, places: Places) -> HttpResponse:
    """Write to everybody with a place or a turn."""
    form = MessageForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            actions.tell_all(actor, places, form.cleaned_data["text"], key=form.cleaned_data["key"])
        except DomainError as error:
            show(form, error)
        else:
            messages.success(request, _("Die Nachricht geht jetzt an alle."))
            return redirect("booking_offer", places.public_id)
    hint = _("Geht an alle mit einem Platz und alle auf der Warteliste, in ihre Nachrichten und per E-Mail.")
    return _form(request, actor, places, form, _("Nachricht an alle"), _("Nachricht senden"), hint, call=True)


@require_http_methods(["GET", "HEAD", "POST"])
@of_offer
def call_off(request: HttpRequest, actor: Actor, places: Places) -> HttpResponse:
    """Call the whole thing off; what has a screen of its own is called off there."""
    if desk := owners.desk_of(places.about):
        messages.info(request, _("Hier sagen Sie den Termin ganz ab, mit allen Plätzen."))
        return redirect(desk)
    form = CallOffForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            actions.cancel_all(actor, places, form.cleaned_data["reason"])
        except DomainError as error:
            show(form, error)
        else:
            messages.success(request, _("Abgesagt. Alle bekommen jetzt Bescheid."))
            return redirect("booking_offer", places.public_id)
    hint = _("Danach reserviert niemand mehr. Das lässt sich nicht zurücknehmen.")
    return _form(request, actor, places, form, _("Absagen"), _("Absagen und alle benachrichtigen"), hint, call=True)


def _form(
    request: HttpRequest,
    actor: Actor,
    places: Places,
    form: forms.Form,
    heading: str,
    verb: str,
    hint: str = "",
    call: bool = False,
) -> HttpResponse:
    """A screen with one form; with `call` also whom no mail reaches."""
    context = {
        **_frame(actor, places),
        "form": form,
        "screen_title": heading,  # Wagtail's frame reads `heading`
        "verb": verb,
        "hint": hint,
        "to_call": queries.unreachable(places) if call else [],
    }
    return render(request, "booking/staff/form.html", context, status=422 if form.is_bound else 200)


@require_safe
@of_offer
def attendance(request: HttpRequest, actor: Actor, places: Places) -> HttpResponse:
    """The list for the door, in large type, with a column to sign."""
    rows = [_row(booking) for booking in queries.bookings_of(places).filter(state__in=(State.BOOKED, State.ATTENDED))]
    rows.sort(key=lambda row: str(row["person"]).casefold())
    audit.record("booking.places.print", actor=actor.public_id, obj=places.public_id)
    return render(
        request,
        "booking/staff/attendance.html",
        {**_frame(actor, places), "rows": rows, "blank": range(6), "printed": clock.now()},
    )


@require_safe
@of_offer
def export(request: HttpRequest, actor: Actor, places: Places) -> HttpResponse:
    """All bookings as CSV for a spreadsheet; its cells cannot run as formulas."""
    shown = str(request.GET.get("zeigen", "alle"))
    rows = queries.bookings_of(places, shown if shown in queries.FILTERS else "alle")
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="plaetze-{places.public_id}.csv"'
    writer = csv.writer(response, delimiter=";")
    head = (
        _("Name"), _("Personen"), _("Stand"), _("Code"), _("Telefonnummer"), _("Bedarf"), _("Notiz"), _("Weg"),
        _("Eingegangen"),
    )  # fmt: skip
    writer.writerow([cell(name) for name in head])
    for row in (_row(booking) for booking in rows):
        at = timezone.localtime(row["created_at"])
        values = (row["person"], row["persons"], row["state_label"], row["code"], row["phone"], row["needs"],
                  row["note"], row["channel"], f"{at:%Y-%m-%d %H:%M}")  # fmt: skip
        writer.writerow([cell(value) for value in values])
    audit.record("booking.places.export", actor=actor.public_id, obj=places.public_id)
    return response


@require_safe
@of_offer
def ticket(request: HttpRequest, actor: Actor, places: Places, booking: str) -> HttpResponse:
    """A ticket that staff print for somebody at the counter."""
    found = places.bookings.select_related("places__about").filter(public_id=booking, erased_at__isnull=True).first()
    if found is None:
        raise Http404
    context = {**_frame(actor, places), **ticket_context(found), "waiting": found.state == State.WAITING}
    if found.state == State.WAITING:
        context["ahead"] = queries.ahead_of(found)
    return render(request, "booking/staff/ticket.html", context)
