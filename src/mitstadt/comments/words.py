"""Short phrases of the discussion: days, departments, deadlines, texts as HTML. Repeated ones are spelled once."""

from __future__ import annotations

import re
from datetime import date, datetime
from html import escape

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import conf, rules

_LINK = re.compile(r"https?://[^\s<>\"'()\[\]{}]+[^\s<>\"'()\[\]{}.,;:!?…]")


def text_html(text: str) -> str:
    """Plain text as safe HTML: escaped, http(s) addresses as links that search engines ignore. Line feeds stay."""
    if "://" not in text:
        return escape(text)
    parts: list[str] = []
    end = 0
    for match in _LINK.finditer(text):
        parts += (escape(text[end : match.start()]), _link(match))
        end = match.end()
    parts.append(escape(text[end:]))
    return "".join(parts)


def _link(match: re.Match[str]) -> str:
    address = escape(match.group())
    return f'<a href="{address}" rel="nofollow ugc noopener noreferrer">{address}</a>'


class Words:
    """Phrases for one rendering in the active language. Days repeat, so each is spelled once."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.state, self.catholic = conf.calendar()
        self._zone = timezone.get_current_timezone()
        self._days: dict[date, str] = {}
        self._departments: dict[str, str] = {}

    def day(self, moment: datetime | date) -> str:
        """ "11. November 2026"."""
        day = moment.astimezone(self._zone).date() if isinstance(moment, datetime) else moment
        known = self._days.get(day)
        if known is None:
            known = self._days[day] = date_format(day, "DATE_FORMAT")
        return known

    def at(self, department: str | None) -> str:
        """ "beim IT-Referat", "bei der Stadtkämmerei", "bei: Kreisverwaltung West"."""
        name = department or ""
        known = self._departments.get(name)
        if known is None:
            known = self._departments[name] = at_department(name)
        return known

    def left(self, due: date) -> int:
        """Working days left until `due`; negative when it has passed."""
        return rules.working_days_between(self.today, due, self.state, self.catholic)

    def overdue_days(self, due: date) -> int:
        """Working days since `due`, at least one once it has passed."""
        return max(-self.left(due), 1)


def at_department(name: str) -> str:
    """Where a question lies, as part of a sentence."""
    if not name:
        return _("bei der Koordination")
    gender = rules.gender(name)
    if gender == "n":
        return _("beim %(department)s") % {"department": name}
    if gender == "f":
        return _("bei der %(department)s") % {"department": name}
    return _("bei: %(department)s") % {"department": name}


def working_days(number: int) -> str:
    """ "nach 13 Arbeitstagen"; the same day reads as such."""
    if number == 0:
        return _("am selben Tag")
    return ngettext("nach %(n)s Arbeitstag", "nach %(n)s Arbeitstagen", number) % {"n": number}
