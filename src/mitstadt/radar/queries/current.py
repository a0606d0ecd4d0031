"""The radar today, and the way to any other day."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from mitstadt.kit import clock
from mitstadt.kit.prepared import Prepared
from mitstadt.radar import rules
from mitstadt.radar.models import Measure, MeasurePrinciple, Revision, Strategy
from mitstadt.radar.rows import Flag, MeasureRow, Named

from .flags import flags_of

COLUMNS = (
    "subject_id", "subject__public_id", "number", "slug", "subject__path", "title", "short_name", "summary", "kind",
    "status", "status_as_of", "start", "end", "confidence", "postponed", "milestones_done", "milestones_all",
    "earlier_status", "earlier_end", "participate_path", "participate_until", "subject__comment_count",
    "subject__rating_count", "facts_changed_at", "revision__code", "subject__district__number",
    "field__slug", "field__name", "field__order", "core_area__slug", "core_area__name", "core_area__order",
    "department__code", "department__name",
)  # fmt: skip


def current_strategy() -> Strategy | None:
    """The strategy that the radar shows; None before the first import. One query."""
    return Strategy.objects.filter(is_current=True).first()


def revisions(strategy: Strategy | None = None) -> list[Revision]:
    """Published revisions, oldest first. One query (two without a strategy)."""
    strategy = strategy or current_strategy()
    if strategy is None:
        return []
    return list(Revision.objects.filter(strategy=strategy, state=Revision.State.PUBLISHED))


def public(strategy: Strategy) -> QuerySet[Measure]:
    """The measures that anybody may see, retired ones included."""
    return Measure.objects.filter(strategy=strategy, live=True, subject__published=True, subject__restricted=False)


def rows(strategy: Strategy | None = None, *, day: date | None = None, revision: str | None = None) -> list[MeasureRow]:
    """The measures by number: today, on `day`, or as the revision with that code left them.

    Two queries for today (three without a strategy), one or two more for another day. Retired measures are not
    part of it. Raises `Revision.DoesNotExist` for an unknown code. On another day measures of which nobody knows
    since when they belong to the strategy are included with ``revision`` among their `unproven` facts.
    """
    strategy = strategy or current_strategy()
    if strategy is None:
        return []
    if day is not None or revision is not None:
        from .time import rows_as_of

        return rows_as_of(strategy, day=day, revision=revision)
    return _rows_today(strategy)


def _rows_today(strategy: Strategy) -> list[MeasureRow]:
    return _rows_of(public(strategy).filter(retired_in=None).order_by("number"), principles_of(strategy))


def row(strategy: Strategy, measure_id: int) -> MeasureRow | None:
    """One public measure as it stands today, retired or not; None for any other. Two queries."""
    found = _rows_of(public(strategy).filter(pk=measure_id), principles_of(strategy, measure_id))
    return found[0] if found else None


_GRID = Prepared(
    lambda key: (
        Revision.objects.filter(strategy_id=key, state=Revision.State.PUBLISHED)
        .exclude(grid={})
        .order_by("-order")
        .values_list("grid")[:1]
    )
)
_MARKS = Prepared(
    lambda key: (
        Measure.objects.filter(
            strategy_id=key, live=True, subject__published=True, subject__restricted=False, retired_in=None
        )
        .order_by("number")
        .values_list("number", "status", "field__slug")
    )
)


def marks(strategy_id: int) -> tuple[list[MeasureRow], dict[str, Any]]:
    """What a small picture of today needs and no more: rows with number, status and field alone, and the grid in
    force (empty without one). Two small queries."""
    grids: list[tuple[dict[str, Any]]] = _GRID.rows(strategy_id)
    fields: dict[str, Named] = {}
    found = []
    for number, status, slug in _MARKS.rows(strategy_id):
        field = fields.setdefault(slug, Named(slug, slug))
        found.append(MeasureRow(0, "", number, "", "", "", "", "", "", status, "", "", "", field, None, None))
    return found, grids[0][0] if grids else {}


def _rows_of(measures: QuerySet[Measure], principles: dict[int, tuple[Named, ...]]) -> list[MeasureRow]:
    found = list(measures.values_list(*COLUMNS))
    today, stale_after = clock.today(), settings.MITSTADT_STALE_AFTER_DAYS
    language, days = get_language() or "", _Days()
    named = _Names()
    result = []
    for (
        pk, public_id, number, slug, path, title, short_name, summary, kind,
        status, status_as_of, start, end, confidence, postponed, done, of,
        earlier_status, earlier_end, participate_path, participate_until, comments, ratings,
        changed_at, revision, district,
        field, field_name, field_order, area, area_name, area_order, code, department,
    ) in found:  # fmt: skip
        result.append(
            MeasureRow(
                pk, public_id, number, slug, path, title, short_name, summary, kind,
                status, status_as_of, start, end,
                named(field, field_name, field_order),
                named(area, area_name, area_order) if area else None,
                named(code or department, department) if department else None,
                principles.get(pk, ()),
                revision or "",
                district,
                confidence,
                done,
                of,
                flags_of(language, today, stale_after, status, status_as_of, start, end, postponed, done, of),
                empty_facts(status, status_as_of, start, end, department, revision),
                earlier_status if earlier_status != status else "",
                is_open(participate_path, participate_until, today),
                comments,
                ratings,
                days[changed_at],
                earlier_end if end and earlier_end != end else "",
            )
        )  # fmt: skip
    return result


class _Names(dict[tuple[str, str, int], Named]):
    """One object per field, core area and department, however many rows name it."""

    def __call__(self, slug: str, name: str, order: int = 0) -> Named:
        key = (slug, name, order)
        found = self.get(key)
        if found is None:
            found = self[key] = Named(slug, name, order)
        return found


def principles_of(strategy: Strategy, measure_id: int | None = None) -> dict[int, tuple[Named, ...]]:
    """Principles by measure key, of all measures or of one. One query."""
    named = _Names()
    result: dict[int, tuple[Named, ...]] = {}
    chosen = Q(measure__strategy=strategy) if measure_id is None else Q(measure_id=measure_id)
    for pk, slug, name, order in (
        MeasurePrinciple.objects.filter(chosen)
        .order_by("measure_id", "principle__order")
        .values_list("measure_id", "principle__slug", "principle__name", "principle__order")
    ):
        result[pk] = (*result.get(pk, ()), named(slug, name, order))
    return result


def row_flags(
    status: str, status_as_of: str, start: str, end: str, postponed: int, done: int, of: int, day: date, stale: int
) -> tuple[Flag, ...]:
    """The flags of one row on `day`, in the active language."""
    return flags_of(get_language() or "", day, stale, status, status_as_of, start, end, postponed, done, of)


def empty_facts(
    status: str, status_as_of: str, start: str, end: str, department: object, revision: object
) -> frozenset[str]:
    """The names of facts that are unknown, so that nobody takes their absence for a fact."""
    return _empty_facts(
        status in ("", rules.UNKNOWN, rules.UNPROVEN),
        not status_as_of,
        not start,
        not end,
        not department,
        not revision,
    )


@lru_cache(maxsize=64)
def _empty_facts(*empty: bool) -> frozenset[str]:
    names = ("status", "status_as_of", "start", "end", "department", "revision")
    return frozenset(name for name, is_empty in zip(names, empty, strict=True) if is_empty)


def is_open(path: str, until: date | None, day: date) -> bool:
    """Can people take part on `day`?"""
    return bool(path) and (until is None or until >= day)


class _Days(dict[datetime | None, str]):
    """The day of a moment in the city's time zone, ISO, or empty. Many rows changed at one moment."""

    def __missing__(self, moment: datetime | None) -> str:
        day = self[moment] = timezone.localdate(moment).isoformat() if moment else ""
        return day
