"""The format introduces itself."""

from django.apps import AppConfig


class IdeasConfig(AppConfig):
    name = "mitstadt.formats.ideas"
    label = "ideas"

    def ready(self) -> None:
        from . import format

        format.register()
