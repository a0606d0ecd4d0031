"""The format introduces itself."""

from django.apps import AppConfig


class DebateConfig(AppConfig):
    name = "mitstadt.formats.debate"
    label = "debate"

    def ready(self) -> None:
        from . import format

        format.register()
