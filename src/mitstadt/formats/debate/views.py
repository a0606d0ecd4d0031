"""The page of a debate."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from mitstadt.kit import past
from mitstadt.participation import access
from mitstadt.participation.models import Module
from mitstadt.participation.views.modules import page_of, reader, shown

from . import queries


@past.shown
@require_GET
def debate(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/beteiligung/debatte/<id>/`; ``?haltung=`` shows one side only."""
    module = shown(public_id, queries.SLUG, request)
    context = {
        "pinned": queries.pinned(module),
        "sides": queries.asks_side(module),
        "desk": _desk(request, module),
    }
    return page_of(request, module, "debate/debate.html", context)


def _desk(request: HttpRequest, module: Module) -> str:
    """Where whoever moderates sums up: those of outside have no other way there. Nobody else is asked for anything."""
    actor = reader(request)
    if actor is None or not actor.is_staff or not access.may_moderate(actor, module.process):
        return ""
    return reverse("debate_staff:summaries", args=[module.subject.public_id])
