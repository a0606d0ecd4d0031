"""The format introduces itself."""

from django.apps import AppConfig


class MeetingConfig(AppConfig):
    name = "mitstadt.formats.meeting"
    label = "meeting"

    def ready(self) -> None:
        from . import introduce

        introduce.all_of_it()
