"""`/api/v1/strategy`: everything around the measures."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, Q
from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Router
from ninja.errors import HttpError

from mitstadt.kit.problems import ProblemOut
from mitstadt.radar import queries
from mitstadt.radar.importer.frame_write import departments_of
from mitstadt.radar.models import Measure, Revision, Statement, Strategy

from .schemas import StrategyOut

router = Router(tags=["strategy"])


@router.get("", response={200: StrategyOut, 404: ProblemOut}, summary="The strategy and what frames it")
def the_strategy(request: HttpRequest) -> dict[str, Any]:
    """Vision, fields, principles, departments, revisions, reports: all that the city's strategy says but its measures.
    About fifteen queries, however long the lists."""
    strategy = queries.current_strategy()
    if strategy is None:
        raise HttpError(404, gettext("Es gibt noch keine Strategie."))
    counted = Measure.objects.filter(pk__in=queries.public(strategy).values("pk")).aggregate(
        measures=Count("pk", filter=Q(retired_in=None)), changed_at=Max("facts_changed_at")
    )
    return {
        "slug": strategy.slug,
        "name": strategy.name,
        "city": strategy.city_name,
        "motto": strategy.motto,
        "language": strategy.language,
        "compiled": strategy.compiled,
        "notes": strategy.notes,
        **counted,
        "vision": _statements(strategy, Statement.Kind.VISION),
        "mission": _statements(strategy, Statement.Kind.MISSION),
        "core_areas": list(
            strategy.core_areas.values("slug", "name", "summary", "colour_hint", "earlier_fields", "note", "confidence")
        ),
        "fields": _fields(strategy),
        "principles": list(
            strategy.principles.values("slug", "name", "since", "supersedes", "summary", "note", "confidence")
        ),
        "departments": [{"confidence": "", **item} for item in departments_of(strategy)],
        "revisions": _revisions(strategy),
        "timeline": list(strategy.timeline.values("date", "text", "source")),
        "reports": list(
            strategy.reports.values(
                "number", "period", "date", "form", "url", "measures", "structure", "note", "confidence"
            )
        ),
        "participations": list(strategy.participations.values("key", "figures", "source", "note")),
        "report_templates": [
            {
                "name": t.name,
                "source": t.source,
                "lesson": t.lesson,
                "sections": [
                    {"heading": s.heading, "measures": s.measure_slugs, "refers_to": s.refers_to}
                    for s in t.sections.all()
                ],
            }
            for t in strategy.report_templates.prefetch_related("sections")
        ],
        "citizen_needs": list(strategy.needs.values("need", "source")),
    }


def _statements(strategy: Strategy, kind: Statement.Kind) -> list[dict[str, Any]]:
    return [
        {
            "revision": s.revision_code,
            "summary": s.summary,
            "points": s.points,
            "valid_from": s.valid_from,
            "source": s.source,
            "confidence": s.confidence,
        }
        for s in strategy.statements.filter(kind=kind).order_by("id")
    ]


def _fields(strategy: Strategy) -> list[dict[str, Any]]:
    counts = _counts(strategy, "field_id", retired=False)
    return [
        {
            "slug": f.slug,
            "name": f.name,
            "order": f.order,
            "core_area": f.core_area.slug if f.core_area else "",
            "focuses": f.focuses,
            "goals": f.goals,
            "links": f.links,
            "reported_counts": f.radar_counts,
            "note": f.note,
            "confidence": f.confidence,
            "measures": counts.get(f.pk, 0),
        }
        for f in strategy.fields.select_related("core_area")
    ]


def _revisions(strategy: Strategy) -> list[dict[str, Any]]:
    counts = _counts(strategy, "revision_id", retired=True)
    rows = strategy.revisions.filter(state=Revision.State.PUBLISHED).values(
        "id", "code", "name", "body", "decided", "in_force", "prepared_by", "paper", "links", "changes", "note",
        "confidence",
    )  # fmt: skip
    return [{**row, "measures": counts.get(row["id"], 0)} for row in rows]


def _counts(strategy: Strategy, column: str, *, retired: bool) -> dict[int, int]:
    found = queries.public(strategy)
    if not retired:
        found = found.filter(retired_in=None)
    return {row[column]: row["n"] for row in found.order_by().values(column).annotate(n=Count("pk")) if row[column]}
