"""Writing versions. `MeasureVersion` is the single source of history; its docstring has the design."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from mitstadt.kit import cache, clock

from . import rules

if TYPE_CHECKING:
    from .models import Measure

# The facts of a version. Words first, then codes, then what is derived.
WORDS = ("title", "summary", "reason", "audience", "contact")
CODES = (
    "short_name", "slug", "kind", "field", "core_area", "department",
    "start", "end", "status", "status_as_of", "principles", "district", "revision",
)  # fmt: skip
DERIVED = ("milestones_done", "milestones_all", "postponed", "retired")
FACTS = (*WORDS, *CODES, *DERIVED)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who published the change and why. `by` is a function and department, never a name."""

    by: str = ""
    reason: str | None = None
    source: str | None = None
    day: date | None = None
    revision_id: int | None = None


_occasion: ContextVar[Occasion | None] = ContextVar("mitstadt_radar_occasion", default=None)


@contextmanager
def occasion(value: Occasion) -> Iterator[None]:
    """Versions written inside carry this occasion."""
    token = _occasion.set(value)
    try:
        yield
    finally:
        _occasion.reset(token)


def facts_of(measure: Measure, *, ends: list[str] | None = None) -> dict[str, Any]:
    """The facts of a measure now. `ends` are the planned ends named before, oldest first; None reads them."""
    milestones = [m.done_on for m in measure.milestones.all()]
    if ends is None:
        ends = ends_before(measure)
    return {
        "title": measure.title,
        "summary": measure.summary,
        "reason": measure.reason,
        "audience": measure.audience,
        "contact": measure.contact,
        "short_name": measure.short_name,
        "slug": measure.slug,
        "kind": measure.kind,
        "field": measure.field.slug,
        "core_area": measure.core_area.slug if measure.core_area else "",
        "department": measure.department.code or measure.department.slug if measure.department else "",
        "start": measure.start,
        "end": measure.end,
        "status": measure.status,
        "status_as_of": measure.status_as_of,
        "principles": sorted(p.principle.slug for p in measure.measure_principles.all()),
        "district": measure.district.number if measure.district else None,
        "revision": measure.revision.code if measure.revision else "",
        "milestones_done": sum(1 for done in milestones if done),
        "milestones_all": len(milestones),
        "postponed": rules.postponements([*ends, measure.end]),
        "retired": measure.retired_in_id is not None,
    }


def ends_before(measure: Measure) -> list[str]:
    """Planned ends named so far: in progress reports and in earlier states, undated ones first, then by day."""
    named: list[tuple[str, int, int, str]] = [
        (report.as_of, 0, report.order, report.end) for report in measure.progress_reports.all()
    ]
    for sequence, day, facts in measure.versions.values_list("sequence", "valid_from", "facts"):
        if is_proven(facts, "end"):
            named.append((day.isoformat() if day else "", 1, sequence, facts.get("end", "")))
    return [end for *_order, end in sorted(named)]


def is_proven(facts: dict[str, Any], name: str) -> bool:
    """Does a source prove this fact of a version?"""
    proven = facts.get("proven")
    return proven is None or name in proven


def keep_address(measure: Measure) -> None:
    """Before a save: if the slug changes, the old address goes on leading here."""
    from .models import FormerAddress, Measure

    before = Measure.objects.filter(pk=measure.pk).values_list("slug", "live").first()
    if before is None or before[0] == measure.slug:
        return
    FormerAddress.objects.get_or_create(
        strategy_id=measure.strategy_id, measure=measure, slug=before[0], defaults={"until": clock.now()}
    )


def record(measure: Measure) -> None:
    """Write a version if any fact differs from the last one. Call it inside the transaction of the save."""
    from . import places
    from .models import Measure, MeasureVersion

    facts = facts_of(measure)
    last = MeasureVersion.objects.filter(measure=measure).order_by("-sequence").first()
    if last is not None and _same(last.facts, facts):
        return
    now, told = clock.now(), _occasion.get() or _from_wagtail(measure)
    day = told.day or clock.today()
    if last is not None and last.valid_from and last.valid_from > day:
        day = last.valid_from
    if last is not None:
        MeasureVersion.objects.filter(pk=last.pk).update(valid_to=day)
    MeasureVersion.objects.create(
        measure=measure,
        sequence=last.sequence + 1 if last else 1,
        valid_from=day,
        recorded_at=now,
        revision_id=told.revision_id,
        facts=facts,
        reason=measure.change_reason if told.reason is None else told.reason,
        by=told.by or measure.changed_by,
        source=measure.source if told.source is None else told.source,
        confidence=measure.confidence,
    )
    derived = {name: facts[name] for name in ("milestones_done", "milestones_all", "postponed")}
    for name, value in derived.items():
        setattr(measure, name, value)
    measure.facts_changed_at = now
    cache.bump()
    Measure.objects.filter(pk=measure.pk).update(facts_changed_at=now, **derived)
    places.follow(measure.strategy, measure.pk, last.facts if last else {}, facts)


def _same(before: dict[str, Any], after: dict[str, Any]) -> bool:
    return before.get("proven") is None and all(before.get(name) == after[name] for name in FACTS)


def _from_wagtail(measure: Measure) -> Occasion:
    """Who published through the back office: the author of the draft that went live."""
    from mitstadt.accounts.actor import actor_for

    revision = measure.live_revision
    if revision is None or revision.user is None:
        return Occasion()
    return Occasion(by=actor_for(revision.user).label)


def as_of(day: date) -> Q:
    """The one version of each measure that held on `day`."""
    return (Q(valid_from=None) | Q(valid_from__lte=day)) & (Q(valid_to=None) | Q(valid_to__gt=day))
