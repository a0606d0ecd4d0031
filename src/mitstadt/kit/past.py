"""One day of the past, for every public page: ``?stand=2026-03-01``.

The middleware understands the parameter, stops the clock at the end of that day and keeps it in `day()` while the page
is made. What rooms share (`queries.public()`) asks `moment()` and leaves out what came later, so page, feed and file
show the same. A view says with `@past.shown` that all it shows is of that day; any other public page answers that it
exists today only, never with today's facts under yesterday's date. `doubt` collects what no record proves; the page's
banner says it.

Links of such a page keep the day, forms that would write are refused, and no search engine is to keep it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from html import escape
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from . import clock
from .languages import german_path

NAME = "stand"
FIRST_YEAR = 1990
NOTES = "<!--past-notes-->"  # where the base page's banner wants the doubts

# Nobody's public record: what is personal, the back office, files, programs' own answers.
OUTSIDE = (
    "/konto/",
    "/verwaltung/",
    "/api/",
    "/static/",
    "/media/",
    "/dokumente/",
    "/gesundheit/",
    "/_util/",
    "/abmelden/",
)
OUTSIDE_EXACTLY = {"/favicon.ico"}

View = TypeVar("View", bound=Callable[..., Any])


class NotYet(Http404):
    """What is asked for did not exist on the day that is shown."""


class Unproven(Http404):
    """Nobody recorded what was there on the day that is shown."""


@dataclass(slots=True)
class _Asked:
    day: date
    present: datetime
    doubts: list[str] = field(default_factory=list)


_asked: ContextVar[_Asked | None] = ContextVar("mitstadt_past", default=None)


def day() -> date | None:
    """The past day that is being shown, None for today."""
    found = _asked.get()
    return found.day if found else None


def moment() -> datetime | None:
    """The last moment of that day in the city's time zone, None for today."""
    found = _asked.get()
    return end_of(found.day) if found else None


def today() -> date:
    """The present day, whatever day is shown."""
    found = _asked.get()
    return timezone.localdate(found.present) if found else clock.today()


def end_of(shown: date) -> datetime:
    """The last moment of a day in the city's time zone."""
    return timezone.make_aware(datetime.combine(shown + timedelta(days=1), time())) - timedelta(microseconds=1)


def doubt(text: str) -> None:
    """Say in the page's banner that something shown is not proven for that day. Nothing happens today."""
    found = _asked.get()
    if found is not None and text not in found.doubts:
        found.doubts.append(text)


@contextmanager
def showing(shown: date) -> Iterator[None]:
    """Show `shown`, a day before today, in what is done meanwhile; the clock stands at its end."""
    known = _asked.get()
    token = _asked.set(known if known and known.day == shown else _Asked(shown, clock.now()))
    try:
        with clock.at(end_of(shown)):
            yield
    finally:
        _asked.reset(token)


def shown(view: View) -> View:
    """All that this view shows is of the chosen day."""
    view.shows_past = True  # type: ignore[attr-defined]
    return view


def only_reads(request: HttpRequest) -> bool:
    """Does the address belong to a view that shows days? None of those takes a form."""
    return getattr(request.resolver_match and request.resolver_match.func, "shows_past", False)


def asked_day(request: HttpRequest) -> tuple[date | None, str]:
    """The day in ``?stand=`` and, if it cannot be shown, a sentence that says why (quoting what was typed)."""
    text = request.GET.get(NAME, "").strip()
    if not text:
        return None, ""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None, _("„%(text)s“ ist kein Tag. Schreiben Sie ihn zum Beispiel so: 2026-03-01.") % {"text": text[:40]}
    if found > today():
        return None, _("Der %(day)s liegt in der Zukunft. Gezeigt wird der Stand von heute.") % {
            "day": f"{found:%d.%m.%Y}"
        }
    if found.year < FIRST_YEAR:
        return None, _("So weit zurück reichen unsere Seiten nicht. Gezeigt wird der Stand von heute.")
    return found, ""


def is_public(path: str) -> bool:
    """Is this the address of a page that everybody may read?"""
    german = german_path(path)
    return not german.startswith(OUTSIDE) and german not in OUTSIDE_EXACTLY


