"""`/api/v1/meetings`: the public dates as the pages show them; who has a place is never in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Query, Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from mitstadt.booking.queries import PlacesState
from mitstadt.kit import clock
from mitstadt.kit.problems import ProblemOut

from . import pages, queries, rules
from .models import Access, Meeting
from .open_data import address

router = Router(tags=["meetings"])
LIMIT = 200


class FreeOut(Schema):
    """`seats` and `free` are null without a limit; `phase`: cancelled, early, open, closed, begun."""

    id: str
    seats: int | None
    taken: int
    free: int | None
    waiting: int
    phase: str
    closes_at: datetime | None


class MeetingOut(Schema):
    """`state`: coming, now, over, cancelled. `access` holds codes. `places` is null where nobody needs to reserve."""

    id: str
    process: str
    module: str
    title: str
    state: str
    starts_at: datetime
    ends_at: datetime
    venue: str
    address: str
    link: str
    district: int | None
    access: list[str]
    cancelled_because: str
    moved_from: str
    places: FreeOut | None
    has_minutes: bool
    is_example: bool
    url: str
    ical: str


class AgendaOut(Schema):
    time: str
    text: str


class AskedOut(Schema):
    """`contribution` is the id under which the question is evaluated, null if it is not."""

    text: str
    name: str
    votes: int
    answer: str
    contribution: str | None


class MeetingDetailOut(MeetingOut):
    """`questions` once the round in the room is over; `came` and the texts once there are minutes."""

    text: str
    agenda: list[AgendaOut]
    access_text: str
    result: str
    minutes: str
    came: int | None
    questions: list[AskedOut]


class MeetingsOut(Schema):
    """`next` is the cursor of the next page, null on the last."""

    items: list[MeetingOut]
    next: str | None


class MeetingsIn(Schema):
    process: str = Field("", description="public id of a process")
    district: int | None = Field(None, description="number of a district; dates of the whole city are in every one")
    access: str = Field("", description="only dates with this code, for example step_free")
    since: datetime | None = Field(None, description="only dates that end after this moment; without it: from now on")
    after: str = Field("", description="cursor: the id of the last date that you have")
    limit: int = Field(50, ge=1, le=LIMIT)


def _out(meeting: Meeting, offer: PlacesState | None, now: datetime) -> dict[str, Any]:
    district = meeting.subject.district
    return {
        "id": meeting.subject.public_id,
        "process": meeting.module.process.subject.public_id,
        "module": meeting.module.subject.public_id,
        "title": meeting.title,
        "state": rules.state(meeting, now),
        "starts_at": meeting.starts_at,
        "ends_at": meeting.ends_at,
        "venue": meeting.venue,
        "address": meeting.address,
        "link": meeting.link,
        "district": district.number if district is not None else None,
        "access": meeting.access,
        "cancelled_because": meeting.cancel_reason,
        "moved_from": meeting.moved_from,
        "places": {
            "id": offer.public_id,
            "seats": offer.seats,
            "taken": offer.taken,
            "free": offer.free,
            "waiting": offer.waiting,
            "phase": offer.phase,
            "closes_at": offer.closes_at,
        }
        if offer is not None
        else None,
        "has_minutes": meeting.minutes_at is not None,
        "is_example": meeting.is_example,
        "url": address(meeting.subject.path),
        "ical": address(f"{meeting.subject.path}termin.ics"),
    }


@router.get("", response={200: MeetingsOut, 422: ProblemOut}, summary="Dates of participation")
def list_meetings(request: HttpRequest, asked: Query[MeetingsIn]) -> dict[str, Any]:
    """In the order of time, page by page with `after`."""
    if asked.access and asked.access not in Access.values:
        raise HttpError(422, gettext("access: „%(value)s“ gibt es nicht.") % {"value": asked.access[:40]})
    now = clock.now()
    rows = queries.listed(asked.since or now, asked.process, asked.district)
    if asked.after:
        last = queries.public().filter(subject__public_id=asked.after).first()
        if last is None:
            raise HttpError(422, gettext("after: Diesen Termin gibt es nicht."))
        rows = queries.later_than(rows, last)
    # a JSON list is asked in Python: SQLite has no operator for it, and there are few dates
    found = [row for row in rows[: 2000 if asked.access else asked.limit + 1] if asked.access in ("", *row.access)]
    shown = found[: asked.limit]
    places = queries.places_of(shown)
    items = [_out(row, places.get(row.pk), now) for row in shown]
    return {"items": items, "next": items[-1]["id"] if len(found) > asked.limit else None}


@router.get("/{meeting}", response={200: MeetingDetailOut, 404: ProblemOut}, summary="One date")
def one_meeting(request: HttpRequest, meeting: str) -> dict[str, Any]:
    """With agenda and accessibility, and what came of it."""
    found = queries.listed(None).filter(subject__public_id=meeting).first()
    if found is None:
        raise HttpError(404, gettext("Diesen Termin gibt es nicht, oder er ist nicht öffentlich."))
    now = clock.now()
    told = found.minutes_at is not None
    return {
        **_out(found, queries.places_of([found]).get(found.pk), now),
        "text": found.text,
        "agenda": [{"time": time, "text": text} for time, text in rules.agenda(found.agenda)],
        "access_text": found.access_text,
        "result": found.result if told else "",
        "minutes": found.minutes if told else "",
        "came": queries.came_to([found])[found.pk] if told else None,
        "questions": [
            {
                "text": row.text,
                "name": row.name,
                "votes": row.votes,
                "answer": row.answer,
                "contribution": row.contribution.subject.public_id if row.contribution is not None else None,
            }
            for row in pages.asked(found, now)
        ],
    }
