"""What everybody may see of a round: cut-offs and totals, small numbers suppressed, and the hash of the input."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from . import lottery
from .result import RULE, Result, cutoff_json

FORMAT = "mitstadt.assignment.summary/1"
THRESHOLD = 5


def suppress(cells: Mapping[str, int], threshold: int) -> tuple[dict[str, int | None], int | None]:
    """The cells and their sum; None for every count from 1 to threshold − 1, and for what would give one away.

    A single hidden cell could be subtracted; hidden cells that are few together are still a small number; if they are
    all as small (or as large) as can be, their sum gives them away. Then the smallest of the others is hidden too, and
    where there is none, the sum. 1 hides nothing; with 2 a hidden cell could only be 1. Raises ValueError.
    """
    if threshold < 1 or threshold == 2:
        raise ValueError("a threshold is 1 (nothing is hidden) or at least 3")
    hidden = {name: count for name, count in cells.items() if 0 < count < threshold}
    rest = {name: count for name, count in cells.items() if count >= threshold}

    def gives_away() -> bool:
        values = set(hidden.values())
        return len(hidden) < 2 or sum(hidden.values()) < threshold or values in ({1}, {threshold - 1})

    while hidden and rest and gives_away():
        least = min(rest.values())  # all that are equal, or their order would tell them apart
        for name in [name for name, count in rest.items() if count == least]:
            hidden[name] = rest.pop(name)
    total = None if hidden and gives_away() else sum(cells.values())
    return {name: None if name in hidden else count for name, count in cells.items()}, total


def summary(result: Result, threshold: int = THRESHOLD) -> dict[str, Any]:
    """As `data/summary.schema.json` describes it. It names no applicant and no lottery number.

    The cut-off of a full programme with fewer than `threshold` placed is hidden: it would nearly be one child's points.
    Families find it in their own notice. The number of conflicts is printed as it is; openness about what the rule
    could not do weighs more, and it says nothing about who.
    """
    round_ = result.round
    places = Counter(_class_of(result, name) for name in round_.applicants)
    names = ("first", "second", "third", "later", "together", "none")
    cells, total = suppress({name: places[name] for name in names}, threshold)
    return {
        "format": FORMAT,
        "name": round_.name,
        "input_sha256": result.input_sha256,
        "lottery_seed": round_.seed,
        "lottery_rule": lottery.RULE,
        "rule": RULE,
        "threshold": threshold,
        "applicants": total,
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
    here, programme = result.programmes[name], result.round.programmes[name]
    hidden = here.cutoff is not None and here.placed < threshold
    return {
        "id": name,
        "name": programme.name,
        "quota": here.quota,
        "criteria": dict(sorted(programme.criteria.items())),
        "requires": sorted(programme.requires),
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
