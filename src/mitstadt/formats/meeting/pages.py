"""What the public pages of a date show, gathered in one place for page, preview and tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from mitstadt.booking import components as booking
from mitstadt.comments.permissions import SOMEBODY
from mitstadt.kit import languages, past
from mitstadt.participation import access as processes
from mitstadt.participation import rules as stages
from mitstadt.participation.models import Module

from . import components, queries, questions, rules, then
from .models import Meeting, Question


def closed(module: Module, now: datetime) -> str:
    """Why nobody at all can reserve in this module now; "" where some can, for whom it is says the form."""
    if unproven := then.places_unproven():
        return unproven
    decision = processes.can(SOMEBODY, "meet", module, now)
    return "" if decision or decision.step_up else decision.reason


def module_calendar(module: Module) -> str:
    return reverse("meeting:module_calendar", args=[module.subject.public_id])


def for_whom(module: Module, now: datetime) -> str:
    """The audience of the phase in which one can reserve now, as a sentence; "" when it is everybody."""
    phase = processes.active_phase(module, "meet", now)
    if phase is None:
        return ""
    audience = stages.Audience.read(phase.audience)
    return "" if audience.is_everybody else processes.audience_sentence(audience)


ARRIVING = timedelta(hours=2)


def _live(meeting: Meeting, now: datetime) -> dict[str, Any]:
    """Whether people in the room can ask now; once the round is over, what was asked and answered."""
    live = questions.of_meeting(meeting)
    if live is None:
        return {"live": None, "asked": []}
    if questions.may_ask(live, now) and past.day() is None:
        return {"live": live if now >= meeting.starts_at - ARRIVING else None, "asked": []}
    return {"live": None, "asked": components.asked(questions.public(meeting))}


def asked(meeting: Meeting, now: datetime) -> list[Question]:
    """The questions of a round that is over; none while it is open."""
    live = questions.of_meeting(meeting)
    return [] if live is None or questions.may_ask(live, now) else questions.public(meeting)


def of_date(meeting: Meeting, now: datetime) -> dict[str, Any]:
    """The context of a date's page. A constant number of queries."""
    module, process = meeting.module, meeting.module.process
    places = queries.places_of([meeting]).get(meeting.pk)
    state = rules.state(meeting, now)
    why = closed(module, now) if state in (rules.COMING, rules.NOW) else ""
    came = queries.came_to([meeting])[meeting.pk] if meeting.minutes_at is not None else 0
    return {
        "meeting": meeting,
        "module": module,
        "process": process,
        "subject": meeting.subject,
        "process_path": languages.local_path(process.subject.path),
        "module_path": languages.local_path(module.subject.path),
        "state": state,
        "tag": components.state_tag(meeting, now),
        "when": components.when(meeting),
        "where": ", ".join(filter(None, [meeting.venue, meeting.address])),
        "came": components.came_words(came) if came else "",
        "places": places,
        "box": booking.places_box([places]) if places is not None and state != rules.OVER and not why else "",
        "closed": why,
        "for_whom": for_whom(module, now) if places is not None and state == rules.COMING else "",
        "agenda": rules.agenda(meeting.agenda),
        "access": components.access_words(meeting),
        **_live(meeting, now),
        "calendar": reverse("meeting:date_calendar", args=[meeting.subject.public_id]),
        "now": now,
    }
