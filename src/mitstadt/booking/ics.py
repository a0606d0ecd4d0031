"""The event as a file for a person's calendar (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from mitstadt.kit.languages import local_path

from .actions.telling import path_of, title_of
from .models import Booking, Places, State

MEDIA_TYPE = "text/calendar"
FILE_NAME = "termin.ics"


def has_calendar(places: Places) -> bool:
    return places.starts_at is not None


def event_file(booking: Booking, places: Places) -> bytes:
    """One event, in UTC; cancelled ones take themselves out of the calendar again. `places` has a beginning."""
    assert places.starts_at is not None
    host = urlsplit(settings.MITSTADT_BASE_URL).hostname or "localhost"
    gone = booking.state == State.CANCELLED
    calendar = Calendar()
    calendar.add("prodid", "-//Mitstadt//Mitstadt//DE")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if gone else "PUBLISH")
    event = Event()
    event.add("uid", f"{booking.public_id}@{host}")
    event.add("dtstamp", max(booking.changed_at, places.changed_at).astimezone(UTC))
    # a later file replaces an earlier one only with a higher number (RFC 5545, 3.8.7.4)
    event.add("sequence", int((max(booking.changed_at, places.changed_at) - booking.created_at).total_seconds()))
    event.add("dtstart", places.starts_at.astimezone(UTC))
    event.add("dtend", (places.ends_at or places.starts_at + timedelta(hours=1)).astimezone(UTC))
    title = title_of(places)
    waiting = booking.state == State.WAITING
    event.add("summary", _("Warteliste: %(title)s") % {"title": title} if waiting else title)
    if places.location:
        event.add("location", places.location)
    address = f"{settings.MITSTADT_BASE_URL.rstrip('/')}{local_path(path_of(booking))}"
    event.add("url", address)
    event.add("description", _("Ihr Platz und wie Sie ihn freigeben: %(address)s") % {"address": address})
    event.add("status", "CANCELLED" if gone else "TENTATIVE" if waiting else "CONFIRMED")
    calendar.add_component(event)
    data: bytes = calendar.to_ical()
    return data
