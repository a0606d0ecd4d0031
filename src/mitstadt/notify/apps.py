from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotifyConfig(AppConfig):
    name = "mitstadt.notify"
    label = "notify"

    def ready(self) -> None:
        from mitstadt.accounts import guests, overview
        from mitstadt.kit import jobs as kit_jobs
        from mitstadt.kit import nav

        from . import guests as own_guests
        from . import jobs, personal, queries

        guests.register_purpose(own_guests.PURPOSE, own_guests.on_confirmed, describe=own_guests.describe)
        personal.register_all()
        news = _("Was sich tut und was aus Ihren Beiträgen wurde")
        overview.register(overview.Card(_("Nachrichten"), "notify:inbox", news, order=10))
        often = _("Und wie oft wir Ihnen davon schreiben")
        overview.register(overview.Card(_("Was ich verfolge"), "notify:follows", often, order=20))
        nav.register_unread(queries.unread_of)
        kit_jobs.every("notify.fan_out", 20, jobs.fan_out_pending)
        kit_jobs.every("notify.deliver", 10, jobs.deliver)
        kit_jobs.every("notify.digests", 600, jobs.build_digests)
        kit_jobs.every("notify.purge", "03:40", jobs.purge)
