"""What is known of a strategy and its measures before an import changes them, and what a measure is compared by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max

from mitstadt.radar import dates, history, rules
from mitstadt.radar.models import MeasureVersion, Revision, Strategy

from .shape import MeasureIn


@dataclass(frozen=True, slots=True)
class RevisionAhead:
    """A revision as it will be when the import is published."""

    code: str
    order: int
    in_force: date | None
    changes: Sequence[str]


def last_versions(pks: Iterable[int]) -> dict[int, tuple[int, int, date | None]]:
    """{measure: (version, sequence, valid_from)} of the last state of each."""
    wanted = list(pks)
    found: dict[int, tuple[int, int, date | None]] = {}
    for start in range(0, len(wanted), 5_000):
        rows = MeasureVersion.objects.filter(measure_id__in=wanted[start : start + 5_000], valid_to=None)
        for pk, version, sequence, day in rows.values_list("measure_id", "id", "sequence", "valid_from"):
            if pk not in found or sequence > found[pk][1]:
                found[pk] = (version, sequence, day)
    return found


def ends_before(measures: dict[int, MeasureIn]) -> dict[int, list[str]]:
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


def revisions_ahead(strategy: Strategy | None, frame: dict[str, Any] | None) -> list[RevisionAhead]:
    """The revisions as `write_frame` will leave them."""
    found: dict[str, RevisionAhead] = {}
    if strategy:
        columns = ("code", "order", "in_force", "changes")
        found = {
            row[0]: RevisionAhead(*row) for row in Revision.objects.filter(strategy=strategy).values_list(*columns)
        }
    for order, item in enumerate((frame or {}).get("revisions") or [], start=1):
        decided = "" if item.get("decided") is None else str(item["decided"])
        code = str(item["id"])
        found[code] = RevisionAhead(
            code, order, dates.last_day(decided) if decided else None, item.get("changes") or []
        )
    return list(found.values())


def facts_of(m: MeasureIn) -> dict[str, Any]:
    """The facts of a measure as a file gives it; the same as `history.facts_of` of the row made from it."""
    facts = {name: getattr(m, name) for name in (*history.WORDS, *history.CODES)}
    facts["principles"] = sorted(m.principles)
    facts["milestones_done"] = sum(1 for item in m.milestones if item["done_on"])
    facts["milestones_all"] = len(m.milestones)
    facts["postponed"] = rules.postponements([*(r["end"] for r in m.progress), m.end])
    facts["retired"] = bool(m.retired_in)
    return facts


def latest_day(strategy: Strategy) -> date | None:
    """The newest day on which any state began."""
    found: date | None = MeasureVersion.objects.filter(measure__strategy=strategy).aggregate(d=Max("valid_from"))["d"]
    return found
