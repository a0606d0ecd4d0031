"""What everybody may see of a round: cut-offs and totals, small numbers suppressed, and the hash of the input."""

from __future__ import annotations

from collections import Counter
from typing import Any

from . import lottery
from .result import RULE, Result, cutoff_json

FORMAT = "mitstadt.assignment.summary/1"
THRESHOLD = 5


def suppress(cells: dict[str, int], threshold: int) -> dict[str, int | None]:
    """None for every count from 1 to threshold − 1, and so that nothing follows from the published sum of all cells.

    One hidden cell could be subtracted, and cells that are together below `threshold` are still a small number: so the
    smallest of the others are hidden too until neither is so.
    """
    hidden = {name for name, count in cells.items() if 0 < count < threshold}
    rest = sorted((count, name) for name, count in cells.items() if count >= threshold)
    while hidden and rest and (len(hidden) < 2 or sum(cells[name] for name in hidden) < threshold):
        hidden.add(rest.pop(0)[1])
    return {name: None if name in hidden else count for name, count in cells.items()}


def summary(result: Result, threshold: int = THRESHOLD) -> dict[str, Any]:
    """As `data/summary.schema.json` describes it. It names no applicant and no lottery number.

    The cut-off of a full programme with fewer than `threshold` placed is hidden: it would nearly be one child's points.
    Families find it in their own notice. The number of conflicts is printed as it is; openness about what the rule
    could not do weighs more, and it says nothing about who.
    """
    round_ = result.round
    places = Counter(_class_of(result, name) for name in round_.applicants)
    names = ("first", "second", "third", "later", "together", "none")
    total = len(round_.applicants)
    cells: dict[str, int | None] = dict.fromkeys(names)
    if total == 0 or total >= threshold:
        cells = suppress({name: places[name] for name in names}, threshold)
    return {
        "format": FORMAT,
        "name": round_.name,
        "input_sha256": result.input_sha256,
        "lottery_seed": round_.seed,
        "lottery_rule": lottery.RULE,
        "rule": RULE,
        "threshold": threshold,
        "applicants": total if total == 0 or total >= threshold else None,
        "placed_at": cells,
        "stable": result.stable,
        "conflicts": len(result.conflicts),
        "criteria": [
            {"id": c.id, "name": c.name, "legal_basis": c.legal_basis, "points": c.points}
            for c in sorted(round_.criteria.values(), key=lambda c: c.id)
        ],
        "programmes": [_programme(result, name, threshold) for name in sorted(result.programmes)],
    }


def _programme(result: Result, name: str, threshold: int) -> dict[str, Any]:
    here = result.programmes[name]
    hidden = here.cutoff is not None and here.placed < threshold
    return {
        "id": name,
        "name": result.round.programmes[name].name,
        "quota": here.quota,
        "named": here.named if here.named == 0 or here.named >= threshold else None,
        "full": here.full,
        "cutoff": None if hidden else cutoff_json(here.cutoff),
        "cutoff_hidden": hidden,
    }


def _class_of(result: Result, applicant: str) -> str:
    if applicant not in result.assignment:
        return "none"
    position = result.explain(applicant).position
    return "together" if position is None else ("first", "second", "third")[position - 1] if position <= 3 else "later"
