"""Booking a place, and giving it back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from mitstadt.accounts import guests, limits
from mitstadt.accounts.actor import Actor
from mitstadt.audit import actions as audit
from mitstadt.booking import conf, permissions, rules
from mitstadt.booking.models import Booking, Channel, Places, State
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, require
from mitstadt.notify import actions as notify

from .telling import path_of, tell, title_of
from .turns import let_move_up, queue, release, take, take_turn

PURPOSE = "booking.book"


def book(
    actor: Actor,
    places: Places,
    *,
    persons: int = 1,
    name: str = "",
    note: str = "",
    needs: Iterable[str] = (),
    wait: bool = True,
    key: str = "",
    is_example: bool = False,
) -> Booking:
    """`persons` places for an account or a confirmed guest; when they are not free and `wait`, a turn on the list.

    `name` is how staff call the person at the door (may be empty), `needs` are codes of `models.Need`. The same `key`
    again gives the same booking. Raises Refused, and DomainError with code ``already`` (has one), ``full``,
    ``too_many`` or a field (``persons``, ``note``, ``needs``, ``name``).
    """
    require(permissions.book(actor, places, clock.now()))
    answers = checked(places, persons, name, note, needs)
    if not is_example and not actor.is_staff:
        limits.require("booking.book", actor.public_id, times=60, seconds=3600)
    person: dict[str, Any] = {
        "user_id": actor.user_id,
        "guest_id": None if actor.user_id is not None else actor.guest_id,
    }
    try:
        with transaction.atomic():
            ours = take_turn(places.pk)
            require(permissions.book(actor, ours, clock.now()))
            known = own(actor, ours)
            if known is not None:
                return _same(known, key)
            return _create(ours, wait=wait, key=key, by=actor.public_id, is_example=is_example, **person, **answers)
    except IntegrityError as error:  # the constraint's word, should two ever pass the check above
        known = own(actor, places)
        if known is None:
            raise DomainError(_("Das Formular wurde schon abgeschickt."), code="already") from error
        return _same(known, key)


def enter(
    actor: Actor,
    places: Places,
    *,
    name: str,
    phone: str = "",
    persons: int = 1,
    note: str = "",
    needs: Iterable[str] = (),
    channel: str = Channel.PHONE,
    wait: bool = True,
    key: str = "",
) -> Booking:
    """Staff book for somebody at the counter, at the telephone or at the door, until it is over.

    Raises what `book` raises, and DomainError (field ``name``, ``phone``, ``channel``).
    """
    require(permissions.manage(actor, places))
    answers = checked(places, persons, name, note, needs)
    phone = " ".join(phone.split())
    if not answers["name"]:
        raise DomainError(_("Bitte geben Sie einen Namen an."), field="name")
    if len(phone) > 40:
        raise DomainError(_("Die Telefonnummer ist zu lang."), field="phone")
    if channel not in Channel.values or channel == Channel.ONLINE:
        raise DomainError(_("Bitte wählen Sie, wie die Person sich gemeldet hat."), field="channel")
    with transaction.atomic():
        ours = take_turn(places.pk)
        if key:
            known = Booking.objects.filter(places=ours, key=key).first()
            if known is not None:
                return known
        now = clock.now()
        if ours.cancelled_at is not None:
            raise DomainError(permissions.why_not(ours, now), code="closed")
        if permissions.window(ours).is_over(now):
            raise DomainError(_("Das ist schon vorbei."), code="closed")
        return _create(
            ours, wait=wait, key=key, by=actor.public_id, phone=phone, channel=channel,
            is_example=actor.is_example, **answers,
        )  # fmt: skip


def checked(places: Places, persons: int, name: str, note: str, needs: Iterable[str]) -> dict[str, Any]:
    """The answers as they are stored. Raises DomainError (field) for what was not asked or is too much."""
    if not 1 <= persons <= places.max_persons:
        text = ngettext(
            "Möglich ist hier eine Person.", "Möglich sind hier 1 bis %(most)d Personen.", places.max_persons
        )
        raise DomainError(text % {"most": places.max_persons}, field="persons")
    if places.seats and persons > places.seats:  # with no seats yet there may be a list of those who would come
        raise DomainError(
            ngettext("Es gibt nur %(n)d Platz.", "Es gibt nur %(n)d Plätze.", places.seats) % {"n": places.seats},
            field="persons",
        )
    name, note = " ".join(name.split()), note.strip()
    if len(name) > 80:
        raise DomainError(_("Der Name ist zu lang."), field="name")
    if len(note) > 1000:
        raise DomainError(_("Bitte kürzen Sie den Text auf 1.000 Zeichen."), field="note")
    chosen = list(dict.fromkeys(needs))
    if not set(chosen) <= set(places.needs_asked):
        raise DomainError(_("Das kann hier nicht ausgewählt werden."), field="needs")
    return {"persons": persons, "name": name, "note": note if places.note_question else "", "needs": chosen}


def own(actor: Actor, places: Places) -> Booking | None:
    """What this person has here and has not given back."""
    if actor.user_id is not None:
        who = Q(user_id=actor.user_id)
    elif actor.guest_id is not None:
        who = Q(guest_id=actor.guest_id)
    else:
        return None
    return Booking.objects.filter(who, places=places).exclude(state=State.CANCELLED).first()


def _same(known: Booking, key: str) -> Booking:
    if key and known.key == key:
        return known
    if known.state == State.WAITING:
        raise DomainError(_("Sie stehen hier schon auf der Warteliste."), code="already")
    raise DomainError(_("Sie haben hier schon einen Platz."), code="already")


def _create(places: Places, *, wait: bool, by: str, persons: int, **fields: Any) -> Booking:
    """During one's turn: those who wait come first, then this booking gets its places or its turn, or is refused."""
    more_to_move_up = let_move_up(places)
    booked = not more_to_move_up and take(places, persons)
    if not booked:
        if not places.has_waiting_list:
            raise DomainError(_full(places, persons), code="full")
        if not wait:
            raise DomainError(
                _("%(full)s Sie können sich auf die Warteliste setzen.") % {"full": _full(places, persons)},
                field="wait",
                code="full",
            )
        if not queue(places, 1):
            raise DomainError(
                _("%(full)s Auch die Warteliste ist voll.") % {"full": _full(places, persons)}, code="full"
            )
    now = clock.now()
    made = Booking.objects.create(
        places=places,
        state=State.BOOKED if booked else State.WAITING,
        persons=persons,
        created_at=now,
        changed_at=now,
        **fields,
    )
    audit.record(f"booking.booking.{'book' if booked else 'wait'}", actor=by, obj=made.public_id)
    tell(made, places, "booked" if booked else "waiting")
    return made


