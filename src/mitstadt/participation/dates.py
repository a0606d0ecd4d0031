"""What takes place at one time and place, gathered from every format: for lists, calendars and the front page."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from mitstadt.kit import languages

from . import queries, registry, rules, then
from .models import Process


def next_dates(near: QuerySet[Process], now: datetime) -> list[registry.Date]:
    """What every format has to come in these processes, soonest first; one query for each format with dates."""
    dates = [date for known in registry.all_formats() for date in known.dates(near, now)]
    return sorted(dates, key=lambda date: date.start)


def rows(now: datetime, district: int | None = None, limit: int = 5) -> list[dict[str, Any]]:
    """The next ones of all open processes (near a district) for a list, with their address in the reader's language."""
    near = queries.near(queries.public().filter(then.in_stage(rules.OPEN)), district)
    return [{**asdict(date), "href": languages.local_path(date.path)} for date in next_dates(near, now)[:limit]]
