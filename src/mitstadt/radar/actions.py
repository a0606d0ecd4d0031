"""Writes of the radar, one verb each: stage and publish imports, create and change measures, report a status.

Every action checks who acts, changes in one transaction, writes history and audit, and tells the followers. They
raise `Refused` (not allowed), or `DomainError` with a sentence for the person and the field it is about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from mitstadt.accounts.actor import Actor
from mitstadt.audit import actions as audit
from mitstadt.kit import cache, clock
from mitstadt.kit.errors import DomainError, require

from . import access, dates, history, telling
from .importer import stage as staging
from .importer import state
from .importer import write as writing
from .importer.frame_write import write_frame
from .importer.shape import MeasureIn
from .importer.stage import Progress
from .importer.values import slug_from
from .models import (
    ColumnMapping,
    FormerAddress,
    Measure,
    MeasureLineage,
    Milestone,
    ProgressReport,
    Revision,
    StagedImport,
    StagedRow,
    Status,
    Strategy,
)

DEFAULT_SLUG = "digitalstrategie"


# -- imports ---------------------------------------------------------------------------------------
def stage_import(
    actor: Actor,
    data: bytes,
    name: str,
    *,
    strategy_slug: str = DEFAULT_SLUG,
    target: Mapping[str, Any] | None = None,
    full: bool = True,
    mapping: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> StagedImport:
    """Read, check and compare a file; nothing public changes.

    `name` decides by its ending (.yaml, .csv, .xlsx). `target` describes the revision that it is to become (code,
    name, decided, body, paper, links, changes, note); without it the file corrects the strategy as it stands and
    retires nothing. `full`: measures that the file does not name are retired with the revision. `mapping` is
    {heading: field} ("" leaves a column out). `progress(step, done, of)` is called as it goes.

    The result is `READY` with a row per measure (verdict and differences), or `BROKEN` with its problems.
    """
    require(access.may_publish(actor))
    return staging.stage(
        actor,
        data,
        name,
        strategy_slug=strategy_slug,
        target=dict(target or {}),
        full=full,
        mapping=dict(mapping or {}),
        progress=progress,
    )


def publish_revision(actor: Actor, staged: StagedImport, *, progress: Progress | None = None) -> Strategy:
    """Publish a staged import in one transaction: all of it or nothing.

    Refuses what is broken, published already, or made against a state that has changed since.
    """
    require(access.may_publish(actor))
    say = progress or (lambda _step, _done, _of: None)
    rows = list(staged.rows.exclude(verdict=StagedRow.Verdict.SAME))
    say("publish", 0, len(rows))
    try:
        with transaction.atomic():
            strategy, revision, keys, first = _publish(actor, staged, rows)
    except IntegrityError as error:
        raise DomainError(
            gettext("Die Daten haben sich gerade geändert. Bitte prüfen Sie die Datei noch einmal."), code="stale"
        ) from error
    say("publish", len(rows), len(rows))
    _freeze_picture(revision, strategy, keys, first=first)
    return strategy


def _publish(
    actor: Actor, staged: StagedImport, rows: Sequence[StagedRow]
) -> tuple[Strategy, Revision | None, list[int], bool]:
    now = clock.now()
    taken = StagedImport.objects.filter(pk=staged.pk, state=StagedImport.State.READY).update(
        state=StagedImport.State.PUBLISHED, published_at=now
    )
    if not taken:
        raise DomainError(gettext("Dieser Import ist fehlerhaft, verworfen oder schon veröffentlicht."), code="state")
    first = staged.strategy_id is None
    if staged.strategy_id is None:
        strategy = Strategy.objects.create(
            slug=staged.strategy_slug,
            name="Digitalisierungsstrategie",
            is_current=not Strategy.objects.filter(is_current=True).exists(),
        )
    else:
        # this update makes publications of one strategy queue; what follows sees the state of the one before
        Strategy.objects.filter(pk=staged.strategy_id).update(source_digest=staged.digest)
        strategy = Strategy.objects.get(pk=staged.strategy_id)
        if staging.base_of(strategy) != staged.base:
            raise DomainError(
                gettext("Seit der Prüfung hat sich die Strategie geändert. Bitte prüfen Sie die Datei noch einmal."),
                code="stale",
            )
    strategy.source_digest = staged.digest
    if staged.frame:
        write_frame(strategy, staged.frame)
    revision, day = _write_revision(strategy, staged)
    order = _order(strategy, staged, rows, revision, day, actor)
    keys = writing.write(strategy, order)
    writing.freeze_earlier_status(strategy)
    cache.bump()
    StagedImport.objects.filter(pk=staged.pk).update(strategy=strategy, revision=revision)
    staged.refresh_from_db()
    audit.record(
        "radar.import.published",
        actor=actor.public_id,
        actor_label=actor.label,
        obj=staged.public_id,
        payload={
            "file": staged.file_name,
            "digest": staged.digest,
            "revision": revision.code if revision else "",
            "summary": staged.summary,
        },
    )
    if len(keys) <= telling.CHUNK:
        telling.index(keys)
        if revision is not None and not first:
            telling.after_publication(revision.pk, keys, tell=True)
    else:
        telling.after_publication(revision.pk if revision else None, keys, tell=not first)
    return strategy, revision, keys, first


def _write_revision(strategy: Strategy, staged: StagedImport) -> tuple[Revision | None, date | None]:
    """The revision that an import becomes, in force from its decision on, but never before an existing state."""
    target = dict(staged.target)
    if not target:
        return None, None
    today = clock.today()
    decided = target.get("decided", "")
    day = min(dates.last_day(decided), today) if decided else today
    latest = writing.latest_day(strategy)
    if latest and latest > day:
        day = latest
    code = target.pop("code")
    highest = Revision.objects.filter(strategy=strategy).order_by("-order").first()
    revision, _created = Revision.objects.update_or_create(
        strategy=strategy,
        code=code,
        defaults={
            **target,
            "order": highest.order + 1 if highest else 1,
            "state": Revision.State.PUBLISHED,
            "published_at": clock.now(),
            "in_force": day,
        },
    )
    return revision, day


def _order(
    strategy: Strategy,
    staged: StagedImport,
    rows: Sequence[StagedRow],
    revision: Revision | None,
    day: date | None,
    actor: Actor,
) -> writing.Order:
    verdicts = StagedRow.Verdict
    new = [staging.measure_of(row) for row in rows if row.verdict == verdicts.NEW]
    changed: dict[int, MeasureIn] = {}
    differing: dict[int, frozenset[str]] = {}
    for row in rows:
        if row.verdict == verdicts.CHANGED and row.measure_id:
            changed[row.measure_id] = staging.measure_of(row)
            differing[row.measure_id] = frozenset(d["field"] for d in row.differences)
    if revision is not None:
        for measure in new:
            measure.revision = measure.revision or revision.code
        for pk, measure in changed.items():
            if "merged_into" in differing[pk] and measure.merged_into and not measure.retired_in:
                measure.retired_in = revision.code
                differing[pk] |= {"retired_in"}
        for pk, measure in _absent(strategy, rows).items():
            measure.retired_in, measure.change_reason = revision.code, ""
            changed[pk], differing[pk] = measure, frozenset({"retired_in"})
    compiled = min(dates.last_day(strategy.compiled), clock.today()) if strategy.compiled else clock.today()
    return writing.Order(
        new=new,
        changed=changed,
        differing=differing,
        revision=revision,
        day=day,
        by=actor.label,
        compiled=compiled,
    )


def _absent(strategy: Strategy, rows: Sequence[StagedRow]) -> dict[int, MeasureIn]:
    """The measures that a full file no longer names, as they stand."""
    gone = [row.measure_id for row in rows if row.verdict == StagedRow.Verdict.RETIRED and row.measure_id]
    if not gone:
        return {}
    numbers = Measure.objects.filter(pk__in=gone).values_list("number", flat=True)
    return state.measures_of(strategy, numbers=numbers)


def _freeze_picture(revision: Revision | None, strategy: Strategy, keys: Sequence[int], *, first: bool) -> None:
    """The picture's sectors and places are frozen with each revision (and with the first import). After a correction
    only the measures that it touched (`keys`) may move."""
    from .places import settle
    from .snapshot import forget, freeze

    forget()
    if revision is None and first:
        revision = strategy.revisions.filter(state=Revision.State.PUBLISHED).last()
    if revision is not None:
        freeze(revision)
    else:
        settle(strategy, {key: {} for key in keys})


def discard_import(actor: Actor, staged: StagedImport) -> None:
    """Throw a staged import away. Its rows go, the note that it was there stays."""
    require(access.may_publish(actor))
    with transaction.atomic():
        changed = (
            StagedImport.objects.filter(pk=staged.pk)
            .exclude(state=StagedImport.State.PUBLISHED)
            .update(state=StagedImport.State.DISCARDED, frame=None)
        )
        if not changed:
            raise DomainError(gettext("Was veröffentlicht ist, lässt sich nicht verwerfen."), code="state")
        staged.rows.all().delete()


def save_mapping(actor: Actor, name: str, columns: Mapping[str, str]) -> ColumnMapping:
    """Keep how a spreadsheet names its columns under a name; an existing one is replaced."""
    require(access.may_publish(actor))
    if not name.strip():
        raise DomainError(gettext("Bitte geben Sie der Zuordnung einen Namen."), field="name")
    found, _created = ColumnMapping.objects.update_or_create(
        name=name.strip()[:120], defaults={"columns": dict(columns)}
    )
    return found


# -- single measures -------------------------------------------------------------------------------
def create_measure(actor: Actor, strategy: Strategy, *, publish: bool = True, **facts: Any) -> Measure:
    """A new measure with the next number. `facts` are columns of `Measure` (title and field at least)."""
    department = facts.get("department")
    require(access.may_edit(actor, department.pk if department else None))
    if not str(facts.get("title", "")).strip():
        raise DomainError(gettext("Der Titel fehlt."), field="title")
    facts.setdefault("slug", free_slug(strategy, slug_from(facts["title"])))
    measure = Measure(strategy=strategy, live=publish, changed_by=actor.label, **facts)
    with transaction.atomic(), history.occasion(history.Occasion(by=actor.label)):
        try:
            with transaction.atomic():
                measure.save()
        except IntegrityError as error:
            raise DomainError(gettext("Diese Kurzadresse ist schon vergeben."), field="slug") from error
        _recorded(actor, "radar.measure.created", measure, {"number": measure.number})
        telling.index([measure.pk])
        if publish:
            telling.changed(measure, key=f"measure:{measure.pk}:created", by=actor.public_id)
    return measure


def free_slug(strategy: Strategy, slug: str) -> str:
    """`slug`, or with a number behind it when a measure has or had it."""
    taken = set(Measure.objects.filter(strategy=strategy, slug__startswith=slug).values_list("slug", flat=True))
    taken |= set(FormerAddress.objects.filter(strategy=strategy, slug__startswith=slug).values_list("slug", flat=True))
    return slug if slug not in taken else next(f"{slug}-{n}" for n in range(2, 100_000) if f"{slug}-{n}" not in taken)


def change_measure(actor: Actor, measure: Measure, *, reason: str = "", **facts: Any) -> Measure:
    """Change columns of a measure and publish it. The state before stays in its history."""
    require(access.may_edit(actor, measure.department_id))
    if "department" in facts and facts["department"] != measure.department:
        new = facts["department"]
        require(access.may_edit(actor, new.pk if new else None))
    with transaction.atomic(), history.occasion(history.Occasion(by=actor.label, reason=reason)):
        for name, value in facts.items():
            setattr(measure, name, value)
        measure.change_reason = reason
        measure.changed_by = actor.label
        _check_partial(measure)
        try:
            with transaction.atomic():
                measure.save()
        except IntegrityError as error:
            raise DomainError(gettext("Diese Kurzadresse ist schon vergeben."), field="slug") from error
        _carry_into_draft(measure, {**facts, "change_reason": reason})
        _recorded(actor, "radar.measure.changed", measure, {"fields": sorted(facts), "reason": reason})
        telling.index([measure.pk])
        telling.changed(measure, key=f"measure:{measure.pk}:{measure.facts_changed_at}", by=actor.public_id)
    return measure


@dataclass(frozen=True, slots=True)
class MilestoneChange:
    """`key` of an existing milestone or None for a new one; `done_on` empty means: not reached."""

    title: str
    due: str = ""
    done_on: str = ""
    key: int | None = None
    source: str = ""


def report_status(
    actor: Actor,
    measure: Measure,
    *,
    status: str,
    status_as_of: str,
    reason: str = "",
    end: str | None = None,
    percent: int | None = None,
    milestones: Sequence[MilestoneChange] = (),
) -> Measure:
    """The short form: how things stand on a day, a new planned end if there is one, milestones reached or new.

    `milestones` change or add; those not named stay. `percent` is a figure that the department reports; it is kept
    with the end named then.
    """
    require(access.may_edit(actor, measure.department_id))
    if status not in Status.values:
        raise DomainError(gettext("Diesen Status gibt es nicht."), field="status")
    _check_date(status_as_of, "status_as_of", needed=True)
    if dates.first_day(status_as_of) > clock.today():
        raise DomainError(gettext("Der Stand kann nicht in der Zukunft liegen."), field="status_as_of")
    if end is not None:
        _check_date(end, "end")
    if end is not None and end != measure.end and not reason.strip():
        raise DomainError(gettext("Bitte sagen Sie, warum sich das Ende verschiebt."), field="reason")
    if percent is not None and not 0 <= percent <= 100:
        raise DomainError(gettext("Hier wird eine ganze Zahl von 0 bis 100 erwartet."), field="percent")
    with transaction.atomic():
        # a fresh copy: what the caller's object has cached of its milestones must not be written back
        measure = Measure.objects.get(pk=measure.pk)
        _save_milestones(measure, milestones)
        if percent is not None:
            ProgressReport.objects.create(
                measure=measure,
                percent=percent,
                end=measure.end if end is None else end,
                as_of=status_as_of,
                order=measure.progress_reports.count() + 1,
            )
        facts: dict[str, Any] = {"status": status, "status_as_of": status_as_of}
        if end is not None:
            facts["end"] = end
        return change_measure(actor, Measure.objects.get(pk=measure.pk), reason=reason, **facts)


def _save_milestones(measure: Measure, changes: Sequence[MilestoneChange]) -> None:
    known = {m.pk: m for m in Milestone.objects.filter(measure=measure)}
    order = max((m.order for m in known.values()), default=0)
    for change in changes:
        if not change.title.strip():
            raise DomainError(gettext("Der Meilenstein hat keinen Text."), field="milestones")
        _check_date(change.due, "milestones")
        _check_date(change.done_on, "milestones")
        if change.done_on and dates.first_day(change.done_on) > clock.today():
            raise DomainError(gettext("Ein Meilenstein kann nicht in der Zukunft erreicht sein."), field="milestones")
        if change.key is not None:
            if change.key not in known:
                raise DomainError(gettext("Diesen Meilenstein gibt es nicht."), field="milestones")
            row = known[change.key]
        else:
            order += 1
            row = Milestone(measure=measure, order=order)
        row.title, row.due, row.done_on, row.source = change.title, change.due, change.done_on, change.source
        row.save()


def retire(
    actor: Actor,
    measure: Measure,
    revision: Revision,
    *,
    reason: str,
    merged_into: Measure | None = None,
) -> Measure:
    """A measure is dropped with a revision, or goes into another one. It stays readable at its address."""
    require(access.may_publish(actor))
    if merged_into is not None and merged_into.pk == measure.pk:
        raise DomainError(gettext("Eine Maßnahme kann nicht in sich selbst aufgehen."), field="merged_into")
    if merged_into is not None:
        MeasureLineage.objects.get_or_create(
            before=measure, after=merged_into, kind=MeasureLineage.Kind.MERGED, defaults={"revision": revision}
        )
    return change_measure(actor, measure, reason=reason, retired_in=revision)


def split(actor: Actor, measure: Measure, parts: Sequence[Measure], revision: Revision) -> None:
    """Say that `parts` came out of `measure` in `revision`."""
    require(access.may_publish(actor))
    with transaction.atomic():
        for part in parts:
            MeasureLineage.objects.get_or_create(
                before=measure, after=part, kind=MeasureLineage.Kind.SPLIT, defaults={"revision": revision}
            )
        _recorded(actor, "radar.measure.split", measure, {"parts": [part.number for part in parts]})


def _carry_into_draft(measure: Measure, facts: Mapping[str, Any]) -> None:
    """A draft in the back office must not undo what was just published: it gets the same facts."""
    if measure.latest_revision_id is None:
        return
    if not measure.has_unpublished_changes:
        Measure.objects.filter(pk=measure.pk).update(latest_revision=None, live_revision=None)
        measure.latest_revision = measure.live_revision = None
        return
    draft = measure.get_latest_revision_as_object()
    for name, value in facts.items():
        setattr(draft, name, value)
    draft.save_revision(clean=False)


def _check_partial(measure: Measure) -> None:
    for name in ("start", "end", "status_as_of"):
        _check_date(getattr(measure, name), name)
    if measure.start and measure.end and dates.last_day(measure.end) < dates.first_day(measure.start):
        raise DomainError(gettext("Das Ende liegt vor dem Beginn."), field="end")


def _check_date(value: str, field: str, *, needed: bool = False) -> None:
    if needed and not value:
        raise DomainError(gettext("Bitte geben Sie ein Datum an."), field=field)
    try:
        dates.parse(value)
    except ValueError as error:
        raise DomainError(
            gettext("„%(value)s“ ist kein Datum der Form 2024, 2024-05 oder 2024-05-31.") % {"value": value[:40]},
            field=field,
        ) from error


def _recorded(actor: Actor, action: str, measure: Measure, payload: dict[str, Any]) -> None:
    audit.record(action, actor=actor.public_id, actor_label=actor.label, obj=measure.subject.public_id, payload=payload)
