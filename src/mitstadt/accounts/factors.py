"""Has this session passed a second factor, and if not, where does the person get one?"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

METHODS = "account_authentication_methods"  # where allauth notes how a session was proved
DEMO = "demo_second_factor"


def passed(request: HttpRequest) -> bool:
    """An authenticator app, a passkey, a security key or a recovery code was used in this session.

    In the demo the invented staff need none; a production start refuses MITSTADT_DEMO, so the rule cannot travel.
    """
    methods: list[dict[str, Any]] = request.session.get(METHODS, [])
    if any(method.get("method") == "mfa" for method in methods):
        return True
    user = getattr(request, "user", None)
    return bool(settings.MITSTADT_DEMO and request.session.get(DEMO) and getattr(user, "is_example", False))


def way_to_second_factor(request: HttpRequest) -> str:
    """Where a signed-in person proves a second factor; where they set one up if they have none."""
    from allauth.mfa.models import Authenticator

    kinds = set(Authenticator.objects.filter(user=request.user.pk).values_list("type", flat=True))
    if Authenticator.Type.TOTP in kinds:
        return reverse("mfa_reauthenticate")
    if Authenticator.Type.WEBAUTHN in kinds:
        return reverse("mfa_reauthenticate_webauthn")
    return reverse("accounts:second_factor")
