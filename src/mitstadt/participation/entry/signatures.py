"""Lists of signatures on paper for one contribution, counted by hand and counted as support."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import Actor
from mitstadt.accounts.keyed import seal, unseal
from mitstadt.audit import actions as audit
from mitstadt.comments.models import Channel
from mitstadt.comments.rules import clean
from mitstadt.kit import cache, clock
from mitstadt.kit.errors import DomainError, require
from mitstadt.participation import access
from mitstadt.participation.actions import supports
from mitstadt.participation.models import MOST_SIGNATURES, Contribution, SignatureList

from . import actions, pictures

KEEP_DAYS = 180  # a scan shows names and addresses: it is erased this long after it was entered
MAX_BYTES = 5 * 1024 * 1024
_PURPOSE = "participation.signatures"
_NO_SCAN: dict[str, Any] = {"scan": "", "scan_type": "", "scan_until": None}


@dataclass(frozen=True, slots=True)
class Counted:
    """What staff say of a list: how many valid signatures, which list, counted when and by whom."""

    count: int
    source: str
    counted_on: date
    counted_by: str


def enter(
    actor: Actor, contribution: Contribution, counted: Counted, *, scan: bytes = b"", key: str = ""
) -> SignatureList:
    """Let the signatures of a list count as support on paper. The same `key` gives the same list.

    `contribution` comes from `queries.contribution`. Raises Refused (who, when), DomainError (fields ``count``,
    ``source``, ``counted_on``, ``counted_by``, ``scan``; code ``twice`` for a list that counts already).
    """
    require(supports.takes_any(contribution))
    assert contribution.module is not None
    require(access.can_for_others(actor, "support", contribution.module, clock.now(), Channel.PAPER))
    said = _checked(counted)
    stored_key = hashlib.sha256(f"{actor.public_id}:{key}".encode()).hexdigest() if key else None
    if stored_key and (known := SignatureList.objects.filter(key=stored_key).first()):
        return known
    kept = _sealed(scan)
    try:
        with transaction.atomic():
            made = _write(actor, contribution.pk, said, key=stored_key, **kept)
            supports.move(contribution.pk, Channel.PAPER, made.count)
            _record(actor, contribution, "enter", {**_facts(made), "scan": bool(scan)})
            supports.grown(contribution)
    except IntegrityError as error:
        known = SignatureList.objects.filter(key=stored_key).first() if stored_key else None  # twice at one moment
        if known is None:
            raise _twice() from error
        return known
    cache.bump()
    return made


def correct(actor: Actor, contribution: Contribution, listed: SignatureList, counted: Counted) -> SignatureList:
    """Put right what was entered; the counters follow. Raises Refused, DomainError (as `enter`; code ``stale`` when
    somebody else corrected or removed it meanwhile)."""
    _require_open(actor, contribution)
    said = _checked(counted)
    try:
        with transaction.atomic():
            _end(listed)
            kept = {name: getattr(listed, name) for name in ("scan", "scan_type", "scan_until")}
            made = _write(actor, contribution.pk, said, **kept)
            supports.move(contribution.pk, Channel.PAPER, made.count - listed.count)
            _record(actor, contribution, "correct", {"before": _facts(listed), **_facts(made)})
            if made.count > listed.count:
                supports.grown(contribution)
    except IntegrityError as error:
        raise _twice() from error
    cache.bump()
    return made


def remove(actor: Actor, contribution: Contribution, listed: SignatureList, reason: str) -> None:
    """Let a list count no longer. Raises Refused, DomainError (field ``reason``; code ``stale``)."""
    _require_open(actor, contribution)
    reason = " ".join(clean(reason).split())
    if not reason:
        raise DomainError(_("Bitte sagen Sie in einem Satz, warum die Liste nicht mehr zählt."), field="reason")
    with transaction.atomic():
        _end(listed)
        supports.move(contribution.pk, Channel.PAPER, -listed.count)
        _record(actor, contribution, "remove", {**_facts(listed), "reason": reason[:300]})
    cache.bump()


def look(actor: Actor, contribution: Contribution, listed: SignatureList) -> tuple[bytes, str]:
    """The scan and its type; each look is in the log. Raises Refused, or DomainError where there is none."""
    require(access.may_enter(actor, contribution.process))
    scan = base64.b64decode(unseal(_PURPOSE, listed.scan))
    if not scan:
        raise DomainError(_("Zu dieser Liste gibt es kein Bild (mehr)."))
    _record(actor, contribution, "look", {"list": listed.pk})
    return scan, listed.scan_type


def purge(_now: datetime | None = None) -> int:
    """Job: erase scans that were kept long enough; what was counted stays."""
    return SignatureList.objects.filter(scan_until__lt=clock.today()).update(**_NO_SCAN)


def _require_open(actor: Actor, contribution: Contribution) -> None:
    require(access.may_enter(actor, contribution.process))
    require(access.not_frozen(contribution.process))


def _checked(counted: Counted) -> Counted:
    """The same, cleaned. Raises DomainError with its field."""
    if not 1 <= counted.count <= MOST_SIGNATURES:
        raise DomainError(
            _("Möglich sind 1 bis %(most)s Unterschriften.")
            % {"most": number_format(MOST_SIGNATURES, force_grouping=True)},
            field="count",
        )
    source, by = " ".join(clean(counted.source).split()), " ".join(clean(counted.counted_by).split())
    if not source:
        raise DomainError(_("Bitte sagen Sie, welche Liste das ist."), field="source")
    if not by:
        raise DomainError(_("Bitte sagen Sie, wer gezählt hat."), field="counted_by")
    try:
        actions.check_day(counted.counted_on)
    except DomainError as error:
        raise DomainError(error.message, field="counted_on") from error
    return Counted(counted.count, source[:200], counted.counted_on, by[:120])


def _sealed(scan: bytes) -> dict[str, Any]:
    """The fields that keep a scan. Raises DomainError (field ``scan``)."""
    if not scan:
        return _NO_SCAN
    if len(scan) > MAX_BYTES:
        raise DomainError(_("Die Datei ist größer als 5 MB. Bitte verkleinern Sie sie."), field="scan")
    if scan.startswith(b"%PDF-"):
        data, scan_type = scan, "application/pdf"
    else:
        try:
            data, scan_type = pictures.checked(scan).data, "image/jpeg"
        except DomainError as error:
            raise DomainError(error.message, field="scan") from error
    return {
        "scan": seal(_PURPOSE, base64.b64encode(data).decode()),
        "scan_type": scan_type,
        "scan_until": clock.today() + timedelta(days=KEEP_DAYS),
    }


def _write(actor: Actor, contribution_id: int, said: Counted, **more: Any) -> SignatureList:
    return SignatureList.objects.create(
        contribution_id=contribution_id,
        count=said.count,
        source=said.source,
        counted_on=said.counted_on,
        counted_by=said.counted_by,
        by=actor.public_id,
        at=clock.now(),
        **more,
    )


def _end(listed: SignatureList) -> None:
    """Of two who correct or remove it at once the second reads so. What no longer counts keeps no scan."""
    rows = SignatureList.objects.filter(pk=listed.pk, ended_at=None)
    if not rows.update(ended_at=clock.now(), **_NO_SCAN):
        raise DomainError(_("Diese Liste hat inzwischen jemand anderes geändert."), code="stale")


def _twice() -> DomainError:
    return DomainError(_("Diese Liste von diesem Tag zählt hier schon."), field="source", code="twice")


def _facts(listed: SignatureList) -> dict[str, Any]:
    return {
        "list": listed.pk,
        "count": listed.count,
        "source": listed.source,
        "counted_on": listed.counted_on.isoformat(),
        "counted_by": listed.counted_by,
    }


def _record(actor: Actor, contribution: Contribution, verb: str, payload: dict[str, Any]) -> None:
    audit.record(
        f"participation.signatures.{verb}",
        by=actor,
        obj=contribution.subject.public_id,
        payload=payload,
    )
