from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KitConfig(AppConfig):
    name = "mitstadt.kit"
    label = "kit"

    def ready(self) -> None:
        from django.conf import settings

        from . import nav

        source = getattr(settings, "MITSTADT_SOURCE_URL", "")
        if source:  # the licence asks for it; where the source lies is known to the installation only
            nav.register_footer(nav.NavItem("source", _("Quelltext"), source, order=80))
        nav.register_footer(nav.NavItem("style", _("Stilführer"), "kit:style", order=90))
