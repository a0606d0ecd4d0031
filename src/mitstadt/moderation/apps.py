from django.apps import AppConfig


class ModerationConfig(AppConfig):
    name = "mitstadt.moderation"
    label = "moderation"
