"""One meaning of active, next and over; states that follow from dates; small groups that stay hidden."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitstadt.participation import access, rules

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)


@dataclass
class Span:
    start: datetime
    end: datetime
    allows: tuple = ()


def span(start, end, *allows):
    return Span(NOON + timedelta(days=start), NOON + timedelta(days=end), allows)


def test_a_phase_begins_at_its_start_and_is_over_at_its_end():
    phase = span(0, 1)
    assert rules.when(phase, NOON - timedelta(microseconds=1)) == "next"
    assert rules.when(phase, NOON) == "active"
    assert rules.when(phase, NOON + timedelta(days=1, microseconds=-1)) == "active"
    assert rules.when(phase, NOON + timedelta(days=1)) == "over"


@pytest.mark.parametrize("stage", ["answered", "implemented", "archived"])
def test_in_a_process_that_is_answered_every_phase_is_over(stage):
    running, coming = span(-1, 1, "propose"), span(2, 3, "propose")
    assert rules.when(running, NOON, stage) == rules.when(coming, NOON, stage) == "over"
    found = rules.opening([running, coming], "propose", NOON, stage)
    assert (found.active, found.next, found.over) == ([], None, coming)


@pytest.mark.parametrize(
    ("phases", "state"),
    [
        ([], "announced"),
        ([span(1, 2)], "announced"),
        ([span(-1, 1)], "running"),
        ([span(-3, -2), span(2, 3)], "running"),  # a pause is part of it
        ([span(-3, -2), span(-2, -1)], "evaluation"),
    ],
)
def test_an_open_process_follows_its_dates(phases, state):
    assert rules.state("open", phases, NOON) == state


def test_what_staff_set_by_hand_does_not_follow_dates():
    for stage in ("draft", "answered", "implemented", "archived"):
        assert rules.state(stage, [span(-1, 1)], NOON) == stage


def test_the_next_change_is_the_next_beginning_or_end():
    assert rules.next_change([span(-1, 2), span(1, 5)], NOON) == NOON + timedelta(days=1)
    assert rules.next_change([span(-5, -2)], NOON) is None


def test_an_opening_tells_what_comes_and_what_went():
    phases = [span(-9, -5, "propose"), span(-4, -2, "propose"), span(3, 6, "propose", "vote"), span(8, 9, "propose")]
    found = rules.opening(phases, "propose", NOON)
    assert (found.active, found.next, found.over) == ([], phases[2], phases[1])
    assert not rules.opening(phases, "annotate", NOON).known


def test_an_audience_survives_json():
    wanted = rules.Audience(2, 14, 26, (9, 17), ("hafen",), (3,), ("4-schule",))
    assert rules.Audience.read(wanted.to_json()) == wanted
    assert rules.Audience.read(None).is_everybody
    assert wanted.facts == (
        ("group", ("group_4-schule",)),
        ("age_from", ("age_14",)),
        ("age_to", ("age_to_26",)),
        ("district", ("district_9", "district_17")),
        ("area", ("area_hafen",)),
    )


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"trust": 7}, "trust"),
        ({"age_from": "16"}, "age_from"),
        ({"age_from": 30, "age_to": 20}, "age_to"),
        ({"districts": ["nine"]}, "districts"),
    ],
)
def test_an_audience_that_means_nothing_is_refused_with_its_field(data, field):
    with pytest.raises(rules.BadAudience) as refused:
        rules.Audience.read(data)
    assert refused.value.field == field


def test_a_single_small_group_does_not_stay_alone_in_hiding():
    assert rules.suppressed({"a": 40, "b": 7, "c": 3}) == {"a": 40, "b": None, "c": None}
    assert rules.suppressed({"a": 40, "b": 0}) == {"a": 40, "b": 0}
    assert rules.suppressed({"a": 2, "b": 3, "c": 9}) == {"a": None, "b": None, "c": 9}


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([1, 1, 9], [None, None, None]),  # 2 for two groups: each is 1
        ([4, 4, 4, 9, 20], [None, None, None, None, 20]),  # 12 for three groups below 5: each is 4
        ([1, 2, 9], [None, None, 9]),
        ([3, 9, 12], [None, None, 12]),
        ([0, 7], [0, 7]),
    ],
)
def test_hidden_groups_do_not_follow_from_their_sum(counts, shown):
    assert list(rules.suppressed(dict(zip("abcde", counts, strict=False))).values()) == shown


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 30), max_size=6))
def test_no_small_group_can_be_worked_out_from_the_sum(counts):
    shown = rules.suppressed(counts)
    hidden = [name for name, value in shown.items() if value is None]
    assert all(value is None or value == 0 or value >= rules.SMALL for value in shown.values())
    positive = [name for name, value in counts.items() if value > 0]
    if hidden and len(positive) > 1:
        assert len(hidden) > 1


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (
            {"districts": [9], "areas": ["x"]},
            "im Stadtbezirk 9 und dort in den genannten Straßen",
        ),
        ({"districts": [9]}, "im Stadtbezirk 9"),
        ({"areas": ["x"]}, "in den genannten Straßen"),
    ],
)
def test_whoever_needs_district_and_street_reads_both(wanted, said):
    assert access.audience_sentence(rules.Audience.read(wanted)) == f"Für alle, die {said} wohnen."
