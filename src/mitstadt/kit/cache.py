"""Anonymous pages from memory: the outermost middleware, and what views say about their pages.

What is made for a person with a cookie of ours goes out as ``private``, also where the view says ``public``.
Only what everybody may see is kept: a GET of somebody without any cookie of ours, answered 200, without a cookie set,
without a form token, without ``private`` or ``no-store``. It lives half a minute (MITSTADT_PAGE_CACHE_SECONDS), less if
the view says `until`. The key is the host, the whole address, the language and htmx's headers. Whoever has just
written something carries a cookie (form token or session) and therefore always sees the page fresh.
"""

from __future__ import annotations

import gzip
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import brotli
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import DisallowedHost
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request

from . import clock

# The headers by which an answer may differ; an answer that varies by any other is not kept.
KNOWN_VARIATIONS = {"accept-language", "cookie", "accept-encoding", "hx-request", "hx-boosted", "hx-target"}
HTMX_HEADERS = ("HX-Request", "HX-Boosted", "HX-Target", "HX-Trigger", "HX-History-Restore-Request")
DROPPED_HEADERS = {"content-length", "date", "set-cookie", "connection"}
COMPRESSIBLE = ("text/", "application/json", "application/javascript", "image/svg+xml", "application/atom+xml")
LARGEST = 2_000_000  # bytes; larger answers are data sets, not pages
SMALLEST = 500  # bytes; smaller answers gain nothing from compression

_cookies: set[str] = set()


def personal_cookie(name: str) -> str:
    """Name a cookie by which pages differ; a request that carries it passes the cache by. Returns `name`."""
    _cookies.add(name)
    return name


_P = ParamSpec("_P")


def private(view: Callable[_P, HttpResponse]) -> Callable[_P, HttpResponse]:
    """For pages behind a secret address: kept nowhere, found by no search engine, told to no other site.

    A stricter policy than ``same-origin`` would take the origin from the page's own forms, which are then refused.
    """

    @wraps(view)
    def guarded(*args: _P.args, **kwargs: _P.kwargs) -> HttpResponse:
        response = view(*args, **kwargs)
        never(response)
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex"
        return response

    return guarded


def until(response: HttpResponseBase, moment: datetime | None) -> None:
    """This page is not true any more at `moment` (next phase, embargo, deadline); None changes nothing."""
    if moment is not None:
        known: datetime | None = getattr(response, "_mitstadt_until", None)
        response._mitstadt_until = min(moment, known) if known else moment  # type: ignore[attr-defined]


def never(response: HttpResponseBase) -> None:
    """This answer is for one person only."""
    response["Cache-Control"] = "private, no-store"


def bump() -> None:
    """Forget every kept page of this machine once the transaction is committed.

    For what must not be seen half a minute longer (a restriction, a publication); not for every comment.
    """
    transaction.on_commit(_touch)


def _touch() -> None:
    file = _generation_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()


def _generation_file() -> Path:
    return Path(settings.VAR) / "pages.generation"


def _generation() -> int:
    """Changes with every `bump`; one look at a file's time, shared by all processes of this machine."""
    try:
        return _generation_file().stat().st_mtime_ns
    except OSError:
        return 0


@dataclass(slots=True)
class Page:
    """A kept answer with its compressed forms, made when first asked for."""

    body: bytes
    headers: list[tuple[str, str]]
    etag: str
    stored: float
    ends: float
    packed: dict[str, bytes] = field(default_factory=dict)

    @property
    def compressible(self) -> bool:
        kind = next((value for name, value in self.headers if name.lower() == "content-type"), "")
        return len(self.body) >= SMALLEST and kind.startswith(COMPRESSIBLE)


