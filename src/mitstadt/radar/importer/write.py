"""From a checked plan to the rows that it becomes: they wait (`waiting.py`) until one short transaction puts them in
place. The number of its statements does not grow with the measures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext

from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError
from mitstadt.kit.ids import new_id
from mitstadt.radar import rules
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
from mitstadt.radar.search import source_of
from mitstadt.search import actions as search
from mitstadt.search.models import Document
from mitstadt.subjects.models import Subject

from . import proof, waiting
from .earlier import ends_before, facts_of, last_versions, revisions_ahead
from .keys import Keys, Names
from .shape import MeasureIn
from .waiting import Place, References, Shape

CHUNK = 400
CHILDREN: dict[str, Any] = {
    "links": MeasureLink,
    "council": CouncilDecision,
    "milestones": Milestone,
    "progress": ProgressReport,
    "indicators": Indicator,
}

MEASURES = Shape.of(
    "measures",
    Measure,
    references=("strategy_id", "core_area_id", "field_id", "department_id", "revision_id", "retired_in_id"),
    constants=("facts_changed_at", "first_published_at", "last_published_at"),
)
# What an import leaves alone on a measure that is there: its identity, its lock, what only the picture derives.
KEPT = frozenset(
    {"subject_id", "strategy_id", "number", "first_published_at", "earlier_status", "earlier_end", "locked",
     "locked_at", "locked_by_id", "go_live_at", "expire_at", "expired"}
)  # fmt: skip
SUBJECTS = Shape("subjects", Subject, ("id", "title", "path", "district_id", "published"), constants=("changed_at",))
CHILD_ROWS = {name: Shape.of(name, model) for name, model in CHILDREN.items()}
PRINCIPLES = Shape.of("principles", MeasurePrinciple, references=("principle_id",))
LINEAGE = Shape.of("lineage", MeasureLineage, references=("revision_id",))
FORMER = Shape.of("former", FormerAddress, references=("strategy_id",), constants=("until",))
CLOSED = Shape("closed", MeasureVersion, ("id", "valid_to"))
VERSIONS = Shape.of("versions", MeasureVersion, references=("revision_id",), constants=("recorded_at",))
DOCUMENTS = Shape.of("documents", Document)


def _dropped(name: str) -> str:
    """The kind of waiting keys: measures whose list `name` is replaced."""
    return f"{name}.dropped"


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

    A measure is retired by its `retired_in`. `revision` (its code) and `day` are those of the revision that is
    published, empty for a first import or a correction. `frame` is what the file says beside its measures.
    """

    new: list[MeasureIn]
    changed: dict[int, MeasureIn]
    differing: dict[int, frozenset[str]] = field(default_factory=dict)
    revision: str = ""
    day: date | None = None
    by: str = ""
    compiled: date | None = None
    is_example: bool = False
    frame: dict[str, Any] | None = None


@dataclass(slots=True)
class Prepared:
    """What waits under `token`, and what putting it in place needs to know."""

    token: str
    references: References
    keys: list[int]
    next_number: tuple[int, int]  # before and after; equal when no number is given out


def write(strategy: Strategy, order: Order) -> list[int]:
    """Prepare and put in place at once, for data that nobody else can be changing (an invented city). Returns the
    keys of what is new or different."""
    prepared = prepare(strategy, order, new_id(), still_ours=lambda: None)
    with transaction.atomic():
        put_in_place(strategy, prepared)
    waiting.forget(prepared.token, unused=False)
    return prepared.keys


def prepare(
    strategy: Strategy | None,
    order: Order,
    token: str,
    *,
    still_ours: Callable[[], None],
    progress: Callable[[int, int], None] | None = None,
) -> Prepared:
    """Compute and keep everything that a publication writes, in short transactions; nobody sees anything of it.

    `strategy` is None before a first import. `still_ours` is called at the start of each transaction.
    """
    return _Writer(strategy, order, token, still_ours).prepare(progress)


