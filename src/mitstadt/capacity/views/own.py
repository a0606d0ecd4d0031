"""The person's own page behind a secret link, or behind their account; the case worker's list."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mitstadt.accounts.keyed import keyed_hash
from mitstadt.accounts.views.common import actor_of, signed_in
from mitstadt.capacity import components, permissions, seekers
from mitstadt.capacity.actions import enquiries, slots, waiting
from mitstadt.capacity.models import Ask, Seeker
from mitstadt.capacity.rounds import queries as rounds
from mitstadt.kit import cache, clock
from mitstadt.kit import components as ui
from mitstadt.kit.errors import DomainError


def _seeker(token: str) -> Seeker:
    found = seekers.by_token(token)
    if found is None:
        raise Http404(_("Diese Seite gibt es nicht. Vielleicht ist die Zeit abgelaufen, nach der wir alles löschen."))
    return found


@cache.private
@require_safe
def page(request: HttpRequest, token: str) -> HttpResponse:
    """`/plaetze/mein/<token>/`: appointments, requests, turns, who read what; everything can be ended here."""
    seeker = _seeker(token)
    return render(request, "capacity/seeker.html", _about(seeker, token, request))


def _about(seeker: Seeker, token: str, request: HttpRequest) -> dict[str, object]:
    bookings = seeker.bookings.select_related("slot__capacity__service").order_by("slot__starts_at")
    requests = seeker.enquiries.prefetch_related("asks__capacity__service")
    turns = seeker.waitings.select_related("capacity__service", "slot").order_by("pk")
    now = clock.now()
    return {
        "seeker": seeker,
        "token": token,
        "address": request.build_absolute_uri(request.path),
        "rounds": rounds.mine(seeker, token),
        "bookings": [(b, components.slot_label(b.slot), b.slot.starts_at > now) for b in bookings],
        "enquiries": list(requests),
        "turns": [
            (
                row,
                waiting.position(row),
                ui.moment(row.offered_until) if row.offered_until else "",
                components.slot_label(row.slot) if row.slot else "",
            )
            for row in turns
        ],
        "looks": list(seeker.looks.all()[:50]),
        "contact": seekers.contact_of(seeker),
    }


@require_POST
def act(request: HttpRequest, token: str) -> HttpResponse:
    """What the person decides: cancel, accept, decline, leave, erase everything."""
    seeker = _seeker(token)
    verb, key = request.POST.get("verb", ""), request.POST.get("id", "")
    try:
        text = _do(seeker, verb, key)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("capacity:seeker", token=token)
    messages.success(request, text)
    return redirect("capacity:list") if verb == "erase" else redirect("capacity:seeker", token=token)


def _do(seeker: Seeker, verb: str, key: str) -> str:
    if verb == "cancel":
        booking = seeker.bookings.select_related("slot__capacity", "seeker").filter(public_id=key).first()
        if booking is None:
            raise Http404
        slots.cancel(booking)
        return _("Abgesagt. Danke, dass Sie Bescheid sagen.")
    if verb in ("accept", "decline"):
        ask = Ask.objects.select_related("capacity", "enquiry__seeker").filter(
            enquiry__seeker=seeker, pk=key if key.isascii() and key.isdigit() else 0
        ).first()  # fmt: skip
        if ask is None:
            raise Http404
        enquiries.decide(ask, verb == "accept")
        return (
            _("Angenommen. Der Anbieter meldet sich bei Ihnen.") if verb == "accept" else _("Der Nächste wird gefragt.")
        )
    if verb in ("take", "leave"):
        turn = seeker.waitings.select_related("capacity", "seeker", "slot").filter(public_id=key).first()
        if turn is None:
            raise Http404
        if verb == "take":
            waiting.accept(turn)
            return _("Angenommen. Es ist Ihres.")
        waiting.leave(turn)
        return _("Sie stehen nicht mehr auf dieser Liste.")
    if verb == "withdraw":
        enquiry = seeker.enquiries.filter(public_id=key).first()
        if enquiry is None:
            raise Http404
        enquiries.withdraw(enquiry)
        return _("Zurückgezogen. Niemand kann die Anfrage mehr lesen.")
    if verb == "erase":
        seekers.erase(seeker)
        return _("Alles gelöscht.")
    raise Http404


@signed_in
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """`/plaetze/mein/`: the same for somebody signed in."""
    actor = actor_of(request)
    token = seekers.token_of(actor)
    if seekers.by_token(token) is None:
        return render(request, "capacity/own_empty.html")
    return redirect("capacity:seeker", token=token)


@signed_in
@require_http_methods(["GET", "HEAD"])
def referrals(request: HttpRequest) -> HttpResponse:
    """`/plaetze/vermittelt/`: a case worker's people by their reference, with the state only."""
    actor = actor_of(request)
    decision = permissions.may_refer(actor)
    if not decision:
        return render(request, "capacity/refused.html", {"decision": decision}, status=403)
    mine = (
        Seeker.objects.filter(referrer_hash=keyed_hash("capacity-referrer", actor.public_id))
        .prefetch_related("enquiries__asks__capacity__service")
        .order_by("-created_at")[:100]
    )
    return render(request, "capacity/referrals.html", {"people": mine})
