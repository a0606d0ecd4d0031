"""A matching round of a large city: 5,000 applicants with 10 choices each among 400 programmes.

Promised is placing everybody: points, lottery numbers, deferred acceptance, cut-offs, and the check for blocking pairs.
Beside it the matching alone, the same with 250 families who apply together, and the whole way of an auditor from the
bytes of the file to those of the result with every explanation.
"""

from __future__ import annotations

import json
import random
from typing import Any

from ._tools import cpu_ms

SETTINGS = "mitstadt.project.settings.test"
APPLICANTS, PROGRAMMES, CHOICES, FAMILIES = 5_000, 400, 10, 250
GOAL_MS = 200


def run() -> dict[str, Any]:
    from mitstadt.methods import assignment
    from mitstadt.methods.assignment.matching import Market, deferred_acceptance

    singles = _round(families=0)
    round_ = assignment.read_round(singles)
    with_families = assignment.read_round(_round(families=FAMILIES))
    data = assignment.canonical(singles)
    market = Market(round_)
    result, other = assignment.assign(round_), assignment.assign(with_families)

    def audit() -> int:
        return len(json.dumps(assignment.assign(assignment.read_round(data)).to_json()))

    assigned = cpu_ms(lambda: assignment.assign(round_))
    return {
        "assign_cpu_ms": assigned,
        "matching_alone_cpu_ms": cpu_ms(lambda: deferred_acceptance(market.wishes, market.quotas)),
        "with_families_cpu_ms": cpu_ms(lambda: assignment.assign(with_families), rounds=5, warm=1),
        "file_to_result_cpu_ms": cpu_ms(audit, rounds=5, warm=1),
        "placed": len(result.assignment),
        "blocking_pairs": len(result.blocking_pairs) + len(other.blocking_pairs),
        "families": {"matchings": other.placed.matchings, "conflicts": len(other.conflicts)},
        "goal_cpu_ms": GOAL_MS,
        "met": assigned["median"] <= GOAL_MS and result.stable and not other.blocking_pairs,
    }


def _round(families: int) -> dict[str, Any]:
    """Six places for seven children; a fifth of the choices with local points. Popular programmes are chosen more."""
    rng = random.Random(20261127)
    names = [f"p{n}" for n in range(PROGRAMMES)]
    weights = [1 / (n + 20) for n in range(PROGRAMMES)]
    applicants: list[dict[str, Any]] = []
    for n in range(APPLICANTS):
        choices: list[str] = []
        while len(choices) < CHOICES:
            name = rng.choices(names, weights)[0]
            if name not in choices:
                choices.append(name)
        applicants.append(
            {
                "id": f"a{n}",
                "choices": choices,
                "criteria": [f"g{c}" for c in range(5) if rng.random() < 0.3],
                "local": {name: [rng.choice(["sibling", "near"])] for name in choices if rng.random() < 0.2},
            }
        )
    groups = []
    for n in range(families):
        pair = applicants[2 * n : 2 * n + 2]
        mode = rng.choice(["together_or_not_at_all", "together_if_possible"])
        options = [{child["id"]: name for child in pair} for name in pair[0]["choices"][:5]]
        groups.append({"id": f"f{n}", "mode": mode, "options": options})
        for child in pair:
            child["group"] = f"f{n}"
            if mode == "together_or_not_at_all":
                child["choices"] = []
    return {
        "format": "mitstadt.assignment.round/1",
        "lottery_seed": "bench",
        "criteria": [{"id": f"g{n}", "legal_basis": "§ 1", "points": p} for n, p in enumerate((40, 20, 10, 10, 5))]
        + [{"id": "sibling", "legal_basis": "§ 2"}, {"id": "near", "legal_basis": "§ 3"}],
        "programmes": [
            {"id": name, "quota": rng.choice([6, 10, 12, 15]), "criteria": {"sibling": 10, "near": 5}} for name in names
        ],
        "applicants": applicants,
        "groups": groups,
    }
