"""This room's own rows about people: how they are handed out, erased and forgotten. Registered when the room starts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mitstadt.audit.models import Entry

from . import personal
from .models import (
    AccessToken,
    Attempt,
    CounterCode,
    Draft,
    Fact,
    Guest,
    LetterCode,
    PendingConfirmation,
    Proof,
    SignIn,
    User,
    digest_facts,
)

UNCONFIRMED_DAYS = 30  # an account whose address nobody confirmed
GUEST_YEARS = 3  # without a new contribution
CODE_DAYS = 90  # letter codes after use or end: long enough to answer questions

USER_FIELDS = [
    "public_id",
    "pseudonym",
    "email",
    "first_name",
    "last_name",
    "language",
    "trust",
    "is_example",
    "date_joined",
    "last_login",
]


def register_all() -> None:
    """Declare every model of this room."""
    reg = personal.register
    reg(User, label=_("Konto"), export=_user, erase=_nothing, retention=_("bis Sie Ihr Konto löschen"), purge=_users)
    reg(
        Guest,
        label=_("Bestätigte E-Mail-Adresse ohne Konto"),
        export=_guest,
        erase=_nothing,
        retention=_("drei Jahre nach Ihrem letzten Beitrag"),
        purge=_guests,
    )
    reg(
        Fact,
        label=_("Ja oder Nein für Regeln"),
        export=personal.rows(Fact, ["rule", "holds", "source", "evaluated_at", "expires_at"]),
        erase=personal.delete(Fact),
        retention=_("bis der Nachweis abläuft, sonst bis Sie Ihr Konto löschen"),
        purge=_facts,
    )
    reg(
        Proof,
        label=_("Nachweise"),
        export=personal.rows(Proof, ["way", "trust", "proved_at", "expires_at"]),
        erase=personal.delete(Proof),
        retention=_("bis der Nachweis abläuft, sonst bis Sie Ihr Konto löschen"),
        purge=_proofs,
    )
    reg(
        LetterCode,
        label=_("Eingelöster Brief-Code"),
        export=personal.rows(LetterCode, ["created_at", "used_at"], user="used_by"),
        erase=personal.forget(LetterCode, user="used_by"),
        retention=_("90 Tage nach dem Einlösen"),
        purge=_letters,
    )
    reg(
        CounterCode,
        label=_("Code für den Schalter"),
        export=personal.rows(CounterCode, ["expires_at"]),
        erase=personal.delete(CounterCode),
        retention=_("30 Minuten"),
        purge=lambda now: _delete(CounterCode, expires_at__lte=now),
    )
    reg(
        AccessToken,
        label=_("Zugänge für Programme"),
        export=personal.rows(AccessToken, ["name", "shown", "scopes", "created_at", "expires_at", "last_used_on"]),
        erase=personal.delete(AccessToken),
        retention=_("bis Sie sie beenden, längstens 30 Tage nach ihrem Ablauf"),
        purge=lambda now: AccessToken.objects.filter(expires_at__lt=now - timedelta(days=30)).delete()[0],
    )
    reg(
        SignIn,
        label=_("Anmeldungen"),
        export=personal.rows(SignIn, ["device", "at"]),
        erase=personal.delete(SignIn),
        retention=_("bis Sie sich abmelden, höchstens 14 Tage"),
        purge=_sign_ins,
    )
    reg(
        Draft,
        label=_("Angefangene Texte"),
        export=personal.rows(Draft, ["path", "fields", "created_at"]),
        erase=personal.delete(Draft),
        retention=_("ein Tag"),
        purge=lambda now: _delete(Draft, expires_at__lte=now),
    )
    reg(
        PendingConfirmation,
        label=_("Beiträge, die auf Ihre Bestätigung warten"),
        export=_pending,
        erase=_erase_pending,
        retention=_("zwei Tage"),
        purge=lambda now: _delete(PendingConfirmation, expires_at__lte=now),
    )
    reg(
        Attempt,
        label=_("Zähler gegen Missbrauch"),
        export=lambda person: [],
        erase=_nothing,
        retention=_("höchstens ein Tag, ohne Bezug zu einer Person"),
        purge=lambda now: _delete(Attempt, ends_at__lte=now),
    )
    reg(
        Entry,
        label=_("Protokoll"),
        export=_log,
        erase=_erase_log,
        retention=_("dauerhaft, nach dem Löschen ohne Inhalt"),
    )


def _delete(model: Any, **filters: Any) -> int:
    return int(model._default_manager.filter(**filters).delete()[0])


def _nothing(person: personal.Person, keep_without_name: bool) -> int:
    return 0


def _user(person: personal.Person) -> Iterable[Mapping[str, Any]]:
    from allauth.account.models import EmailAddress
    from allauth.mfa.models import Authenticator

    if person.user_id is None:
        return []
    rows = list(User.objects.filter(pk=person.user_id).values(*USER_FIELDS))
    for row in rows:
        row["email_addresses"] = list(
            EmailAddress.objects.filter(user_id=person.user_id).values("email", "verified", "primary")
        )
        row["second_factors"] = list(
            Authenticator.objects.filter(user_id=person.user_id).values("type", "created_at", "last_used_at")
        )
        row["online_id_connected"] = _has_online_id(person.user_id)
    return rows


def _has_online_id(user_id: int) -> bool:
    from allauth.socialaccount.models import SocialAccount

    return bool(SocialAccount.objects.filter(user_id=user_id).exists())


def _users(now: datetime) -> int:
    from allauth.account.models import EmailAddress
    from allauth.socialaccount.models import SocialAccount

    stale = (
        User.objects.filter(date_joined__lt=now - timedelta(days=UNCONFIRMED_DAYS), last_login=None, is_example=False)
        .exclude(pk__in=EmailAddress.objects.filter(verified=True).values("user_id"))
        .exclude(pk__in=SocialAccount.objects.values("user_id"))
        .exclude(is_superuser=True)
    )
    count = stale.count()
    stale.delete()
    return count


def _guest(person: personal.Person) -> Iterable[Mapping[str, Any]]:
    return Guest.objects.filter(pk=person.guest_id or 0).values("public_id", "pseudonym", "confirmed_at", "seen_at")


def _guests(now: datetime) -> int:
    from .actions import delete_guest

    old = now - timedelta(days=365 * GUEST_YEARS)
    stale = list(Guest.objects.filter(seen_at__lt=old, is_example=False).values_list("pk", flat=True)[:1000])
    for guest_id in stale:
        delete_guest(guest_id, keep_without_name=True)
    return len(stale)


def _facts(now: datetime) -> int:
    stale = Fact.objects.filter(expires_at__lte=now)
    people = set(stale.values_list("user_id", flat=True))
    count = stale.delete()[0]
    for user_id in people:
        digest_facts(user_id)
    return count


def _proofs(now: datetime) -> int:
    from .actions import recompute_trust

    stale = Proof.objects.filter(expires_at__lte=now)
    people = set(stale.values_list("user_id", flat=True))
    count = stale.delete()[0]
    for user_id in people:
        recompute_trust(user_id)
    return count


def _letters(now: datetime) -> int:
    limit = now - timedelta(days=CODE_DAYS)
    return LetterCode.objects.filter(Q(used_at__lt=limit) | Q(expires_at__lt=limit)).delete()[0]


def _sign_ins(now: datetime) -> int:
    Session.objects.filter(expire_date__lt=now).delete()
    alive = Session.objects.values("session_key")
    return SignIn.objects.filter(at__lt=now - timedelta(days=1)).exclude(session_key__in=alive).delete()[0]


def _pending(person: personal.Person) -> Iterable[Mapping[str, Any]]:
    return PendingConfirmation.objects.filter(email_hash=_address_of(person), used_at=None).values(
        "purpose", "payload", "created_at", "expires_at"
    )


def _erase_pending(person: personal.Person, keep_without_name: bool) -> int:
    return _delete(PendingConfirmation, email_hash=_address_of(person))


def _address_of(person: personal.Person) -> str:
    from .keyed import email_hash

    if person.guest_id is not None:
        return Guest.objects.values_list("email_hash", flat=True).get(pk=person.guest_id)
    address = User.objects.values_list("email", flat=True).get(pk=person.user_id or 0)
    return email_hash(address) if address else ""


def _log(person: personal.Person) -> Iterable[Mapping[str, Any]]:
    mine = Q(actor=person.public_id) | Q(object=person.public_id)
    for row in (
        Entry.objects.filter(mine).order_by("id").values("at", "action", "actor", "actor_label", "object", "payload")
    ):
        if row["actor"] != person.public_id:
            row["actor"] = ""  # who it was, the public function says; the id is another person's
        if row["object"] != person.public_id and row["actor"] == "":
            row["payload"] = None
        yield row


def _erase_log(person: personal.Person, keep_without_name: bool) -> int:
    """Entries keep their public ids; what they say about the person is erased, their place in the chain stays.

    What somebody did as staff stays readable: leaving must not erase how a decision came about.
    """
    from mitstadt.audit import actions as audit

    from .actor import actor_for

    reason = "account deleted" if person.user_id is not None else "guest deleted"
    if person.user_id is not None and actor_for(User.objects.get(pk=person.user_id)).is_staff:
        about = Entry.objects.filter(object=person.public_id).values_list("pk", flat=True)
        return audit.erase_payload(list(about), reason=reason)
    return audit.erase_payload_about(person.public_id, reason=reason)
