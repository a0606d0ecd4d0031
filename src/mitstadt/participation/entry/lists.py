"""Lists too long for one transaction: checked as a whole, then entered by the worker, chunk by chunk, each row once."""

from __future__ import annotations

import time

from django.db import transaction
from django.db.models import F
from django.forms import Form
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from mitstadt.accounts.actor import Actor, actor_for
from mitstadt.audit import actions as audit
from mitstadt.kit import cache, clock, jobs
from mitstadt.kit.decision import Decision
from mitstadt.kit.errors import DomainError, require
from mitstadt.notify import actions as notify
from mitstadt.notify.sayings import Saying
from mitstadt.participation import access, queries, registry
from mitstadt.participation.models import Batch, Contribution, EntryList, EntryRow, Module

from . import actions, importing, rows

CHUNK = 50  # rows of one transaction: half a second in which nobody else writes into SQLite
SECONDS = 60.0  # of one job; then another one goes on, so that other work is not kept waiting
State = EntryList.State


def stage(actor: Actor, module: Module, file: importing.ListFile) -> tuple[EntryList | None, importing.Outcome]:
    """Check every row. Without a problem the list is kept, READY, and nothing of it is entered yet; else None.

    Raises Refused, DomainError (as `importing.take_over`).
    """
    importing.require_columns(module, file.columns)
    assert actor.user_id is not None
    with transaction.atomic():  # what a batch would be refused for is said now, and none stays
        actions.open_batch(actor, module, file.channel, file.held_on, file_hash=file.digest)
        transaction.set_rollback(True)
    require(_may_write(actor, module, file.channel))
    checked = rows.check(actor, module, file.table, file.columns, file.channel)
    outcome = importing.Outcome(rows=len(file.table.rows), problems=checked.problems, hints=checked.hints)
    if checked.problems:
        return None, outcome
    with transaction.atomic():
        listed = EntryList.objects.create(
            module=module,
            user_id=actor.user_id,
            channel=file.channel,
            held_on=file.held_on,
            event=" ".join(file.event.split())[:200],
            source=" ".join(file.source.split())[:200],
            file_name=file.name[:200],
            file_hash=file.digest,
            hints=checked.hints,
            total=len(checked.rows),
            created_at=clock.now(),
        )
        EntryRow.objects.bulk_create(
            (
                EntryRow(
                    listed=listed,
                    position=position,
                    line=row.line,
                    data={name: text for name, text in row.typed.items() if text},
                    channel=row.channel,
                    held_on=row.held_on,
                    answers=row.answers,
                    answers_id=row.answers_id,
                )
                for position, row in enumerate(checked.rows)
            ),
            batch_size=500,
        )
        _record(actor, listed, "stage")
    return listed, outcome


def _may_write(actor: Actor, module: Module, channel: str) -> Decision:
    """Is there a phase for it? A survey is answered or voted in, whatever its phase allows."""
    found = registry.get(module.format)
    verbs = {found.writes, *({"vote"} & set(found.verbs))}
    decisions = [access.can_for_others(actor, verb, module, clock.now(), channel) for verb in sorted(verbs)]
    return next((decision for decision in decisions if decision), decisions[0])


def take(actor: Actor, listed: EntryList) -> None:
    """Let the worker enter it. Raises Refused, DomainError (code ``state`` when somebody else decided already,
    ``twice`` when the file was taken over meanwhile)."""
    require(access.may_enter(actor, listed.module.process))
    with transaction.atomic():
        _leave_ready(listed, State.RUNNING)
        batch = actions.open_batch(
            actor,
            listed.module,
            listed.channel,
            listed.held_on,
            event=listed.event,
            source=listed.source,
            file_name=listed.file_name,
            file_hash=listed.file_hash,
        )
        EntryList.objects.filter(pk=listed.pk).update(batch=batch, user_id=actor.user_id)
        _record(actor, listed, "take")
        jobs.enqueue(run, listed.pk)
    listed.refresh_from_db()


def discard(actor: Actor, listed: EntryList) -> None:
    """Throw away what was checked. Raises Refused, DomainError (code ``state``)."""
    require(access.may_enter(actor, listed.module.process))
    with transaction.atomic():
        _leave_ready(listed, State.DISCARDED)
        listed.rows.all().delete()
        _record(actor, listed, "discard")


def resume(actor: Actor, listed: EntryList) -> None:
    """Go on where a job gave up, with what this person may. Raises Refused, DomainError (code ``state``)."""
    require(access.may_enter(actor, listed.module.process))
    if not is_stuck(listed):
        raise DomainError(_("Hier wird schon gearbeitet."), code="state")
    with transaction.atomic():
        EntryList.objects.filter(pk=listed.pk).update(user_id=actor.user_id)
        _record(actor, listed, "resume")
        jobs.resume(run, listed.pk)


