from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "mitstadt.notify"
    label = "notify"
