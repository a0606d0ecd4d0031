from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "mitstadt.accounts"
    label = "accounts"

    def ready(self) -> None:
        from mitstadt.kit import jobs

        from . import checks, demo, guest_requests, retention, signals  # noqa: F401 - they register themselves

        retention.register_all()
        jobs.every("accounts.purge", "03:30", "mitstadt.accounts.actions.purge")
        guest_requests.register()
        demo.register()
