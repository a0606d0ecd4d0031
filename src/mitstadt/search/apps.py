from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "mitstadt.search"
    label = "search"

    def ready(self) -> None:
        from django.core import checks

        from mitstadt.kit.jobs import every

        from .checks import index_is_there

        checks.register(index_is_there, checks.Tags.database)
        every("search.fold", 60, "mitstadt.search.actions.fold")
        every("search.rebuild", "sun 03:40", "mitstadt.search.actions.rebuild_job")
