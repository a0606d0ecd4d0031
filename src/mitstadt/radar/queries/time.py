"""The radar on another day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings

from mitstadt.comments import then as comments
from mitstadt.kit import clock, past
from mitstadt.organisations.models import Organisation
from mitstadt.radar import dates, history, rules
from mitstadt.radar.models import CoreArea, Field, MeasureVersion, Principle, Revision, Strategy
from mitstadt.radar.rows import MeasureRow, Named
from mitstadt.ratings import queries as ratings

from .current import empty_facts, is_open, row_flags

MEASURE = (
    "measure__subject_id", "measure__subject__public_id", "measure__number", "measure__slug",
    "measure__subject__path", "measure__title", "measure__short_name", "measure__summary", "measure__kind",
    "measure__field__slug",
    "measure__core_area__slug", "measure__confidence", "measure__start", "measure__participate_path",
    "measure__participate_until",
)  # fmt: skip


def day_of_revision(revision: Revision) -> date:
    """The day on which the radar shows this revision: when it came into force, else the last day its decision can
    mean, else today (no source names a date)."""
    if revision.in_force:
        return revision.in_force
    return dates.last_day(revision.decided) if revision.decided else clock.today()


def rows_as_of(strategy: Strategy, *, day: date | None = None, revision: str | None = None) -> list[MeasureRow]:
    """See `rows`. Nine queries however many measures."""
    dated = {r.code: r for r in Revision.objects.filter(strategy=strategy, state=Revision.State.PUBLISHED)}
    if revision is not None:
        if revision not in dated:
            raise Revision.DoesNotExist(revision)
        day = day_of_revision(dated[revision])
    assert day is not None
    names = Names(strategy)
    then = states(strategy, day)
    talked, rated = _said_by([values["measure__subject_id"] for values in then], day)
    earlier = facts_before(strategy, list(dated.values()), day)
    stale_after, today = settings.MITSTADT_STALE_AFTER_DAYS, clock.today()
    result = []
    for values in then:
        facts = values["facts"]
        if facts.get("retired") or _not_begun(values, day):
            continue
        shown = {name: facts.get(name) if history.is_proven(facts, name) else None for name in history.FACTS}
        status = rules.UNPROVEN if shown["status"] is None else shown["status"] or rules.UNKNOWN
        as_of, start, end = shown["status_as_of"] or "", shown["start"] or "", shown["end"] or ""
        done, of = shown["milestones_done"] or 0, shown["milestones_all"] or 0
        pk = values["measure__subject_id"]
        before, before_end = earlier.get(pk, ("", ""))
        department = names.departments.get(shown["department"] or "")
        result.append(
            MeasureRow(
                id=pk,
                public_id=values["measure__subject__public_id"],
                number=values["measure__number"],
                slug=values["measure__slug"],
                path=values["measure__subject__path"],
                title=shown["title"] or values["measure__title"],
                short_name=shown["short_name"] or values["measure__short_name"],
                summary=shown["summary"] or values["measure__summary"],
                kind=shown["kind"] or values["measure__kind"],
                status=status,
                status_as_of=as_of,
                start=start,
                end=end,
                field=names.fields[shown["field"] or values["measure__field__slug"]],
                core_area=names.core_areas.get(shown["core_area"] or values["measure__core_area__slug"] or ""),
                department=department,
                principles=names.principles_of(shown["principles"] or ()),
                revision=shown["revision"] or "",
                district=shown["district"],
                confidence=values["confidence"] or values["measure__confidence"],
                milestones_done=done,
                milestones_all=of,
                flags=row_flags(status, as_of, start, end, shown["postponed"] or 0, done, of, day, stale_after),
                unproven=unproven_of(facts) | empty_facts(status, as_of, start, end, department, shown["revision"]),
                earlier_status=before if before not in ("", rules.UNKNOWN, status) and status != rules.UNPROVEN else "",
                can_participate=day == today
                and is_open(values["measure__participate_path"], values["measure__participate_until"], day),
                comment_count=talked.get(pk, 0),
                rating_count=rated.get(pk, 0),
                changed_on=values["valid_from"].isoformat() if values["valid_from"] else "",
                earlier_end=before_end if end and before_end != end else "",
            )
        )
    return result


def _said_by(keys: list[int], day: date) -> tuple[dict[int, int], dict[int, int]]:
    """How many contributions and ratings each measure had on `day`. Two queries."""
    with past.showing(day):
        return comments.counts(keys), ratings.counts_then(keys)


def unproven_of(facts: dict[str, Any]) -> frozenset[str]:
    """The facts of a version that no source proves for its day."""
    proven = facts.get("proven")
    return frozenset() if proven is None else frozenset(history.FACTS) - frozenset(proven)


def states(strategy: Strategy, day: date) -> list[dict[str, Any]]:
    """The version of each public measure that held on `day`, by number, retired ones included. One query."""
    found = (
        MeasureVersion.objects.filter(
            history.as_of(day),
            measure__strategy=strategy,
            measure__live=True,
            measure__subject__published=True,
            measure__subject__restricted=False,
        )
        .order_by("measure__number")
        .values("facts", "valid_from", "confidence", *MEASURE)
    )
    return list(found)


def _not_begun(values: dict[str, Any], day: date) -> bool:
    """A measure without any dated state cannot have been there before it began."""
    start = values["measure__start"]
    return values["valid_from"] is None and bool(start) and dates.first_day(start) > day


def facts_before(strategy: Strategy, revisions: list[Revision], day: date) -> dict[int, tuple[str, str]]:
    """Proven status and planned end (empty where nothing proves it) on the day of the revision before the one that is
    shown, by measure."""
    days = sorted(day_of_revision(r) for r in revisions if r.decided or r.in_force)
    days = [d for d in days if d <= day]
    if len(days) < 2:
        return {}

    def proven(facts: dict[str, Any], name: str) -> str:
        return str(facts.get(name) or "") if history.is_proven(facts, name) else ""

    return {
        values["measure__subject_id"]: (proven(values["facts"], "status"), proven(values["facts"], "end"))
        for values in states(strategy, days[-2])
    }


class Names:
    """Names of slugs, read once. What a version names and the strategy no longer has is shown by its slug."""

    def __init__(self, strategy: Strategy) -> None:
        self.fields = _Fallback(Field.objects.filter(strategy=strategy).values_list("slug", "name", "order"))
        self.core_areas = _Fallback(CoreArea.objects.filter(strategy=strategy).values_list("slug", "name", "order"))
        self.principles = _Fallback(Principle.objects.filter(strategy=strategy).values_list("slug", "name", "order"))
        self._sorted: dict[tuple[str, ...], tuple[Named, ...]] = {}
        self.departments: dict[str, Named] = {}
        for code, slug, name in Organisation.objects.values_list("code", "slug", "name"):
            self.departments[code or slug] = Named(code or slug, name)

    def principles_of(self, slugs: Iterable[str]) -> tuple[Named, ...]:
        """In the strategy's order."""
        key = tuple(slugs)
        if key not in self._sorted:
            self._sorted[key] = tuple(sorted((self.principles[slug] for slug in key), key=lambda p: (p.order, p.slug)))
        return self._sorted[key]


class _Fallback(dict[str, Named]):
    def __init__(self, rows: Any) -> None:
        super().__init__((slug, Named(slug, name, order)) for slug, name, order in rows)

    def __missing__(self, slug: str) -> Named:
        return Named(slug, slug)
