"""Cases of the literature with the outcomes of the papers; all stable matchings are found by trying everything."""

from __future__ import annotations

import itertools

import pytest

from mitstadt.methods.assignment import assign, faults

from .support import all_stable, classic, matchings


def placed(applicants, programmes, quotas=None):
    quotas = {name: (quotas or {}).get(name, 1) for name in programmes}
    result = assign(classic(applicants, programmes, quotas))
    assert result.blocking_pairs == []
    assert faults(result.round, result.assignment) == []
    return result.assignment, all_stable(applicants, programmes, quotas)


def test_gale_and_shapleys_first_example_has_three_stable_matchings_and_applicants_get_their_best():
    found, stable = placed(
        {"alpha": ["A", "B", "C"], "beta": ["B", "C", "A"], "gamma": ["C", "A", "B"]},
        {"A": ["beta", "gamma", "alpha"], "B": ["gamma", "alpha", "beta"], "C": ["alpha", "beta", "gamma"]},
    )
    assert found == {"alpha": "A", "beta": "B", "gamma": "C"}
    assert sorted(map(sorted, (m.items() for m in stable))) == sorted(
        map(
            sorted,
            (
                {"alpha": "A", "beta": "B", "gamma": "C"}.items(),  # best for applicants
                {"alpha": "C", "beta": "A", "gamma": "B"}.items(),  # best for programmes
                {"alpha": "B", "beta": "C", "gamma": "A"}.items(),  # everybody's second choice
            ),
        )
    )


def test_gale_and_shapleys_second_example_has_one_stable_matching():
    ranks = {  # (own rank of A, B, C, D; rank that A, B, C, D give), as the paper's table
        "alpha": [(1, 3), (2, 3), (3, 2), (4, 3)],
        "beta": [(1, 4), (4, 1), (3, 3), (2, 2)],
        "gamma": [(2, 2), (1, 4), (3, 4), (4, 1)],
        "delta": [(4, 1), (2, 2), (3, 1), (1, 4)],
    }
    wishes = {name: sorted("ABCD", key=lambda p, row=row: row["ABCD".index(p)][0]) for name, row in ranks.items()}
    orders = {p: sorted(ranks, key=lambda name, i=i: ranks[name][i][1]) for i, p in enumerate("ABCD")}
    found, stable = placed(wishes, orders)
    assert found == {"alpha": "C", "beta": "D", "gamma": "A", "delta": "B"}
    assert stable == [found]


def test_the_teaching_example_of_the_american_residents_match():
    found, stable = placed(
        {
            "Arthur": ["City"],
            "Sunny": ["City", "Mercy"],
            "Joseph": ["City", "General", "Mercy"],
            "Latha": ["Mercy", "City", "General"],
            "Darrius": ["City", "Mercy", "General"],
        },
        {
            "Mercy": ["Darrius", "Joseph"],
            "City": ["Darrius", "Arthur", "Sunny", "Latha", "Joseph"],
            "General": ["Darrius", "Arthur", "Joseph", "Latha"],
        },
        {"Mercy": 2, "City": 2, "General": 2},
    )
    assert found == {"Darrius": "City", "Arthur": "City", "Joseph": "General", "Latha": "General"}
    assert found in stable


def test_roth_1985():
    found, stable = placed(
        {"s1": ["C3", "C1", "C2"], "s2": ["C2", "C1", "C3"], "s3": ["C1", "C3", "C2"], "s4": ["C1", "C2", "C3"]},
        {"C1": ["s1", "s2", "s3", "s4"], "C2": ["s1", "s2", "s3", "s4"], "C3": ["s3", "s1", "s2", "s4"]},
        {"C1": 2},
    )
    assert found == {"s3": "C1", "s4": "C1", "s2": "C2", "s1": "C3"}
    assert stable == [found]


def test_abdulkadiroglu_and_sonmez_2003_show_the_price_of_stability():
    wishes = {"i1": ["s2", "s1", "s3"], "i2": ["s1", "s2", "s3"], "i3": ["s1", "s2", "s3"]}
    found, stable = placed(wishes, {"s1": ["i1", "i3", "i2"], "s2": ["i2", "i1", "i3"], "s3": ["i2", "i1", "i3"]})
    assert found == {"i1": "s1", "i2": "s2", "i3": "s3"}
    assert stable == [found]
    swapped = {
        "i1": "s2",
        "i2": "s1",
        "i3": "s3",
    }  # better for two, worse for nobody, but i3 would be passed over at s1
    better = [wishes[name].index(swapped[name]) - wishes[name].index(found[name]) for name in wishes]
    assert sorted(better) == [-1, -1, 0]


def twins(mode="together_or_not_at_all"):
    """a and b want (h1, h2) together; s wants h1, then h2; h1 ranks a before s, h2 ranks s before b."""
    return classic(
        {"a": [], "b": [], "s": ["h1", "h2"]},
        {"h1": ["a", "s"], "h2": ["s", "b"]},
        extra={"a": {"group": "twins"}, "b": {"group": "twins"}},
        groups=[{"id": "twins", "mode": mode, "options": [{"a": "h1", "b": "h2"}]}],
    )


def twins_are_content(matching) -> bool:
    """By the definition, for this case only: together, or at least one of them would be turned away."""
    if matching.get("a") == "h1" and matching.get("b") == "h2":
        return True
    return matching.get("s") == "h2"  # s is preferred to b there; a would always get h1


def s_is_content(matching) -> bool:
    at = matching.get("s")
    h1, h2 = "a" if matching.get("a") == "h1" else None, "b" if matching.get("b") == "h2" else None
    wants_h1 = at != "h1" and h1 is None  # h1 prefers a
    wants_h2 = at is None  # h2 prefers s to b, and would take s in any case
    return not wants_h1 and not (wants_h2 and h2 in (None, "b"))


def test_for_the_twins_there_is_no_stable_matching():
    everything = [
        {name: place for name, place in zip("abs", places, strict=True) if place}
        for places in itertools.product(["h1", None], ["h2", None], ["h1", "h2", None])
    ]
    possible = [
        m
        for m in everything
        if len(set(m.values())) == len(m) and (("a" in m) == ("b" in m))  # one seat each; together or not at all
    ]
    assert len(possible) == 4  # nobody; the twins; s at h1; s at h2
    assert [m for m in possible if twins_are_content(m) and s_is_content(m)] == []


def test_our_repair_says_openly_that_the_twins_remain_a_conflict():
    result = assign(twins())
    assert dict(result.assignment) == {"s": "h1"}
    assert not result.stable
    assert result.blocking_pairs == []
    assert result.to_json()["conflicts"] == [{"group": "twins", "option": 1}]
    (option,) = result.explain_group("twins").options
    assert option.code == "conflict"
    assert {why.code for why in option.members.values()} == {"enough"}


@pytest.mark.parametrize("alone", [{"a": "h1", "b": "h2"}, {"a": "h1"}, {"s": "h2"}])
def test_the_check_finds_what_is_wrong_with_the_other_outcomes_for_the_twins(alone):
    from mitstadt.methods.assignment import blocking_pairs, family_conflicts

    round_ = twins()
    assert faults(round_, alone) or blocking_pairs(round_, alone) or family_conflicts(round_, alone)


def test_trying_everything_tries_everything():
    assert len(list(matchings({"a": ["p", "q"], "b": ["p"]}, {"p": 1, "q": 1}))) == 5
