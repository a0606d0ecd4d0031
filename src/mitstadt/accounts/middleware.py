"""`request.actor`: who acts, found once and only when asked."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from .actor import NOBODY, Actor, actor_for


def _load(request: HttpRequest) -> Actor:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return NOBODY
    methods = request.session.get("account_authentication_methods", [])
    return actor_for(user, second_factor=any(m.get("method") == "mfa" for m in methods))


class ActorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: _load(request))  # type: ignore[attr-defined]
        return self.get_response(request)
