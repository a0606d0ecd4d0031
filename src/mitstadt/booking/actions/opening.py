"""An upper room opens places for something of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mitstadt.audit import actions as audit
from mitstadt.booking import permissions
from mitstadt.booking.models import Need, Places
from mitstadt.kit import cache, clock
from mitstadt.kit.errors import DomainError
from mitstadt.subjects.models import Subject

from .turns import let_move_up, take_turn


def open_places(
    subject: Subject,
    *,
    seats: int | None,
    label: str = "",
    location: str = "",
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    has_waiting_list: bool = True,
    waiting_limit: int | None = None,
    max_persons: int = 1,
    note_question: str = "",
    needs_asked: Iterable[str] = (),
    actor_public_id: str = "",
    is_example: bool = False,
) -> Places:
    """Places of `subject` (of its slot `label`); called again it changes everything but the seats that are taken.

    `seats` None is without a limit. The caller has decided that its actor may. Raises DomainError (field) for moments
    in the wrong order and for fewer seats than are taken.
    """
    values: dict[str, Any] = {
        "location": location,
        "opens_at": opens_at,
        "closes_at": closes_at,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "has_waiting_list": has_waiting_list,
        "waiting_limit": waiting_limit,
        "max_persons": max_persons,
        "note_question": note_question,
        "needs_asked": list(needs_asked),
    }
    check(values, seats)
    now = clock.now()
    with transaction.atomic():
        found, created = Places.objects.get_or_create(
            about=subject,
            label=label,
            defaults={
                **values,
                "seats": seats,
                "department_id": permissions.department_of(subject),
                "is_example": is_example,
                "created_at": now,
                "changed_at": now,
            },
        )
        if created:
            audit.record("booking.places.open", actor=actor_public_id, obj=found.public_id, payload={"seats": seats})
            cache.bump()
            return found
        return change_places(found, actor_public_id=actor_public_id, seats=seats, **values)


def change_places(places: Places, *, actor_public_id: str = "", **values: Any) -> Places:
    """Change fields of `open_places`; raising the seats lets people move up. Raises DomainError as it does."""
    with transaction.atomic():
        ours = take_turn(places.pk)
        before = {name: getattr(ours, name) for name in values}
        if before == values:
            return ours
        check({**_window(ours), **values}, values.get("seats", ours.seats))
        resize(ours, values.pop("seats", ours.seats))
        if values.get("starts_at", ours.starts_at) != ours.starts_at:
            ours.bookings.update(reminded_at=None)  # of the new time they are reminded again
        Places.objects.filter(pk=ours.pk).update(department_id=permissions.department_of(ours.about), **values)
        ours.refresh_from_db()
        audit.record(
            "booking.places.change",
            actor=actor_public_id,
            obj=ours.public_id,
            payload={"changed": sorted(name for name in before if before[name] != getattr(ours, name))},
        )
        let_move_up(ours)
        cache.bump()
    return ours


def resize(places: Places, seats: int | None) -> None:
    """During one's turn: another number of seats, never below what is taken. Raises DomainError (field ``seats``)."""
    if seats == places.seats:
        return
    changing = Places.objects.filter(pk=places.pk)
    if seats is not None:
        changing = changing.filter(taken__lte=seats)
    if not changing.update(seats=seats):
        raise DomainError(
            _("Es sind schon %(taken)d Plätze vergeben, weniger geht nicht. Sagen Sie zuerst Plätze ab.")
            % {"taken": places.taken},
            field="seats",
            code="taken",
        )
    places.seats = seats


def _window(places: Places) -> dict[str, Any]:
    names = ("opens_at", "closes_at", "starts_at", "ends_at", "max_persons", "needs_asked", "waiting_limit")
    return {name: getattr(places, name) for name in names}


def check(values: dict[str, Any], seats: int | None) -> None:
    """What the constraints would refuse, as sentences."""
    opens, closes, starts, ends = (values[name] for name in ("opens_at", "closes_at", "starts_at", "ends_at"))
    if opens and closes and closes < opens:
        raise DomainError(_("Reservieren kann nicht enden, bevor es beginnt."), field="closes_at")
    if starts and ends and ends < starts:
        raise DomainError(_("Das Ende liegt vor dem Beginn."), field="ends_at")
    if not 1 <= values["max_persons"] <= 50:
        raise DomainError(_("Auf einmal sind 1 bis 50 Personen möglich."), field="max_persons")
    if seats is not None and not 0 <= seats <= 1_000_000:
        raise DomainError(_("Bitte geben Sie eine Zahl von 0 bis 1.000.000 an."), field="seats")
    if values["waiting_limit"] is not None and values["waiting_limit"] < 0:
        raise DomainError(_("Bitte geben Sie keine negative Zahl an."), field="waiting_limit")
    if not set(values["needs_asked"]) <= set(Need.values):
        raise DomainError(_("Diesen Bedarf gibt es nicht in der Liste."), field="needs_asked")
