"""What the worker does. Each may run twice and be killed anywhere: people with a place first, then those who follow."""

from __future__ import annotations

from django.db import transaction

from mitstadt.booking import jobs as booking

from . import actions, queries


def tell_moved(meeting_id: int, move: int) -> None:
    """Everybody hears of another time or place. A later change tells for itself."""
    meeting = queries.of_subject(meeting_id)
    if meeting is None or meeting.moves != move or meeting.cancelled_at is not None:
        return
    places = queries.places(meeting)
    if places is not None:
        booking.tell_moved(places.pk, meeting.move_reason, str(move))
    with transaction.atomic():
        actions.tell_moved(meeting)


def tell_called_off(meeting_id: int) -> None:
    meeting = queries.of_subject(meeting_id)
    if meeting is None or meeting.cancelled_at is None:
        return
    places = queries.places(meeting)
    if places is not None:
        booking.tell_called_off(places.pk)
    with transaction.atomic():
        actions.tell_called_off(meeting)
