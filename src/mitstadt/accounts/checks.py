"""What a production start refuses: default secrets and people that do not exist."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register


def is_production() -> bool:
    """Does this process run the settings of a live installation?"""
    return os.environ.get("DJANGO_SETTINGS_MODULE", "").endswith(".production")


@register(Tags.security)
def hash_key(app_configs: Any, **kwargs: Any) -> list[Error]:
    """People's identities hang on this key: it must be long, and nobody's default."""
    key = settings.MITSTADT_HASH_KEY
    if not key or (is_production() and (len(key) < 32 or key.startswith("demo"))):
        return [
            Error(
                "MITSTADT_HASH_KEY is missing or too short",
                hint="32 random characters, kept for ever",
                id="accounts.E001",
            )
        ]
    return []


@register(Tags.database)
def no_invented_people(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> list[Error]:
    """Demo logins have a known password; outside the demo their rows must not exist."""
    if settings.MITSTADT_DEMO or not databases or not is_production():
        return []
    from django.db import DatabaseError

    from .models import User

    try:
        found = User.objects.filter(is_example=True).exists()
    except DatabaseError:  # not migrated yet
        return []
    if found:
        return [
            Error(
                "The database holds demo accounts with a known password",
                hint="start from an empty database",
                id="accounts.E002",
            )
        ]
    return []


@register(Tags.security)
def online_id_over_tls(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Who signs in must not depend on whoever sits on the wire."""
    if not is_production():
        return []
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    if all(app["settings"]["server_url"].startswith("https://") for app in apps):
        return []
    return [Error("The identity provider must be reached over https", hint="MITSTADT_OIDC_SERVER", id="accounts.E003")]
