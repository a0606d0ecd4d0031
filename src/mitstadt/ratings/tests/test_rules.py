"""Medians and quartiles, checked by hand and against Python's own statistics."""

from __future__ import annotations

import random
import statistics

import pytest

from mitstadt.ratings import rules


def test_nobody_has_no_middle() -> None:
    assert rules.median([0, 0, 0, 0, 0]) is None
    assert rules.spread([0, 0, 0, 0, 0]) is None
    assert rules.spread([1, 0, 0, 0, 0]) is None


def test_the_counts_of_the_design() -> None:
    # 1, 3, 6, 14, 17: 41 votes, the 21st in order is a 4; lower half 20 votes: 10th and 11th are 3 and 4; upper: 5
    found = rules.spread([1, 3, 6, 14, 17])
    assert found == rules.Spread(4, 3.5, 5)


def test_two_middle_votes_are_halved() -> None:
    assert rules.median([1, 0, 1, 0, 0]) == 2
    assert rules.median([0, 1, 1, 0, 0]) == 2.5


@pytest.mark.parametrize("seed", range(40))
def test_like_the_statistics_module(seed: int) -> None:
    chance = random.Random(seed)
    votes = sorted(chance.choices([1, 2, 3, 4, 5], weights=chance.choices(range(1, 9), k=5), k=chance.randint(2, 60)))
    counts = [votes.count(value) for value in range(1, 6)]
    half = len(votes) // 2
    assert rules.spread(counts) == rules.Spread(
        statistics.median(votes), statistics.median(votes[:half]), statistics.median(votes[-half:])
    )
