"""Who may book, give back and manage. Every refusal's reason is the sentence that the person reads."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from mitstadt.accounts import rules as trust
from mitstadt.accounts.actor import COORDINATOR, EDITOR, Actor
from mitstadt.kit import clock
from mitstadt.kit.components import moment
from mitstadt.kit.decision import YES, Decision, no
from mitstadt.subjects import kinds
from mitstadt.subjects.models import Subject

from .models import Booking, Places, State
from .rules import Window

# Somebody who has not confirmed an address yet, as if they had: decides whether the form is offered at all.
SOMEBODY = Actor(guest_id=0, trust=trust.EMAIL)


def window(places: Places) -> Window:
    return Window(
        places.opens_at, places.closes_at, places.starts_at, places.ends_at, cancelled=places.cancelled_at is not None
    )


def why_not(places: Places, now: datetime) -> str:
    """Why nobody can book at `now`, as a sentence; empty when it is possible."""
    asked = window(places)
    phase = asked.phase(now)
    if phase == "cancelled":
        if places.cancel_reason:
            return _("Das ist abgesagt: %(reason)s") % {"reason": places.cancel_reason}
        return _("Das ist abgesagt.")
    if phase == "early":
        return _("Plätze gibt es ab %(moment)s.") % {"moment": moment(places.opens_at)}
    if phase == "closed":
        return _("Reservieren ging bis %(moment)s.") % {"moment": moment(asked.last_moment)}
    if phase == "begun":
        return _("Das hat schon begonnen (%(moment)s).") % {"moment": moment(places.starts_at or places.ends_at)}
    return ""


def book(actor: Actor, places: Places, now: datetime) -> Decision:
    """May `actor` have a place (or wait for one) now? `places` comes with its subject."""
    subject: Subject = places.about
    if not subject.published:
        return no(_("Das ist noch nicht veröffentlicht, deshalb gibt es noch keine Plätze."))
    if subject.restricted:
        return no(_("Das ist zurzeit ausgeblendet, deshalb gibt es keine Plätze."))
    reason = why_not(places, now)
    if reason:
        return no(reason)
    try:
        kind = kinds.get(subject.kind)
    except KeyError:
        return no(_("Hier gibt es keine Plätze."))
    # A kind that has a say in booking names the verb; for all others having opened places is the answer.
    decision = kind.can(actor, "book", subject, now) if "book" in kind.verbs else YES
    return decision and trust.need(actor, trust.EMAIL)


def give_back(booking: Booking, places: Places, now: datetime) -> Decision:
    """May these places be given back? Also after booking has closed: a free chair helps somebody."""
    if booking.state == State.CANCELLED:
        return no(_("Dieser Platz ist schon freigegeben."))
    if booking.state not in (State.BOOKED, State.WAITING):
        return no(_("Dieser Platz ist schon benutzt worden."))
    if window(places).phase(now) == "begun":
        return no(_("Das hat schon begonnen, deshalb lässt sich der Platz nicht mehr freigeben."))
    return YES


def is_own(actor: Actor, booking: Booking) -> bool:
    if actor.user_id is not None:
        return booking.user_id == actor.user_id
    return actor.guest_id is not None and booking.guest_id == actor.guest_id


def department_of(subject: Subject) -> int | None:
    """The department that a subject's kind names."""
    try:
        return kinds.get(subject.kind).department_of(subject.pk)
    except KeyError:
        return None


def manage(actor: Actor, places: Places) -> Decision:
    """May `actor` see who comes, and change the places? The subject's own department, the coordination, and whom a kind
    that names the verb ``manage_places`` lets."""
    decision = trust.staff(actor)
    if not decision or actor.has(COORDINATOR):
        return decision
    kind = kinds.find(places.about.kind)
    if kind is not None and "manage_places" in kind.verbs:
        return kind.can(actor, "manage_places", places.about, clock.now())
    department = department_of(places.about)
    if department is not None and actor.has(EDITOR, department):
        return YES
    return no(_("Diese Plätze gehören zu einem anderen Referat."))
