from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "mitstadt.accounts"
    label = "accounts"

    def ready(self) -> None:
        from . import checks, demo, guest_requests, retention, signals  # noqa: F401 - they register themselves

        retention.register_all()
        guest_requests.register()
        demo.register()