def is_stuck(listed: EntryList) -> bool:
    """It was taken over, is not done, and no job will go on with it."""
    return listed.state == State.RUNNING and not jobs.is_on(run, listed.pk)


def _leave_ready(listed: EntryList, state: str) -> None:
    if not EntryList.objects.filter(pk=listed.pk, state=State.READY).update(state=state):
        raise DomainError(_("Diese Liste ist schon übernommen oder verworfen."), code="state")


def run(key: int) -> None:
    """Job. Go on where it stands; running twice, even at the same time, enters nothing twice."""
    until = time.monotonic() + SECONDS
    while True:
        listed = EntryList.objects.select_related("batch", "user").filter(pk=key, state=State.RUNNING).first()
        if listed is None:
            return
        if listed.done >= listed.total:
            _finish(listed)
            return
        if time.monotonic() > until:
            jobs.enqueue(run, key)
            return
        _chunk(listed)


def _chunk(listed: EntryList) -> None:
    """The next rows, in one transaction with the mark up to where it went."""
    assert listed.batch is not None
    module = queries.module_of(listed.module_id)
    assert module is not None
    actor, form_class = actor_for(listed.user, second_factor=True), rows.form_of(module)
    end = min(listed.done + CHUNK, listed.total)
    with transaction.atomic(), notify.bundled():
        here = EntryList.objects.filter(pk=listed.pk, state=State.RUNNING, done=listed.done)
        if not here.update(done=end):
            return  # another worker did these meanwhile
        found = list(listed.rows.filter(position__gte=listed.done, position__lt=end))
        standing = rows.standing(row.answers_id for row in found if row.answers_id)
        above = _above(listed, found)
        for row in found:
            answers = standing.get(row.answers_id) if row.answers is None else above.get(row.answers)
            row.contribution, row.reason = _enter(actor, listed.batch, row, form_class, answers)
            if row.contribution is not None:
                above[row.position] = row.contribution
            row.data = {}
        EntryRow.objects.bulk_update(found, ["contribution", "reason", "data"])
        refused = sum(1 for row in found if row.reason)
        EntryList.objects.filter(pk=listed.pk).update(refused=F("refused") + refused)


def _above(listed: EntryList, found: list[EntryRow]) -> dict[int, Contribution]:
    """What these rows answer and was entered before: position → contribution."""
    wanted = {row.answers for row in found if row.answers is not None}
    keys = dict(listed.rows.filter(position__in=wanted).values_list("position", "contribution_id")) if wanted else {}
    loaded = Contribution.objects.select_related("subject", *actions.ANSWERED).in_bulk(set(keys.values()) - {None})
    return {position: loaded[key] for position, key in keys.items() if key in loaded}


def _enter(
    actor: Actor, batch: Batch, row: EntryRow, form_class: type[Form], answers: Contribution | None
) -> tuple[Contribution | None, str]:
    one = rows.Row(row.line, row.data, row.channel, row.held_on, row.answers, row.answers_id)
    try:
        with transaction.atomic():
            done = rows.enter(actor, batch, one, form_class, answers, key=f"list:{row.listed_id}:{row.position}")
    except DomainError as error:
        return None, error.message[:500]
    return done.contribution, ""


def _finish(listed: EntryList) -> None:
    """Say it to those who follow; what was entered leaves no second copy, what was not keeps line and reason."""
    module = listed.module
    with transaction.atomic():
        ended = EntryList.objects.filter(pk=listed.pk, state=State.RUNNING)
        if not ended.update(state=State.DONE, finished_at=clock.now()):
            return
        listed.rows.filter(reason="").delete()
        entered = listed.total - listed.refused
        actor = actor_for(listed.user, second_factor=True)
        _record(actor, listed, "done", {"entered": entered, "refused": listed.refused})
        if entered:
            notify.notify(
                "participation.contribution.new",
                subject=module.subject,
                actor_public_id=actor.public_id,
                title=Saying(
                    gettext_noop("%(n)s Beiträge sind dazugekommen: %(title)s"),
                    {"n": str(entered), "title": module.title},
                ),
                path=module.subject.path,
                topics=[f"process:{module.process.number}"],
                key=f"participation:list:{listed.public_id}",
            )
    cache.bump()


def _record(actor: Actor, listed: EntryList, verb: str, payload: dict[str, int] | None = None) -> None:
    audit.record(
        f"participation.list.{verb}",
        by=actor,
        obj=listed.module.subject.public_id,
        payload={"list": listed.public_id, "file": listed.file_name, "rows": listed.total, **(payload or {})},
    )
