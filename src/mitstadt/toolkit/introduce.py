"""What the room tells the rooms below it at the start."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mitstadt.accounts import drafts, guests, overview, personal
from mitstadt.accounts.actor import COORDINATOR, EDITOR, Actor
from mitstadt.kit import datasets, jobs, nav
from mitstadt.kit import demo as kit_demo
from mitstadt.kit.decision import YES, Decision, no
from mitstadt.moderation import registry as moderation
from mitstadt.organisations import groups
from mitstadt.participation import registry
from mitstadt.search import registry as search
from mitstadt.subjects import kinds
from mitstadt.subjects.models import Subject

_VERBS = frozenset({"follow", "report", "comment"})


def can(actor: Actor, verb: str, subject: Subject, now: datetime) -> Decision:
    """Everybody may do with a public entry what its kind allows."""
    if not subject.published or subject.restricted:
        return no(gettext("Dieser Eintrag ist nicht öffentlich."))
    return YES if verb in _VERBS else no(gettext("Das ist hier nicht möglich."))


def _tasks(process: Any) -> tuple[Any, str]:
    """On every process: its tasks, and what was learned with the formats that it uses."""
    return _("Aufgaben und Gelerntes"), reverse("toolkit_staff:process", args=[process.number])


def all_of_it() -> None:
    """Called by AppConfig.ready()."""
    from . import answers, data_sets, demo, reminders, suggesting, telling
    from .models import COMBINATION, KNOWLEDGE, METHOD, SUGGESTION, Suggestion

    kinds.register(kinds.Kind(METHOD, _("Beteiligungsformat"), _("Beteiligungsformate"), can, verbs=_VERBS))
    kinds.register(kinds.Kind(COMBINATION, _("Kombination"), _("Kombinationen"), can, verbs=_VERBS))
    kinds.register(kinds.Kind(KNOWLEDGE, _("Wissen"), _("Wissen"), can, verbs=_VERBS))
    kinds.register(
        kinds.Kind(SUGGESTION, _("Vorschlag für ein Format"), _("Vorschläge für Formate"), can, verbs=_VERBS)
    )
    overview.register(
        overview.Card(
            _("Meine Vorschläge für Formate"),
            "toolkit:own_suggestions",
            _("Wie es um sie steht, und zurückziehen"),
            order=45,
        )
    )
    answers.connect()
    guests.register_purpose(suggesting.PURPOSE, suggesting.confirmed, describe=suggesting.describe)
    drafts.register_form("toolkit:suggest")
    drafts.register_form("toolkit_staff:begin")
    drafts.register_form("toolkit_staff:process")
    moderation.register(
        SUGGESTION,
        suggesting.author_of,
        suggesting.excerpt_of,
        redact=suggesting.redact,
        settled=suggesting.settled,
    )
    personal.register(
        Suggestion,
        label=_("Vorschläge für Formate"),
        export=suggesting.export,
        erase=suggesting.erase,
        retention=_("bis Sie Ihr Konto löschen"),
        choice=True,
        count=suggesting.mine,
    )
    search.register(SUGGESTION, telling.suggestions)
    search.register(KNOWLEDGE, telling.knowledge)
    search.register(METHOD, telling.methods)
    search.register(COMBINATION, telling.combinations)
    nav.register(nav.NavItem("toolkit", _("Methoden"), "toolkit:methods", order=40))
    kit_demo.register(650, "Instrumentenkoffer", demo.load)
    kit_demo.register(850, "Erfahrungen und Fragen zu Methoden", demo.tell)
    jobs.every("toolkit.reminders", "07:30", reminders.send)
    for dataset in data_sets.ALL:
        datasets.register(dataset)
    registry.register_staff_link(_tasks)
    for model in ("method", "combination", "knowledge"):
        groups.permit(EDITOR, *(f"toolkit.{verb}_{model}" for verb in ("add", "change", "view")))
        groups.permit(COORDINATOR, *(f"toolkit.{verb}_{model}" for verb in ("add", "change", "view", "publish")))
