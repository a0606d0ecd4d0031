from __future__ import annotations

from django.apps import AppConfig


class BookingConfig(AppConfig):
    name = "mitstadt.booking"
    label = "booking"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from mitstadt.accounts import drafts, guests, overview, personal
        from mitstadt.kit import datasets as registry
        from mitstadt.kit import jobs as kit_jobs
        from mitstadt.notify import letters as mails

        from . import actions, datasets, jobs, letters
        from .models import Booking

        registry.register(datasets.DATASET)
        guests.register_purpose(actions.PURPOSE, actions.confirmed, describe=actions.describe)
        drafts.register_form("booking:book")
        what = _("Was Sie reserviert haben, Karten und Warteliste")
        overview.register(overview.Card(_("Meine Plätze"), "booking:mine", what, order=30))
        mails.register_attachments("booking", letters.attachments)
        kit_jobs.every("booking.remind", 900, jobs.remind)
        kit_jobs.every("booking.departments", "03:50", jobs.mirror_departments)
        personal.register(
            Booking,
            label=_("Reservierte Plätze"),
            export=personal.rows(
                Booking,
                (
                    "places__about__title", "places__about__path", "places__label", "places__starts_at", "state",
                    "persons", "name", "phone", "note", "needs", "channel", "created_at", "changed_at",
                ),
                guest="guest",
            ),
            erase=actions.forget,
            retention=_("Namen, Notizen und Bedarf 30 Tage über das Ende hinaus, danach nur noch die Zahl"),
            count=lambda person: Booking.objects.filter(person.owns("user", "guest")).count(),
            purge=actions.purge,
        )  # fmt: skip
