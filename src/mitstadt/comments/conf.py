"""Numbers of the discussion that a city may set. Each setting has its default here."""

from __future__ import annotations

from django.conf import settings

from mitstadt.kit.city import current

from . import rules

THREADS_PER_PAGE = 50
REPLIES_SHOWN = 20  # per thread in a page; the rest is on the thread's own page


def edit_minutes() -> int:
    return int(settings.MITSTADT_COMMENT_EDIT_MINUTES)


def answer_days() -> int:
    return int(settings.MITSTADT_ANSWER_WORKING_DAYS)


def text_limit() -> int:
    return int(getattr(settings, "MITSTADT_COMMENT_LENGTH", rules.TEXT_LIMIT))


def rate_limits() -> tuple[tuple[int, int], ...]:
    """Pairs (number of contributions, seconds)."""
    limits: tuple[tuple[int, int], ...] = getattr(settings, "MITSTADT_COMMENT_RATES", ((6, 60), (60, 3600)))
    return limits


def calendar() -> tuple[str, bool]:
    """The state whose holidays count, and whether those of mainly Catholic municipalities do (`holidays_catholic`)."""
    city = current()
    return city.state, bool(city.rules.get("holidays_catholic", 0))
