"""Writing a checked plan in one transaction: a handful of statements per thousand measures, never one per measure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Max

from mitstadt.kit import clock
from mitstadt.radar import history, rules
from mitstadt.radar.models import (
    CouncilDecision,
    FormerAddress,
    Indicator,
    Measure,
    MeasureLineage,
    MeasureLink,
    MeasurePrinciple,
    MeasureVersion,
    Milestone,
    ProgressReport,
    Revision,
    Strategy,
)
from mitstadt.radar.models.measure import KIND, measure_path
from mitstadt.subjects.models import Subject

from . import proof
from .keys import Keys
from .shape import MeasureIn

CHUNK = 400
COLUMNS = (
    "slug", "title", "short_name", "kind", "summary", "reason", "audience", "plain_text", "core_area_id",
    "core_area_basis", "field_id", "department_id", "contact", "start", "end", "status", "status_as_of",
    "revision_id", "district_id", "participate_path", "participate_until", "source", "confidence", "note",
    "change_reason", "changed_by", "retired_in_id", "postponed", "milestones_done", "milestones_all",
    "facts_changed_at", "latest_revision_id", "live_revision_id", "has_unpublished_changes", "last_published_at",
)  # fmt: skip

CHILDREN: dict[str, Any] = {
    "links": MeasureLink,
    "council": CouncilDecision,
    "milestones": Milestone,
    "progress": ProgressReport,
    "indicators": Indicator,
}


def _columns(name: str, item: dict[str, Any], order: int) -> dict[str, Any]:
    """One item of a list as the columns of its table."""
    if name == "council":
        return item  # ordered by date
    if name == "indicators":
        item = {**item, "value": Decimal(str(item["value"]))}
    return {**item, "order": order}


@dataclass(slots=True)
class Order:
    """What to write. `new` and `changed` (by key) carry complete measures, `differing` the facts that changed.

    A measure is retired by its `retired_in`. `revision` and `day` are those of the revision that is published, None
    for a first import or a correction.
    """

    new: list[MeasureIn]
    changed: dict[int, MeasureIn]
    differing: dict[int, frozenset[str]] = field(default_factory=dict)
    revision: Revision | None = None
    day: date | None = None
    by: str = ""
    compiled: date | None = None
    is_example: bool = False


def write(strategy: Strategy, order: Order) -> list[int]:
    """Write it; returns the keys of what is new or different. Call it inside one transaction."""
    return _Writer(strategy, order).write()


class _Writer:
    def __init__(self, strategy: Strategy, order: Order) -> None:
        self.strategy, self.order = strategy, order
        self.now: datetime = clock.now()
        self.keys = Keys(strategy)
        self.places: dict[str, int] = dict(Measure.objects.filter(strategy=strategy).values_list("slug", "pk"))

    def write(self) -> list[int]:
        order = self.order
        last = self._last_versions(order.changed)
        new = self._create()
        self._change()
        self._children({**dict.fromkeys(new), **order.differing}, {**new, **order.changed})
        self._lineage({**new, **order.changed})
        versions = self._first_versions(new)
        versions += self._next_versions(order.changed, last)
        MeasureVersion.objects.bulk_create(versions, batch_size=CHUNK)
        return [*new, *order.changed]

    # -- measures ----------------------------------------------------------------------------------

    def _create(self) -> dict[int, MeasureIn]:
        found = self.order.new
        self._number(found)
        subjects = Subject.objects.bulk_create(
            [
                Subject(
                    kind=KIND,
                    title=m.title[:300],
                    path=measure_path(m.number, m.slug),
                    published=True,
                    district_id=self.keys.districts.get(m.district) if m.district else None,
                    is_example=self.order.is_example,
                    created_at=self.now,
                    changed_at=self.now,
                )
                for m in found
            ],
            batch_size=CHUNK,
        )
        Measure.objects.bulk_create(
            [
                self._measure(Measure(subject=s, strategy=self.strategy), m)
                for s, m in zip(subjects, found, strict=True)
            ],
            batch_size=CHUNK,
        )
        result = {s.pk: m for s, m in zip(subjects, found, strict=True)}
        self.places.update({m.slug: pk for pk, m in result.items()})
        return result

    def _number(self, found: Sequence[MeasureIn]) -> None:
        """Numbers from the file stay; the others get the next ones in the order of the file."""
        highest = max((m.number for m in found), default=0)
        missing = [m for m in found if not m.number]
        self.strategy.refresh_from_db(fields=["next_number"])
        first = max(self.strategy.next_number, highest + 1)
        for offset, measure in enumerate(missing):
            measure.number = first + offset
        Strategy.objects.filter(pk=self.strategy.pk).update(next_number=first + len(missing))
        self.strategy.next_number = first + len(missing)

    def _measure(self, measure: Measure, m: MeasureIn) -> Measure:
        """Carry a file's facts over to a row."""
        keys = self.keys
        measure.number = m.number
        for name in (
            "slug", "title", "short_name", "kind", "summary", "reason", "audience", "plain_text", "core_area_basis",
            "contact", "start", "end", "status", "status_as_of", "participate_path", "source", "confidence", "note",
            "change_reason",
        ):  # fmt: skip
            setattr(measure, name, getattr(m, name))
        measure.core_area_id = keys.core_areas.get(m.core_area)
        measure.field_id = keys.fields[m.field]
        measure.department_id = keys.departments.get(m.department)
        measure.revision_id = keys.revisions.get(m.revision)
        measure.district_id = keys.districts.get(m.district) if m.district else None
        measure.participate_until = date.fromisoformat(m.participate_until) if m.participate_until else None
        measure.changed_by = self.order.by
        measure.retired_in_id = keys.revisions.get(m.retired_in)
        measure.milestones_all = len(m.milestones)
        measure.milestones_done = sum(1 for item in m.milestones if item["done_on"])
        measure.postponed = rules.postponements([*(r["end"] for r in m.progress), m.end])
        measure.facts_changed_at = self.now
        measure.live = True
        measure.has_unpublished_changes = False
        measure.latest_revision_id = measure.live_revision_id = None
        measure.last_published_at = self.now
        if measure.first_published_at is None:
            measure.first_published_at = self.now
        return measure

    def _change(self) -> None:
        changed = self.order.changed
        if not changed:
            return
        rows = {m.pk: m for m in Measure.objects.filter(pk__in=changed)}
        subjects, former = [], []
        ends = self._ends_before(changed)
        for pk, measure in rows.items():
            incoming = changed[pk]
            if measure.slug != incoming.slug:
                former.append(FormerAddress(strategy=self.strategy, measure=measure, slug=measure.slug, until=self.now))
            self._measure(measure, incoming)
            measure.postponed = rules.postponements([*ends.get(pk, []), incoming.end])
            if self.order.differing.get(pk, frozenset()) & {"title", "slug", "district"}:
                subjects.append(
                    Subject(
                        pk=pk,
                        title=incoming.title[:300],
                        path=measure_path(incoming.number, incoming.slug),
                        district_id=measure.district_id,
                        published=True,
                    )
                )
        FormerAddress.objects.bulk_create(former, ignore_conflicts=True, batch_size=CHUNK)
        Measure.objects.bulk_create(
            rows.values(),
            batch_size=CHUNK,
            update_conflicts=True,
            unique_fields=["subject"],
            update_fields=[c.removesuffix("_id") for c in COLUMNS],
        )
        Subject.objects.bulk_update(subjects, ["title", "path", "district", "published"], batch_size=200)
        Subject.objects.filter(pk__in=changed).update(changed_at=self.now)
        self.places.update({m.slug: pk for pk, m in changed.items()})

    # -- what hangs on a measure -------------------------------------------------------------------

    def _children(self, which: dict[int, frozenset[str] | None], measures: dict[int, MeasureIn]) -> None:
        """Replace lists that differ; `which` names them, None means all (a new measure)."""
        for name, model in CHILDREN.items():
            pks = [pk for pk, names in which.items() if names is None or name in names]
            model.objects.filter(measure_id__in=[pk for pk in pks if which[pk] is not None]).delete()
            rows = [
                model(measure_id=pk, **_columns(name, item, n))
                for pk in pks
                for n, item in enumerate(getattr(measures[pk], name), start=1)
            ]
            model.objects.bulk_create(rows, batch_size=CHUNK)
        pks = [pk for pk, names in which.items() if names is None or "principles" in names]
        MeasurePrinciple.objects.filter(measure_id__in=[pk for pk in pks if which[pk] is not None]).delete()
        MeasurePrinciple.objects.bulk_create(
            [
                MeasurePrinciple(measure_id=pk, principle_id=self.keys.principles[slug])
                for pk in pks
                for slug in measures[pk].principles
            ],
            batch_size=CHUNK,
        )

    def _lineage(self, measures: dict[int, MeasureIn]) -> None:
        kinds = MeasureLineage.Kind
        related = [pk for pk in self.order.changed if "related" in self.order.differing.get(pk, frozenset())]
        MeasureLineage.objects.filter(before_id__in=related, kind=kinds.RELATED).delete()
        links: dict[tuple[int, int, str], MeasureLineage] = {}
        for pk, m in measures.items():
            wanted = [(pk, m.merged_into, kinds.MERGED)] if m.merged_into else []
            if m.split_from:
                wanted.append((0, m.split_from, kinds.SPLIT))
            wanted += [(pk, slug, kinds.RELATED) for slug in m.related]
            for before, slug, kind in wanted:
                other = self.places.get(slug)
                if other is None:
                    continue
                pair = (other, pk) if kind == kinds.SPLIT else (before, other)
                links[(*pair, kind.value)] = MeasureLineage(
                    before_id=pair[0],
                    after_id=pair[1],
                    kind=kind,
                    revision=self.order.revision if kind != kinds.RELATED else None,
                )
        MeasureLineage.objects.bulk_create(links.values(), ignore_conflicts=True, batch_size=CHUNK)

    # -- history -----------------------------------------------------------------------------------

    def _last_versions(self, pks: Iterable[int]) -> dict[int, tuple[int, int, date | None]]:
        """{measure: (version, sequence, valid_from)} of the last state of each."""
        wanted = list(pks)
        found: dict[int, tuple[int, int, date | None]] = {}
        for start in range(0, len(wanted), 5_000):
            rows = MeasureVersion.objects.filter(measure_id__in=wanted[start : start + 5_000], valid_to=None)
            for pk, version, sequence, day in rows.values_list("measure_id", "id", "sequence", "valid_from"):
                if pk not in found or sequence > found[pk][1]:
                    found[pk] = (version, sequence, day)
        return found

    def _ends_before(self, measures: dict[int, MeasureIn]) -> dict[int, list[str]]:
        """Planned ends named so far, oldest first: progress reports of the file and earlier states."""
        named: dict[int, list[tuple[str, int, int, str]]] = {
            pk: [(r["as_of"], 0, n, r["end"]) for n, r in enumerate(m.progress)] for pk, m in measures.items()
        }
        rows = MeasureVersion.objects.filter(measure_id__in=measures, facts__has_key="end").values_list(
            "measure_id", "sequence", "valid_from", "facts"
        )
        for pk, sequence, day, facts in rows.iterator(2_000):
            if history.is_proven(facts, "end"):
                named[pk].append((day.isoformat() if day else "", 1, sequence, facts["end"]))
        return {pk: [end for *_order, end in sorted(ends)] for pk, ends in named.items()}

    def _first_versions(self, new: dict[int, MeasureIn]) -> list[MeasureVersion]:
        order = self.order
        if order.revision is not None:
            return [self._version(pk, m, 1, order.day or clock.today(), order.revision.pk) for pk, m in new.items()]
        compiled = order.compiled or clock.today()
        known = {
            r.code: proof.RevisionFacts(r.code, r.order, r.in_force)
            for r in Revision.objects.filter(strategy=self.strategy)
        }
        scheme = proof.scheme_since(
            list(Revision.objects.filter(strategy=self.strategy).values_list("order", "changes"))
        )
        result = []
        for pk, m in new.items():
            found = proof.states(m, known, scheme=scheme, compiled=compiled)
            for n, state in enumerate(found):
                version = self._version(pk, m, n + 1, state.day, self.keys.revisions.get(state.revision))
                if state.proven is not None:
                    version.facts = {
                        **{name: version.facts[name] for name in state.proven},
                        "proven": list(state.proven),
                    }
                if n + 1 < len(found):
                    version.valid_to = found[n + 1].day or date.min
                result.append(version)
        return result

    def _next_versions(
        self, measures: dict[int, MeasureIn], last: dict[int, tuple[int, int, date | None]]
    ) -> list[MeasureVersion]:
        revision = self.order.revision.pk if self.order.revision else None
        asked = self.order.day or clock.today()
        closing: dict[date, list[int]] = {}
        result = []
        for pk, m in measures.items():
            before = last.get(pk)
            day = max(asked, before[2]) if before and before[2] else asked
            if before:
                closing.setdefault(day, []).append(before[0])
            version = self._version(pk, m, before[1] + 1 if before else 1, day, revision)
            result.append(version)
        for day, pks in closing.items():
            MeasureVersion.objects.filter(pk__in=pks).update(valid_to=day)
        if result:
            ends = dict(Measure.objects.filter(pk__in=measures).values_list("pk", "postponed"))
            for version in result:
                version.facts["postponed"] = ends.get(version.measure_id, 0)
        return result

    def _version(self, pk: int, m: MeasureIn, sequence: int, day: date | None, revision: int | None) -> MeasureVersion:
        return MeasureVersion(
            measure_id=pk,
            sequence=sequence,
            valid_from=day,
            recorded_at=self.now,
            revision_id=revision,
            facts=facts_of(m),
            reason=m.change_reason,
            by=self.order.by,
            source=m.source,
            confidence=m.confidence,
        )


