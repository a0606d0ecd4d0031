"""What every page knows about its city."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from . import clock
from .city import current


def city(request: HttpRequest) -> dict[str, Any]:
    """`city`, `demo` and `today` for every template; costs no query.

    `unshown_day` is the day in `?stand=` as somebody typed it, and `today_url` the same page without it: the base page
    says that it cannot show the past, unless a view sets `shows_day`.
    """
    found = {"city": current(), "demo": settings.MITSTADT_DEMO, "today": clock.today()}
    asked = request.GET.get("stand", "").strip() if request.method in ("GET", "HEAD") else ""
    if asked:
        rest = request.GET.copy()
        del rest["stand"]
        found["unshown_day"] = asked[:40]
        found["today_url"] = f"{request.path}?{rest.urlencode()}" if rest else request.path
    return found
