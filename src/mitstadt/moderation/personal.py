"""What this room keeps about a person, handed out and erased on request.

The public log stays complete: decisions name nobody. What goes is who wrote, who reported, and every word of theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mitstadt.accounts import personal
from mitstadt.accounts.personal import Person

from . import actions
from .models import Appeal, Case, Decision, Report

Rows = Iterable[Mapping[str, Any]]


def _cases(person: Person) -> Q:
    return person.owns("author_user", "author_guest")


def _decided(person: Person) -> Q:
    """Cases that this person decided as a moderator."""
    if person.user_id is None:
        return Q(pk__in=[])
    return Q(decided_by_id=person.user_id) | Q(appeal_decided_by_id=person.user_id)


def _export_cases(person: Person) -> Rows:
    rows: Rows = (
        Case.objects.filter(_cases(person) | _decided(person))
        .order_by("pk")
        .values("public_id", "title", "state", "outcome", "opened_at", "decided_at", "appeal_outcome")
    )
    return rows


def _erase_cases(person: Person, keep_without_name: bool) -> int:
    """Who wrote it goes, with every word to and from that person: afterwards nobody could find those rows any more."""
    own = Case.objects.filter(_cases(person))
    _erase_decisions(person, keep_without_name)
    _erase_appeals(person, keep_without_name)
    touched = own.update(author_user=None, author_guest=None, title="", findings=[])
    Case.objects.filter(decided_by_id=person.user_id or 0).update(decided_by=None)
    Case.objects.filter(appeal_decided_by_id=person.user_id or 0).update(appeal_decided_by=None)
    return touched


def _of_case(person: Person) -> Q:
    return person.owns("case__author_user", "case__author_guest")


def _export_decisions(person: Person) -> Rows:
    fields = ("public_id", "case__public_id", "step", "outcome", "ground_title", "ground_text", "facts", "note", "at")
    rows: Rows = Decision.objects.filter(_of_case(person)).order_by("pk").values(*fields)
    return rows


def _erase_decisions(person: Person, keep_without_name: bool) -> int:
    """The ground stays in the public log; the words to this person, and those shown in place of their text, go."""
    return Decision.objects.filter(_of_case(person)).update(facts="", note="")


def _export_appeals(person: Person) -> Rows:
    rows: Rows = Appeal.objects.filter(_of_case(person)).order_by("pk").values("case__public_id", "text", "at")
    return rows


def _erase_appeals(person: Person, keep_without_name: bool) -> int:
    return Appeal.objects.filter(_of_case(person)).update(text="")


def _reports(person: Person) -> Q:
    return person.owns("reporter_user", "reporter_guest")


def _export_reports(person: Person) -> Rows:
    fields = ("code", "case__public_id", "reason", "text", "contact", "at")
    rows: Rows = Report.objects.filter(_reports(person)).order_by("pk").values(*fields)
    return rows


def _erase_reports(person: Person, keep_without_name: bool) -> int:
    own = Report.objects.filter(_reports(person))
    return own.update(reporter_user=None, reporter_guest=None, text="", contact="")


def register_all() -> None:
    """Declare this room's models to the accounts room. Appeals and decisions go before the case forgets its author."""
    while_open = _("bis 90 Tage nach der Entscheidung; ohne Namen bleibt die Zeile im öffentlichen Protokoll")
    personal.register(
        Appeal,
        label=_("Widersprüche"),
        export=_export_appeals,
        erase=_erase_appeals,
        retention=_("so lange das öffentliche Protokoll die Entscheidung zeigt"),
    )
    personal.register(
        Decision,
        label=_("Entscheidungen über Ihre Beiträge"),
        export=_export_decisions,
        erase=_erase_decisions,
        retention=_("dauerhaft im öffentlichen Protokoll, ohne Namen und Text"),
    )
    personal.register(
        Report,
        label=_("Ihre Meldungen"),
        export=_export_reports,
        erase=_erase_reports,
        retention=while_open,
        purge=actions.forget_contacts,
    )
    personal.register(
        Case,
        label=_("Fälle der Moderation zu Ihren Beiträgen"),
        export=_export_cases,
        erase=_erase_cases,
        retention=while_open,
    )
