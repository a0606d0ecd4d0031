"""Imports: stage, publish, discard; and remembered column mappings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext

from mitstadt.accounts.actor import Actor
from mitstadt.audit import actions as audit
from mitstadt.kit import cache, clock, jobs
from mitstadt.kit.errors import DomainError, require
from mitstadt.kit.ids import new_id
from mitstadt.radar import access, dates, telling
from mitstadt.radar.importer import earlier, state, waiting
from mitstadt.radar.importer import stage as staging
from mitstadt.radar.importer import write as writing
from mitstadt.radar.importer.frame_write import write_frame
from mitstadt.radar.importer.shape import MeasureIn
from mitstadt.radar.importer.stage import Progress
from mitstadt.radar.models import ColumnMapping, Measure, Revision, StagedImport, StagedRow, Strategy

DEFAULT_SLUG = "digitalstrategie"
# A publication that gives no sign of life for so long was killed; somebody else may take it up.
SILENCE = timedelta(seconds=60)


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
    """Publish a staged import: all of it or nothing, and nobody else waits for longer than a moment.

    First everything is computed and kept in short transactions (`importer.write.prepare`), then one transaction of a
    fixed number of statements puts it in place. A process that is killed leaves the old state and what it had
    prepared; the next publication of the same import throws that away and begins anew, or `discard_import` does.

    Refuses what is broken, published already, being published by somebody else just now, or made against a state that
    has changed since.
    """
    require(access.may_publish(actor))
    say = progress or (lambda _step, _done, _of: None)
    claim = _claim(staged)
    try:
        _refuse_stale(staged)
        order = _order(staged, actor)
        prepared = writing.prepare(
            staged.strategy,
            order,
            claim.token,
            still_ours=claim.renew,
            progress=lambda done, of: say("publish", done, of + 1),
        )
        with transaction.atomic():
            strategy = _put_in_place(actor, staged, claim, order, prepared)
    except IntegrityError as error:
        claim.release()
        raise DomainError(
            gettext("Die Daten haben sich gerade geändert. Bitte prüfen Sie die Datei noch einmal."), code="stale"
        ) from error
    except BaseException:
        claim.release()
        raise
    say("publish", 1, 1)
    staged.refresh_from_db()
    telling.after_publication(staged.pk, changed=prepared.keys if staged.revision_id is None else ())
    return strategy


@dataclass(frozen=True, slots=True)
class _Claim:
    """The right to publish an import, held by whoever's token stands in its row."""

    staged_id: int
    token: str

    def renew(self) -> None:
        """A sign of life; raises DomainError if somebody took over or threw the import away."""
        mine = StagedImport.objects.filter(pk=self.staged_id, claim=self.token, state=StagedImport.State.READY)
        if not mine.update(claimed_at=clock.now()):
            raise _gone()

    def release(self) -> None:
        """Give it back unpublished; what was prepared goes."""
        if StagedImport.objects.filter(pk=self.staged_id, claim=self.token, state=StagedImport.State.READY).update(
            claim="", claimed_at=None
        ):
            waiting.forget(self.token, unused=True)


def _gone() -> DomainError:
    return DomainError(gettext("Dieser Import ist fehlerhaft, verworfen oder schon veröffentlicht."), code="state")


def _claim(staged: StagedImport) -> _Claim:
    """Two people who publish at once publish once: one conditional update decides whose it is."""
    now = clock.now()
    before = StagedImport.objects.filter(pk=staged.pk).values_list("claim", flat=True).first() or ""
    free = Q(claim="") | Q(claim=before, claimed_at__lt=now - SILENCE)
    claim = _Claim(staged.pk, new_id())
    ready = StagedImport.objects.filter(free, pk=staged.pk, state=StagedImport.State.READY)
    if not ready.update(claim=claim.token, claimed_at=now):
        if StagedImport.objects.filter(pk=staged.pk, state=StagedImport.State.READY).exists():
            raise DomainError(
                gettext("Dieser Import wird gerade veröffentlicht. Bitte sehen Sie in einer Minute noch einmal nach."),
                code="busy",
            )
        raise _gone()
    if before:
        waiting.forget(before, unused=True)
    return claim


def _refuse_stale(staged: StagedImport) -> None:
    """Raises DomainError if the strategy is no longer what the file was compared with."""
    strategy = staged.strategy
    appeared = strategy is None and Strategy.objects.filter(slug=staged.strategy_slug).exists()
    if appeared or (strategy is not None and staging.base_of(strategy) != staged.base):
        raise writing.stale()


