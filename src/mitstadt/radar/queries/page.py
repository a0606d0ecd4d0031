"""Everything one measure's page shows, in a number of queries that does not grow with what it shows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import CharField, F, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Cast

from mitstadt.kit.marks import UNPROVEN
from mitstadt.kit.prepared import Prepared, PreparedObjects
from mitstadt.radar import dates, history
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
    Status,
)


@dataclass(slots=True)
class Parts:
    """The lists around a measure, each in its own order. Rows are tuples as named below."""

    links: list[tuple[str, str]] = field(default_factory=list)  # address, label
    milestones: list[tuple[str, str, str, str]] = field(default_factory=list)  # title, due, done on, source
    progress: list[tuple[int, str, str, str]] = field(default_factory=list)  # percent, end, as of, confidence
    indicators: list[tuple[str, str]] = field(default_factory=list)  # name, value
    decisions: list[tuple[str, str, str, str]] = field(default_factory=list)  # paper, date, body, address
    principles: list[tuple[str, str]] = field(default_factory=list)  # slug, name


@dataclass(frozen=True, slots=True)
class Shown:
    """The facts that depend on the day: today's, or those of an earlier version with unproven ones left empty."""

    title: str
    reason: str
    audience: str
    summary: str
    status: str
    status_as_of: str
    start: str
    end: str
    postponed: int
    milestones_done: int
    milestones_all: int


def version_on(measure_id: int, day: date) -> dict[str, Any] | None:
    """`valid_from` and `facts` of the version that held on `day`; None when it was not there yet. One query."""
    found = (
        MeasureVersion.objects.filter(history.as_of(day), measure_id=measure_id)
        .order_by("-sequence")
        .values("valid_from", "facts")
        .first()
    )
    return dict(found) if found else None


def shown(measure: Measure, parts_: Parts, past: dict[str, Any] | None) -> Shown:
    """The facts for the page: of today, or of the version `past`."""
    if past is None:
        return Shown(
            title=measure.title,
            reason=measure.reason,
            audience=measure.audience,
            summary=measure.summary,
            status=measure.status,
            status_as_of=measure.status_as_of,
            start=measure.start,
            end=measure.end,
            postponed=measure.postponed,
            milestones_done=sum(1 for row in parts_.milestones if row[2]),
            milestones_all=len(parts_.milestones),
        )
    facts = past["facts"]

    def proven(name: str) -> Any:
        return facts.get(name) if history.is_proven(facts, name) else None

    return Shown(
        title=proven("title") or measure.title,
        reason=proven("reason") or "",
        audience=proven("audience") or "",
        summary=proven("summary") or measure.summary,
        status=UNPROVEN if proven("status") is None else proven("status") or Status.UNKNOWN,
        status_as_of=proven("status_as_of") or "",
        start=proven("start") or "",
        end=proven("end") or "",
        postponed=proven("postponed") or 0,
        milestones_done=proven("milestones_done") or 0,
        milestones_all=proven("milestones_all") or 0,
    )


def parts_on(parts_: Parts, day: date) -> Parts:
    """What the lists said on `day`: decisions made by then, steps reached by then, reports given by then."""

    def by_then(text: str) -> bool:
        return not text or dates.first_day(text) <= day

    return replace(
        parts_,
        milestones=[
            (title, due, done if by_then(done) else "", source) for title, due, done, source in parts_.milestones
        ],
        decisions=[row for row in parts_.decisions if by_then(row[1])],
        progress=[row for row in parts_.progress if row[2] and by_then(row[2])],
    )


_MARKS = Prepared(
    lambda number: Measure.objects.filter(
        strategy__is_current=True, number=number, live=True, subject__published=True, subject__restricted=False
    ).values_list(
        "pk",
        "latest_revision_id",
        "facts_changed_at",
        "subject__changed_at",
        "subject__comment_count",
        "subject__rating_count",
        "subject__follower_count",
    )
)


def mark(number: int) -> tuple[tuple[Any, ...], tuple[int, int, int]] | None:
    """Of a measure that anybody may see: what tells its state apart from an earlier one, and the subject's counts
    (comments, ratings, followers). One small query."""
    found = _MARKS.rows(number)
    return (found[0][:4], found[0][4:]) if found else None


def mark_of(measure: Measure) -> tuple[tuple[Any, ...], tuple[int, int, int]]:
    """`mark` of a measure that was read with its subject. No query."""
    subject = measure.subject
    return (
        (measure.pk, measure.latest_revision_id, measure.facts_changed_at, subject.changed_at),
        (subject.comment_count, subject.rating_count, subject.follower_count),
    )


_WHOLE = PreparedObjects(
    lambda number: Measure.objects.filter(
        strategy__is_current=True, number=number, live=True, subject__published=True, subject__restricted=False
    ).select_related("subject", "district", "field", "core_area", "department", "revision", "retired_in", "strategy")
)


def find(number: int) -> Measure | None:
    """A measure that anybody may see, by its permanent number. One query."""
    found: Measure | None = _WHOLE.one(number)
    return found


