"""What a measure's page says about the measure itself, kept in the process for half a minute.

Ratings, contributions and counts are read for every page; facts, time line and pictures are not, as long as the
measure's state is the same. A new name of a field or department shows after `MITSTADT_SNAPSHOT_SECONDS` at the latest,
as it does on the radar.
"""

from __future__ import annotations

import copy
import time
from collections import OrderedDict
from datetime import date
from threading import Lock
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from mitstadt.kit import clock

Mark = tuple[tuple[Any, ...], tuple[int, int, int]]

MOST = 300
_pages: OrderedDict[tuple[int, str, date], tuple[float, tuple[Any, ...], dict[str, Any]]] = OrderedDict()
_lock = Lock()


def has(number: int) -> bool:
    """Is there a page of this measure, of whatever state?"""
    return _key(number) in _pages


def get(number: int, mark: Mark) -> dict[str, Any] | None:
    """The page's context with today's counts, or None if there is none of this state. The caller may add to it."""
    state, counts = mark
    with _lock:
        found = _pages.get(_key(number))
    if found is None or found[1] != state or time.monotonic() - found[0] > _seconds():
        return None
    context = dict(found[2])
    subject = context["subject"] = copy.copy(context["subject"])
    subject.comment_count, subject.rating_count, subject.follower_count = counts
    return context


def keep(number: int, mark: Mark, context: dict[str, Any]) -> None:
    """Remember a context made for `mark`."""
    if not _seconds():
        return
    with _lock:
        _pages[_key(number)] = (time.monotonic(), mark[0], dict(context))
        while len(_pages) > MOST:
            _pages.popitem(last=False)


def forget() -> None:
    """Drop everything kept in this process."""
    with _lock:
        _pages.clear()


def _key(number: int) -> tuple[int, str, date]:
    return (number, get_language() or "", clock.today())


def _seconds() -> float:
    return float(getattr(settings, "MITSTADT_SNAPSHOT_SECONDS", 30))
