"""The room introduces itself to those below."""

from django.apps import AppConfig


class ParticipationConfig(AppConfig):
    name = "mitstadt.participation"
    label = "participation"

    def ready(self) -> None:
        from . import introduce

        introduce.all_of_it()
