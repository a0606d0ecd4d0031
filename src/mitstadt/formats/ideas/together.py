"""Writing an idea together: the author invites by a link that works once, who opens it says yes or leaves."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from mitstadt.accounts import limits
from mitstadt.accounts.actor import Actor
from mitstadt.accounts.keyed import keyed_hash
from mitstadt.accounts.who import Who
from mitstadt.audit import actions as audit
from mitstadt.kit import clock
from mitstadt.kit.decision import no
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.participation import access
from mitstadt.participation.models import Contribution

from . import merging
from .models import CoAuthor, Invitation

DAYS, MOST = 14, 10


def invite(actor: Actor, idea: Contribution) -> str:
    """The token of a link that makes one person a co-author, for two weeks. Only its hash is kept."""
    if not access.is_author(actor, idea) or idea.removed_at is not None:
        raise Refused(no(_("Einladen kann, wer die Idee begonnen hat.")))
    limits.require("ideas.invite", actor.public_id, times=20, seconds=86_400)
    token, now = secrets.token_urlsafe(18), clock.now()
    with transaction.atomic():
        Invitation.objects.create(idea=idea, token_hash=_hash(token), valid_until=now + timedelta(days=DAYS))
        audit.record("ideas.together.invite", actor=actor.public_id, obj=idea.subject.public_id)
    return token


def find(idea: Contribution, token: str) -> Invitation | None:
    """An invitation that still works."""
    rows = idea.invitations.filter(token_hash=_hash(token), used_at__isnull=True, valid_until__gt=clock.now())
    found: Invitation | None = rows.first()
    return found


def people(keys: Collection[int]) -> list[Who]:
    """The co-authors of these ideas, for news about them. One query."""
    rows = CoAuthor.objects.filter(idea__in=keys).order_by("pk").values_list("user_id", flat=True)
    return [("user", user_id) for user_id in rows]


def accept(actor: Actor, idea: Contribution, token: str) -> CoAuthor:
    """Become a co-author; the link is used up. Raises DomainError."""
    if actor.user_id is None:
        raise DomainError(_("Mitschreiben können Sie mit einem Konto."), code="login")
    if access.is_author(actor, idea):
        raise DomainError(_("Das ist schon Ihre Idee."))
    with transaction.atomic():
        rows = idea.invitations.filter(token_hash=_hash(token), used_at__isnull=True, valid_until__gt=clock.now())
        if not rows.update(used_at=clock.now()):
            raise DomainError(
                _("Diese Einladung gilt nicht mehr. Bitte lassen Sie sich eine neue schicken."), code="used"
            )
        if idea.co_authors.count() >= MOST:
            raise DomainError(_("Mehr als zehn können eine Idee nicht gemeinsam schreiben."))
        made, _created = CoAuthor.objects.get_or_create(
            idea=idea, user_id=actor.user_id, defaults={"label": actor.label[:60], "at": clock.now()}
        )
        merging.joined(actor, idea)
        audit.record("ideas.together.accept", actor=actor.public_id, obj=idea.subject.public_id)
    return made


def leave(actor: Actor, idea: Contribution) -> bool:
    """Stop being a co-author; True when one was."""
    with transaction.atomic():
        gone, _kinds = idea.co_authors.filter(user_id=actor.user_id or 0).delete()
        if gone:
            merging.left(actor, idea)
            audit.record("ideas.together.leave", actor=actor.public_id, obj=idea.subject.public_id)
    return bool(gone)


def writes(actor: Actor, idea: Contribution) -> bool:
    """Is this person a co-author? One query."""
    return actor.user_id is not None and idea.co_authors.filter(user_id=actor.user_id).exists()


def _hash(token: str) -> str:
    return keyed_hash("idea-invitation", token)
