"""Small rounds, and answers that owe nothing to the code under test: by trying everything."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterator

from mitstadt.methods.assignment import read_round

Ranking = dict[str, list[str]]


def classic(applicants: Ranking, programmes: Ranking, quotas: dict[str, int] | None = None, **more):
    """A round in which each programme ranks people: the first of n gets n points; only those ranked are considered."""
    most = max(map(len, programmes.values()))
    return read_round(
        {
            "format": "mitstadt.assignment.round/1",
            "lottery_seed": "classic",
            "criteria": [
                {"id": "listed", "legal_basis": "the literature"},
                *({"id": f"points-{n}", "legal_basis": "the literature"} for n in range(1, most + 1)),
            ],
            "programmes": [
                {
                    "id": name,
                    "quota": (quotas or {}).get(name, 1),
                    "criteria": {f"points-{n}": n for n in range(1, most + 1)},
                    "requires": ["listed"],
                }
                for name in programmes
            ],
            "applicants": [
                {
                    "id": name,
                    "choices": choices,
                    "local": {
                        programme: ["listed", f"points-{len(order) - order.index(name)}"]
                        for programme, order in programmes.items()
                        if name in order
                    },
                }
                | more.get("extra", {}).get(name, {})
                for name, choices in applicants.items()
            ],
            "groups": more.get("groups", []),
        }
    )


def matchings(applicants: Ranking, quotas: dict[str, int]) -> Iterator[dict[str, str]]:
    """Every assignment of applicants to programmes that they named, within the quotas."""
    names = list(applicants)
    for places in itertools.product(*[[*applicants[name], None] for name in names]):
        taken = Counter(place for place in places if place)
        if all(taken[programme] <= quotas[programme] for programme in taken):
            yield {name: place for name, place in zip(names, places, strict=True) if place}


def is_stable(matching: dict[str, str], applicants: Ranking, programmes: Ranking, quotas: dict[str, int]) -> bool:
    """By the definition: nobody and no programme would rather have each other."""
    for name, place in matching.items():
        if name not in programmes[place]:
            return False
    for name, choices in applicants.items():
        better = choices[: choices.index(matching[name])] if name in matching else choices
        for programme in better:
            order = programmes[programme]
            inside = [other for other, place in matching.items() if place == programme]
            if name not in order or quotas[programme] == 0:
                continue
            if len(inside) < quotas[programme] or any(order.index(name) < order.index(other) for other in inside):
                return False
    return True


def all_stable(applicants: Ranking, programmes: Ranking, quotas: dict[str, int]) -> list[dict[str, str]]:
    return [m for m in matchings(applicants, quotas) if is_stable(m, applicants, programmes, quotas)]


def small(rng: random.Random, people: int = 4, places: int = 3) -> tuple[Ranking, Ranking, dict[str, int]]:
    """Rankings of a random length, at least one choice each; some programmes do not rank everybody."""
    names, programmes = [f"a{n}" for n in range(people)], [f"p{n}" for n in range(places)]
    wishes = {name: rng.sample(programmes, rng.randint(1, places)) for name in names}
    orders = {p: rng.sample(names, people if rng.random() < 0.7 else rng.randint(1, people)) for p in programmes}
    return wishes, orders, {p: rng.choice([1, 1, 2]) for p in programmes}


def city(rng: random.Random, people: int = 60, places: int = 8, families: int = 0, choices: int = 5) -> dict:
    """A round as a city would export it: few different points, so that lots decide often. For `read_round`."""
    programmes = [
        {
            "id": f"kita-{n}",
            "quota": rng.choice([0, 2, 5, 8]) if n else 5,
            "criteria": {"sibling": 10, "near": 5},
            "requires": ["age"] if n % 4 == 3 else [],
        }
        for n in range(places)
    ]
    names = [programme["id"] for programme in programmes]
    applicants = []
    for n in range(people):
        wanted = rng.sample(names, rng.randint(1, choices))
        applicants.append(
            {
                "id": f"kind-{n}",
                "choices": wanted,
                "criteria": [name for name in ("alone", "work", "age") if rng.random() < 0.6],
                "local": {name: [rng.choice(["sibling", "near"])] for name in wanted if rng.random() < 0.25},
            }
        )
    groups = []
    for n in range(families):
        members = applicants[3 * n : 3 * n + rng.choice([2, 2, 2, 3])]
        mode = rng.choice(["together_or_not_at_all", "together_if_possible"])
        options = []
        for _ in range(rng.randint(1, 3)):
            same = rng.choice(names)
            where = {child["id"]: same if rng.random() < 0.6 else rng.choice(names) for child in members}
            if where not in options:
                options.append(where)
        for child in members:
            child["group"] = f"family-{n}"
            if mode == "together_or_not_at_all":
                child["choices"] = []
        groups.append({"id": f"family-{n}", "mode": mode, "options": options})
    return {
        "format": "mitstadt.assignment.round/1",
        "lottery_seed": f"Ziehung {rng.randrange(10**9)}",
        "criteria": [
            {"id": "alone", "legal_basis": "§ 3 Abs. 1 Satzung", "points": 20},
            {"id": "work", "legal_basis": "§ 3 Abs. 2 Satzung", "points": 20},
            {"id": "age", "legal_basis": "§ 2 Satzung", "points": 0},
            {"id": "sibling", "legal_basis": "§ 4 Satzung"},
            {"id": "near", "legal_basis": "§ 5 Satzung"},
        ],
        "programmes": programmes,
        "applicants": applicants,
        "groups": groups,
        "last_year": {"kita-0": 20, "kita-1": None},
    }
