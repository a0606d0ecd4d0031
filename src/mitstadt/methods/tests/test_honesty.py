"""Who applies singly never gains by lying: every possible lie is tried. And the outcome is the best stable one."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import pytest

from mitstadt.methods.assignment import assign, blocking_pairs, faults, match, read_round

from .support import all_stable, city, classic, is_stable, small


def reports(programmes):
    """Every ranking of every choice of programmes, nothing at all included."""
    return [list(r) for size in range(len(programmes) + 1) for r in itertools.permutations(programmes, size)]


def lies_that_pay(mechanism, wishes, orders, quotas):
    """(name, report) by which somebody gets what they like better than by the truth."""
    found = []
    mechanism = mechanism(wishes, orders, quotas)
    truth = mechanism(wishes)
    for name, true in wishes.items():
        worth = {place: len(true) - turn for turn, place in enumerate(true)}
        honest = worth.get(truth.get(name), 0)
        for report in reports(list(orders)):
            got = mechanism({**wishes, name: report}).get(name)
            if (worth.get(got, -1) if got else 0) > honest:
                found.append((name, report))
    return found


def ours(wishes, orders, quotas):
    """Reads the round once, then only what people name changes."""
    round_ = classic(wishes, orders, quotas)

    def mechanism(named):
        people = round_.applicants.items()
        return match(replace(round_, applicants={n: replace(a, choices=tuple(named[n])) for n, a in people}))

    return mechanism


def capped(wishes, orders, quotas):
    """The same with at most one choice each, as many finders do."""
    mechanism = ours(wishes, orders, quotas)
    return lambda named: mechanism({name: choices[:1] for name, choices in named.items()})


def providers_propose(_wishes, orders, quotas):
    """Of all stable matchings the worst for applicants, by trying everything."""

    def mechanism(named):
        return max(all_stable(named, orders, quotas), key=lambda m: sum(named[name].index(m[name]) for name in m))

    return mechanism


def test_no_lie_pays_in_some_hundred_small_rounds():
    rng = random.Random(20270301)
    tried = 0
    for _ in range(100):
        wishes, orders, quotas = small(rng)
        assert lies_that_pay(ours, wishes, orders, quotas) == []
        tried += len(wishes) * len(reports(list(orders)))
    assert tried == 100 * 4 * 16


@pytest.mark.slow
def test_no_lie_pays_in_several_hundred_larger_rounds():
    rng = random.Random(7)
    for _ in range(300):
        wishes, orders, quotas = small(rng, people=5, places=4)
        assert lies_that_pay(ours, wishes, orders, quotas) == []


def test_the_search_for_lies_finds_them_where_choices_are_capped():
    wishes = {"a": ["p", "q"], "b": ["p"]}
    assert ("a", ["q"]) in lies_that_pay(capped, wishes, {"p": ["b", "a"], "q": ["a", "b"]}, {"p": 1, "q": 1})


def test_the_search_for_lies_finds_them_where_providers_propose():
    wishes = {"alpha": ["A", "B", "C"], "beta": ["B", "C", "A"], "gamma": ["C", "A", "B"]}
    orders = {"A": ["beta", "gamma", "alpha"], "B": ["gamma", "alpha", "beta"], "C": ["alpha", "beta", "gamma"]}
    quotas = dict.fromkeys(orders, 1)
    assert providers_propose(wishes, orders, quotas)(wishes) == {"alpha": "C", "beta": "A", "gamma": "B"}
    assert ("alpha", ["A"]) in lies_that_pay(providers_propose, wishes, orders, quotas)
    assert lies_that_pay(ours, wishes, orders, quotas) == []


def test_nobody_could_have_a_better_place_in_any_stable_matching():
    rng = random.Random(3)
    several = 0
    for _ in range(250):
        wishes, orders, quotas = small(rng, people=4, places=4)
        found = match(classic(wishes, orders, quotas))
        stable = all_stable(wishes, orders, quotas)
        assert found in stable
        several += len(stable) > 1
        for other in stable:
            assert other.keys() == found.keys()  # the same people are placed in all of them
            assert all(wishes[name].index(found[name]) <= wishes[name].index(other[name]) for name in found)
    assert several > 5


def test_the_check_agrees_with_the_definition_on_any_assignment():
    from .support import matchings

    rng = random.Random(4)
    seen = {True: 0, False: 0}
    for _ in range(40):
        wishes, orders, quotas = small(rng)
        round_ = classic(wishes, orders, quotas)
        for matching in matchings(wishes, quotas):
            said = not blocking_pairs(round_, matching) and not faults(round_, matching)
            assert said == is_stable(matching, wishes, orders, quotas)
            seen[said] += 1
    assert min(seen.values()) > 40


def test_more_points_never_harm():
    rng = random.Random(5)
    for _ in range(150):
        wishes, orders, quotas = small(rng)
        before = match(classic(wishes, orders, quotas))
        programme = rng.choice(list(orders))
        name = rng.choice(orders[programme])
        orders[programme].remove(name)
        orders[programme].insert(0, name)
        after = match(classic(wishes, orders, quotas))
        position = {place: turn for turn, place in enumerate(wishes[name])}
        assert position.get(after.get(name), 99) <= position.get(before.get(name), 99)


def test_the_order_of_rows_changes_nothing():
    rng = random.Random(6)
    for families in (0, 6):
        data = city(rng, families=families)
        first = assign(read_round(data)).to_json()
        for _ in range(4):
            for field in ("criteria", "programmes", "applicants", "groups"):
                rng.shuffle(data[field])
            for child in data["applicants"]:
                rng.shuffle(child["criteria"])
            assert assign(read_round(data)).to_json() == first


def test_a_whole_city_is_stable_and_within_its_quotas():
    rng = random.Random(8)
    decided_by_lot = 0
    for _ in range(30):
        result = assign(read_round(city(rng)))
        assert result.stable
        assert faults(result.round, result.assignment) == []
        decided_by_lot += sum(
            p.cutoff is not None and p.cutoff.lottery_below is not None for p in result.programmes.values()
        )
    assert decided_by_lot > 30
