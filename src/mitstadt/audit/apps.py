from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "mitstadt.audit"
    label = "audit"
