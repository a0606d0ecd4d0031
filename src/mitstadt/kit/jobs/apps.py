from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "mitstadt.kit.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"
