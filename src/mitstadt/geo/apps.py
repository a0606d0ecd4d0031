from django.apps import AppConfig
from django.utils.translation import gettext as _


class GeoConfig(AppConfig):
    name = "mitstadt.geo"
    label = "geo"

    def ready(self) -> None:
        from mitstadt.kit import datasets, demo

        from .datasets import DISTRICTS

        datasets.register(DISTRICTS)
        demo.register(10, "Stadtbezirke", _load)


def _load() -> str:
    from mitstadt.kit.city import current

    from .actions import load_districts

    folder = current().folder
    if not (folder / "districts.yaml").is_file():
        return _("Diese Stadt hat keine districts.yaml.")
    return _("%(count)s Stadtbezirke") % {"count": load_districts(folder)}