def facts_of(m: MeasureIn) -> dict[str, Any]:
    """The facts of a measure as a file gives it; the same as `history.facts_of` of the row made from it."""
    facts = {name: getattr(m, name) for name in (*history.WORDS, *history.CODES)}
    facts["principles"] = sorted(m.principles)
    facts["milestones_done"] = sum(1 for item in m.milestones if item["done_on"])
    facts["milestones_all"] = len(m.milestones)
    facts["postponed"] = rules.postponements([*(r["end"] for r in m.progress), m.end])
    facts["retired"] = bool(m.retired_in)
    return facts


def freeze_earlier_status(strategy: Strategy) -> None:
    """Keep for each measure the status it had in the revision before the latest one: the picture draws its trail
    from there. Costs a few statements."""
    from mitstadt.radar.queries.time import statuses_before

    today = clock.today()
    revisions = list(Revision.objects.filter(strategy=strategy, state=Revision.State.PUBLISHED))
    by_status: dict[str, list[int]] = {}
    for pk, status in statuses_before(strategy, revisions, today).items():
        by_status.setdefault(status, []).append(pk)
    Measure.objects.filter(strategy=strategy).exclude(earlier_status="").update(earlier_status="")
    for status, pks in by_status.items():
        if status and status != rules.UNKNOWN:
            for start in range(0, len(pks), 5_000):
                Measure.objects.filter(pk__in=pks[start : start + 5_000]).update(earlier_status=status)


def latest_day(strategy: Strategy) -> date | None:
    """The newest day on which any state began."""
    found: date | None = MeasureVersion.objects.filter(measure__strategy=strategy).aggregate(d=Max("valid_from"))["d"]
    return found