def put_in_place(strategy: Strategy, prepared: Prepared) -> None:
    """The publication itself: some thirty statements, however many measures. Call it inside one transaction, after
    the frame and the revision are written.

    Raises DomainError (``stale``) when a number was given out meanwhile.
    """
    now = clock.now()
    before, after = prepared.next_number
    if after != before and not Strategy.objects.filter(pk=strategy.pk, next_number=before).update(next_number=after):
        raise stale()
    strategy.next_number = after
    place = Place(
        prepared.token,
        prepared.references.resolved(Keys(strategy).by_kind()),
        {name: now for shape in SHAPES for name in shape.constants},
    )
    columns = (*MEASURES.columns, *MEASURES.references, *MEASURES.constants)
    place.put(MEASURES, on_conflict=["subject_id"], update=[c for c in columns if c not in KEPT])
    place.change(SUBJECTS, "id")
    for name, model in CHILDREN.items():
        place.drop(_dropped(name), model, "measure_id")
        place.put(CHILD_ROWS[name])
    place.drop(_dropped("principles"), MeasurePrinciple, "measure_id")
    place.put(PRINCIPLES)
    place.drop(_dropped("related"), MeasureLineage, "before_id", "kind = %s", MeasureLineage.Kind.RELATED.value)
    place.put(LINEAGE, on_conflict=[])
    place.put(FORMER, on_conflict=[])
    place.change(CLOSED, "id")
    place.put(VERSIONS)
    place.put(DOCUMENTS, on_conflict=["subject_id"], update=search.CONTENT)
    search.indexed()


SHAPES = (MEASURES, SUBJECTS, *CHILD_ROWS.values(), PRINCIPLES, LINEAGE, FORMER, CLOSED, VERSIONS, DOCUMENTS)


def stale() -> DomainError:
    """Somebody changed the strategy between the check and the publication."""
    return DomainError(
        gettext("Seit der Prüfung hat sich die Strategie geändert. Bitte prüfen Sie die Datei noch einmal."),
        code="stale",
    )


