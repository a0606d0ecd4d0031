"""A tablet at a stall or in a town hall: opened by staff, used by one person after another, ended by staff or time."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from mitstadt.accounts import limits
from mitstadt.accounts.actor import Actor, actor_for
from mitstadt.accounts.keyed import keyed_hash
from mitstadt.audit import actions as audit
from mitstadt.comments.models import Channel
from mitstadt.kit import cache, clock
from mitstadt.kit.errors import DomainError, require
from mitstadt.participation import access, queries, registry
from mitstadt.participation.actions import codes
from mitstadt.participation.models import Module, Tablet

COOKIE = cache.personal_cookie("mitstadt_tablet")
MOST_HOURS = 14
PER_TEN_MINUTES = 40
_SALT = "mitstadt.participation.tablet"


def open_one(actor: Actor, module: Module, name: str, hours: int) -> tuple[Tablet, str]:
    """A tablet for `module`, and the secret of its link, which is not kept.

    Raises Refused, DomainError (fields ``name``, ``hours``, ``module``).
    """
    require(access.may_enter(actor, module.process))
    found = registry.find(module.format)
    if found is None or found.entry is None:
        raise DomainError(_("Zu diesem Modul lässt sich nichts eintragen."), field="module")
    name = " ".join(name.split())
    if not name:
        raise DomainError(_("Bitte sagen Sie, wo das Gerät steht."), field="name")
    if not 1 <= hours <= MOST_HOURS:
        raise DomainError(_("Möglich sind 1 bis %(most)d Stunden.") % {"most": MOST_HOURS}, field="hours")
    assert actor.user_id is not None
    secret, now = secrets.token_urlsafe(18), clock.now()
    with transaction.atomic():
        tablet = Tablet.objects.create(
            module=module,
            user_id=actor.user_id,
            name=name[:120],
            link_hash=_hash("link", secret),
            valid_until=now + timedelta(hours=hours),
            created_at=now,
        )
        _record(actor, tablet, "open")
    return tablet, secret


def revoke(actor: Actor, tablet: Tablet) -> None:
    """End it at once. Raises Refused."""
    require(access.may_enter(actor, tablet.module.process))
    with transaction.atomic():
        if Tablet.objects.filter(pk=tablet.pk, revoked_at=None).update(revoked_at=clock.now()):
            _record(actor, tablet, "revoke")


def pair(secret: str) -> tuple[Tablet, str]:
    """The device that opens the link first is the tablet from now on; returns what its cookie holds.

    Raises DomainError (code ``gone``) for an unknown link, one that was used or has ended.
    """
    device, now = secrets.token_urlsafe(24), clock.now()
    waiting = _live().filter(link_hash=_hash("link", secret), device_hash="")
    tablet = waiting.first()
    if tablet is None or not waiting.filter(pk=tablet.pk).update(device_hash=_hash("device", device), paired_at=now):
        raise DomainError(
            _("Dieser Link ist schon benutzt oder abgelaufen. Bitte öffnen Sie einen neuen."), code="gone"
        )
    return tablet, signing.dumps([tablet.pk, device], salt=_SALT)


def remember(response: HttpResponse, value: str) -> None:
    """Let this browser be the tablet, until the longest time is over."""
    response.set_cookie(
        COOKIE,
        value,
        max_age=MOST_HOURS * 3600,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def of_request(request: HttpRequest) -> Tablet | None:
    """The tablet that this device is, while it may still be used. One query with the cookie, none without."""
    try:
        pk, device = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=MOST_HOURS * 3600)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return _live().filter(pk=pk, device_hash=_hash("device", str(device))).first()


def _live() -> QuerySet[Tablet]:
    return Tablet.objects.select_related("user", "module__subject", "module__process").filter(
        revoked_at=None, valid_until__gt=clock.now()
    )


def actor_of(tablet: Tablet) -> Actor:
    """Who answers for the device, with what they may today."""
    return actor_for(tablet.user, second_factor=True)


def enter(tablet: Tablet, data: dict[str, Any], *, code: str = "") -> str:
    """What somebody wrote on the device; returns a short sentence of it. Whoever is behind `code` counts once.

    Raises Refused (the phase is over, the person who answers for it lost the right), DomainError of the format and
    (code ``too_many``) above what people can type.
    """
    module = queries.module_of(tablet.module_id)
    assert module is not None
    actor = actor_of(tablet)
    require(access.may_enter(actor, module.process))
    limits.require("participation.tablet", str(tablet.pk), times=PER_TEN_MINUTES, seconds=600)
    found = registry.get(module.format)
    assert found.entry is not None
    person = codes.holder(codes.find(code, module.process)) if code.strip() else None
    with transaction.atomic():
        said = found.entry.save(actor, module, data, Channel.EVENT, tablet.name[:40], person)
        Tablet.objects.filter(pk=tablet.pk).update(entered=F("entered") + 1)
    return said


def _hash(kind: str, value: str) -> str:
    return keyed_hash(f"participation-tablet-{kind}", value)


def _record(actor: Actor, tablet: Tablet, verb: str) -> None:
    audit.record(
        f"participation.tablet.{verb}",
        by=actor,
        obj=tablet.module.subject.public_id,
        payload={"tablet": tablet.pk, "name": tablet.name},
    )
