"""Taking an import over: each row in a transaction of its own, begun anew where a process was killed, nothing twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import EDITOR, Actor, Grant
from mitstadt.audit import actions as audit
from mitstadt.directory import access, actions
from mitstadt.directory.entries import Entry
from mitstadt.directory.models import Category, Service
from mitstadt.kit import clock, jobs
from mitstadt.kit.errors import DomainError, require

from .models import Import, ImportRow, Origin
from .planning import CHUNK, compare

AT_ONCE = 100  # rows (two to three seconds); more are taken over by the worker
Choice, Outcome, Verdict = ImportRow.Choice, ImportRow.Outcome, ImportRow.Verdict
WORK = (Verdict.NEW, Verdict.CHANGED, Verdict.TWIN)


def choose(actor: Actor, staged: Import, choices: Mapping[int, str]) -> int:
    """What shall become of rows that may be there already: {key of the row: choice}. Returns how many were set."""
    require(access.may_keep(actor))
    count = 0
    with transaction.atomic():
        _ready(staged)
        for choice in Choice.values:
            keys = [key for key, value in choices.items() if value == choice]
            if keys:
                count += staged.rows.filter(pk__in=keys, verdict=Verdict.TWIN, outcome="").update(choice=choice)
    return count


def choose_all(actor: Actor, staged: Import, choice: str) -> int:
    """The same for every row that is not decided yet."""
    require(access.may_keep(actor))
    if choice not in Choice.values or not choice:
        raise DomainError(_("Bitte wählen Sie, was geschehen soll."))
    with transaction.atomic():
        _ready(staged)
        return staged.rows.filter(verdict=Verdict.TWIN, choice="", outcome="").update(choice=choice)


def _ready(staged: Import) -> None:
    if not Import.objects.filter(pk=staged.pk, state=Import.State.READY).exists():
        raise DomainError(_("Dieser Import ist schon übernommen, verworfen oder fehlerhaft."), code="state")


def discard(actor: Actor, staged: Import) -> None:
    """Throw the comparison away; public is nothing of it yet."""
    require(access.may_keep(actor))
    with transaction.atomic():
        moved = Import.objects.filter(
            pk=staged.pk, state__in=(Import.State.READY, Import.State.BROKEN, Import.State.READING)
        ).update(state=Import.State.DISCARDED)
        if not moved:
            raise DomainError(_("Was übernommen ist, lässt sich nicht verwerfen."), code="state")
        _record(actor, staged, "directory.import.discard")
    staged.rows.all().delete()
    staged.refresh_from_db()


def take(actor: Actor, staged: Import, *, wait: bool = False) -> None:
    """Take over what is new and changed, and what was decided about what may be there already.

    Few rows are done when this returns (all of them with `wait`), more are left to the worker; the job is there in both
    cases, for a process that is killed on the way. Raises DomainError when somebody else took it over.
    """
    require(access.may_keep(actor))
    now = clock.now()
    with transaction.atomic():
        moved = Import.objects.filter(pk=staged.pk, state=Import.State.READY).update(
            state=Import.State.RUNNING, taken_by=actor.label[:160], taken_by_id=actor.public_id[:64], taken_at=now
        )
        if not moved:
            _ready(staged)
        _record(actor, staged, "directory.import.take", {"counts": staged.counts})
        here = wait or staged.rows.filter(verdict__in=WORK).count() <= AT_ONCE
        jobs.enqueue(run, staged.pk, key=f"import:{staged.public_id}", run_at=now + timedelta(minutes=2 if here else 0))
    if here:
        run(staged.pk)
    staged.refresh_from_db()


def run(key: int) -> None:
    """Job. Go on where it stands; running twice, even at the same time, does nothing twice."""
    staged = Import.objects.filter(pk=key, state=Import.State.RUNNING).first()
    if staged is None:
        return
    actor = Actor(public_id=staged.taken_by_id, grants=(Grant(EDITOR, 0, staged.taken_by),))
    known = {category.slug: category for category in Category.objects.all()}
    _note_same(staged)
    while True:
        rows = list(staged.rows.filter(outcome="", verdict__in=WORK).order_by("position")[:50])
        if not rows:
            break
        for row in rows:
            _take_row(actor, staged, row, known)
    _finish(actor, staged)


def _note_same(staged: Import) -> None:
    """What is the same needs no change, only what the source said last."""
    while True:
        rows = list(staged.rows.filter(outcome="", verdict=Verdict.SAME).order_by("position")[:CHUNK])
        if not rows:
            return
        origins = [
            Origin(source=staged.source, source_id=row.source_id, service_id=row.service_id, marks=row.marks,
                   title=row.title)
            for row in rows if row.service_id and row.marks
        ]  # fmt: skip
        with transaction.atomic():
            Origin.objects.bulk_create(
                origins, update_conflicts=True, unique_fields=["source", "source_id"], update_fields=["marks", "title"]
            )
            staged.rows.filter(pk__in=[row.pk for row in rows]).update(outcome=Outcome.SAME)


def _take_row(actor: Actor, staged: Import, row: ImportRow, known: Mapping[str, Category]) -> None:
    try:
        with transaction.atomic():
            # whoever changes the row first does it; another process waits here and finds nothing to do
            if staged.rows.filter(pk=row.pk, outcome="").update(outcome=Outcome.REFUSED):
                outcome, service, reason = _do(actor, staged, row, known)
                staged.rows.filter(pk=row.pk).update(
                    outcome=outcome, service=service, reason=reason[:500], data={}, marks={}
                )
    except (DomainError, IntegrityError) as error:
        said = error.message if isinstance(error, DomainError) else _("Der Eintrag hat sich gerade geändert.")
        staged.rows.filter(pk=row.pk, outcome="").update(outcome=Outcome.REFUSED, reason=said[:500], data={}, marks={})


def _do(actor: Actor, staged: Import, row: ImportRow, known: Mapping[str, Category]) -> tuple[str, Service | None, str]:
    """(outcome, entry, reason) of one row. Raises DomainError for what cannot be taken over."""
    if row.verdict == Verdict.TWIN:
        if row.choice == Choice.UNDECIDED:
            return Outcome.SKIPPED, None, _("Nicht entschieden; der nächste Import fragt wieder.")
        twin = _twin(staged, row)
        if row.choice == Choice.SKIP:
            if twin is not None:
                _follow(staged, row, twin, followed=False)
            return Outcome.SKIPPED, twin, ""
        if row.choice == Choice.REPLACE and twin is not None:
            compared = compare(twin.entry, row.entry, staged.covered, {})
            if compared.changed:
                _save(actor, compared.after, twin, known)
            _follow(staged, row, twin)
            return (Outcome.CHANGED if compared.changed else Outcome.SAME), twin, ""
    if row.verdict == Verdict.CHANGED:
        service = Service.objects.select_related("subject", "provider__organisation").filter(pk=row.service_id).first()
        if service is None or service.version != row.version:
            raise DomainError(
                _("Der Eintrag wurde seit dem Vergleich geändert. Bitte lesen Sie die Datei noch einmal.")
            )
        _save(actor, row.entry, service, known)
        _follow(staged, row, service)
        return Outcome.CHANGED, service, ""
    service = actions.save_entry(
        row.entry, actor=actor, publish=staged.publish, confirmed=False, source=staged.source, source_id=row.source_id,
        known=known,
    )  # fmt: skip
    _follow(staged, row, service)
    return Outcome.ADDED, service, ""


def _save(actor: Actor, entry: Entry, service: Service, known: Mapping[str, Category]) -> None:
    """Over what is there; what is not public stays so, and nobody vouches for it by importing."""
    actions.save_entry(
        entry, service, actor=actor, publish=service.state == Service.State.PUBLIC, confirmed=False, known=known
    )


def _twin(staged: Import, row: ImportRow) -> Service | None:
    """The entry that a row may be the same as; another row of the file has become one by now, or was left out."""
    services = Service.objects.select_related("subject", "provider__organisation")
    for told in row.twins:
        if "service" in told:
            found = services.filter(pk=told["service"]).first()
        else:
            key = staged.rows.filter(position=told["position"]).values_list("service_id", flat=True).first()
            found = services.filter(pk=key).first() if key else None
        if found is not None:
            return found
    return None


def _follow(staged: Import, row: ImportRow, service: Service, *, followed: bool = True) -> None:
    marks: dict[str, Any] = {name: value for name, value in row.marks.items() if not (
        name == "places" and service.protected
    )}  # fmt: skip
    Origin.objects.update_or_create(
        source=staged.source,
        source_id=row.source_id,
        defaults={"service": service, "marks": marks if followed else {}, "followed": followed, "title": row.title},
    )


def _finish(actor: Actor, staged: Import) -> None:
    counted = staged.rows.exclude(outcome="").values_list("outcome").annotate(n=Count("pk")).order_by()
    outcome = dict(counted)
    with transaction.atomic():
        if not Import.objects.filter(pk=staged.pk, state=Import.State.RUNNING).update(
            state=Import.State.DONE, outcome=outcome
        ):
            return
        staged.rows.exclude(data={}).update(data={}, marks={})
        _record(actor, staged, "directory.import.done", {"outcome": outcome})


def progress(staged: Import) -> tuple[int, int]:
    """(rows done, rows to do)."""
    rows = staged.rows.filter(verdict__in=WORK)
    return rows.exclude(outcome="").count(), rows.count()


def _record(actor: Actor, staged: Import, action: str, payload: dict[str, Any] | None = None) -> None:
    audit.record(
        action, by=actor, obj=staged.public_id,
        payload={"file": staged.file_name, "source": staged.source, **(payload or {})},
    )  # fmt: skip
