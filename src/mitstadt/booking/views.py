"""The form, what became of it, the ticket, the calendar file, and a person's own places. None of it is kept."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mitstadt.accounts import drafts
from mitstadt.accounts.actor import Actor
from mitstadt.accounts.views.common import client_of
from mitstadt.kit import clock
from mitstadt.kit import qr as kit_qr
from mitstadt.kit.errors import DomainError, show
from mitstadt.kit.languages import local_path

from . import actions, components, ics, permissions, queries, rules
from .actions.booking import own
from .actions.telling import path_of, title_of
from .forms import BookingForm, GuestBookingForm
from .models import ACTIVE, Booking, Places, State


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, public_id: str) -> HttpResponse:
    """Reserve a place, or a turn on the waiting list."""
    places = Places.objects.select_related("about").filter(public_id=public_id).first()
    if places is None:
        raise Http404
    actor: Actor = request.actor  # type: ignore[attr-defined]
    known = own(actor, places)
    form_class = BookingForm if actor.is_known else GuestBookingForm
    bound = request.POST if request.method == "POST" else None
    form = form_class(bound, places=places, initial=drafts.restore(request) if bound is None else None)
    if form.is_bound and form.is_valid():
        try:
            return _send(request, actor, places, form)
        except DomainError as error:
            show(form, error)
            places.refresh_from_db()
    found = queries.state(places)
    decision = permissions.book(actor if actor.is_known else permissions.SOMEBODY, places, clock.now())
    context = {
        "places": places,
        "title": title_of(places),
        "subject": places.about,
        "state": found,
        "free_words": components.free_words(found),
        "waiting_words": components.waiting_words(found),
        "form": form,
        "known": known,
        "decision": decision,
        "back": local_path(places.about.path),
        "login": f"{reverse('account_login')}?next={request.path}",
    }
    if known is not None and not form.is_bound:
        return HttpResponseRedirect(local_path(path_of(known)))
    if not form.is_bound and (not decision or (found.is_full and not found.can_wait)):
        return render(request, "booking/closed.html", context, status=200 if decision else 403)
    return render(request, "booking/book.html", context, status=422 if form.is_bound else 200)


def _send(request: HttpRequest, actor: Actor, places: Places, form: BookingForm) -> HttpResponse:
    answers = form.answers()
    if queries.state(places).is_full:
        answers["wait"] = True  # the button says so
    if not actor.is_known:
        client = client_of(request)
        actions.request_from_guest(places, form.cleaned_data["email"], answers, client=client)
        drafts.done(request)
        return HttpResponseRedirect(reverse("accounts:check_mail"))
    booking = actions.book(actor, places, **answers)
    drafts.done(request)
    if booking.state == State.WAITING:
        messages.success(request, _("Sie stehen auf der Warteliste."))
    else:
        messages.success(request, _("Ihr Platz ist reserviert."))
    return HttpResponseRedirect(local_path(path_of(booking)))


def _found(code: str) -> Booking:
    booking = queries.by_code(code)
    if booking is None:
        raise Http404
    return booking


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest, code: str) -> HttpResponse:
    """What somebody has, by the secret link. Only the button (POST) gives it back: mail scanners follow links."""
    booking = _found(code)
    if request.method == "POST":
        actor: Actor = request.actor  # type: ignore[attr-defined]
        try:
            actions.cancel(booking, actor=actor if permissions.is_own(actor, booking) else None)
            messages.success(request, _("Danke. Der Platz ist für andere frei."))
        except DomainError as error:
            messages.error(request, error.message)
        return HttpResponseRedirect(request.path)
    places = booking.places
    context = {
        "booking": booking,
        "places": places,
        "subject": places.about,
        "title": title_of(places),
        "ahead": queries.ahead_of(booking) if booking.state == State.WAITING else 0,
        "facts": _facts(booking, places),
        "may_give_back": permissions.give_back(booking, places, clock.now()),
        "has_calendar": ics.has_calendar(places) and booking.state in ACTIVE,
        "again": bool(booking.state == State.CANCELLED and not permissions.why_not(places, clock.now())),
        "back": local_path(places.about.path),
        "mine": request.actor.is_known,  # type: ignore[attr-defined]
    }
    return render(request, "booking/manage.html", context)


def _facts(booking: Booking, places: Places) -> list[tuple[str, object]]:
    """What the person said, and the code that they read out at the door."""
    return [
        (_("Personen"), booking.persons),
        (_("Name"), booking.name),
        (_("Was Sie brauchen"), queries.needs_of(booking)),
        (places.note_question or _("Notiz"), booking.note),
        (_("Ihr Code"), rules.written_code(booking.code)),
    ]


def qr(address: str) -> SafeString:
    """The address as a picture."""
    return kit_qr.svg(address, "ms-ticket__qr", scale=5, border=3)


def ticket_context(booking: Booking) -> dict[str, object]:
    """What the ticket shows, for the person and for staff who print it."""
    places = booking.places
    address = f"{settings.MITSTADT_BASE_URL.rstrip('/')}{path_of(booking)}"
    return {
        "booking": booking,
        "places": places,
        "title": title_of(places),
        "code": rules.written_code(booking.code),
        "qr": qr(address),
        "address": address,
        "needs": queries.needs_of(booking),
    }


@never_cache
@require_safe
def ticket(request: HttpRequest, code: str) -> HttpResponse:
    """The ticket for paper or a telephone's screen."""
    booking = _found(code)
    if booking.state not in (State.BOOKED, State.ATTENDED):
        return HttpResponseRedirect(local_path(path_of(booking)))
    back = local_path(path_of(booking))
    return render(request, "booking/ticket.html", {**ticket_context(booking), "back": back})


@never_cache
@require_safe
def calendar_file(request: HttpRequest, code: str) -> HttpResponse:
    """The event for a calendar."""
    booking = _found(code)
    if not ics.has_calendar(booking.places):
        raise Http404
    response = HttpResponse(ics.event_file(booking, booking.places), content_type=f"{ics.MEDIA_TYPE}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{ics.FILE_NAME}"'
    return response


@login_required
@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """``/konto/plaetze/``"""
    coming, past = queries.mine(request.actor)  # type: ignore[attr-defined]
    context = {"coming": [_row(b) for b in coming], "past": [_row(b) for b in past]}
    return render(request, "booking/mine.html", context)


def _row(booking: Booking) -> dict[str, object]:
    return {
        "title": title_of(booking.places),
        "href": local_path(path_of(booking)),
        "state": booking.get_state_display(),
        "starts_at": booking.places.starts_at,
        "location": booking.places.location,
        "persons": booking.persons,
    }
