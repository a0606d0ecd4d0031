"""How many places are free, in words, for the pages of other rooms. No form, nothing personal: those pages are kept."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mitstadt.kit.components import dotted, join, link_button, meta, moment, tag

from .queries import PlacesState


def free_words(found: PlacesState) -> str:
    """``noch 12 von 40 Plätzen frei``, ``ausgebucht``, ``Plätze ohne Begrenzung``."""
    if found.seats is None:
        return _("Plätze ohne Begrenzung")
    if not found.free:
        return _("ausgebucht")
    text = ngettext("noch %(free)d von %(n)d Platz frei", "noch %(free)d von %(n)d Plätzen frei", found.seats)
    return text % {"free": found.free, "n": found.seats}


def waiting_words(found: PlacesState) -> str:
    """``Warteliste: 3 vor Ihnen`` for whoever would join it now; empty where nobody needs it."""
    if not found.is_full or not found.has_waiting_list:
        return ""
    if not found.can_wait:
        return _("Warteliste voll")
    if not found.waiting:
        return _("Warteliste: niemand vor Ihnen")
    return _("Warteliste: %(n)d vor Ihnen") % {"n": found.waiting}


def closed_words(found: PlacesState) -> str:
    """Why nobody can book now, shortly; empty when it is possible."""
    if found.phase == "cancelled":
        reason = found.cancel_reason
        return _("Abgesagt: %(reason)s") % {"reason": reason} if reason else _("Abgesagt")
    if found.phase == "early":
        return _("Plätze ab %(moment)s") % {"moment": moment(found.opens_at)}
    if found.phase == "closed":
        return _("Reservieren ging bis %(moment)s.") % {"moment": moment(found.closes_at or found.starts_at)}
    return _("Hat schon begonnen") if found.phase == "begun" else ""


def places_line(found: PlacesState) -> SafeString:
    """One quiet line for rows of a list."""
    closed = closed_words(found)
    return dotted(closed) if closed else dotted(free_words(found), waiting_words(found))


def places_box(states: Sequence[PlacesState], level: int = 2) -> SafeString:
    """The section "Plätze" of a subject's page: one line per offer and the way to the form; empty without offers."""
    if not states:
        return SafeString("")
    rows = join(format_html('<li class="ms-places__row">{}</li>', _row(found)) for found in states)
    return format_html(
        '<section class="ms-section ms-places" id="plaetze"><h{} class="ms-places__title">{}</h{}>'
        '<ul class="ms-places__list">{}</ul></section>',
        level,
        _("Plätze"),
        level,
        rows,
    )


def _row(found: PlacesState) -> SafeString:
    closed = closed_words(found)
    head = (
        format_html('<p class="ms-places__when">{}</p>', dotted(found.label, moment(found.starts_at), found.location))
        if found.label or found.starts_at
        else SafeString("")
    )
    if closed:
        return format_html("{}{}", head, meta(closed))
    words = format_html(
        '<p class="ms-places__free">{} {}</p>', free_words(found), tag(waiting_words(found)) if found.is_full else ""
    )
    if found.is_full and not found.can_wait:
        return format_html("{}{}", head, words)
    verb = _("Auf die Warteliste") if found.is_full else _("Platz reservieren")
    until = _("bis %(moment)s") % {"moment": moment(found.closes_at)} if found.closes_at else ""
    address = reverse("booking:book", args=[found.public_id])
    extra = {"aria_label": f"{verb}: {found.label}"} if found.label else {}
    return format_html(
        "{}{}<p>{}</p>{}", head, words, link_button(verb, address, **extra), meta(until) if until else ""
    )
