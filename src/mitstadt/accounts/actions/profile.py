"""What people change about themselves, and the note of who looked at them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from mitstadt.accounts import rules
from mitstadt.accounts.actor import Actor
from mitstadt.accounts.forms import clean_pseudonym
from mitstadt.accounts.models import SignIn, User
from mitstadt.accounts.pseudonyms import pseudonym_key
from mitstadt.audit import actions as audit
from mitstadt.audit.models import Entry
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, require

PERSONAL_READ = "accounts.personal.read"


def change_pseudonym(actor: Actor, name: str) -> str:
    """Choose another public name; returns it. Raises DomainError (field ``pseudonym``) with what is wrong with it."""
    require(rules.known(actor))
    user = User.objects.get(pk=actor.user_id or 0)
    try:
        chosen = clean_pseudonym(name, email=user.email, own_id=user.pk)
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(pseudonym=chosen, pseudonym_key=pseudonym_key(chosen))
            audit.record(
                "accounts.pseudonym.change", actor=actor.public_id, obj=actor.public_id, payload={"old": user.pseudonym}
            )
    except ValidationError as error:
        raise DomainError(error.messages[0], field="pseudonym") from error
    except IntegrityError as error:  # somebody took it between looking and writing
        raise DomainError(_("Diesen oder einen sehr ähnlichen Namen gibt es schon."), field="pseudonym") from error
    return chosen


def set_language(actor: Actor, language: str) -> None:
    """The language of mails to this person. Raises DomainError for one the house does not speak."""
    from django.conf import settings

    require(rules.known(actor))
    if language not in dict(settings.LANGUAGES):
        raise DomainError(_("Diese Sprache gibt es hier nicht."), field="language")
    User.objects.filter(pk=actor.user_id or 0).update(language=language)


def sign_out_everywhere(actor: Actor) -> None:
    """End all sessions of this person, this one included."""
    require(rules.known(actor))
    assert actor.user_id is not None
    with transaction.atomic():
        end_sessions(actor.user_id)
        audit.record("accounts.session.end_all", actor=actor.public_id, obj=actor.public_id)


def end_sessions(user_id: int) -> None:
    """No session of this account is valid any more, known to us or not; call it inside a transaction."""
    User.objects.filter(pk=user_id).update(session_epoch=F("session_epoch") + 1)
    keys = list(SignIn.objects.filter(user_id=user_id).values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    SignIn.objects.filter(user_id=user_id).delete()


def note_reads(actor: Actor, people: Collection[str], why: str) -> None:
    """`note_read` for a list: once a day per reader and person, so that looking again costs one query."""
    known = set(
        Entry.objects.filter(
            action=PERSONAL_READ, actor=actor.public_id, object__in=people, at__gte=clock.now() - timedelta(days=1)
        ).values_list("object", flat=True)
    )
    for person in sorted(set(people) - known - {actor.public_id}):
        note_read(actor, person, why)


def note_read(actor: Actor, person: str, why: str) -> None:
    """Write down that staff looked at personal data of `person` (a public id); the person sees it in their account."""
    audit.record(PERSONAL_READ, by=actor, obj=person, payload={"why": why})
