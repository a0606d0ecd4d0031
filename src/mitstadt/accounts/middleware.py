"""`request.actor`: who acts, found once and only when asked. And the door of the back office."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from . import drafts
from .actor import NOBODY, Actor, actor_for, carriers
from .factors import passed, way_to_second_factor

STAFF_PREFIX = "/verwaltung/"


def load_actor(request: HttpRequest) -> Actor:
    """Who acts. A request without a session cookie is nobody, and is not asked for its session: pages that anybody
    may see stay free of ``Vary: Cookie``."""
    user = getattr(request, "user", None)
    if user is None or (settings.SESSION_COOKIE_NAME not in request.COOKIES and not request.session.session_key):
        return _carried(request)
    if not user.is_authenticated:
        return _carried(request)
    return actor_for(user, second_factor=passed(request))


def _carried(request: HttpRequest) -> Actor:
    """Somebody who is not signed in but carries the code of a letter, else nobody."""
    for cookie, actor_of in carriers.items():
        if cookie in request.COOKIES and (actor := actor_of(request)) is not None:
            return actor
    return NOBODY


class ActorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: load_actor(request))  # type: ignore[attr-defined]
        return self.get_response(request)


class StaffDoorMiddleware:
    """Every page below /verwaltung/: signed in through the house's login, a role, and a second factor passed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(STAFF_PREFIX):
            stopped = self.stop(request)
            if stopped is not None:
                stopped.headers["Cache-Control"] = "no-store"
                return stopped
        return self.get_response(request)

    def stop(self, request: HttpRequest) -> HttpResponse | None:
        actor: Actor = request.actor  # type: ignore[attr-defined]
        kept = drafts.is_registered(request.path)  # a form whose text waits behind the login, with its whole address
        target = request.get_full_path() if kept or request.method == "GET" else STAFF_PREFIX
        if target.startswith((f"{STAFF_PREFIX}login", f"{STAFF_PREFIX}password_reset", f"{STAFF_PREFIX}logout")):
            target = STAFF_PREFIX
        if kept and request.method == "POST" and not (actor.is_staff and actor.second_factor):
            drafts.stash(request)
        if not actor.is_known:
            return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': target})}")
        if not actor.is_staff:
            return render(request, "accounts/no_role.html", status=403)
        if not actor.second_factor and not request.path.startswith(f"{STAFF_PREFIX}logout"):
            return HttpResponseRedirect(f"{way_to_second_factor(request)}?{urlencode({'next': target})}")
        return None
