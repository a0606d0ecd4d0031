"""What every answer tells the browser to allow, errors included."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

BACK_OFFICE = "/verwaltung/"
API = "/api/"


P = ParamSpec("P")


def embeddable(view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """Other sites may show this page in a frame. For public pages without forms only."""

    @wraps(view)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(*args, **kwargs)
        response._mitstadt_embeddable = True  # type: ignore[attr-defined]
        response.xframe_options_exempt = True  # type: ignore[attr-defined]
        return response

    return wrapped


class HeadersMiddleware(CSPMiddleware):
    """Content-Security-Policy: strict in public, looser only in the back office; and the small headers beside it."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if report_only or parts.config is not None:
            return parts
        if request.path_info.startswith(BACK_OFFICE):
            parts.config = settings.MITSTADT_BACK_OFFICE_POLICY
        elif getattr(response, "_mitstadt_embeddable", False):
            parts.replace = {**(parts.replace or {}), "frame-ancestors": ["*"]}
        return parts

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response = super().process_response(request, response)
        response.headers.setdefault("Permissions-Policy", settings.MITSTADT_PERMISSIONS_POLICY)
        if request.path_info.startswith(API) and request.method in {"GET", "HEAD"}:
            response.headers.setdefault("Access-Control-Allow-Origin", "*")  # public data; cookies do not go along
        return response


def policy(form_targets: list[str] | None = None) -> dict[str, Any]:
    """The public pages' policy: only this host, nothing inline. `form_targets` are origins that a form leads to."""
    own = ["'self'"]
    return {
        "default-src": own,
        "script-src": own,
        "style-src": own,
        "img-src": ["'self'", "data:"],
        "font-src": own,
        "media-src": own,
        "connect-src": own,
        "manifest-src": own,
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'", *(form_targets or [])],
        "frame-src": own,
        "frame-ancestors": ["'none'"],
    }


def back_office_policy() -> dict[str, Any]:
    """Wagtail's screens write styles and small scripts into their pages, and show previews in a frame."""
    return {
        **policy(),
        "script-src": ["'self'", "'unsafe-inline'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "frame-ancestors": ["'self'"],
        "base-uri": ["'self'"],
    }
