"""The room introduces itself to those below it."""

from django.apps import AppConfig


class CapacityConfig(AppConfig):
    name = "mitstadt.capacity"
    label = "capacity"

    def ready(self) -> None:
        from . import introduce

        introduce.all_of_it()
