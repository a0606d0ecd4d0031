"""The format introduces itself."""

from django.apps import AppConfig


class SurveyConfig(AppConfig):
    name = "mitstadt.formats.survey"
    label = "survey"

    def ready(self) -> None:
        from . import introduce

        introduce.all_of_it()
