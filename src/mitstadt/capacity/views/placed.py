"""Who got a place at my house in a matching round: a code and a state, and a name once the family said yes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mitstadt.accounts.views.common import actor_of, signed_in
from mitstadt.capacity.rounds import places, queries
from mitstadt.capacity.rounds.models import Place, Programme
from mitstadt.directory import access
from mitstadt.kit import cache
from mitstadt.kit.errors import DomainError, Refused

from .provider import _providers as providers_of


@signed_in
@require_safe
def placed(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/plaetze/anbieter/runden/<id>/`: every place that was offered at my houses, without a name."""
    providers = providers_of(actor_of(request))
    rows = queries.of_providers(providers).filter(programme__round__public_id=public_id)
    found = list(
        rows.select_related("programme__round", "programme__capacity__service", "child__application__seeker").order_by(
            "programme__capacity__service__name", "programme", "state", "offered_at", "pk"
        )
    )
    if not found:
        raise Http404
    houses: dict[Programme, list[Place]] = {}
    for place in found:
        houses.setdefault(place.programme, []).append(place)
    response = render(
        request,
        "capacity/placed.html",
        {"round": found[0].programme.round, "houses": [_house(house, rows) for house, rows in houses.items()]},
    )
    cache.never(response)
    return response


def _house(programme: Programme, rows: list[Place]) -> dict[str, Any]:
    """`gone`: places accepted by families whose data has been erased since."""
    held = sum(1 for place in rows if place.state in places.HELD)
    return {
        "programme": programme,
        "rows": rows,
        "accepted": sum(1 for place in rows if place.state == Place.State.ACCEPTED),
        "waiting": sum(1 for place in rows if place.state == Place.State.OFFERED),
        "free": programme.quota - programme.taken,
        "gone": programme.taken - held,
    }


def _place(request: HttpRequest, public_id: str) -> Place:
    """One that was offered at one of my houses."""
    found = (
        Place.objects.select_related(
            "programme__round", "programme__capacity__service__provider__organisation", "child__application__seeker"
        )
        .filter(public_id=public_id, offered_at__isnull=False)
        .first()
    )
    if found is None or not access.may_propose(actor_of(request), found.programme.capacity.service.provider):
        raise Http404
    return found


@signed_in
@require_safe
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/plaetze/anbieter/platz/<id>/`: name and contact of a family that said yes; reading it is written down."""
    found = _place(request, public_id)
    try:
        words = places.read(actor_of(request), found)
    except Refused as error:
        response = render(request, "capacity/refused.html", {"decision": error.decision}, status=403)
    else:
        response = render(request, "capacity/placed_one.html", {"place": found, "words": words})
    cache.never(response)
    return response


@signed_in
@require_POST
def missing(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/plaetze/anbieter/platz/<id>/fehlt/`: nobody came; the family is asked once more."""
    found = _place(request, public_id)
    _do(request, lambda: places.ask_again(actor_of(request), found), _("Die Familie ist gefragt, ob sie noch kommt."))
    return redirect("capacity:placed", found.programme.round.public_id)


@signed_in
@require_POST
def free(request: HttpRequest, public_id: str, code: str) -> HttpResponse:
    """`/plaetze/anbieter/runden/<id>/<house>/frei/`: a place whose family is erased by now is empty."""
    found = (
        Programme.objects.select_related("round", "capacity__service__provider__organisation")
        .filter(round__public_id=public_id, code=code)
        .first()
    )
    actor = actor_of(request)
    if found is None or not access.may_propose(actor, found.capacity.service.provider):
        raise Http404
    _do(request, lambda: places.free_gone(actor, found), _("Der Platz ist frei, das nächste Kind wird gefragt."))
    return redirect("capacity:placed", public_id)


def _do(request: HttpRequest, act: Callable[[], None], done: str) -> None:
    try:
        act()
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done)
