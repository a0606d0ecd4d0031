"""Dates as sentences. Accepts dates, moments and partial dates ("2024", "2024-01"): sources often know no more."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from typing import TypeAlias

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from mitstadt.kit import clock

from .html import EMPTY

DateLike: TypeAlias = "date | datetime | str | int | None"
_PARTIAL = re.compile(r"^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$")


def as_date(value: DateLike) -> date | None:
    """The day of a date, moment or full ISO text; None where only month or year is known."""
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    if isinstance(value, date):
        return value
    match = _PARTIAL.match(str(value or ""))
    if match and match[3]:
        try:
            return date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            return None
    return None


def day(value: DateLike) -> str:
    """`3. März 2026`; a known month gives `Januar 2024`, a known year `2024`; other text is returned as it is."""
    if value in (None, ""):
        return ""
    found = as_date(value)
    if found:
        return _written(found, get_language() or "")
    match = _PARTIAL.match(str(value))
    if match and match[2] and 1 <= int(match[2]) <= 12 and not match[3]:
        return date_format(date(int(match[1]), int(match[2]), 1), "F Y")
    return str(value)


@lru_cache(maxsize=4096)
def _written(found: date, language: str) -> str:
    """A whole day in the active language, which is named so that each has its own."""
    return date_format(found, "j. F Y" if _german() else "j F Y")


def moment(value: datetime | None) -> str:
    """`3. März 2026, 14:05 Uhr` in the city's time zone."""
    if value is None:
        return ""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return _("%(day)s, %(time)s Uhr") % {"day": day(local), "time": f"{local:%H:%M}"}


def short_day(value: date | datetime | None) -> str:
    """`03.03.2026` or `3 Mar 2026`, for dense tables."""
    found = as_date(value)
    if found is None:
        return ""
    return f"{found:%d.%m.%Y}" if _german() else date_format(found, "j M Y")


def short_moment(value: datetime | None) -> str:
    """`03.03.2026, 14:05` or `3 Mar 2026, 14:05`, in the city's time zone."""
    if value is None:
        return ""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{short_day(local)}, {local:%H:%M}"


def days_left(value: DateLike, today: date | None = None) -> str:
    """`noch 12 Tage`, `noch bis morgen`, `noch heute`, `seit 3. März 2026 vorbei`."""
    found = as_date(value)
    if not found:
        return ""
    left = (found - (today or clock.today())).days
    if left < 0:
        return _("seit %(day)s vorbei") % {"day": day(found)}
    if left == 0:
        return _("noch heute")
    if left == 1:
        return _("noch bis morgen")
    return ngettext("noch %(count)d Tag", "noch %(count)d Tage", left) % {"count": left}


def ago(value: DateLike, today: date | None = None) -> str:
    """`heute`, `gestern`, `vor 5 Tagen`; from a month on the date itself."""
    found = as_date(value)
    if not found:
        return day(value)
    gone = ((today or clock.today()) - found).days
    if gone == 0:
        return _("heute")
    if gone == 1:
        return _("gestern")
    if 1 < gone < 31:
        return ngettext("vor %(count)d Tag", "vor %(count)d Tagen", gone) % {"count": gone}
    return day(found)


def period(start: DateLike, end: DateLike) -> str:
    """`2019 bis 2026`, `seit 2019`, `bis 2026`, or nothing."""
    if start and end:
        return _("%(start)s bis %(end)s") % {"start": day(start), "end": day(end)}
    if start:
        return _("seit %(start)s") % {"start": day(start)}
    return _("bis %(end)s") % {"end": day(end)} if end else ""


def time_tag(value: DateLike, text: str = "") -> SafeString:
    """A `<time>` with machine-readable date around the sentence."""
    if value in (None, ""):
        return EMPTY
    machine = value.isoformat() if isinstance(value, date) else str(value)
    return format_html('<time datetime="{}">{}</time>', machine, text or day(value))


def stand(value: DateLike) -> SafeString:
    """The line `Stand: 3. März 2026`, or that it is not known."""
    if value in (None, ""):
        return format_html('<p class="ms-stand">{}</p>', _("Stand: nicht angegeben"))
    return format_html('<p class="ms-stand">{} {}</p>', _("Stand:"), time_tag(value))


def _german() -> bool:
    return (get_language() or "de").startswith("de")


__all__ = [
    "DateLike",
    "ago",
    "as_date",
    "day",
    "days_left",
    "moment",
    "period",
    "short_day",
    "short_moment",
    "stand",
    "time_tag",
]
