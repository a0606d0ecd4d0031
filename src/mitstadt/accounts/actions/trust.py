"""How trust grows: e-mail, letter, counter, online identity. It also ends: every proof may expire."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import models, transaction
from django.utils.translation import gettext as _

from mitstadt.accounts import limits, rules
from mitstadt.accounts.actor import ADMINISTRATOR, EDITOR, Actor
from mitstadt.accounts.keyed import keyed_hash
from mitstadt.accounts.models import CounterCode, Fact, LetterCode, Proof, Trust, User, digest_facts
from mitstadt.audit import actions as audit
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, require
from mitstadt.kit.ids import ALPHABET, new_id

LETTER_CODE_LENGTH = 12  # 58 bits, and every try is counted
COUNTER_CODE_LENGTH = 8
COUNTER_CODE_MINUTES = 30
RESIDENCE_HOLDS = timedelta(days=3 * 365)
ONLINE_ID_HOLDS = timedelta(days=365)


def add_proof(user_id: int, way: str, trust: int, *, expires_at: datetime | None = None) -> None:
    """Note that this person proved `trust` by `way`, again or for the first time, and raise the account to it."""
    with transaction.atomic():
        Proof.objects.update_or_create(
            user_id=user_id,
            way=way,
            defaults={"trust": trust, "proved_at": clock.now(), "expires_at": expires_at},
        )
        recompute_trust(user_id)


def recompute_trust(user_id: int) -> int:
    """Set the account's trust to the best proof that still holds; returns it."""
    now = clock.now()
    valid = Proof.objects.filter(user_id=user_id).filter(models.Q(expires_at=None) | models.Q(expires_at__gt=now))
    best = valid.aggregate(best=models.Max("trust"))["best"] or Trust.NONE
    User.objects.filter(pk=user_id).update(trust=best)
    return int(best)


def store_facts(user_id: int, facts: Mapping[str, bool], source: str, expires_at: datetime | None = None) -> None:
    """Keep yes and no per rule, replacing what the same source said before."""
    now = clock.now()
    with transaction.atomic():
        Fact.objects.filter(user_id=user_id, source=source).exclude(rule__in=facts).delete()
        for rule, holds in facts.items():
            Fact.objects.update_or_create(
                user_id=user_id,
                rule=rule,
                defaults={"holds": holds, "source": source, "evaluated_at": now, "expires_at": expires_at},
            )
        digest_facts(user_id)


# -- letters -----------------------------------------------------------------------------------------
def issue_letter_codes(actor: Actor, count: int, *, batch: str = "", valid_days: int = 60) -> list[str]:
    """Make `count` codes (1 to 10,000) for letters, e.g. ``abcd-efgh-jkmn``. They are returned once and never again:
    only keyed hashes are kept.

    Raises Refused without an administrator with a second factor, DomainError for a bad count.
    """
    require(rules.staff_role(actor, ADMINISTRATOR))
    if not 1 <= count <= 10_000:
        raise DomainError(_("Bitte eine Anzahl von 1 bis 10.000 angeben."), field="count")
    now = clock.now()
    codes = [new_id(LETTER_CODE_LENGTH) for _number in range(count)]
    with transaction.atomic():
        LetterCode.objects.bulk_create(
            [
                LetterCode(
                    code_hash=_letter_hash(code),
                    batch=batch,
                    created_at=now,
                    expires_at=now + timedelta(days=valid_days),
                )
                for code in codes
            ],
            batch_size=500,
        )
        audit.record(
            "accounts.letter.issue",
            by=actor,
            payload={"count": count, "batch": batch, "valid_days": valid_days},
        )
    return ["-".join(code[i : i + 4] for i in range(0, len(code), 4)) for code in codes]


def redeem_letter_code(actor: Actor, code: str, *, client: str = "") -> None:
    """Use the code of a letter: the account becomes RESIDENT. One use, also under parallel tries.

    Raises Refused for nobody, DomainError (field ``code``) for an unknown, used or expired code (one text for all),
    DomainError (``too_many``) above 10 tries an hour per account or 30 per network address.
    """
    require(rules.known(actor))
    assert actor.user_id is not None
    limits.require("letter-code", actor.public_id, times=10, seconds=3600)
    if client:
        limits.require("letter-code-client", client, times=30, seconds=3600)
    now = clock.now()
    with transaction.atomic():
        used = LetterCode.objects.filter(
            code_hash=_letter_hash(tidy_code(code)), used_at=None, expires_at__gt=now
        ).update(used_at=now, used_by=actor.user_id)
        if not used:
            raise DomainError(_("Dieser Code ist nicht gültig oder wurde schon benutzt."), field="code")
        _became_resident(actor.user_id, Proof.Way.LETTER)
        audit.record("accounts.trust.letter", actor=actor.public_id, obj=actor.public_id)


# -- the counter -------------------------------------------------------------------------------------
def new_counter_code(actor: Actor) -> str:
    """A code for half an hour that the person shows at the counter; an earlier one stops working."""
    require(rules.known(actor))
    code = new_id(COUNTER_CODE_LENGTH)
    CounterCode.objects.update_or_create(
        user_id=actor.user_id,
        defaults={
            "code_hash": keyed_hash("counter-code", code),
            "expires_at": clock.now() + timedelta(minutes=COUNTER_CODE_MINUTES),
        },
    )
    return f"{code[:4]}-{code[4:]}"


def confirm_at_counter(actor: Actor, code: str) -> str:
    """Staff saw an identity card and confirm residence for the account behind `code`; returns the person's public name.

    Raises Refused without a staff role and second factor, DomainError for a code that is unknown, expired or one's own.
    """
    require(rules.staff_role(actor, EDITOR))
    limits.require("counter-code", actor.public_id, times=60, seconds=3600)
    now = clock.now()
    with transaction.atomic():
        shown = (
            CounterCode.objects.filter(code_hash=keyed_hash("counter-code", tidy_code(code)), expires_at__gt=now)
            .select_related("user")
            .first()
        )
        if shown is None or not CounterCode.objects.filter(pk=shown.pk, code_hash=shown.code_hash).delete()[0]:
            raise DomainError(_("Dieser Code ist nicht gültig oder abgelaufen."), field="code")
        if shown.user_id == actor.user_id:
            raise DomainError(_("Den eigenen Wohnsitz bestätigt eine andere Person."), field="code")
        _became_resident(shown.user_id, Proof.Way.COUNTER)
        audit.record("accounts.trust.counter", by=actor, obj=shown.user.public_id)
    return shown.user.pseudonym


def _became_resident(user_id: int, way: str) -> None:
    ends = clock.now() + RESIDENCE_HOLDS
    add_proof(user_id, way, Trust.RESIDENT, expires_at=ends)
    Fact.objects.update_or_create(
        user_id=user_id,
        rule=rules.LIVES_HERE,
        defaults={"holds": True, "source": way, "evaluated_at": clock.now(), "expires_at": ends},
    )


def tidy_code(code: str) -> str:
    """What people type, without spaces, dashes and capitals."""
    return "".join(c for c in code.lower() if c in ALPHABET)


def _letter_hash(code: str) -> str:
    return keyed_hash("letter-code", code)
