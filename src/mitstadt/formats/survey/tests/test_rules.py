"""What is asked, and how answers add up: by hand-made examples."""

import pytest

from mitstadt.formats.survey import rules
from mitstadt.formats.survey.rules import Condition, Pick


def test_a_question_that_is_not_asked_hides_what_depends_on_it():
    conditions = [
        ("a", None),
        ("b", Condition("a", frozenset({"ja"}))),
        ("c", Condition("b", frozenset({"3", "4"}))),
    ]
    yes = {"a": [Pick(value="ja")], "b": [Pick(number=4)]}
    assert rules.asked(conditions, yes) == {"a", "b", "c"}
    assert rules.asked(conditions, {"a": [Pick(value="nein")], "b": [Pick(number=4)]}) == {"a"}
    assert rules.asked(conditions, {"a": [Pick(value="ja", invalid=True)]}) == {"a"}


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({"x": 1, "y": 2, "z": None}, {"x": 1, "y": 2}),
        ({"x": 1, "y": 1}, None),
        ({"x": 2, "y": 3}, None),
        ({"x": None}, {}),
    ],
)
def test_places_are_given_once_each_and_without_a_gap(chosen, found):
    assert rules.ranks(chosen) == found


@pytest.mark.parametrize(
    ("counts", "middle"), [({1: 1, 2: 1, 5: 1}, 2), ({1: 2, 4: 2}, 2.5), ({3: 7}, 3), ({}, None), ({1: 0, 2: 4}, 2)]
)
def test_the_median_is_the_middle_answer(counts, middle):
    assert rules.median(counts) == middle


def test_borda_points_follow_the_textbook_example():
    """Four options A to D; 51, 5, 23 and 21 voters rank them; C wins, not A that 51 put first."""
    ballots = [("ACBD", 51), ("CBDA", 5), ("BCDA", 23), ("DCBA", 21)]
    places = [(option, place, times) for order, times in ballots for place, option in enumerate(order, 1)]
    assert rules.points(places, 4) == {"A": 153, "B": 151, "C": 205, "D": 91}


def test_two_readings_differ_by_what_counts_and_not_by_spaces():
    first = {"a": [Pick(value="x"), Pick(value="y")], "t": [Pick(text="Mehr  Bänke")], "n": [Pick(number=2)]}
    second = {"a": [Pick(value="y"), Pick(value="x")], "t": [Pick(text="Mehr Bänke ")], "n": [Pick(number=3)]}
    assert rules.differences(first, second) == ["n"]
    assert rules.differences(first, {}) == ["a", "t", "n"]
    assert rules.from_json(rules.to_json(first)) == first
