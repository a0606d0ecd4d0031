"""What the room tells the rooms below it at the start."""

from __future__ import annotations

from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _

from mitstadt.accounts import drafts, overview, personal
from mitstadt.directory.hsds import extending
from mitstadt.directory.models import Service
from mitstadt.kit import datasets, jobs
from mitstadt.kit import demo as kit_demo


def all_of_it() -> None:
    """Called by AppConfig.ready()."""
    from . import cleaning, demo, demo_numbers, hsds, open_data
    from .actions import keeping

    overview.register(
        overview.Card(_("Meine Suche nach einem Platz"), "capacity:own", _("Termine, Anfragen, Wartelisten"), order=35)
    )
    overview.register(
        overview.Card(
            _("Was bei uns frei ist"),
            "capacity:provider",
            _("Plätze melden, Anfragen beantworten"),
            61,
            lambda actor: bool(actor.grants),
        )
    )
    personal.after_erase(cleaning.forget_account)
    kit_demo.register(645, "Freie Plätze", demo.load)
    kit_demo.register(646, "Bedarf an Plätzen", demo_numbers.load)
    extending.register(hsds.PART)
    post_save.connect(keeping.follow, sender=Service, dispatch_uid="capacity.follow")
    for dataset in open_data.ALL:
        datasets.register(dataset)
    for name in (
        "capacity:enquire",
        "capacity:book",
        "capacity:wait",
        "capacity:agent",
        "capacity:refer",
        "capacity:say",
        "capacity:ask",
        "capacity:new",
        "capacity:edit",
        "rounds:apply",
    ):
        drafts.register_form(name)
    jobs.every("capacity.waiting", 60, "mitstadt.capacity.actions.waiting.periodic")
    jobs.every("capacity.enquiries", 300, "mitstadt.capacity.actions.enquiries.periodic")
    jobs.every("capacity.places", 300, "mitstadt.capacity.rounds.places.periodic")
    jobs.every("capacity.demo", 900, "mitstadt.capacity.demo.move")
    jobs.every("capacity.reminding", "07:40", "mitstadt.capacity.reminding.daily")
    jobs.every("capacity.agents", 60, "mitstadt.capacity.agents.periodic")
    jobs.every("capacity.feeds", 300, "mitstadt.capacity.feeds.periodic")
    jobs.every("capacity.cleaning", "02:40", "mitstadt.capacity.cleaning.nightly")
