from django.apps import AppConfig


class OpenDataConfig(AppConfig):
    name = "mitstadt.opendata"
    label = "opendata"
