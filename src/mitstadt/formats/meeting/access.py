"""Who may do what with a date. Decisions on loaded objects; each refusal is the sentence that the person reads."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from mitstadt.accounts.actor import Actor
from mitstadt.kit.decision import YES, Decision, no
from mitstadt.participation import access
from mitstadt.subjects.models import Subject

from . import queries
from .models import Meeting


def visible(meeting: Meeting) -> bool:
    """Public together with its process, and not hidden by moderation."""
    return meeting.subject.is_public and access.visible(meeting.module.process)


def reserve(actor: Actor, meeting: Meeting, now: datetime) -> Decision:
    """What the phases say of reserving a place; the places themselves know when they are taken or closed."""
    if meeting.cancelled_at is not None:
        return no(_("Dieser Termin ist abgesagt."))
    return access.can(actor, "meet", meeting.module, now)


def can(actor: Actor, verb: str, subject: Subject, now: datetime) -> Decision:
    """For the kind of subject: read, follow, report, book, and manage_places (staff of the process). Two queries."""
    meeting = queries.of_subject(subject.pk)
    if meeting is None:
        return no(_("Das gibt es nicht mehr."))
    if verb == "manage_places":
        return access.may_manage(actor, meeting.module.process)
    if not visible(meeting):
        return no(_("Dieser Termin ist nicht veröffentlicht."))
    if verb in ("read", "follow", "report"):
        return YES
    if verb == "book":
        return reserve(actor, meeting, now)
    return no(_("Das geht hier nicht."))
