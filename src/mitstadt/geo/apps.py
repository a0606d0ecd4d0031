from django.apps import AppConfig
from django.utils.translation import gettext as _


class GeoConfig(AppConfig):
    name = "mitstadt.geo"
    label = "geo"

    def ready(self) -> None:
        from django.db.models.signals import post_delete, post_save

        from mitstadt.kit import datasets, demo

        from .datasets import DISTRICTS
        from .models import District
        from .queries import forget_choices

        post_save.connect(forget_choices, sender=District, dispatch_uid="geo.choices")
        post_delete.connect(forget_choices, sender=District, dispatch_uid="geo.choices")

        datasets.register(DISTRICTS)
        demo.register(10, "Stadtbezirke", _load)


def _load() -> str:
    from mitstadt.kit.city import current

    from .actions import load_districts

    folder = current().folder
    if not (folder / "districts.yaml").is_file():
        return _("Diese Stadt hat keine districts.yaml.")
    return _("%(count)s Stadtbezirke") % {"count": load_districts(folder)}