def _full(places: Places, persons: int) -> str:
    left = rules.free(places.seats, places.taken)
    if not left:
        return _("Es ist kein Platz mehr frei.")
    return ngettext("Es ist nur noch %(n)d Platz frei.", "Es sind nur noch %(n)d Plätze frei.", left) % {"n": left}


def cancel(booking: Booking, *, actor: Actor | None = None) -> Booking:
    """The person gives their places (or turn) back; whoever waits moves up. Again changes nothing.

    Whoever knows the code may: callers found the booking by it, or by the account. Raises Refused.
    """
    return cancel_as(booking, by=actor.public_id if actor is not None else "", told="cancelled")


def cancel_as(booking: Booking, *, by: str, told: str, reason: str = "") -> Booking:
    with transaction.atomic():
        places = take_turn(booking.places_id)
        now = clock.now()
        found = Booking.objects.get(pk=booking.pk)
        if found.state == State.CANCELLED:
            return found
        require(permissions.give_back(found, places, now))
        let_go(found, places)
        audit.record("booking.booking.cancel", actor=by, obj=found.public_id)
        tell(found, places, told, reason=reason)
        let_move_up(places)
    return found


def let_go(booking: Booking, places: Places) -> None:
    """During one's turn: `booking` (booked or waiting, just read) is cancelled and no longer counted."""
    if booking.state == State.WAITING:
        queue(places, -1)
    else:
        release(places, booking.persons)
    booking.state = State.CANCELLED
    booking.changed_at = clock.now()
    booking.save(update_fields=["state", "changed_at"])


# -- guests ------------------------------------------------------------------------------------------
def request_from_guest(places: Places, email: str, answers: dict[str, Any], *, client: str = "") -> None:
    """Somebody without an account: the place is theirs once the address is confirmed, if one is free then.

    `answers` has the keys persons, name, note, needs, wait, key. Raises what `book` does, and DomainError (``email``).
    """
    require(permissions.book(permissions.SOMEBODY, places, clock.now()))
    checked(places, answers["persons"], answers["name"], answers["note"], answers["needs"])
    payload = {"places": places.public_id, "title": title_of(places), "email": email, "answers": answers}
    guests.request_confirmation(email, PURPOSE, payload, get_language() or "de", client=client)


def confirmed(actor: Actor, payload: dict[str, Any]) -> str:
    """A guest opened the link. Whoever has a place already is led to it."""
    places = Places.objects.select_related("about").filter(public_id=payload["places"]).first()
    if places is None:
        raise DomainError(_("Diese Plätze gibt es nicht mehr."), code="gone")
    end = places.ends_at or places.starts_at
    days = max(0, (end - clock.now()).days) + conf.keep().days if end else conf.UNDATED.days
    notify.reachable(actor, payload["email"], days=days)
    known = own(actor, places)
    booking = known if known is not None else book(actor, places, **payload["answers"])
    return path_of(booking)


def describe(payload: dict[str, Any]) -> str:
    """What a guest is about to confirm."""
    return _("Ihr Platz bei „%(title)s“") % {"title": payload["title"]}
