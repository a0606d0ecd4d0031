"""Codes by letter: issuing them, and taking part with one, without an account."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from mitstadt.accounts import limits
from mitstadt.accounts.actions.trust import store_facts, tidy_code
from mitstadt.accounts.actor import Actor
from mitstadt.accounts.keyed import keyed_hash
from mitstadt.accounts.models import Guest
from mitstadt.accounts.who import Who, behind
from mitstadt.audit import actions as audit
from mitstadt.geo import queries as geo
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, require
from mitstadt.kit.ids import new_id
from mitstadt.participation import access
from mitstadt.participation.models import AccessCode, Area, CodeGroup, Process

LENGTH = 12  # 58 bits, and every try is counted


def code_hash(code: str) -> str:
    """What is kept of a code, as typed with or without hyphens, in any case."""
    return keyed_hash("participation-code", tidy_code(code))


def invite(actor: Actor, process: Process, name: str, valid_until: datetime, facts: Sequence[str] = ()) -> CodeGroup:
    """A group that gets letters. Raises Refused, or DomainError (fields ``name``, ``valid_until``, ``facts``)."""
    require(access.may_manage(actor, process))
    require(access.not_frozen(process))
    name = " ".join(name.split())
    if not name:
        raise DomainError(_("Bitte nennen Sie die eingeladene Gruppe."), field="name")
    if valid_until <= clock.now():
        raise DomainError(_("Dieser Zeitpunkt ist schon vorbei."), field="valid_until")
    if unknown := [fact for fact in facts if not _is_fact(fact)]:
        raise DomainError(
            _("„%(fact)s“ ist nichts, was ein Code zeigen kann. Möglich sind %(known)s.")
            % {"fact": unknown[0][:60], "known": "resident, district_9, area_…, age_14, age_to_26"},
            field="facts",
        )
    slug = f"{process.number}-{slugify(name)[:40] or 'gruppe'}"
    with transaction.atomic():
        group, created = CodeGroup.objects.get_or_create(
            process=process,
            slug=slug,
            defaults={"name": name[:120], "facts": list(facts), "valid_until": valid_until, "created_at": clock.now()},
        )
        if not created:
            raise DomainError(_("Eine Gruppe mit diesem Namen gibt es schon."), field="name")
        audit.record(
            "participation.group.invite",
            by=actor,
            obj=process.subject.public_id,
            payload={"group": slug, "facts": list(facts)},
        )
    return group


def _is_fact(fact: str) -> bool:
    """Something that a phase can ask for, about a district or an area that there is."""
    kind, _sep, value = fact.rpartition("_")
    if fact.startswith("area_"):
        return Area.objects.filter(slug=fact.removeprefix("area_")).exists()
    if kind == "district":
        return geo.by_number(value) is not None
    return fact == "resident" or (kind in ("age", "age_to") and value.isdecimal() and 0 < int(value) < 130)


def issue(actor: Actor, group: CodeGroup, count: int) -> list[str]:
    """Make `count` codes (1 to 20,000), e.g. ``abcd-efgh-jkmn``; returned once and never again, only hashes are
    kept."""
    require(access.may_manage(actor, group.process))
    if not 1 <= count <= 20_000:
        raise DomainError(_("Bitte eine Anzahl von 1 bis 20.000 angeben."), field="count")
    now = clock.now()
    codes = [new_id(LENGTH) for _number in range(count)]
    with transaction.atomic():
        AccessCode.objects.bulk_create(
            [AccessCode(group=group, code_hash=code_hash(code), created_at=now) for code in codes], batch_size=500
        )
        audit.record(
            "participation.codes.issue",
            by=actor,
            obj=group.process.subject.public_id,
            payload={"group": group.slug, "count": count},
        )
    return ["-".join(code[i : i + 4] for i in range(0, len(code), 4)) for code in codes]


def find(code: str, process: Process | None = None, *, client: str = "") -> AccessCode:
    """The valid code behind what somebody typed.

    Raises DomainError (field ``code``) for an unknown or expired one or one of another process (one text for all), and
    DomainError (``too_many``) above 20 tries an hour per network address.
    """
    if client:
        limits.require("participation-code", client, times=20, seconds=3600)
    found = AccessCode.objects.select_related("group__process__subject").filter(code_hash=code_hash(code))
    found = found.filter(group__valid_until__gt=clock.now())
    if process is not None:
        found = found.filter(group__process=process)
    access_code = found.first()
    if access_code is None:
        raise DomainError(
            _("Dieser Code ist hier nicht gültig. Bitte vergleichen Sie ihn mit dem Brief."), field="code"
        )
    return access_code


def valid_among(typed: Collection[str], process: Process) -> set[str]:
    """Those of many typed codes that are valid in `process`; one query for 500."""
    hashes = {code: code_hash(code) for code in typed}
    wanted, found = sorted(set(hashes.values())), set[str]()
    for start in range(0, len(wanted), 500):
        rows = AccessCode.objects.filter(code_hash__in=wanted[start : start + 500], group__process=process)
        found.update(rows.filter(group__valid_until__gt=clock.now()).values_list("code_hash", flat=True))
    return {code for code, hashed in hashes.items() if hashed in found}


def holder(access_code: AccessCode) -> Who:
    """Who takes part with this code: the account that claimed it, else its guest, made at the first use.

    The same code leads to the same person for ever, however often and wherever it is used at once.
    """
    person = behind(access_code.user_id, access_code.guest_id)
    if person is not None:
        return person
    now = clock.now()
    with transaction.atomic():
        guest, _created = Guest.objects.get_or_create(
            email_hash=keyed_hash("participation-guest", access_code.code_hash),
            defaults={"created_at": now, "confirmed_at": now, "seen_at": now},
        )
        first = AccessCode.objects.filter(pk=access_code.pk, guest=None, user=None).update(
            guest=guest, first_used_at=now
        )
        if first:
            _record_use(access_code, guest.public_id)
    access_code.refresh_from_db(fields=["user", "guest"])
    if access_code.user_id is not None:
        return ("user", access_code.user_id)
    assert access_code.guest_id is not None
    return ("guest", access_code.guest_id)


def claim(actor: Actor, code: str, *, client: str = "") -> CodeGroup:
    """Somebody signed in uses their code: it proves the group's facts to the account, and is used up for everybody
    else.

    Raises DomainError (field ``code``) also for one that somebody took part with already.
    """
    assert actor.user_id is not None
    access_code = find(code, client=client)
    group = access_code.group
    with transaction.atomic():
        free = AccessCode.objects.filter(pk=access_code.pk, guest=None, user=None)
        taken = free.update(user_id=actor.user_id, first_used_at=clock.now())
        if not taken and access_code.user_id != actor.user_id:
            raise DomainError(_("Mit diesem Code hat schon jemand mitgemacht."), field="code", code="used")
        store_facts(
            actor.user_id, dict.fromkeys([group.fact, *group.facts], True), f"code:{group.pk}", group.valid_until
        )
        if taken:
            _record_use(access_code, actor.public_id)
    return group


def _record_use(access_code: AccessCode, public_id: str) -> None:
    audit.record(
        "participation.code.use",
        actor=public_id,
        obj=access_code.group.process.subject.public_id,
        payload={"group": access_code.group.slug},
    )
