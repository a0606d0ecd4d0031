from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class OrganisationsConfig(AppConfig):
    name = "mitstadt.organisations"
    label = "organisations"

    def ready(self) -> None:
        from mitstadt.accounts.actor import register_grants

        from . import demo, groups, retention, signals  # noqa: F401 - signals register themselves
        from .queries import grants_of

        register_grants(grants_of)
        retention.register_all()
        demo.register()
        # permissions appear app by app after a migration; the last app with models finds all of them
        last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
        post_migrate.connect(groups.after_migrate, sender=last, dispatch_uid="organisations.groups")
