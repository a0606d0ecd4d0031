"""The radar introduces itself to the rooms below it."""

from django.apps import AppConfig


class RadarConfig(AppConfig):
    name = "mitstadt.radar"
    label = "radar"

    def ready(self) -> None:
        from . import introduce

        introduce.all_of_it()
