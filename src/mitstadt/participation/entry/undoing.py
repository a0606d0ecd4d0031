"""A list that was read in is taken back as a whole: what nobody has answered, supported or talked about goes, the rest
stays and is named. The worker does it, chunk by chunk."""

from __future__ import annotations

import time

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import Actor, actor_for
from mitstadt.accounts.models import User
from mitstadt.audit import actions as audit
from mitstadt.kit import cache, clock, jobs
from mitstadt.kit.decision import Decision, no
from mitstadt.kit.errors import DomainError, require
from mitstadt.participation import access
from mitstadt.participation.models import Batch, Entered, EntryList

from . import actions

CHUNK = 50
SECONDS = 60.0  # of one job; then another one goes on


def may(actor: Actor, batch: Batch) -> Decision:
    """Who read the list in, and who manages the process; while nothing of it is still being entered."""
    if not batch.file_name:
        return no(_("Das ist keine Liste aus einer Datei."))
    decision = access.may_enter(actor, batch.process)
    if decision and batch.by != actor.public_id:
        decision = access.may_manage(actor, batch.process)
    if decision:
        decision = access.not_frozen(batch.process)
    if decision and EntryList.objects.filter(batch=batch, state=EntryList.State.RUNNING).exists():
        return no(_("Diese Liste wird noch eingetragen."))
    return decision


def begin(actor: Actor, batch: Batch) -> None:
    """Let the worker take back all of a list; again when something stayed. Raises Refused, DomainError (code ``state``
    while it is being done)."""
    require(may(actor, batch))
    with transaction.atomic():
        idle = Batch.objects.filter(Q(undo_at=None) | Q(undone_at__isnull=False), pk=batch.pk)
        if not idle.update(undo_at=clock.now(), undone_at=None):
            raise DomainError(_("Diese Liste wird gerade schon zurückgenommen."), code="state")
        Entered.objects.filter(batch=batch).exclude(kept="").update(kept="")
        _record(actor, batch, "undo_list")
        jobs.enqueue(run, batch.pk, actor.user_id)


def resume(actor: Actor, batch: Batch) -> None:
    """Go on where a job gave up. Raises Refused, DomainError (code ``state`` when there is nothing to go on with)."""
    require(may(actor, batch))
    if not is_stuck(batch):
        raise DomainError(_("Hier wird schon gearbeitet."), code="state")
    with transaction.atomic():
        _record(actor, batch, "undo_resume")
        jobs.resume(run, batch.pk, actor.user_id)


def is_stuck(batch: Batch) -> bool:
    """Taking back began, is not done, and no job will go on with it."""
    return batch.undo_at is not None and batch.undone_at is None and not jobs.is_on(run, batch.pk)


def run(key: int, user_id: int) -> None:
    """Job. What was entered last goes first, so that answers go before what they answer. Running twice, even at the
    same time, takes nothing back twice."""
    until = time.monotonic() + SECONDS
    batch = Batch.objects.select_related("module__subject", "process__subject").filter(pk=key).first()
    user = User.objects.filter(pk=user_id).first()
    if batch is None or user is None or batch.undo_at is None or batch.undone_at is not None:
        return
    actor = actor_for(user, second_factor=True)
    require(access.may_enter(actor, batch.process))
    while _chunk(actor, batch):
        if time.monotonic() > until:
            jobs.enqueue(run, key, user_id)
            return
    _finish(actor, batch)


def _chunk(actor: Actor, batch: Batch) -> bool:
    """The next entries, in one transaction; False when none is left."""
    with transaction.atomic():
        found = list(actions.undoable(batch).filter(kept="").values_list("pk", flat=True)[:CHUNK])
        for key in found:  # read one by one: an answer that went just now is no reason to keep what it answered
            one = actions.undoable(batch).filter(pk=key).first()
            if one is not None and (kept := actions.kept_because(batch.module, one)):
                Entered.objects.filter(pk=key).update(kept=kept)
            elif one is not None:
                actions.take_back(actor, batch, one)
    return bool(found)


def _finish(actor: Actor, batch: Batch) -> None:
    """When nothing stayed the same file may be read in again."""
    with transaction.atomic():
        if not Batch.objects.filter(pk=batch.pk, undone_at=None).update(undone_at=clock.now()):
            return
        kept = Entered.objects.filter(batch=batch, undone_at=None).count()
        if not kept:
            Batch.objects.filter(pk=batch.pk).update(file_hash=None)
        _record(actor, batch, "undo_done", kept=kept)
    cache.bump()


def _record(actor: Actor, batch: Batch, verb: str, **payload: int) -> None:
    audit.record(
        f"participation.batch.{verb}",
        by=actor,
        obj=batch.module.subject.public_id,
        payload={"batch": batch.pk, "file": batch.file_name, **payload},
    )
