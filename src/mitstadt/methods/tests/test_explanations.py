"""Every family reads why not: as codes and numbers, and every one of them is true."""

from __future__ import annotations

import random
from dataclasses import replace

from mitstadt.methods.assignment import Criterion, assign, number, read_round

from .support import city


def kita(quota, people, seed="x", last_year=None, **more):
    """One day-care centre with `quota` places and people with points: name → (points, choices)."""
    levels = sorted({points for points, _choices in people.values()})
    return assign(
        read_round(
            {
                "format": "mitstadt.assignment.round/1",
                "lottery_seed": seed,
                "criteria": [{"id": f"p{n}", "legal_basis": "§ 1", "points": n} for n in levels]
                + [{"id": "three", "legal_basis": "§ 2", "points": 0}],
                "programmes": [
                    {"id": "sonne", "quota": quota, **more},
                    {"id": "mond", "quota": 99},
                    {"id": "zu", "quota": 0},
                ],
                "applicants": [
                    {"id": name, "choices": choices, "criteria": [f"p{points}"]}
                    for name, (points, choices) in people.items()
                ],
                "last_year": last_year or {},
            }
        )
    )


PEOPLE = {
    "mia": (50, ["sonne"]),
    "ben": (42, ["sonne"]),
    "ada": (38, ["zu", "sonne", "mond"]),
    "leo": (42, ["mond", "sonne"]),
}


def test_ada_reads_that_the_last_one_placed_had_42_points_and_she_had_38():
    result = kita(2, PEOPLE, last_year={"sonne": 30, "mond": None})
    assert dict(result.assignment) == {"mia": "sonne", "ben": "sonne", "ada": "mond", "leo": "mond"}
    found = result.explain("ada")
    assert (found.programme, found.position) == ("mond", 3)
    assert [why.to_json() for why in found.choices] == [
        {"programme": "zu", "position": 1, "code": "no_places", "points": 38, "quota": 0},
        {
            "programme": "sonne", "position": 2, "code": "points", "points": 38, "quota": 2, "last_points": 42,
            "enough_points": 42 if number("x", "ada") < number("x", "ben") else 43,
            "last_year": "yes", "last_year_points": 30,
        },
        {"programme": "mond", "position": 3, "code": "placed", "points": 38, "quota": 99, "last_year": "yes"},
    ]  # fmt: skip
    assert [why.code for why in result.explain("leo").choices] == ["placed", "not_reached"]
    assert result.to_json()["enough_points_are_certain"] is True


def test_equal_points_are_decided_by_the_lottery_and_the_family_reads_how_many_there_were():
    people = {f"kind-{n}": (42, ["sonne"]) for n in range(7)}
    result = kita(3, people, last_year={"sonne": 42})
    order = sorted(people, key=lambda name: number("x", name))
    assert sorted(result.assignment) == sorted(order[:3])
    for name in order[3:]:
        (why,) = result.explain(name).choices
        assert (why.code, why.points, why.last_points, why.tied_in, why.tied_out) == ("lottery", 42, 42, 3, 4)
        assert number("x", order[2]) < why.lottery_below <= number("x", order[3])
        assert why.enough_points == 43
        assert why.last_year == "lottery"
    assert len(result.programmes["sonne"].cutoff.lottery_below) < 5


def test_without_what_a_programme_requires_nobody_is_considered_and_it_is_said():
    result = kita(2, PEOPLE, requires=["three"])
    assert "mia" not in result.assignment
    (why,) = result.explain("mia").choices
    assert (why.code, why.missing) == ("not_eligible", ("three",))
    assert result.programmes["sonne"].cutoff is None


def test_last_year_is_compared_only_where_it_is_known():
    result = kita(2, PEOPLE, last_year={"sonne": 45})
    sonne, mond = result.explain("ada").choices[1:]
    assert (sonne.last_year, sonne.last_year_points) == ("no", 45)
    assert (mond.last_year, mond.last_year_points) == (None, None)


def with_points(round_, name, programme, points):
    """The same round, in which this applicant has exactly so many points at this programme; elsewhere as before."""
    missing = points - round_.points(name, programme)
    here, person = round_.programmes[programme], round_.applicants[name]
    local = {**person.local, programme: person.local.get(programme, frozenset()) | {"wonder"}}
    return replace(
        round_,
        criteria={**round_.criteria, "wonder": Criterion("wonder", "a wonder")},
        programmes={**round_.programmes, programme: replace(here, criteria={**here.criteria, "wonder": missing})},
        applicants={**round_.applicants, name: replace(person, local=local)},
    )


def test_what_is_said_to_be_enough_would_have_been_enough_and_less_than_the_cutoff_would_not():
    rng = random.Random(11)
    tried = 0
    for _ in range(25):
        result = assign(read_round(city(rng, people=40, places=6)))
        for name in result.round.applicants:
            for why in result.explain(name).choices:
                if why.code not in ("points", "lottery"):
                    continue
                position = {p: turn for turn, p in enumerate(result.round.applicants[name].choices, start=1)}
                richer = assign(with_points(result.round, name, why.programme, why.enough_points))
                assert position[richer.assignment[name]] <= why.position
                if why.last_points - 1 > why.points:
                    poorer = assign(with_points(result.round, name, why.programme, why.last_points - 1))
                    assert poorer.assignment == result.assignment
                tried += 1
    assert tried > 200


def test_just_above_the_last_placed_is_not_always_enough_and_then_more_is_named():
    """If dora came in before bert, bert would push carl out of his first choice, and carl ranks before dora here."""
    ranks = {"sonne": {"bert": 10, "carl": 30, "dora": 5}, "mond": {"bert": 20, "carl": 10, "dora": 0}}
    round_ = read_round(
        {
            "format": "mitstadt.assignment.round/1",
            "lottery_seed": "x",
            "criteria": [{"id": f"p{n}", "legal_basis": "§ 1"} for n in (0, 5, 10, 20, 30)],
            "programmes": [
                {"id": name, "quota": 1, "criteria": {f"p{n}": n for n in (0, 5, 10, 20, 30)}} for name in ranks
            ],
            "applicants": [
                {"id": "bert", "choices": ["sonne", "mond"], "local": {p: [f"p{ranks[p]['bert']}"] for p in ranks}},
                {"id": "carl", "choices": ["mond", "sonne"], "local": {p: [f"p{ranks[p]['carl']}"] for p in ranks}},
                {"id": "dora", "choices": ["sonne"], "local": {"sonne": ["p5"]}},
            ],
        }
    )
    result = assign(round_)
    assert dict(result.assignment) == {"bert": "sonne", "carl": "mond"}
    (why,) = result.explain("dora").choices
    assert why.last_points == 10
    assert "dora" not in assign(with_points(round_, "dora", "sonne", 11)).assignment
    assert why.enough_points in (30, 31)
    assert assign(with_points(round_, "dora", "sonne", why.enough_points)).assignment["dora"] == "sonne"
