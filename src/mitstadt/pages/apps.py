from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "mitstadt.pages"
    label = "pages"
