from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "mitstadt.search"
    label = "search"
