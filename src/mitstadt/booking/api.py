"""Free places for programs: what the pages show, never who has one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.errors import HttpError

from mitstadt.subjects.models import Subject

from . import queries

router = Router(tags=["places"])


class PlacesOut(Schema):
    """`seats` and `free` are null where there is no limit; `waiting` counts bookings on the waiting list.

    `phase`: cancelled, early, open, closed, begun.
    """

    id: str
    label: str
    location: str
    phase: str
    seats: int | None
    taken: int
    free: int | None
    waiting: int
    waiting_list: bool
    opens_at: datetime | None
    closes_at: datetime | None
    starts_at: datetime | None
    ends_at: datetime | None


class SubjectPlacesOut(Schema):
    subject: str
    places: list[PlacesOut]


@router.get("/{subject}", response=SubjectPlacesOut, summary="Freie Plätze eines Gegenstands")
def places(request: HttpRequest, subject: str) -> dict[str, Any]:
    found = Subject.objects.public().filter(public_id=subject).first()
    if found is None:
        raise HttpError(404, "no public subject with this id")
    return {"subject": subject, "places": [_out(one) for one in queries.state_of([found])[found.pk]]}


def _out(one: queries.PlacesState) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "label": one.label,
        "location": one.location,
        "phase": one.phase,
        "seats": one.seats,
        "taken": one.taken,
        "free": one.free,
        "waiting": one.waiting,
        "waiting_list": one.has_waiting_list,
        "opens_at": one.opens_at,
        "closes_at": one.closes_at,
        "starts_at": one.starts_at,
        "ends_at": one.ends_at,
    }