class PageCacheMiddleware:
    """Stands first in MIDDLEWARE, so that a kept page costs no session, no language and no query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seconds: float = settings.MITSTADT_PAGE_CACHE_SECONDS
        key = self.key(request) if seconds > 0 else None
        if key is None:
            return _for_one(request, self.get_response(request))
        page: Page | None = cache.get(key)
        if page is not None and page.ends > time.time():
            return self.answer(request, key, page)
        response = self.get_response(request)
        page = self.page(request, response, seconds)
        if page is None:
            return response
        cache.set(key, page, page.ends - time.time())
        return self.answer(request, key, page)

    def key(self, request: HttpRequest) -> str | None:
        """The name under which this answer is kept, or None when the request is not for everybody."""
        if request.method not in {"GET", "HEAD"} or request.path_info.startswith(settings.STATIC_URL):
            return None
        meta = request.META
        if "HTTP_AUTHORIZATION" in meta or "HTTP_RANGE" in meta:
            return None
        if "HTTP_COOKIE" in meta and not _known_cookies().isdisjoint(request.COOKIES):
            return None
        try:
            host = request.get_host()
        except DisallowedHost:
            return None
        language = get_language_from_request(request, check_path=True)
        parts = [str(_generation()), request.scheme or "", host, request.get_full_path(), language]
        parts += [request.headers.get(name, "") for name in HTMX_HEADERS]
        return "page:" + hashlib.blake2b("\0".join(parts).encode(), digest_size=20).hexdigest()

    def page(self, request: HttpRequest, response: HttpResponseBase, seconds: float) -> Page | None:
        """The answer as it may be kept, or None."""
        if request.method != "GET" or not isinstance(response, HttpResponse) or response.status_code != 200:
            return None
        control = response.get("Cache-Control", "").lower()
        if response.cookies or "private" in control or "no-store" in control or response.has_header("Content-Encoding"):
            return None
        if request.META.get("CSRF_COOKIE_NEEDS_UPDATE") or b"csrfmiddlewaretoken" in response.content:
            return None
        if getattr(request, "_csp_nonce", None):
            return None
        varies = {name.strip().lower() for name in response.get("Vary", "").split(",") if name.strip()}
        if not varies <= KNOWN_VARIATIONS or len(response.content) > LARGEST:
            return None
        now = time.time()
        ends = now + seconds
        moment: datetime | None = getattr(response, "_mitstadt_until", None)
        if moment is not None:
            ends = min(ends, now + (moment - clock.now()).total_seconds())
            if ends <= now:
                return None
        patch_vary_headers(response, ["Cookie", "HX-Request", "Accept-Encoding"])
        if not control:
            response["Cache-Control"] = "no-cache"  # keep it, but ask: after signing in the page is another one
        etag = hashlib.blake2b(response.content, digest_size=12).hexdigest()
        headers = [(name, value) for name, value in response.items() if name.lower() not in DROPPED_HEADERS]
        return Page(response.content, headers, etag, now, ends)

    def answer(self, request: HttpRequest, key: str, page: Page) -> HttpResponse:
        """A kept page for this reader: 304 if they have it, else compressed as they like it."""
        encoding = _encoding(request.META.get("HTTP_ACCEPT_ENCODING", "")) if page.compressible else ""
        etag = f'W/"{page.etag}"'
        if _matches(request.META.get("HTTP_IF_NONE_MATCH", ""), page.etag):
            response = HttpResponse(status=304)
            kept = {"vary", "cache-control", "content-security-policy", "content-language"}
            for name, value in page.headers:
                if name.lower() in kept:
                    response[name] = value
            del response["Content-Type"]
        else:
            body = page.body
            if encoding:
                if encoding not in page.packed:
                    page.packed[encoding] = _pack(encoding, page.body)
                    cache.set(key, page, max(0.001, page.ends - time.time()))
                body = page.packed[encoding]
            response = HttpResponse(b"" if request.method == "HEAD" else body)
            for name, value in page.headers:
                response[name] = value
            if encoding:
                response["Content-Encoding"] = encoding
            response["Content-Length"] = str(len(body))
        response["ETag"] = etag
        response["Age"] = str(int(time.time() - page.stored))
        return response


def _known_cookies() -> set[str]:
    names = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME, "messages"}
    return names | _cookies


def _for_one(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """What was made with a look at somebody's cookies stays in that browser, whatever the view says for everybody."""
    control = response.get("Cache-Control", "").lower()
    looked = "cookie" in response.get("Vary", "").lower() and not _known_cookies().isdisjoint(request.COOKIES)
    if looked and "private" not in control and "no-store" not in control:
        response["Cache-Control"] = "private, no-cache"
    return response


def _matches(header: str, etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/").strip('"') for tag in header.split(",")]
    return etag in tags or tags == ["*"]


def _encoding(header: str) -> str:
    """`br`, `gzip` or nothing, as the reader accepts it; what has weight 0 is refused."""
    accepted = set()
    for part in header.lower().split(","):
        name, _, weight = part.partition(";")
        if weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}:
            accepted.add(name.strip())
    return next((name for name in ("br", "gzip") if name in accepted), "")


def _pack(encoding: str, body: bytes) -> bytes:
    if encoding == "br":
        packed: bytes = brotli.compress(body, quality=5)
        return packed
    return gzip.compress(body, 6, mtime=0)
