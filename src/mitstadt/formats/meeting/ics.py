"""Dates for people's calendars (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from icalendar import Calendar, Event

from mitstadt.kit.languages import local_path

from . import rules
from .models import Meeting

MEDIA_TYPE = "text/calendar; charset=utf-8"


def calendar(meetings: Iterable[Meeting], name: str, now: datetime) -> bytes:
    """The dates in UTC. A cancelled one says so; one that changed has a higher sequence, so that it replaces itself."""
    host = urlsplit(settings.MITSTADT_BASE_URL).hostname or "localhost"
    made = Calendar()
    made.add("prodid", "-//Mitstadt//Beteiligung//DE")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    for meeting in meetings:
        event = Event()
        event.add("uid", f"termin-{meeting.subject.public_id}@{host}")
        event.add("dtstamp", meeting.changed_at.astimezone(UTC))
        event.add("last-modified", meeting.changed_at.astimezone(UTC))
        event.add("sequence", meeting.revision)
        event.add("dtstart", meeting.starts_at.astimezone(UTC))
        event.add("dtend", meeting.ends_at.astimezone(UTC))
        event.add("summary", meeting.title)
        event.add("location", meeting.place)
        event.add("url", settings.MITSTADT_BASE_URL.rstrip("/") + local_path(meeting.subject.path))
        if about := "\n\n".join(filter(None, [meeting.text, meeting.agenda, meeting.link])):
            event.add("description", about)
        cancelled = rules.state(meeting, now) == rules.CANCELLED
        event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
        made.add_component(event)
    data: bytes = made.to_ical()
    return data


def response(meetings: Iterable[Meeting], name: str, now: datetime, file_name: str) -> HttpResponse:
    answer = HttpResponse(calendar(meetings, name, now), content_type=MEDIA_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return answer
