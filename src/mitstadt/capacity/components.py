"""How a figure looks: a word and a shape, its age, what to do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mitstadt.directory import components as directory
from mitstadt.kit import clock, languages
from mitstadt.kit import components as ui

from .models import STATES, Capacity, Way
from .queries import Row
from .rules import Age, Light

TONES = {
    Light.FREE: "done", Light.FEW: "done", Light.ASSESSMENT: "run", Light.WAITING: "plan", Light.FULL: "stopped",
    Light.UNKNOWN: "",
}  # fmt: skip
SIGNS = {
    Light.FREE: "●", Light.FEW: "◐", Light.ASSESSMENT: "◔", Light.WAITING: "◷", Light.FULL: "○", Light.UNKNOWN: "?",
}  # fmt: skip
EMPTY = SafeString("")


def ago(moment: Any) -> str:
    """`vor 20 Minuten`, `vor 3 Stunden`, else in days."""
    old = clock.now() - moment
    if old < timedelta(hours=1):
        minutes = max(1, int(old.total_seconds() // 60))
        return ngettext("vor %(n)s Minute", "vor %(n)s Minuten", minutes) % {"n": minutes}
    if old < timedelta(hours=24):
        hours = int(old.total_seconds() // 3600)
        return ngettext("vor %(n)s Stunde", "vor %(n)s Stunden", hours) % {"n": hours}
    return ui.ago(localtime(moment).date())


def state(row: Row) -> SafeString:
    """The word for a figure, with its number where it may be said."""
    text = str(STATES[row.light])
    if row.light is Light.FREE and row.free is not None:
        text = ngettext("%(n)s frei", "%(n)s frei", row.free) % {"n": row.free}
    grey = " cp-state--grey" if row.age is Age.GREY else ""
    return format_html(
        '<span class="cp-state{}"><span aria-hidden="true">{}</span> {}</span>', grey, SIGNS[row.light],
        ui.tag(text, TONES[row.light] if row.age is Age.FRESH else ""),
    )  # fmt: skip


def freshness(row: Row) -> str:
    """How old the figure is, as a sentence."""
    capacity = row.capacity
    if capacity.way == Way.BOOK:
        return _("wird hier gebucht, immer aktuell")
    if capacity.way == Way.LINK:
        if capacity.link_checked_on is not None:
            return _("Verweis geprüft %(ago)s") % {"ago": ui.ago(capacity.link_checked_on)}
        return _("Zahlen stehen auf der anderen Seite")
    if capacity.updated_at is None:
        return _("noch nie gemeldet")
    text = _("gemeldet %(ago)s") % {"ago": ago(capacity.updated_at)}
    if row.age is Age.GREY:
        text += ", " + _("überfällig")
    elif row.age is Age.UNKNOWN:
        text += ", " + _("zu alt, um etwas zu sagen")
    return text


def row(found: Row, chosen: bool = False) -> SafeString:
    """One capacity in a list."""
    capacity, service = found.capacity, found.capacity.service
    facts: list[object] = []
    if service.protected:
        facts.append(_("Anschrift geheim, bitte anrufen"))
    elif capacity.at is not None and capacity.at.location is not None:
        facts.append(capacity.at.location.address)
    if found.km is not None:
        facts.append(_("%(km)s entfernt") % {"km": directory.km(found.km)})
    if ages := age_span(capacity):
        facts.append(ages)
    facts.append(freshness(found))
    tick = EMPTY
    if capacity.way == Way.ENQUIRE:
        tick = format_html(
            '<label class="cp-pick ms-noprint"><input type="checkbox" name="k" value="{}" form="cp-enquire"{}> {}'
            '<span class="ms-sr">: {}</span></label>',
            capacity.public_id, SafeString(" checked") if chosen else EMPTY, _("in die Anfrage"), service.name,
        )  # fmt: skip
    return format_html(
        '<li class="dy-row"><h3 class="dy-row__title"><a href="{}">{}</a> {}</h3><p class="dy-row__lead">{}</p>'
        '<p class="dy-row__state">{} {}</p><p class="ms-meta">{}</p>{}</li>',
        languages.local_path(capacity.get_absolute_url()),
        service.name,
        ui.example(capacity.is_example),
        capacity.title,
        state(found),
        ui.tag(capacity.get_way_display()),
        ui.dotted(*facts),
        tick,
    )


def age_span(capacity: Capacity) -> str:
    if capacity.min_age is not None and capacity.max_age is not None:
        return _("%(low)s bis %(high)s Jahre") % {"low": capacity.min_age, "high": capacity.max_age}
    if capacity.min_age is not None:
        return _("ab %(low)s Jahren") % {"low": capacity.min_age}
    if capacity.max_age is not None:
        return _("bis %(high)s Jahre") % {"high": capacity.max_age}
    return ""


def slot_label(slot: Any) -> str:
    """`Montag, 30. November 2026, 09:00 bis 09:45 Uhr`"""
    start, end = localtime(slot.starts_at), localtime(slot.ends_at)
    return _("%(weekday)s, %(day)s, %(from)s bis %(to)s Uhr") % {
        "weekday": date_format(start, "l"), "day": ui.day(start.date()), "from": f"{start:%H:%M}", "to": f"{end:%H:%M}"
    }  # fmt: skip
