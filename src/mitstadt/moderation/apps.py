from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    name = "mitstadt.moderation"
    label = "moderation"

    def ready(self) -> None:
        from mitstadt.accounts import overview
        from mitstadt.kit import datasets, jobs, nav
        from mitstadt.organisations import saved_filters

        from . import actions, personal, reminders, rules
        from .datasets import DECISIONS

        datasets.register(DECISIONS)
        personal.register_all()
        saved_filters.register(
            "moderation.queue",
            "moderation_queue",
            lambda actor: bool(rules.may_moderate(actor)),
            "state", "kind", "source", "overdue", "mine",
        )  # fmt: skip
        reasons = _("Was die Moderation entschieden hat, mit Begründung und Widerspruch")
        overview.register(overview.Card(_("Entscheidungen über meine Beiträge"), "moderation:own", reasons, order=50))
        jobs.every("moderation.digest", "07:30", reminders.send)
        jobs.every("moderation.close", "03:20", actions.close_expired)
        nav.register_footer(nav.NavItem("moderation", _("Moderation"), "moderation:log", order=60))
