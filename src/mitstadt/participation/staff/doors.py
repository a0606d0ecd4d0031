"""Who enters the screens, and what they open."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from mitstadt.accounts import rules as trust
from mitstadt.accounts.actor import COORDINATOR, EDITOR, MODERATOR, Actor
from mitstadt.kit.decision import Decision
from mitstadt.kit.errors import Refused, require
from mitstadt.participation import access, queries
from mitstadt.participation.models import Module, Process
from mitstadt.participation.models.process import PROCESS_WORK

View = Callable[..., HttpResponseBase]
Thing = TypeVar("Thing")


def actor_of(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def may_look(actor: Actor) -> bool:
    """Has this person any work in processes?"""
    return bool(trust.staff(actor)) and any(actor.has(role) for role in (EDITOR, COORDINATOR, MODERATOR, PROCESS_WORK))


def staff_only(view: View) -> View:
    """A refusal becomes a page with the reason, 403."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = actor_of(request)
        try:
            require(trust.staff(actor))
            if not may_look(actor):
                raise Http404
            return view(request, *args, **kwargs)
        except Refused as error:
            return render(request, "participation/staff/refused.html", {"reason": error.message}, status=403)

    return guarded


def opens(find: Callable[[str], Thing | None], may: Callable[[Actor, Thing], Decision]) -> Callable[[View], View]:
    """A decorator: the view gets the actor and what `find` knows by the address's `public_id`. 404 when there is
    nothing, a page with the reason when `may` refuses; never cached."""

    def door(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, public_id: str, **more: Any) -> HttpResponseBase:
            thing = find(public_id)
            if thing is None:
                raise Http404
            actor = actor_of(request)
            require(may(actor, thing))
            return view(request, actor, thing, **more)

        return never_cache(staff_only(opened))

    return door


def opens_module(name: str) -> Callable[[View], View]:
    """`opens` for a module of the format `name`, for who manages its process."""

    def find(public_id: str) -> Module | None:
        module = queries.module(public_id)
        return module if module is not None and module.format == name else None

    return opens(find, lambda actor, module: access.may_manage(actor, module.process))


def managed(request: HttpRequest, number: int) -> Process:
    """A process that this person manages. 404 when there is none, Refused when it is another department's."""
    process = found(number)
    require(access.may_manage(actor_of(request), process))
    return process


def found(number: int) -> Process:
    process = (
        Process.objects.select_related("subject", "department")
        .prefetch_related("phases__module", "modules__subject", "modules__categories", "districts")
        .filter(number=number)
        .first()
    )
    if process is None:
        raise Http404
    return process
