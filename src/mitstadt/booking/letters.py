"""What is attached to the mails of this room."""

from __future__ import annotations

from mitstadt.notify.letters import Attachment
from mitstadt.notify.models import Event

from . import ics
from .models import Booking

WITH_CALENDAR = {"booked", "waiting", "moved_up", "cancelled", "cancelled_by_city", "called_off", "moved", "reminder"}


def attachments(event: Event) -> list[Attachment]:
    """The event for the calendar, as it stands when the mail leaves. `event.key` is ``booking:<id>:<what>``."""
    _room, number, what = event.key.split(":")[:3]
    if what not in WITH_CALENDAR or not number.isdecimal():
        return []
    booking = Booking.objects.select_related("places__about").filter(pk=number, erased_at__isnull=True).first()
    if booking is None or not ics.has_calendar(booking.places):
        return []
    method = "CANCEL" if booking.state == "cancelled" else "PUBLISH"
    media_type = f"{ics.MEDIA_TYPE}; method={method}"
    return [(ics.FILE_NAME, ics.event_file(booking, booking.places).decode(), media_type)]
