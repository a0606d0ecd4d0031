"""What the pages of this room share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from mitstadt.accounts import drafts
from mitstadt.accounts.actor import Actor

View = Callable[..., HttpResponse]


def actor_of(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def user_id_of(request: HttpRequest) -> int:
    """The key of the signed-in person, or 0 for nobody, whom no row belongs to."""
    return actor_of(request).user_id or 0


def signed_in(view: View) -> View:
    """Lead people who are not signed in to the login and back; never cached. What was typed into a registered form
    waits for them.
    """

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not actor_of(request).is_known:
            if request.method == "POST" and drafts.is_registered(request.path):
                return drafts.login_to_continue(request)
            target = request.get_full_path() if request.method == "GET" else request.path
            return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': target})}")
        return view(request, *args, **kwargs)

    return guarded


def client_of(request: HttpRequest) -> str:
    """The network address for rate limits; hashed before it is counted, never stored or logged."""
    from allauth.core.internal.httpkit import get_client_ip

    return get_client_ip(request) or ""
