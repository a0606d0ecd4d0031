from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "mitstadt.organisations"
    label = "organisations"

    def ready(self) -> None:
        from mitstadt.accounts.actor import register_grants

        from .queries import grants_of

        register_grants(grants_of)