def _put_in_place(
    actor: Actor, staged: StagedImport, claim: _Claim, order: writing.Order, prepared: writing.Prepared
) -> Strategy:
    """The short transaction. How many statements it takes depends on the frame, never on the number of measures."""
    now = clock.now()
    taken = StagedImport.objects.filter(pk=staged.pk, state=StagedImport.State.READY, claim=claim.token).update(
        state=StagedImport.State.PUBLISHED, published_at=now
    )
    if not taken:
        raise _gone()
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
        _refuse_stale(staged)
        strategy = Strategy.objects.get(pk=staged.strategy_id)
    strategy.source_digest = staged.digest
    if staged.frame:
        write_frame(strategy, staged.frame)
    revision = _write_revision(strategy, staged, order.day)
    writing.put_in_place(strategy, prepared)
    writing.freeze_earlier(strategy)
    cache.bump()
    StagedImport.objects.filter(pk=staged.pk).update(strategy=strategy, revision=revision)
    audit.record(
        "radar.import.published",
        by=actor,
        obj=staged.public_id,
        payload={
            "file": staged.file_name,
            "digest": staged.digest,
            "revision": revision.code if revision else "",
            "summary": staged.summary,
        },
    )
    # One job carries what follows; it survives a process that is killed right here.
    jobs.enqueue(telling.after_publication, staged.pk, not first)
    return strategy


def _write_revision(strategy: Strategy, staged: StagedImport, day: date | None) -> Revision | None:
    """The revision that an import becomes, in force from `day` on."""
    target = dict(staged.target)
    if not target:
        return None
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
    return revision


def _day(staged: StagedImport) -> date | None:
    """A revision is in force from its decision on, but never before an existing state."""
    if not staged.target:
        return None
    today = clock.today()
    decided = staged.target.get("decided", "")
    day = min(dates.last_day(decided), today) if decided else today
    latest = earlier.latest_day(staged.strategy) if staged.strategy else None
    return max(day, latest) if latest else day


def _order(staged: StagedImport, actor: Actor) -> writing.Order:
    """What a staged import asks to write."""
    verdicts = StagedRow.Verdict
    rows = list(staged.rows.exclude(verdict=verdicts.SAME))
    new = [staging.measure_of(row) for row in rows if row.verdict == verdicts.NEW]
    changed: dict[int, MeasureIn] = {}
    differing: dict[int, frozenset[str]] = {}
    for row in rows:
        if row.verdict == verdicts.CHANGED and row.measure_id:
            changed[row.measure_id] = staging.measure_of(row)
            differing[row.measure_id] = frozenset(d["field"] for d in row.differences)
    code = str(staged.target.get("code", ""))
    if code:
        for measure in new:
            measure.revision = measure.revision or code
        for pk, measure in changed.items():
            if "merged_into" in differing[pk] and measure.merged_into and not measure.retired_in:
                measure.retired_in = code
                differing[pk] |= {"retired_in"}
        for pk, measure in _absent(staged.strategy, rows).items():
            measure.retired_in, measure.change_reason = code, ""
            changed[pk], differing[pk] = measure, frozenset({"retired_in"})
    return writing.Order(
        new=new,
        changed=changed,
        differing=differing,
        revision=code,
        day=_day(staged),
        by=actor.label,
        compiled=_compiled(staged),
        frame=staged.frame,
    )


def _compiled(staged: StagedImport) -> date:
    """The day on which a file says that it was put together; today if it does not."""
    meta = (staged.frame or {}).get("meta")
    value = staged.strategy.compiled if staged.strategy else ""
    if isinstance(meta, dict):  # a frame says it anew, or takes it back
        value = "" if meta.get("compiled") is None else str(meta["compiled"])
    return min(dates.last_day(value), clock.today()) if value else clock.today()


def _absent(strategy: Strategy | None, rows: Sequence[StagedRow]) -> dict[int, MeasureIn]:
    """The measures that a full file no longer names, as they stand."""
    gone = [row.measure_id for row in rows if row.verdict == StagedRow.Verdict.RETIRED and row.measure_id]
    if not gone or strategy is None:
        return {}
    numbers = Measure.objects.filter(pk__in=gone).values_list("number", flat=True)
    return state.measures_of(strategy, numbers=numbers)


def discard_import(actor: Actor, staged: StagedImport) -> None:
    """Throw a staged import away, also one whose publication was interrupted. Its rows go, the note that it was
    there stays."""
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
    if token := StagedImport.objects.values_list("claim", flat=True).get(pk=staged.pk):
        waiting.forget(token, unused=True)


def save_mapping(actor: Actor, name: str, columns: Mapping[str, str]) -> ColumnMapping:
    """Keep how a spreadsheet names its columns under a name; an existing one is replaced."""
    require(access.may_publish(actor))
    if not name.strip():
        raise DomainError(gettext("Bitte geben Sie der Zuordnung einen Namen."), field="name")
    found, _created = ColumnMapping.objects.update_or_create(
        name=name.strip()[:120], defaults={"columns": dict(columns)}
    )
    return found
