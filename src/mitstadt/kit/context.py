"""What every page knows about its city."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from . import clock, past
from .city import current


def city(request: HttpRequest) -> dict[str, Any]:
    """`city`, `demo`, `today` and, for a past day, `past_day` for every template; costs no query.

    `day_problem` says why the day in `?stand=` cannot be shown, `today_url` is the same page without it.
    """
    found = {"city": current(), "demo": settings.MITSTADT_DEMO, "today": clock.today(), "present_day": past.today()}
    problem = getattr(request, "past_problem", None)
    if problem is not None:
        rest = request.GET.copy()
        rest.pop(past.NAME, None)
        found["today_url"] = f"{request.path}?{rest.urlencode()}" if rest else request.path
        found["day_problem"] = problem
        found["past_day"] = past.day()
    return found
