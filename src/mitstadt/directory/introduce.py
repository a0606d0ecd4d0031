"""What the room tells the rooms below it at the start."""

from __future__ import annotations

from datetime import datetime

from django.db.models.signals import m2m_changed, post_delete, post_save
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mitstadt.accounts import drafts, overview, personal
from mitstadt.accounts.actor import COORDINATOR, EDITOR, Actor
from mitstadt.kit import datasets, jobs, nav
from mitstadt.kit import demo as kit_demo
from mitstadt.kit.decision import YES, Decision, no
from mitstadt.organisations import groups
from mitstadt.search import registry as search
from mitstadt.subjects import kinds
from mitstadt.subjects.models import Subject

_VERBS = frozenset({"follow", "report"})


def can(actor: Actor, verb: str, subject: Subject, now: datetime) -> Decision:
    """Everybody may follow a public offer and say what is wrong with it; offers are not for debate."""
    if not subject.published or subject.restricted:
        return no(gettext("Dieser Eintrag ist nicht öffentlich."))
    return YES if verb in _VERBS else no(gettext("Das ist hier nicht möglich."))


def all_of_it() -> None:
    """Called by AppConfig.ready()."""
    from . import components, demo, everyday, open_data, telling
    from .models import OFFER, Category, Change, Notice, Situation, Urgent

    kinds.register(kinds.Kind(OFFER, _("Angebot"), _("Angebote"), can, verbs=_VERBS))
    search.register(OFFER, telling.offers)
    search.put_first(search.First(components.urgent_first, ("directory/directory.css",), ("directory/directory.js",)))
    nav.register(
        nav.NavItem("directory", _("Hilfe finden"), "directory:offers", order=30, match=("/angebote/", "/plaetze/"))
    )
    overview.register(
        overview.Card(
            _("Einträge meiner Organisation"),
            "directory:mine",
            _("Angebote pflegen, bestätigen, sich austauschen"),
            60,
            lambda actor: bool(actor.grants),
        )
    )  # fmt: skip
    kit_demo.register(640, "Angebote", demo.load)
    for dataset in open_data.ALL:
        datasets.register(dataset)
    for name in ("directory:edit", "directory:new", "directory:network", "directory:report"):
        drafts.register_form(name)
    for model in (Category, Situation, Urgent):
        post_save.connect(everyday.forget, sender=model, dispatch_uid=f"directory.forget.{model.__name__}")
        post_delete.connect(everyday.forget, sender=model, dispatch_uid=f"directory.forgot.{model.__name__}")
    m2m_changed.connect(everyday.forget, sender=Situation.categories.through, dispatch_uid="directory.forget.leads")
    for row, label, fields in (
        (Change, _("Entwürfe für Einträge Ihrer Organisation"), ["public_id", "data", "note", "state", "created_at"]),
        (Notice, _("Nachrichten unter Organisationen"), ["public_id", "title", "text", "until", "created_at"]),
    ):
        personal.register(
            row,
            label=label,
            export=personal.rows(row, fields, user="by"),
            erase=personal.forget(row, user="by"),
            retention=_("bleibt bei der Organisation, ohne Sie zu nennen"),
        )
    jobs.every("directory.openings", "00:20", "mitstadt.directory.openings.nightly")
    jobs.every("directory.reminding", "08:20", "mitstadt.directory.reminding.nightly")
    for name in ("category", "situation", "urgent"):
        groups.permit(EDITOR, *(f"directory.{verb}_{name}" for verb in ("add", "change", "view")))
        groups.permit(COORDINATOR, *(f"directory.{verb}_{name}" for verb in ("add", "change", "view", "delete")))
