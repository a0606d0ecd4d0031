"""The format introduces itself."""

from django.apps import AppConfig


class AnnotationConfig(AppConfig):
    name = "mitstadt.formats.annotation"
    label = "annotation"

    def ready(self) -> None:
        from . import format

        format.register()
