from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "mitstadt.kit"
    label = "kit"
