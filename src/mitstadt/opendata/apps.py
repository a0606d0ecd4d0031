from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OpenDataConfig(AppConfig):
    name = "mitstadt.opendata"
    label = "opendata"

    def ready(self) -> None:
        from mitstadt.kit import nav

        nav.register_footer(nav.NavItem("opendata", _("Offene Daten und Schnittstelle"), "opendata:index", order=60))
