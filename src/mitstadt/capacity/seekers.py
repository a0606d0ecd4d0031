"""People on their way to a place: a pseudonym with a secret link, their words sealed, every look written down."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from mitstadt.accounts.actor import Actor
from mitstadt.accounts.keyed import keyed_hash, seal, unseal
from mitstadt.audit import actions as audit
from mitstadt.kit import clock
from mitstadt.kit.city import current
from mitstadt.kit.ids import new_id
from mitstadt.notify import actions as notify

from .models import Look, Seeker
from .sealed import PURPOSE

KEY = 24  # characters of a form's random key, at least
KEEP_DAYS = 90  # after the last thing happened


def keep() -> timedelta:
    return timedelta(days=int(current().rules.get("seeker_keep_days", KEEP_DAYS)))


def account_hash(actor: Actor) -> str:
    """The same for the same account, of no use to any other room."""
    return keyed_hash("capacity-account", actor.public_id) if actor.is_known else ""


def token_of(actor: Actor) -> str:
    """The secret link of somebody signed in; nobody else can reckon it."""
    return keyed_hash("capacity-token", actor.public_id)[:32]


def create(
    actor: Actor | None = None,
    *,
    name: str = "",
    email: str = "",
    phone: str = "",
    language: str = "de",
    is_young: bool = False,
    referrer: Actor | None = None,
    key: str = "",
) -> tuple[Seeker, str]:
    """A seeker and the secret of their link; somebody signed in is the same seeker each time, and so is whoever sends
    the same form again (`key`, a random one of `KEY` characters or more). Name, address and number may all stay empty:
    whoever keeps the link can wait without giving a name.

    A case worker (`referrer`) has asked the person for consent; the person's own account never comes into it.
    """
    now = clock.now()
    own = actor if actor is not None and actor.is_known and referrer is None else None
    token = token_of(own) if own is not None else _token_of_form(key)
    contact = {"name": name[:80], "email": email[:254], "phone": phone[:40], "token": token}
    seeker = by_token(token)
    if seeker is None:
        try:
            with transaction.atomic():
                return Seeker.objects.create(
                    reference=new_id(8),
                    key_hash=hash_of(token),
                    account_hash=account_hash(own) if own is not None else "",
                    sealed=seal(PURPOSE, json.dumps(contact)),
                    language=language[:8],
                    is_young=is_young,
                    referred_by=referrer.label[:160] if referrer else "",
                    referrer_hash=keyed_hash("capacity-referrer", referrer.public_id) if referrer else "",
                    consent_at=now if referrer else None,
                    created_at=now,
                    erase_at=now + keep(),
                ), token
        except IntegrityError:  # the other click of a double click was first
            seeker = Seeker.objects.get(key_hash=hash_of(token))
    before = contact_of(seeker)
    contact = {field: value or before.get(field, "") for field, value in contact.items()}
    Seeker.objects.filter(pk=seeker.pk).update(sealed=seal(PURPOSE, json.dumps(contact)), erase_at=now + keep())
    seeker.refresh_from_db()
    return seeker, token


def put_contact(seeker: Seeker, *, name: str, email: str, phone: str) -> None:
    """What the person says now about how to reach them; "" takes something back."""
    contact = contact_of(seeker) | {"name": name[:80], "email": email[:254], "phone": phone[:40]}
    Seeker.objects.filter(pk=seeker.pk).update(sealed=seal(PURPOSE, json.dumps(contact)))
    seeker.refresh_from_db()


def _token_of_form(key: str) -> str:
    """The same for the same form; nobody who has not seen the form can reckon it."""
    return keyed_hash("capacity-form", key)[:32] if len(key) >= KEY else secrets.token_urlsafe(24)


def hash_of(token: str) -> str:
    return keyed_hash("capacity-seeker", token)


def by_token(token: str) -> Seeker | None:
    return Seeker.objects.filter(key_hash=hash_of(token[:64])).first()


def contact_of(seeker: Seeker) -> dict[str, str]:
    """Name, e-mail, telephone and the secret of the link; empty after erasing."""
    text = unseal(PURPOSE, seeker.sealed)
    return dict(json.loads(text)) if text else {}


def seal_words(words: dict[str, Any]) -> str:
    """What somebody wrote to a provider, encrypted."""
    return seal(PURPOSE, json.dumps(words, ensure_ascii=False)) if any(words.values()) else ""


def words_of(sealed: str) -> dict[str, Any]:
    text = unseal(PURPOSE, sealed)
    return dict(json.loads(text)) if text else {}


def link_of(seeker: Seeker) -> str:
    """The German path of the person's own page; "" after erasing."""
    token = contact_of(seeker).get("token", "")
    return f"/plaetze/mein/{token}/" if token else ""


def note_look(seeker: Seeker, actor: Actor, what: str) -> None:
    """Somebody read sealed words: the person sees it, and the log keeps it."""
    Look.objects.create(seeker=seeker, by=actor.label[:160] or _("Unbekannt"), what=what[:120], at=clock.now())
    audit.record(
        "capacity.seeker.read",
        by=actor,
        obj=seeker.reference,
        payload={"what": what},
    )


def tell(seeker: Seeker, text: str, key: str) -> None:
    """Write to the person, if they left an address. The subject says nothing about what it is about."""
    contact = contact_of(seeker)
    if not contact.get("email"):
        return
    with override(seeker.language):
        notify.mail(
            contact["email"],
            title=_("Nachricht für Sie"),
            text=text,
            key=f"seeker:{key}",
            path=link_of(seeker),
            language=seeker.language,
        )


def touch(seeker: Seeker) -> None:
    """Something happened: the time until erasing begins anew."""
    Seeker.objects.filter(pk=seeker.pk).update(erase_at=clock.now() + keep())


def erase(seeker: Seeker) -> None:
    """Everything about the person goes at once; places they held become free for the next."""
    from . import cleaning

    cleaning.erase(seeker)