class PastMiddleware:
    """Innermost, so that sign-in, sessions and the page cache keep their own time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if NAME not in request.GET or not is_public(request.path_info):
            return self.get_response(request)
        found, problem = asked_day(request)
        request.past_problem = problem  # type: ignore[attr-defined]
        if problem:
            response = self.get_response(request)
            return response if _is_page(response) or response.status_code >= 300 else _refused(problem)
        if found is None or found == today():
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return _only_today(request, found)
        bool(getattr(request, "actor", None))  # who reads is decided by today's clock
        request.past_day = found  # type: ignore[attr-defined]
        with showing(found):
            response = self.get_response(request)
            asked = _asked.get()
            assert asked is not None
            return _of_day(response, asked)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponseBase | None:
        if request.method == "POST" and getattr(view, "shows_past", False):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        shown_day: date | None = getattr(request, "past_day", None)
        if shown_day is None or getattr(view, "shows_past", False):
            return None
        return _only_today(request, shown_day)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        shown_day: date | None = getattr(request, "past_day", None)
        if shown_day is None or not isinstance(error, NotYet | Unproven):
            return None
        return _only_today(request, shown_day, "not_yet" if isinstance(error, NotYet) else "reads")


def _only_today(request: HttpRequest, shown_day: date, why: str = "") -> HttpResponseBase:
    """What cannot be of a past day says so and leads to today; nothing is written."""
    why = why or ("reads" if request.method in ("GET", "HEAD") else "writes")
    context = {"day": shown_day, "why": why}
    return render(request, "kit/only_today.html", context, status=409 if why == "writes" else 404)


def _refused(problem: str) -> HttpResponse:
    """A file must be what was asked for."""
    return HttpResponse(problem, status=400, content_type="text/plain; charset=utf-8")


def _is_page(response: HttpResponseBase) -> bool:
    return str(response.get("Content-Type", "")).startswith("text/html")


def _of_day(response: HttpResponseBase, asked: _Asked) -> HttpResponseBase:
    response["X-Robots-Tag"] = "noindex"
    if isinstance(response, StreamingHttpResponse):
        response.streaming_content = _pieces(iter(response), asked.day)
        return response
    if not isinstance(response, HttpResponse):
        return response
    text = asked.day.isoformat()
    if response.status_code in (301, 302, 303, 307, 308) and "Location" in response:
        response["Location"] = with_day(response["Location"], text)
    elif _is_page(response):
        html = response.content.decode(response.charset)
        notes = "".join(f"<p>{escape(note)}</p>" for note in asked.doubts)
        response.content = keep_day(html.replace(NOTES, notes, 1), text)
    return response


def _pieces(pieces: Iterator[bytes], shown_day: date) -> Iterator[bytes]:
    """Each piece of a long file is made on that day, too."""
    while True:
        with showing(shown_day):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


# -- links keep the day -----------------------------------------------------------------------------------
_TAG = re.compile(r"<(a|form)\b[^>]*>")
_ADDRESS = re.compile(r'(\s(?:href|hx-get)=")([^"]*)(")')


def keep_day(html: str, text: str) -> str:
    """The page with the day in every link to a public page of this house, and in every form that asks.

    Links marked ``data-today`` lead to today.
    """

    def tag(match: re.Match[str]) -> str:
        whole = match[0]
        if "data-today" in whole:
            return whole
        if match[1] == "a":
            return _ADDRESS.sub(lambda at: at[1] + with_day(at[2], text, "&amp;") + at[3], whole)
        if 'method="post"' in whole.lower():
            return whole
        rest = html[match.end() : html.find("</form", match.end())]
        if f'name="{NAME}"' in rest:
            return whole
        return f'{whole}<input type="hidden" name="{NAME}" value="{text}">'

    return _TAG.sub(tag, html)


def with_day(address: str, text: str, joint: str = "&") -> str:
    """`address` with the day, if it is a public page of this house without one."""
    path, hash_, anchor = address.partition("#")
    if not path or not path.startswith(("/", "?")) or path.startswith("//"):
        return address
    if path.startswith("/") and not is_public(path.partition("?")[0]):
        return address
    query = path.partition("?")[2].replace("&amp;", "&")
    if any(part.partition("=")[0] in (NAME, "fortschreibung") for part in query.split("&")):
        return address
    sign = joint if "?" in path else "?"
    if path.endswith(("?", "&")):
        sign = ""
    return f"{path}{sign}{urlencode({NAME: text})}{hash_}{anchor}"
