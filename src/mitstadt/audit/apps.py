from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "mitstadt.audit"
    label = "audit"

    def ready(self) -> None:
        from mitstadt.kit import jobs

        jobs.every("audit.seal", 1, "mitstadt.audit.actions.seal_pending")
