"""`/api/v1/measures`: the same rows as the pages, with the same filters."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Query, Router
from ninja.errors import HttpError

from mitstadt.kit import clock
from mitstadt.kit.problems import ProblemOut
from mitstadt.radar import listing, queries, snapshot
from mitstadt.radar.models import FormerAddress, Measure, MeasureLineage, Revision, Strategy
from mitstadt.radar.queries import page as reads
from mitstadt.radar.rows import MeasureRow, Named

from .schemas import FilterIn, MeasureDetailOut, MeasuresOut

router = Router(tags=["measures"])
FACETS = {
    "field": "feld",
    "core_area": "kernbereich",
    "department": "referat",
    "status": "status",
    "principle": "prinzip",
    "revision": "aus",
    "year": "jahr",
    "district": "bezirk",
}


@router.get("", response={200: MeasuresOut, 422: ProblemOut}, summary="Measures of the strategy")
def list_measures(request: HttpRequest, asked: Query[FilterIn]) -> dict[str, Any]:
    """Filters of one name are alternatives, different ones must all hold. `stand` is a day (2026-03-01) or the code
    of a revision (2022). `changed_since` (a day or a moment) is for those who keep a copy."""
    shown = _snapshot(asked.stand)
    facets = {german: tuple(values[:20]) for name, german in FACETS.items() if (values := getattr(asked, name))}
    selection = listing.Selection(
        facets=facets,
        late=asked.late,
        participate=asked.participate,
        text=" ".join(asked.q.replace("\x00", " ").split())[: listing.MOST_TEXT],
    )
    _refuse_unknown(selection, shown)
    found = list(listing.run(selection, shown).matches)
    retired: list[str] = []
    if asked.changed_since:
        since = _moment(asked.changed_since)
        found = [row for row in found if row.changed_on >= since.isoformat()]
        retired = _retired_since(shown.strategy, since)
    page, limit = asked.page, asked.limit
    start = (page - 1) * limit
    more = start + limit < len(found)
    return {
        "total": len(found),
        "page": page,
        "limit": limit,
        "next": _next(request, page + 1) if more else None,
        "as_of": shown.day,
        "retired": retired,
        "items": [row_out(row) for row in found[start : start + limit]],
    }


def _refuse_unknown(selection: listing.Selection, shown: snapshot.Snapshot) -> None:
    """Raises 422 with the value and what would be known."""
    _selection, problems = listing.check(selection, shown)
    if not problems:
        return
    names = {german: name for name, german in FACETS.items()}
    known = sorted(listing.titles(shown, problems[0].name))[:40]
    raise HttpError(
        422,
        gettext("%(name)s: „%(value)s“ gibt es nicht. Bekannt sind: %(known)s.")
        % {"name": names.get(problems[0].name, ""), "value": problems[0].value, "known": ", ".join(known)},
    )


@router.get("/{measure}", response={200: MeasureDetailOut, 404: ProblemOut, 422: ProblemOut}, summary="One measure")
def one_measure(request: HttpRequest, measure: str, stand: str = "") -> dict[str, Any]:
    """`measure` is the id, the code (M-001) or the short name in the address, former ones included. With `stand` the
    dated facts are those of that day and the history ends there."""
    strategy = queries.current_strategy()
    found = _find(strategy, measure) if strategy else None
    if strategy is None or found is None:
        raise HttpError(404, gettext("Diese Maßnahme gibt es nicht."))
    row = queries.row(strategy, found.pk)
    day = clock.today()
    if stand:
        shown = _snapshot(stand)
        day = shown.day
        row = next((r for r in shown.rows if r.id == found.pk), None)
    if row is None:
        raise HttpError(404, gettext("Diese Maßnahme gehörte an diesem Tag nicht zur Strategie."))
    return _detail(row, found, day)


def _snapshot(stand: str) -> snapshot.Snapshot:
    """The day that `stand` names. Raises 422 for anything else."""
    if not stand:
        return snapshot.current()
    try:
        point = queries.point(stand)
        return snapshot.current(day=None if point.revision else point.day, revision=point.revision or None)
    except (ValueError, Revision.DoesNotExist) as error:
        raise HttpError(422, f"stand: {error}") from error


def _moment(text: str) -> date:
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        return datetime.fromisoformat(text.replace(" ", "+")).date()
    except ValueError as error:
        raise HttpError(422, gettext("changed_since: „%(value)s“ ist kein Tag.") % {"value": text[:40]}) from error


def _retired_since(strategy: Strategy | None, since: date) -> list[str]:
    if strategy is None:
        return []
    numbers = queries.public(strategy).exclude(retired_in=None).filter(facts_changed_at__date__gte=since)
    return [f"M-{n:03d}" for n in numbers.order_by("number").values_list("number", flat=True)]


def _next(request: HttpRequest, page: int) -> str:
    query = request.GET.copy()
    query["page"] = str(page)
    pairs = [(key, value) for key, values in query.lists() for value in values]
    return f"{settings.MITSTADT_BASE_URL.rstrip('/')}{request.path}?{urlencode(pairs)}"


def _find(strategy: Strategy, text: str) -> Measure | None:
    """One query; two for a former short name."""
    there = queries.public(strategy).select_related("strategy", "retired_in")
    code = re.fullmatch(r"[Mm]-0*(\d{1,6})", text)
    if code:
        return there.filter(number=int(code[1])).first()
    found = there.filter(subject__public_id=text).first() or there.filter(slug=text).first()
    if found is None:
        former = FormerAddress.objects.filter(strategy=strategy, slug=text).values("measure_id")[:1]
        found = there.filter(pk__in=former).first()
    return found


def _named(named: Named | None) -> dict[str, str] | None:
    return {"slug": named.slug, "name": named.name} if named else None


def row_out(row: MeasureRow) -> dict[str, Any]:
    """A row as `MeasureOut`."""
    return {
        "id": row.public_id,
        "code": row.code,
        "number": row.number,
        "slug": row.slug,
        "url": settings.MITSTADT_BASE_URL.rstrip("/") + row.path,
        "title": row.title,
        "short_name": row.short_name,
        "summary": row.summary,
        "kind": row.kind,
        "status": row.status,
        "status_as_of": row.status_as_of,
        "start": row.start,
        "end": row.end,
        "field": _named(row.field),
        "core_area": _named(row.core_area),
        "department": _named(row.department),
        "principles": [_named(p) for p in row.principles],
        "revision": row.revision,
        "district": row.district,
        "confidence": row.confidence,
        "milestones": {"done": row.milestones_done, "all": row.milestones_all},
        "flags": [{"slug": f.slug, "text": f.text, "rule": f.rule, "number": f.number} for f in row.flags],
        "unproven": sorted(row.unproven),
        "earlier_status": row.earlier_status,
        "earlier_end": row.earlier_end,
        "can_participate": row.can_participate,
        "comments": row.comment_count,
        "ratings": row.rating_count,
        "changed_on": row.changed_on,
    }


def _detail(row: MeasureRow, measure: Measure, day: date) -> dict[str, Any]:
    parts = reads.parts(measure.pk)
    history = [
        change
        for change in queries.timeline(measure.pk, measure=measure, parts=parts)
        if not change.day or change.day <= day.isoformat()
    ]
    return {
        **row_out(row),
        "reason": measure.reason,
        "audience": measure.audience,
        "plain_text": measure.plain_text,
        "contact": measure.contact,
        "core_area_basis": measure.core_area_basis,
        "source": measure.source,
        "note": measure.note,
        "participate_path": measure.participate_path,
        "participate_until": measure.participate_until,
        "retired": measure.retired_in.code if measure.retired_in else "",
        "as_of": day,
        "links": [{"url": url, "label": label} for url, label in parts.links],
        "milestone_list": [
            {"title": title, "due": due, "done_on": done, "source": source}
            for title, due, done, source in parts.milestones
        ],
        "progress_reports": [
            {"percent": percent, "end": end, "as_of": as_of, "confidence": confidence}
            for percent, end, as_of, confidence in parts.progress
        ],
        "indicators": [{"name": name, "value": float(value)} for name, value in parts.indicators],
        "council_decisions": [
            {"paper": paper, "date": decided, "body": body, "url": url} for paper, decided, body, url in parts.decisions
        ],
        "relatives": [_relative(r) for r in reads.relatives(measure.pk)],
        "history": [
            {
                **{name: getattr(change, name) for name in HISTORY},
                "pieces": [list(piece) for piece in change.pieces],
            }
            for change in history
        ],
    }


HISTORY = ("day", "what", "text", "old", "new", "who", "why", "source", "shift", "revision", "url", "confidence")


def _relative(found: dict[str, Any]) -> dict[str, Any]:
    kinds = MeasureLineage.Kind
    relation = {
        (kinds.MERGED.value, True): "merged_into",
        (kinds.MERGED.value, False): "merged_from",
        (kinds.SPLIT.value, True): "split_into",
        (kinds.SPLIT.value, False): "split_from",
    }.get((found["kind"], found["forward"]), "related")
    return {
        "relation": relation,
        "title": found["title"],
        "url": settings.MITSTADT_BASE_URL.rstrip("/") + found["path"],
        "status": found["status"],
        "revision": found["revision"],
    }
