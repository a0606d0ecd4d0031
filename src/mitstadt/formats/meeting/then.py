"""Dates as they were on a past day (`kit.past`)."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mitstadt.kit import past

from .models import Meeting


def by_then(rows: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """Those that were announced on the day shown; all of them today."""
    moment = past.moment()
    return rows if moment is None else rows.filter(created_at__lte=moment)


def as_it_was(meeting: Meeting) -> Meeting:
    """A loaded date without what came later. Raises `past.NotYet` where it was not announced yet."""
    moment = past.moment()
    if moment is None:
        return meeting
    if meeting.created_at > moment:
        raise past.NotYet
    if meeting.cancelled_at is not None and meeting.cancelled_at > moment:
        meeting.cancelled_at, meeting.cancel_reason = None, ""
    if meeting.minutes_at is None or meeting.minutes_at > moment:
        meeting.minutes_at, meeting.minutes, meeting.result, meeting.walk_ins = None, "", "", 0
    if meeting.changed_at > moment:
        past.doubt(_("Wann und wo ein Termin, der seitdem geändert wurde, damals angekündigt war, ist nicht belegt."))
    return meeting


def places_unproven() -> str:
    """What stands in place of free places on a past day; "" today."""
    return _("Wie viele Plätze an diesem Tag frei waren, ist nicht belegt.") if past.day() is not None else ""
