"""A guest's own rights, by the same confirmed link: see what is kept, or be forgotten."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _

from . import guests, personal
from .actor import Actor

EXPORT, ERASE, KEEP = "accounts.guest_export", "accounts.guest_erase", "accounts.guest_anonymise"
_SALT = "mitstadt.guest-export"
DOWNLOAD_SECONDS = 900


def register() -> None:
    guests.register_purpose(EXPORT, _export, describe=lambda payload: _("Ihre Daten ansehen und herunterladen"))
    guests.register_purpose(
        ERASE, _erase, describe=lambda payload: _("Alles löschen, was Sie ohne Konto beigetragen haben")
    )
    guests.register_purpose(
        KEEP, _keep, describe=lambda payload: _("Ihre Beiträge ohne Namen stehen lassen, alles andere löschen")
    )


def _export(actor: Actor, payload: dict[str, Any]) -> str:
    return reverse("accounts:guest_download", args=[signing.dumps(actor.guest_id, salt=_SALT)])


def person_of(token: str) -> personal.Person | None:
    """The guest behind a download address, for a quarter of an hour."""
    from .models import Guest

    try:
        guest_id = signing.loads(token, salt=_SALT, max_age=DOWNLOAD_SECONDS)
    except signing.BadSignature:
        return None
    public_id = Guest.objects.filter(pk=guest_id).values_list("public_id", flat=True).first()
    return personal.Person(public_id=public_id, guest_id=guest_id) if public_id else None


def _erase(actor: Actor, payload: dict[str, Any]) -> str:
    from .actions import delete_guest

    assert actor.guest_id is not None
    delete_guest(actor.guest_id)
    return reverse("accounts:guest_gone")


def _keep(actor: Actor, payload: dict[str, Any]) -> str:
    from .actions import delete_guest

    assert actor.guest_id is not None
    delete_guest(actor.guest_id, keep_without_name=True)
    return reverse("accounts:guest_gone")
