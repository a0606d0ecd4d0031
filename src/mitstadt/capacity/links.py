"""The provider's link from a mail or message: it opens a page with buttons, so that a scanner changes nothing."""

from __future__ import annotations

from django.conf import settings
from django.core import signing

from .models import Capacity

SALT = "mitstadt.capacity.say"
AGE = 366 * 24 * 3600


def token(capacity: Capacity) -> str:
    return signing.dumps(capacity.public_id, salt=SALT)


def path(capacity: Capacity) -> str:
    return f"/plaetze/melden/{token(capacity)}/"


def address(capacity: Capacity) -> str:
    """The whole address, to be sent on."""
    return settings.MITSTADT_BASE_URL.rstrip("/") + path(capacity)


def capacity_of(text: str) -> Capacity | None:
    """Raises signing.BadSignature for a wrong or worn-out link."""
    public_id = signing.loads(text, salt=SALT, max_age=AGE)
    return Capacity.objects.select_related("service__provider__organisation").filter(public_id=public_id).first()
