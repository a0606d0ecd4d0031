"""The room introduces itself to those below it."""

from django.apps import AppConfig


class ToolkitConfig(AppConfig):
    name = "mitstadt.toolkit"
    label = "toolkit"

    def ready(self) -> None:
        from . import introduce

        introduce.all_of_it()
