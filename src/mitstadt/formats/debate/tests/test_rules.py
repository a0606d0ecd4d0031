"""Pure decisions about summaries."""

from datetime import date

import pytest

from mitstadt.formats.debate import rules


@pytest.mark.parametrize(
    ("day", "problem"),
    [
        (date(2026, 3, 10), ""),
        (date(2026, 3, 1), ""),
        (date(2026, 3, 11), "future"),
        (date(2026, 2, 28), "early"),
    ],
)
def test_a_summary_reads_up_to_a_day_between_the_beginning_and_today(day, problem):
    assert rules.day_problem(day, date(2026, 3, 10), date(2026, 3, 1)) == problem


@pytest.mark.parametrize(
    ("counts", "shares"),
    [
        ({"pro": 3, "contra": 1, "": 0}, [("pro", 3, 4), ("contra", 1, 4), ("", 0, 4)]),
        ({"pro": 0, "contra": 0, "": 0}, [("pro", 0, 0), ("contra", 0, 0), ("", 0, 0)]),
    ],
)
def test_each_side_is_told_of_all(counts, shares):
    assert rules.shares(counts) == shares
