from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "mitstadt.project"
    label = "project"

    def ready(self) -> None:
        from . import checks, voices  # noqa: F401  checks register themselves

        voices.register()
