from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "mitstadt.project"
    label = "project"

    def ready(self) -> None:
        from . import checks  # noqa: F401  registers them
