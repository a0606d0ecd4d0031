"""Each family recomputes its own case from what is published; the public sees no small numbers."""

from __future__ import annotations

import itertools
import json
import random

import pytest

from mitstadt.methods.assignment import (
    Invalid,
    assign,
    case_json,
    case_of,
    family_of,
    read_case,
    read_published,
    read_round,
    recompute_family,
    recompute_one,
    summary,
    suppress,
)

from .support import city


def published(result, threshold=1):
    """What a reader of the file has: it went through JSON."""
    return read_published(json.dumps(summary(result, threshold)))


def test_everybody_who_applied_singly_finds_the_very_place_from_the_published_cutoffs():
    rng = random.Random(14)
    seen = 0
    for families in (0, 0, 0, 6, 6):
        result = assign(read_round(city(rng, families=families)))
        lines = published(result)
        for name, person in result.round.applicants.items():
            if person.group is None:
                found = recompute_one(result.round.seed, case_of(result.round, name), lines)
                assert found.state == "decided"
                assert found.places == {name: result.assignment.get(name)}
                assert found.position == result.explain(name).position
                seen += 1
    assert seen > 200


def test_families_find_their_places_or_are_told_that_cutoffs_cannot_tell():
    rng = random.Random(15)
    states = {"decided": 0, "open": 0}
    for _ in range(60):
        result = assign(read_round(city(rng, families=8)))
        lines = published(result)
        conflicts = {(conflict.group, conflict.option + 1) for conflict in result.conflicts}
        for group in result.round.groups:
            found = recompute_family(result.round.seed, family_of(result.round, group), lines)
            states[found.state] += 1
            if found.state == "decided" and (group, found.position) not in conflicts:
                assert found.places == {n: result.assignment.get(n) for n in result.round.members[group]}
    assert min(states.values()) > 30


def test_a_hidden_cutoff_is_named_and_the_one_in_the_notice_helps():
    data = city(random.Random(16))
    data["programmes"] = [{"id": "klein", "quota": 2}, {"id": "gross", "quota": 30}]
    data["applicants"] = [{"id": f"kind-{n}", "choices": ["klein", "gross"]} for n in range(20)]
    data["last_year"] = {}
    result = assign(read_round(data))
    case = case_of(result.round, "kind-3")
    lines = published(result, threshold=5)
    assert recompute_one(result.round.seed, case, lines).reason == "klein"
    assert recompute_one(result.round.seed, case, lines).state == "hidden"
    full = read_published(json.dumps(result.to_json()))
    assert recompute_one(result.round.seed, case, full).places == {"kind-3": result.assignment["kind-3"]}


def test_a_case_goes_into_a_file_and_comes_back():
    result = assign(read_round(city(random.Random(17), families=3)))
    for name, person in result.round.applicants.items():
        seed, case = read_case(json.dumps(case_json(result.round, name)))
        assert seed == result.round.seed
        assert case == (case_of(result.round, name) if person.group is None else family_of(result.round, person.group))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"members": []}, "members"),
        ({"members": [{"id": "a", "choices": "k", "points": {}}]}, "choices"),
        ({"members": [{"id": "a", "choices": [], "points": {"k": "5"}}]}, 'points["k"]'),
        ({"members": [{"id": "a", "choices": []}, {"id": "b", "choices": []}]}, "members"),
        ({"mode": "together_or_not_at_all", "options": [{"b": "k"}]}, "options[1]"),
        ({"lottery_seed": ""}, "lottery_seed"),
    ],
)
def test_a_broken_case_names_the_field(change, field):
    good = {
        "format": "mitstadt.assignment.case/1",
        "lottery_seed": "x",
        "members": [{"id": "a", "choices": ["k"], "points": {"k": 5}}],
    }
    assert read_case(json.dumps(good))[1].points == {"k": 5}
    with pytest.raises(Invalid) as caught:
        read_case(json.dumps({**good, **change}))
    assert field in [problem.field for problem in caught.value.problems]


def test_no_hidden_count_can_be_reckoned_from_the_others_and_the_sum():
    """By trying everything: who knows the rule and sees the output finds two values or more for each hidden cell."""
    for threshold in (3, 4, 5):
        by_output = {}
        for cells in itertools.product(range(9), repeat=4):
            out, total = suppress(dict(zip("abcd", cells, strict=True)), threshold)
            assert all(value is None or value == 0 or value >= threshold for value in out.values())
            by_output.setdefault((*out.values(), total), set()).add(cells)
        for output, possible in by_output.items():
            for i in range(4):
                if output[i] is None:
                    assert len({cells[i] for cells in possible}) > 1, (threshold, output)


def test_nothing_small_is_hidden_in_vain():
    assert suppress({"a": 12, "b": 0, "c": 7}, 5) == ({"a": 12, "b": 0, "c": 7}, 19)
    assert suppress({"a": 12, "b": 2, "c": 7}, 5) == ({"a": 12, "b": None, "c": None}, 21)
    assert suppress({"a": 12, "b": 2, "c": 3}, 5) == ({"a": 12, "b": None, "c": None}, 17)
    assert suppress({"a": 2, "b": 0}, 1) == ({"a": 2, "b": 0}, 2)
    with pytest.raises(ValueError, match="at least 3"):
        suppress({"a": 2}, 2)


def test_the_summary_names_nobody_and_hides_the_line_of_a_small_programme():
    result = assign(read_round(city(random.Random(18), people=80, families=5)))
    found = summary(result)
    text = json.dumps(found)
    assert not any(f'"{name}"' in text for name in [*result.round.applicants, *result.round.groups])
    assert not any(number in text for number in result.market.numbers.values())
    hidden = {p["id"] for p in found["programmes"] if p["cutoff_hidden"]}
    small = {p.id for p in result.programmes.values() if p.cutoff and p.placed < 5}
    assert hidden == small
    assert small
    assert all(p["cutoff"] is None for p in found["programmes"] if p["cutoff_hidden"])
    assert all(p["named"] is None or p["named"] == 0 or p["named"] >= 5 for p in found["programmes"])
    assert found["input_sha256"] == result.input_sha256


def test_a_round_of_four_says_not_even_how_many_they_were():
    result = assign(read_round(city(random.Random(19), people=4)))
    found = summary(result)
    assert found["applicants"] is None
    assert set(found["placed_at"].values()) == {None, 0}