class _Writer:
    def __init__(self, strategy: Strategy | None, order: Order, token: str, still_ours: Callable[[], None]) -> None:
        self.strategy, self.order, self.token, self.still_ours = strategy, order, token, still_ours
        self.now: datetime = clock.now()
        self.keys = Keys(strategy)
        self.names = Names(strategy, order.frame)
        self.refs = References()
        self.places: dict[str, int] = (
            dict(Measure.objects.filter(strategy=strategy).values_list("slug", "pk")) if strategy else {}
        )
        self.rows: dict[str, list[Any]] = {}
        self.postponed: dict[int, int] = {}

    def prepare(self, progress: Callable[[int, int], None] | None) -> Prepared:
        order = self.order
        numbers = self._number(order.new)
        last = last_versions(order.changed)
        new = self._create()
        self._change()
        self._children({**dict.fromkeys(new), **order.differing}, {**new, **order.changed})
        self._lineage({**new, **order.changed})
        self._first_versions(new)
        self._next_versions(order.changed, last)
        self._documents({**new, **order.changed})
        waiting.keep(self.token, self.rows, still_ours=self.still_ours, progress=progress)
        return Prepared(self.token, self.refs, [*new, *order.changed], numbers)

    def _wait(self, shape: Shape, instance: models.Model, **references: int | None) -> None:
        self.rows.setdefault(shape.what, []).append(shape.row(instance, references))

    # -- measures ----------------------------------------------------------------------------------

    def _create(self) -> dict[int, MeasureIn]:
        """Subjects of new measures are made now, unpublished: what waits can then name their keys."""
        found = self.order.new
        subjects = [
            Subject(
                kind=KIND,
                title=m.title[:300],
                path=measure_path(m.number, m.slug),
                district_id=self.keys.districts.get(m.district) if m.district else None,
                is_example=self.order.is_example,
                created_at=self.now,
                changed_at=self.now,
            )
            for m in found
        ]
        keys = waiting.create_subjects(self.token, subjects, still_ours=self.still_ours)
        result = dict(zip(keys, found, strict=True))
        for pk, m in result.items():
            postponed = rules.postponements([*(r["end"] for r in m.progress), m.end])
            self._measure(Measure(subject_id=pk), m, postponed)
        self.places.update({m.slug: pk for pk, m in result.items()})
        return result

    def _number(self, found: Sequence[MeasureIn]) -> tuple[int, int]:
        """Numbers from the file stay; the others get the next ones in the order of the file. (next before, after)"""
        before = 1
        if self.strategy:
            before = Strategy.objects.values_list("next_number", flat=True).get(pk=self.strategy.pk)
        missing = [m for m in found if not m.number]
        first = max(before, max((m.number for m in found), default=0) + 1)
        for offset, measure in enumerate(missing):
            measure.number = first + offset
        return before, first + len(missing)

    def _measure(self, measure: Measure, m: MeasureIn, postponed: int) -> None:
        """Carry a file's facts over to a row that waits, and to its subject."""
        measure.number = m.number
        for name in (
            "slug", "title", "short_name", "kind", "summary", "reason", "audience", "plain_text", "core_area_basis",
            "contact", "start", "end", "status", "status_as_of", "participate_path", "source", "confidence", "note",
            "change_reason",
        ):  # fmt: skip
            setattr(measure, name, getattr(m, name))
        measure.district_id = self.keys.districts.get(m.district) if m.district else None
        measure.participate_until = date.fromisoformat(m.participate_until) if m.participate_until else None
        measure.changed_by = self.order.by
        measure.milestones_all = len(m.milestones)
        measure.milestones_done = sum(1 for item in m.milestones if item["done_on"])
        measure.postponed = postponed
        measure.live = True
        measure.has_unpublished_changes = False
        measure.latest_revision_id = measure.live_revision_id = None
        to = self.refs.to
        self._wait(
            MEASURES,
            measure,
            strategy_id=to("strategy", "this"),
            core_area_id=to("core_area", m.core_area),
            field_id=to("field", m.field),
            department_id=to("department", m.department),
            revision_id=to("revision", m.revision),
            retired_in_id=to("revision", m.retired_in),
        )
        self._wait(
            SUBJECTS,
            Subject(
                pk=measure.subject_id,
                title=m.title[:300],
                path=measure_path(m.number, m.slug),
                district_id=measure.district_id,
                published=True,
            ),
        )

    def _change(self) -> None:
        changed = self.order.changed
        if not changed:
            return
        ends = ends_before(changed)
        for measure in Measure.objects.filter(pk__in=changed):
            incoming = changed[measure.pk]
            if measure.slug != incoming.slug:
                self._wait(
                    FORMER,
                    FormerAddress(measure_id=measure.pk, slug=measure.slug),
                    strategy_id=self.refs.to("strategy", "this"),
                )
            postponed = rules.postponements([*ends.get(measure.pk, []), incoming.end])
            self._measure(measure, incoming, postponed)
            self.postponed[measure.pk] = postponed
        self.places.update({m.slug: pk for pk, m in changed.items()})

    # -- what hangs on a measure -------------------------------------------------------------------

    def _children(self, which: dict[int, frozenset[str] | None], measures: dict[int, MeasureIn]) -> None:
        """Replace lists that differ; `which` names them, None means all (a new measure)."""
        for name in (*CHILDREN, "principles"):
            pks = [pk for pk, names in which.items() if names is None or name in names]
            if replaced := [pk for pk in pks if which[pk] is not None]:
                self.rows[_dropped(name)] = replaced
            for pk in pks:
                for n, item in enumerate(getattr(measures[pk], name), start=1):
                    if name == "principles":
                        self._wait(
                            PRINCIPLES, MeasurePrinciple(measure_id=pk), principle_id=self.refs.to("principle", item)
                        )
                    else:
                        self._wait(CHILD_ROWS[name], CHILDREN[name](measure_id=pk, **_columns(name, item, n)))

    def _lineage(self, measures: dict[int, MeasureIn]) -> None:
        kinds = MeasureLineage.Kind
        related = [pk for pk in self.order.changed if "related" in self.order.differing.get(pk, frozenset())]
        if related:
            self.rows[_dropped("related")] = related
        seen: set[tuple[int, int, str]] = set()
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
                if (*pair, kind.value) in seen:
                    continue
                seen.add((*pair, kind.value))
                self._wait(
                    LINEAGE,
                    MeasureLineage(before_id=pair[0], after_id=pair[1], kind=kind.value),
                    revision_id=self.refs.to("revision", self.order.revision if kind != kinds.RELATED else ""),
                )

    def _documents(self, measures: dict[int, MeasureIn]) -> None:
        sources = (source_of(self.names.row(pk, m)) for pk, m in measures.items())
        for document in search.documents_for(sources):
            self._wait(DOCUMENTS, document)

    # -- history -----------------------------------------------------------------------------------

    def _first_versions(self, new: dict[int, MeasureIn]) -> None:
        order = self.order
        if order.revision:
            for pk, m in new.items():
                self._version(pk, m, 1, order.day or clock.today(), order.revision)
            return
        compiled = order.compiled or clock.today()
        ahead = revisions_ahead(self.strategy, order.frame)
        known = {r.code: proof.RevisionFacts(r.code, r.order, r.in_force) for r in ahead}
        scheme = proof.scheme_since([(r.order, r.changes) for r in ahead])
        for pk, m in new.items():
            found = proof.states(m, known, scheme=scheme, compiled=compiled)
            for n, state in enumerate(found):
                facts = facts_of(m)
                if state.proven is not None:
                    facts = {**{name: facts[name] for name in state.proven}, "proven": list(state.proven)}
                until = (found[n + 1].day or date.min) if n + 1 < len(found) else None
                self._version(pk, m, n + 1, state.day, state.revision, facts=facts, until=until)

    def _next_versions(self, measures: dict[int, MeasureIn], last: dict[int, tuple[int, int, date | None]]) -> None:
        asked = self.order.day or clock.today()
        for pk, m in measures.items():
            before = last.get(pk)
            day = max(asked, before[2]) if before and before[2] else asked
            if before:
                self._wait(CLOSED, MeasureVersion(pk=before[0], valid_to=day))
            facts = {**facts_of(m), "postponed": self.postponed.get(pk, 0)}
            self._version(pk, m, before[1] + 1 if before else 1, day, self.order.revision, facts=facts)

    def _version(
        self,
        pk: int,
        m: MeasureIn,
        sequence: int,
        day: date | None,
        revision: str,
        *,
        facts: dict[str, Any] | None = None,
        until: date | None = None,
    ) -> None:
        self._wait(
            VERSIONS,
            MeasureVersion(
                measure_id=pk,
                sequence=sequence,
                valid_from=day,
                valid_to=until,
                facts=facts or facts_of(m),
                reason=m.change_reason,
                by=self.order.by,
                source=m.source,
                confidence=m.confidence,
            ),
            revision_id=self.refs.to("revision", revision),
        )


def freeze_earlier(strategy: Strategy) -> None:
    """Keep for each measure the status and the planned end it had in the revision before the latest one: the picture
    draws its trails from there. Costs a few statements."""
    from mitstadt.radar.queries.time import facts_before

    today = clock.today()
    revisions = list(Revision.objects.filter(strategy=strategy, state=Revision.State.PUBLISHED))
    by_value: dict[tuple[str, str], list[int]] = {}
    for pk, (status, end) in facts_before(strategy, revisions, today).items():
        by_value.setdefault(("earlier_status", "" if status == rules.UNKNOWN else status), []).append(pk)
        by_value.setdefault(("earlier_end", end), []).append(pk)
    Measure.objects.filter(strategy=strategy).exclude(earlier_status="", earlier_end="").update(
        earlier_status="", earlier_end=""
    )
    for (name, value), pks in by_value.items():
        for start in range(0, len(pks) if value else 0, 5_000):
            Measure.objects.filter(pk__in=pks[start : start + 5_000]).update(**{name: value})
