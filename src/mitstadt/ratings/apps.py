from __future__ import annotations

from django.apps import AppConfig


class RatingsConfig(AppConfig):
    name = "mitstadt.ratings"
    label = "ratings"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from mitstadt.accounts import guests, personal
        from mitstadt.kit import datasets

        from . import actions, open_data
        from .models import Rating

        datasets.register(open_data.DATASET)
        guests.register_purpose(actions.PURPOSE, actions.confirmed, describe=actions.describe)
        personal.register(
            Rating,
            label=_("Bewertungen"),
            export=personal.rows(
                Rating,
                ("about__title", "about__path", "importance", "benefit", "satisfaction", "created_at", "changed_at"),
                guest="guest",
            ),
            erase=actions.forget,
            retention=_("bis Sie sie zurückziehen oder Ihr Konto löschen"),
            choice=True,
            count=lambda person: Rating.objects.filter(person.owns("user", "guest")).count(),
        )
