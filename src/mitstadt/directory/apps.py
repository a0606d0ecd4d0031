"""The room introduces itself to those below it."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "mitstadt.directory"
    label = "directory"

    def ready(self) -> None:
        from . import introduce

        introduce.all_of_it()
