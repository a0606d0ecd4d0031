"""Taking part without an account: an e-mail address, confirmed once per contribution.

How another room uses it
------------------------
1. In its ``AppConfig.ready()`` it registers what happens on confirmation::

       guests.register_purpose("ratings.rate", on_confirmed, describe=lambda payload: gettext("Ihre Bewertung …"))

       def on_confirmed(actor: Actor, payload: dict[str, Any]) -> str | None:
           ratings.actions.rate(actor, …)          # actor.guest_id is set, actor.trust is 1 (e-mail)
           return "/radar/…/"                       # where the person goes next; None: the front page

2. Its form view calls, for a person who is not signed in::

       guests.request_confirmation(email, "ratings.rate", {"subject": 7, "value": 4}, language, client=ip)

   and redirects to ``reverse("accounts:check_mail")``. The answer is the same for every address.

The mail holds a link; the page behind it shows a button, and only pressing it (POST) acts, so that mail scanners which
follow links change nothing. `on_confirmed` runs in one transaction with the use of the link: when it raises DomainError
nothing is used up and the person reads the reason.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from mitstadt.audit import actions as audit
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError

from . import limits, mail
from .actor import Actor
from .keyed import email_hash, keyed_hash, normal_email
from .models import Guest, PendingConfirmation, Trust

VALID_FOR = timedelta(hours=48)

OnConfirmed = Callable[[Actor, dict[str, Any]], str | None]
Describe = Callable[[dict[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Purpose:
    slug: str
    on_confirmed: OnConfirmed
    describe: Describe | None = None

    def says(self, payload: dict[str, Any]) -> str:
        """What the person is about to confirm, in the active language."""
        return self.describe(payload) if self.describe else _("Ihr Beitrag")


@dataclass(frozen=True, slots=True)
class Outcome:
    """`path` is where the person goes next; empty when the purpose named nothing."""

    actor: Actor
    path: str = ""


_purposes: dict[str, Purpose] = {}


def register_purpose(slug: str, on_confirmed: OnConfirmed, *, describe: Describe | None = None) -> None:
    """Introduce a purpose (``room.verb``). `describe(payload)` is read in the mail and on the page with the button:
    a short phrase without a full stop, such as "Ihre Bewertung von „E-Akte“". Raises ValueError for a second owner."""
    known = _purposes.get(slug)
    if known is not None and known.on_confirmed is not on_confirmed:
        raise ValueError(f"purpose {slug!r} is registered twice")
    _purposes[slug] = Purpose(slug, on_confirmed, describe)


def purpose(slug: str) -> Purpose:
    """The registered purpose. Raises KeyError for an unknown slug."""
    return _purposes[slug]


def actor_of(guest: Guest) -> Actor:
    """The Actor of a guest whose address is confirmed: trust E-MAIL, no account."""
    return Actor(
        guest_id=guest.pk,
        public_id=guest.public_id,
        pseudonym=guest.pseudonym,
        trust=Trust.EMAIL,
        language=translation.get_language() or "de",
        is_example=guest.is_example,
    )


def request_confirmation(
    email: str, purpose: str, payload: dict[str, Any], language: str = "de", *, client: str = ""
) -> None:
    """Keep `payload` (JSON) for 48 hours and mail a confirmation link to `email`.

    The address itself is not kept, only its keyed hash; a purpose that needs it later (following by e-mail) puts it
    into `payload`. `client` is the caller's network address for the rate limit, hashed and forgotten within a day.
    Raises DomainError (field ``email``) for a malformed address, DomainError (code ``too_many``) above 5 mails per
    address and hour or 20 per client and hour, KeyError for an unregistered purpose.
    """
    described = _purposes[purpose]
    address = normal_email(email)
    try:
        validate_email(address)
    except ValidationError as error:
        raise DomainError(_("Bitte geben Sie eine vollständige E-Mail-Adresse an."), field="email") from error
    limits.require("guest-mail", address, times=5, seconds=3600)
    if client:
        limits.require("guest-client", client, times=20, seconds=3600)
    token = secrets.token_urlsafe(24)
    now = clock.now()
    with transaction.atomic():
        PendingConfirmation.objects.create(
            token_hash=_token_hash(token),
            email_hash=email_hash(address),
            purpose=purpose,
            payload=payload,
            language=language,
            created_at=now,
            expires_at=now + VALID_FOR,
        )
        with translation.override(language):
            mail.send(
                address,
                "accounts/mail/confirm",
                {
                    "what": described.says(payload),
                    "link": mail.absolute(reverse("accounts:confirm", args=[token])),
                    "hours": int(VALID_FOR.total_seconds() // 3600),
                },
            )


def pending(token: str) -> PendingConfirmation | None:
    """The action behind a link, if it can still be confirmed. Changes nothing."""
    return PendingConfirmation.objects.filter(
        token_hash=_token_hash(token), used_at=None, expires_at__gt=clock.now()
    ).first()


def confirm(token: str) -> Outcome:
    """Use a link: one guest per address, then the purpose's action, all in one transaction.

    Raises DomainError (code ``gone``) for an unknown, used or expired link, and whatever DomainError the action raises;
    then nothing has changed.
    """
    now = clock.now()
    with transaction.atomic():
        waiting = pending(token)
        used = waiting is not None and PendingConfirmation.objects.filter(pk=waiting.pk, used_at=None).update(
            used_at=now, payload={}
        )
        if waiting is None or not used:
            raise DomainError(_("Dieser Link wurde schon benutzt oder ist abgelaufen."), code="gone")
        guest, _created = Guest.objects.get_or_create(
            email_hash=waiting.email_hash, defaults={"created_at": now, "confirmed_at": now, "seen_at": now}
        )
        Guest.objects.filter(pk=guest.pk).update(seen_at=now)
        actor = actor_of(guest)
        audit.record("accounts.guest.confirm", actor=actor.public_id, payload={"purpose": waiting.purpose})
        path = purpose(waiting.purpose).on_confirmed(actor, waiting.payload)
    return Outcome(actor, path or "")


def _token_hash(token: str) -> str:
    return keyed_hash("guest-link", token)
