"""Numbers of moderation that a city may set under `rules` in its city.yaml. Each has its default here."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import lru_cache

import holidays
from django.utils import timezone

from mitstadt.kit.city import current

from . import rules


def _number(name: str, default: int) -> int:
    return int(current().rules.get(name, default))


def decision_days() -> int:
    """Working days within which a case or an appeal is to be decided."""
    return _number("moderation_days", 3)


def appeal_days() -> int:
    """Days within which an author can appeal; the Digital Services Act (Article 20) asks for six months at least."""
    return _number("appeal_days", 184)


def reports_per_hour() -> int:
    """Reports from one network address and hour."""
    return _number("reports_per_hour", 10)


def contact_days() -> int:
    """Days after a case was settled until reporters' addresses and words are erased."""
    return _number("report_contact_days", 90)


@lru_cache(maxsize=4)
def _holidays(state: str, catholic: bool) -> holidays.HolidayBase:
    categories = ("public", "catholic") if catholic and state == "BY" else ("public",)
    return holidays.country_holidays("DE", subdiv=state, categories=categories)


def decide_by(start: datetime) -> datetime:
    """The end of the last working day for a case that begins at `start`."""
    city = current()
    days_off = _holidays(city.state, bool(city.rules.get("holidays_catholic", 0)))
    day = rules.working_day_after(timezone.localdate(start), decision_days(), lambda d: d in days_off)
    zone = timezone.get_current_timezone()
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=zone) - timedelta(seconds=1)