def _piece(rows: QuerySet[Any], kind: str, **columns: Any) -> QuerySet[Any, Any]:
    text = {name: Cast(columns.get(name, Value("")), CharField()) for name in ("c1", "c2", "c3", "c4")}
    found: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(
            kind_of=Value(kind, CharField()),
            place=Cast(columns.get("place", Value(0)), IntegerField()),
            **text,
        )
        .values_list("kind_of", "place", "pk", "c1", "c2", "c3", "c4")
    )
    return found


def _pieces(measure_id: int) -> QuerySet[Any, Any]:
    of = {"measure_id": measure_id}
    return _piece(MeasureLink.objects.filter(**of), "link", place=F("order"), c1=F("url"), c2=F("label")).union(
        _piece(
            Milestone.objects.filter(**of),
            "milestone",
            place=F("order"),
            c1=F("title"),
            c2=F("due"),
            c3=F("done_on"),
            c4=F("source"),
        ),
        _piece(
            ProgressReport.objects.filter(**of),
            "progress",
            place=F("order"),
            c1=F("percent"),
            c2=F("end"),
            c3=F("as_of"),
            c4=F("confidence"),
        ),
        _piece(Indicator.objects.filter(**of), "indicator", place=F("order"), c1=F("name"), c2=F("value")),
        _piece(
            CouncilDecision.objects.filter(**of), "decision", c1=F("paper"), c2=F("date"), c3=F("body"), c4=F("url")
        ),
        _piece(
            MeasurePrinciple.objects.filter(**of),
            "principle",
            place=F("principle__order"),
            c1=F("principle__slug"),
            c2=F("principle__name"),
        ),
        all=True,
    )


_PIECES = Prepared(_pieces)


def parts(measure_id: int) -> Parts:
    """Links, milestones, progress reports, indicators, decisions and principles in one query (a union of six)."""
    found = Parts()
    for kind, _place, _pk, one, two, three, four in sorted(_PIECES.rows(measure_id)):
        if kind == "link":
            found.links.append((one, two))
        elif kind == "milestone":
            found.milestones.append((one, two, three, four))
        elif kind == "progress":
            found.progress.append((int(one), two, three, four))
        elif kind == "indicator":
            found.indicators.append((one, two))
        elif kind == "principle":
            found.principles.append((one, two))
        else:
            found.decisions.append((one, two, three, four))
    found.decisions.sort(key=lambda row: row[1])
    return found


def parts_of_draft(measure: Measure) -> Parts:
    """The lists of a draft, which live in memory and not yet in the database."""
    return Parts(
        links=[(row.url, row.label) for row in measure.links.all()],
        milestones=[(row.title, row.due, row.done_on, row.source) for row in measure.milestones.all()],
        progress=[(row.percent, row.end, row.as_of, row.confidence) for row in measure.progress_reports.all()],
        indicators=[(row.name, str(row.value)) for row in measure.indicators.all()],
        decisions=[(row.paper, row.date, row.body, row.url) for row in measure.council_decisions.all()],
        principles=[
            (found.slug, found.name)
            for found in sorted((row.principle for row in measure.measure_principles.all()), key=lambda p: p.order)
        ],
    )


_RELATED = (
    "pk",
    "kind",
    "before_id",
    "revision__name",
    "revision__in_force",
    *(
        f"{side}__{name}"
        for side in ("before", "after")
        for name in ("title", "status", "live", "subject__path", "subject__published", "subject__restricted")
    ),
)
_RELATIVES = Prepared(
    lambda key: (
        MeasureLineage.objects.filter(Q(before_id=key) | Q(after_id=key)).order_by("kind", "pk").values_list(*_RELATED)
    )
)


def relatives(measure_id: int) -> list[dict[str, Any]]:
    """Measures that this one is related to, went into, came from. `kind` and `forward` (from here to there), `pk` of
    the link, `revision` and the day since when it is `in_force`.

    One query; only what anybody may see.
    """
    found, seen = [], set()
    for values in _RELATIVES.rows(measure_id):
        row = dict(zip(_RELATED, values, strict=True))
        forward = row["before_id"] == measure_id
        side = "after" if forward else "before"
        key = (row["kind"], row[f"{side}__subject__path"])
        is_public = row[f"{side}__subject__published"] and not row[f"{side}__subject__restricted"]
        if not (row[f"{side}__live"] and is_public) or key in seen:
            continue
        seen.add(key)
        found.append(
            {
                "kind": row["kind"],
                "forward": forward,
                "title": row[f"{side}__title"],
                "path": row[f"{side}__subject__path"],
                "status": row[f"{side}__status"],
                "revision": row["revision__name"] or "",
                "in_force": row["revision__in_force"],
                "pk": row["pk"],
            }
        )
    return found


def address_of(slug: str) -> str | None:
    """Where a measure with this or a former slug lives now; None if there never was one."""
    seen = {"live": True, "subject__published": True, "subject__restricted": False}
    current = Measure.objects.filter(strategy__is_current=True, slug=slug, **seen).first()
    if current is None:
        found = FormerAddress.objects.filter(slug=slug, **{f"measure__{k}": v for k, v in seen.items()})
        former = found.select_related("measure").first()
        current = former.measure if former else None
    return current.get_absolute_url() if current else None
