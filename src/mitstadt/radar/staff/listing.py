"""The dense list of measures for staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from mitstadt.accounts.actor import Actor
from mitstadt.radar import queries
from mitstadt.radar.models import Measure, StatusRequest
from mitstadt.radar.rows import MeasureRow

from .guard import departments_of

SORTS = ("dringlichkeit", "nummer", "ende", "stand")
HINTS = {"verzoegert": "late", "alt": "stale", "undatiert": "undated", "verschoben": "postponed"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: the public row, whether a draft waits for approval, whether somebody asked for a status."""

    row: MeasureRow
    in_approval: bool
    requested: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class Listing:
    lines: list[Line]
    total: int
    counts: dict[str, int]
    filters: dict[str, str]


def urgency(row: MeasureRow) -> tuple[int, int]:
    """Late ones first, the later the higher; then those whose status is old or never dated."""
    for rank, slug in enumerate(("late", "stale", "undated", "behind", "postponed")):
        for flag in row.flags:
            if flag.slug == slug:
                return rank, -flag.number
    return 9, 0


def listing(actor: Actor, asked: QueryDict) -> Listing:
    """Measures under the asked filters. Five queries, however many measures."""
    own = departments_of(actor)
    rows = queries.rows()
    departments = dict(Measure.objects.filter(live=True).values_list("pk", "department_id"))
    waiting = set(Measure.objects.filter(_workflow_states__status="in_progress").values_list("pk", flat=True))
    requested = set(StatusRequest.objects.filter(closed_at=None).values_list("measure_id", flat=True))

    def is_mine(row: MeasureRow) -> bool:
        return own is None or departments.get(row.id) in own

    scope = asked.get("umfang", "eigene")
    scoped = [r for r in rows if scope == "alle" or is_mine(r)]
    filters = {
        name: asked.get(name, "").strip() for name in ("feld", "status", "referat", "hinweis", "q", "sort", "umfang")
    }
    found = [r for r in scoped if _matches(r, filters, waiting)]
    sort = filters["sort"] if filters["sort"] in SORTS else "dringlichkeit"
    keys: dict[str, Any] = {
        "dringlichkeit": lambda r: (*urgency(r), r.number),
        "nummer": lambda r: r.number,
        "ende": lambda r: (r.end or "9999", r.number),
        "stand": lambda r: (r.status_as_of or "0", r.number),
    }
    found.sort(key=keys[sort])
    counts = {hint: sum(any(f.slug == slug for f in r.flags) for r in scoped) for hint, slug in HINTS.items()}
    counts["freigabe"] = sum(r.id in waiting for r in scoped)
    counts["alle"] = len(scoped)
    lines = [Line(r, r.id in waiting, r.id in requested, is_mine(r)) for r in found]
    return Listing(lines, len(rows), counts, filters)


def _matches(row: MeasureRow, filters: dict[str, str], waiting: set[int]) -> bool:
    if filters["feld"] and row.field.slug != filters["feld"]:
        return False
    if filters["status"] and row.status != filters["status"]:
        return False
    if filters["referat"] and (row.department is None or row.department.slug != filters["referat"]):
        return False
    hint = filters["hinweis"]
    if hint == "freigabe" and row.id not in waiting:
        return False
    if hint in HINTS and not any(f.slug == HINTS[hint] for f in row.flags):
        return False
    words = filters["q"].casefold()
    return (
        not words or words in row.title.casefold() or words in row.short_name.casefold() or words == row.code.casefold()
    )
