"""Asking providers whether their entries are still true; who does not answer lands on the staff's list."""

from __future__ import annotations

from datetime import timedelta

from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from mitstadt.kit import clock
from mitstadt.kit.city import current
from mitstadt.notify import actions as notify

from . import access, actions, queries
from .models import Service

SALT = "mitstadt.directory.still-true"
MOST = 500  # mails a night
AGAIN_AFTER = 30  # days until a provider is asked once more


def token(service: Service) -> str:
    """The secret part of the link in a mail; it works for a year, for this entry only."""
    return signing.dumps(str(service.uuid), salt=SALT, compress=True)


def service_of(text: str) -> Service | None:
    """Raises signing.BadSignature for a wrong or worn-out link."""
    uuid = signing.loads(text, salt=SALT, max_age=366 * 24 * 3600)
    return (
        Service.objects.select_related("subject", "provider__organisation")
        .filter(uuid=uuid)
        .exclude(state=Service.State.WITHDRAWN)
        .first()
    )


def due() -> list[Service]:
    """Public entries that nobody confirmed for long and whose provider was not asked lately."""
    today, now = clock.today(), clock.now()
    old = Q(confirmed_on=None) | Q(confirmed_on__lt=today - timedelta(days=access.remind_after()))
    silent = Q(asked_at=None) | Q(asked_at__lt=now - timedelta(days=AGAIN_AFTER))
    return list(
        queries.public().filter(old & silent).select_related("subject", "provider__organisation").order_by("pk")[:MOST]
    )


def remind() -> int:
    """The worker asks each night; one mail an entry, to the address of the provider, else of the entry. Returns how
    many were asked."""
    asked = 0
    for service in due():
        asked += ask(service)
    return asked


def nightly() -> None:
    remind()


def ask(service: Service) -> bool:
    """One mail with the link; False when there is no address (staff must call then) or somebody else just asked."""
    with transaction.atomic():
        mine = Service.objects.filter(pk=service.pk, asked_at=service.asked_at).update(asked_at=clock.now())
        if not mine:
            return False
        address = service.provider.email or service.entry.email
        members = actions.members_of(service.provider)
        with override("de"):
            if address:
                notify.mail(
                    address,
                    title=_("Stimmt Ihr Eintrag noch? %(name)s") % {"name": service.name},
                    text=_(
                        "Guten Tag,\n\nin %(city)s finden Menschen Ihr Angebot „%(name)s“. Der Link öffnet eine Seite "
                        "mit zwei Knöpfen: Stimmt noch, oder was sich geändert hat.\n\nEinträge, die lange niemand "
                        "bestätigt, stehen weiter hinten."
                    )
                    % {"city": current().short_name, "name": service.name},
                    path=f"/angebote/bestaetigen/{token(service)}/",
                    key=f"still-true:{service.pk}:{clock.today().isoformat()}",
                )
            if members:
                notify.notify(
                    "directory.entry.due",
                    subject=service.subject,
                    title=_("Stimmt Ihr Eintrag noch? %(name)s") % {"name": service.name},
                    path="/angebote/meine/",
                    key=f"due:{service.pk}:{clock.today().isoformat()}",
                    recipients=[("user", key) for key in members],
                    followers=False,
                )
    return bool(address or members)
