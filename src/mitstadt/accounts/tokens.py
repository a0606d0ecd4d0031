"""Access tokens: a program writes in a person's name, with their rights as a citizen and never with those of staff.

Other rooms guard an operation of the interface with ``auth=tokens.bearer``; ``request.auth`` is then the Actor, and the
same actions decide as on the pages. `answering` turns what they raise into answers.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.errors import HttpError
from ninja.security import HttpBearer

from mitstadt.audit import actions as audit
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, Refused

from .actor import MEMBER, Actor, actor_for
from .keyed import keyed_hash
from .models import AccessToken

PREFIX = "mst_"
MOST, MOST_DAYS = 20, 365


def create(actor: Actor, name: str, days: int) -> tuple[AccessToken, str]:
    """A token for this account and its secret, which is shown once and not kept.

    Raises DomainError (fields ``name``, ``days``; code ``too_many`` above 20).
    """
    assert actor.user_id is not None
    name = " ".join(name.split())[:80]
    if not name:
        raise DomainError(_("Bitte geben Sie dem Zugang einen Namen."), field="name")
    if not 1 <= days <= MOST_DAYS:
        raise DomainError(_("Möglich sind 1 bis %(most)d Tage.") % {"most": MOST_DAYS}, field="days")
    secret, now = PREFIX + secrets.token_urlsafe(30), clock.now()
    with transaction.atomic():
        if AccessToken.objects.filter(user_id=actor.user_id).count() >= MOST:
            raise DomainError(_("Mehr als %(most)d Zugänge sind nicht möglich.") % {"most": MOST}, code="too_many")
        token = AccessToken.objects.create(
            user_id=actor.user_id,
            name=name,
            token_hash=_hash(secret),
            shown=secret[:9],
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        audit.record("accounts.token.create", actor=actor.public_id, payload={"name": name, "days": days})
    return token, secret


def revoke(actor: Actor, pk: int) -> bool:
    """End one of one's own; False when there is none."""
    with transaction.atomic():
        deleted, _kinds = AccessToken.objects.filter(pk=pk, user_id=actor.user_id or 0).delete()
        if deleted:
            audit.record("accounts.token.revoke", actor=actor.public_id)
    return bool(deleted)


def actor_of(secret: str) -> Actor | None:
    """Whose token it is, while it is valid: the person without their roles in the administration."""
    if not secret.startswith(PREFIX):
        return None
    token = (
        AccessToken.objects.select_related("user")
        .filter(token_hash=_hash(secret), expires_at__gt=clock.now(), user__is_active=True)
        .first()
    )
    if token is None:
        return None
    today = clock.today()
    if token.last_used_on != today:
        AccessToken.objects.filter(pk=token.pk).update(last_used_on=today)
    actor = actor_for(token.user)
    return replace(actor, grants=tuple(grant for grant in actor.grants if grant.role == MEMBER))


def _hash(secret: str) -> str:
    return keyed_hash("access-token", secret)


class _Bearer(HttpBearer):
    """``Authorization: Bearer mst_…``; 401 without a valid one."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        return actor_of(token)


bearer: Any = _Bearer()


@contextmanager
def answering() -> Iterator[None]:
    """What the rules refuse becomes 403, too much 429, anything else wrong 422; each with the sentence of the page."""
    try:
        yield
    except Refused as error:
        raise HttpError(403, error.message) from error
    except DomainError as error:
        text = f"{error.field}: {error.message}" if error.field else error.message
        raise HttpError(429 if error.code == "too_many" else 422, text) from error
