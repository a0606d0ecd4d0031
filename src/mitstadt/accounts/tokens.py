"""Access tokens: a program writes in a person's name, with their rights as a citizen and never with those of staff.

Other rooms guard an operation of the interface with ``auth=tokens.bearer("comments")``: the token must hold that scope.
``request.auth`` is then the Actor, and the same actions decide as on the pages. What they raise becomes an answer in
`kit.problems`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja.security import HttpBearer

from mitstadt.audit import actions as audit
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError
from mitstadt.kit.problems import Problem

from .actor import MEMBER, Actor, actor_for
from .keyed import keyed_hash
from .models import AccessToken

PREFIX = "mst_"
MOST, MOST_DAYS = AccessToken.MOST, 365
SCOPES = {
    "read": gettext_lazy("lesen, was Sie geschrieben haben"),
    "contributions": gettext_lazy("Beiträge schreiben"),
    "comments": gettext_lazy("kommentieren und antworten"),
    "support": gettext_lazy("unterstützen und das zurücknehmen"),
    "capacities": gettext_lazy("melden, was bei Ihrer Organisation frei ist"),
}


def create(actor: Actor, name: str, days: int, scopes: Iterable[str]) -> tuple[AccessToken, str]:
    """A token for this account that may do `scopes` (of `SCOPES`), and its secret, which is shown once and not kept.

    Raises DomainError (fields ``name``, ``days``, ``scopes``; code ``too_many`` above 20).
    """
    assert actor.user_id is not None
    name = " ".join(name.split())[:80]
    if not name:
        raise DomainError(_("Bitte geben Sie dem Zugang einen Namen."), field="name")
    if not 1 <= days <= MOST_DAYS:
        raise DomainError(_("Möglich sind 1 bis %(most)d Tage.") % {"most": MOST_DAYS}, field="days")
    wanted = set(scopes)
    if not wanted or wanted - set(SCOPES):
        raise DomainError(_("Bitte kreuzen Sie an, was der Zugang darf."), field="scopes")
    secret, now = PREFIX + secrets.token_urlsafe(30), clock.now()
    token = AccessToken(
        user_id=actor.user_id,
        name=name,
        token_hash=_hash(secret),
        shown=secret[:9],
        created_at=now,
        expires_at=now + timedelta(days=days),
        scopes=" ".join(scope for scope in SCOPES if scope in wanted),
    )
    with transaction.atomic():
        _take_slot(token)
        payload = {"name": name, "days": days, "scopes": token.scopes}
        audit.record("accounts.token.create", actor=actor.public_id, payload=payload)
    return token, secret


def _take_slot(token: AccessToken) -> None:
    """Save at the first free place of this person. Who takes the same place at the same moment looks again; the
    database holds the limit, and each turn somebody got one, so that this ends."""
    while True:
        taken = set(AccessToken.objects.filter(user_id=token.user_id).values_list("slot", flat=True))
        free = [slot for slot in range(1, MOST + 1) if slot not in taken]
        if not free:
            raise DomainError(_("Mehr als %(most)d Zugänge sind nicht möglich.") % {"most": MOST}, code="too_many")
        token.slot = free[0]
        try:
            with transaction.atomic():
                token.save(force_insert=True)
        except IntegrityError:
            token.pk = None
        else:
            return


def revoke(actor: Actor, pk: int) -> bool:
    """End one of one's own; False when there is none."""
    with transaction.atomic():
        deleted, _kinds = AccessToken.objects.filter(pk=pk, user_id=actor.user_id or 0).delete()
        if deleted:
            audit.record("accounts.token.revoke", actor=actor.public_id)
    return bool(deleted)


def actor_of(secret: str) -> Actor | None:
    """Whose token it is, while it is valid: the person without their roles in the administration."""
    found = read(secret)
    return found[0] if found else None


def read(secret: str) -> tuple[Actor, frozenset[str]] | None:
    """Whose token it is and what it may do (see `SCOPES`), while it is valid."""
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
    as_citizen = replace(actor, grants=tuple(grant for grant in actor.grants if grant.role == MEMBER))
    return as_citizen, frozenset(token.scopes.split())


def _hash(secret: str) -> str:
    return keyed_hash("access-token", secret)


class _Bearer(HttpBearer):
    """``Authorization: Bearer mst_…``: 401 without a valid one, 403 that names the scope where it lacks."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        assert scope in SCOPES, scope
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        found = read(token)
        if found is None:
            return None
        actor, scopes = found
        if self.scope not in scopes:
            said = _("Diesem Zugang fehlt „%(scope)s“ (%(words)s). Legen Sie dafür einen neuen an.")
            words = {"scope": self.scope, "words": SCOPES[self.scope]}
            raise Problem(403, said % words, "scope", scope=self.scope)
        return actor


def bearer(scope: str) -> Any:
    """The guard of an operation: a valid token that holds `scope`, one of `SCOPES`."""
    return _Bearer(scope)
