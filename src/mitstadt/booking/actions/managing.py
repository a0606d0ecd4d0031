"""What staff do: seats, attendance, messages, calling it off."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import Actor
from mitstadt.audit import actions as audit
from mitstadt.booking import permissions
from mitstadt.booking.models import HOLDING, Booking, Places, State
from mitstadt.kit import cache, clock, jobs
from mitstadt.kit.components import as_date
from mitstadt.kit.errors import DomainError, require

from .booking import cancel_as
from .opening import change_places
from .turns import take_turn

LONGEST_MESSAGE = 2000


def change_seats(actor: Actor, places: Places, seats: int | None) -> Places:
    """More seats let people move up; fewer never below what is taken (DomainError, field ``seats``). Raises Refused."""
    require(permissions.manage(actor, places))
    return change_places(places, actor_public_id=actor.public_id, seats=seats)


def cancel_for(actor: Actor, booking: Booking, reason: str = "") -> Booking:
    """Staff cancel one booking; the person reads `reason`. Raises Refused."""
    require(permissions.manage(actor, booking.places))
    reason = reason.strip()[:300] or _("Bei Fragen wenden Sie sich bitte an die Stadt.")
    return cancel_as(booking, by=actor.public_id, told="cancelled_by_city", reason=reason)


def mark_attended(actor: Actor, booking: Booking, state: str = State.ATTENDED) -> Booking:
    """Note that somebody came (``attended``), did not (``no_show``), or neither again (``booked``). Raises Refused, and
    DomainError for people without a place, and before the day of the event."""
    require(permissions.manage(actor, booking.places))
    if state not in HOLDING:
        raise ValueError(f"{state!r} does not say whether somebody came")
    with transaction.atomic():
        places = take_turn(booking.places_id)
        start = as_date(places.starts_at)
        if start is not None and clock.today() < start:
            raise DomainError(_("Wer da war, lässt sich erst am Tag selbst eintragen."), code="early")
        found = Booking.objects.get(pk=booking.pk)
        if found.state not in HOLDING:
            raise DomainError(_("Diese Person hat keinen Platz: %(state)s.") % {"state": found.get_state_display()})
        if found.state != state:
            found.state = state
            found.changed_at = clock.now()
            found.save(update_fields=["state", "changed_at"])
            audit.record(f"booking.booking.{state}", actor=actor.public_id, obj=found.public_id)
    return found


def tell_all(actor: Actor, places: Places, text: str, *, key: str) -> None:
    """A message to everybody with a place or a turn, written by the worker. The same `key` again sends nothing.

    Raises Refused, DomainError (field ``text``).
    """
    require(permissions.manage(actor, places))
    text = text.strip()
    if not text:
        raise DomainError(_("Bitte schreiben Sie etwas, bevor Sie abschicken."), field="text")
    if len(text) > LONGEST_MESSAGE:
        raise DomainError(_("Bitte kürzen Sie den Text auf 2.000 Zeichen."), field="text")
    with transaction.atomic():
        audit.record("booking.places.tell", actor=actor.public_id, obj=places.public_id)
        jobs.enqueue("mitstadt.booking.jobs.tell_all", places.pk, text, key, key=f"booking.tell:{places.pk}:{key}")


def cancel_all(actor: Actor, places: Places, reason: str) -> Places:
    """Call it off: nobody books from now on, and the worker tells everybody `reason`. Again changes nothing.

    Raises Refused, DomainError (field ``reason``, and when it is over).
    """
    require(permissions.manage(actor, places))
    reason = " ".join(reason.split())
    if not reason:
        raise DomainError(_("Bitte nennen Sie den Grund, alle lesen ihn."), field="reason")
    if len(reason) > 300:
        raise DomainError(_("Bitte kürzen Sie den Grund auf 300 Zeichen."), field="reason")
    with transaction.atomic():
        ours = take_turn(places.pk)
        if ours.cancelled_at is not None:
            return ours
        if permissions.window(ours).is_over(clock.now()):
            raise DomainError(_("Das ist schon vorbei."), code="over")
        ours.cancelled_at, ours.cancel_reason = clock.now(), reason
        ours.save(update_fields=["cancelled_at", "cancel_reason"])
        audit.record("booking.places.cancel_all", actor=actor.public_id, obj=ours.public_id)
        jobs.enqueue("mitstadt.booking.jobs.tell_called_off", ours.pk)
        cache.bump()
    return ours
