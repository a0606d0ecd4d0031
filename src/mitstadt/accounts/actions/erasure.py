"""Leaving: everything that refers to a person is removed, or kept without a name, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from mitstadt.accounts import personal, rules
from mitstadt.accounts.actor import Actor
from mitstadt.accounts.models import Guest, User
from mitstadt.audit import actions as audit
from mitstadt.kit import jobs
from mitstadt.kit.errors import require

from .profile import end_sessions


def delete_account(actor: Actor, keep_without_name: Mapping[str, bool]) -> None:
    """Delete this person's account. `keep_without_name` answers per kind (its key); what is not answered is removed.

    Sessions end everywhere; the log keeps public ids, its payloads about the person are erased; what takes longer
    (search index, files) is a job of the same transaction. Raises Refused for nobody, DomainError if a room objects
    (the last administrator).
    """
    require(rules.known(actor))
    assert actor.user_id is not None
    person = personal.Person(public_id=actor.public_id, user_id=actor.user_id)
    with transaction.atomic():
        end_sessions(actor.user_id)
        _erase(person, keep_without_name)
        User.objects.get(pk=actor.user_id).delete()
        audit.record("accounts.account.delete", actor=actor.public_id, obj=actor.public_id)
        jobs.enqueue("mitstadt.accounts.personal.run_after_erase", person.public_id)


def delete_guest(guest_id: int, keep_without_name: bool = False) -> None:
    """Forget a guest: what they wrote is removed, or kept without a name; the hash of the address goes."""
    with transaction.atomic():
        guest = Guest.objects.get(pk=guest_id)
        person = personal.Person(public_id=guest.public_id, guest_id=guest.pk)
        _erase(person, {kind.key: keep_without_name for kind in personal.kinds()})
        guest.delete()
        audit.record("accounts.guest.delete", actor=person.public_id, obj=person.public_id)
        jobs.enqueue("mitstadt.accounts.personal.run_after_erase", person.public_id)


def _erase(person: personal.Person, keep_without_name: Mapping[str, bool]) -> None:
    for kind in personal.kinds():
        kind.erase(person, bool(kind.choice and keep_without_name.get(kind.key, False)))
