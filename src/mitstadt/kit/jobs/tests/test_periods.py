from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mitstadt.kit.jobs.periods import parse, pause_after

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)  # 10:30 in Berlin


@pytest.mark.parametrize(
    ("when", "due"),
    [
        (300, "2026-03-03T10:30:00+01:00"),
        (3600, "2026-03-03T10:00:00+01:00"),
        ("07:00", "2026-03-03T07:00:00+01:00"),
        ("23:15", "2026-03-02T23:15:00+01:00"),
        ("tue 07:00", "2026-03-03T07:00:00+01:00"),
        ("tue 11:00", "2026-02-24T11:00:00+01:00"),
        ("mon 07:00", "2026-03-02T07:00:00+01:00"),
        ("wed 07:00", "2026-02-25T07:00:00+01:00"),
    ],
)
def test_the_last_moment_at_which_work_was_due(when, due):
    assert parse(when).last_due(TUESDAY, BERLIN).astimezone(BERLIN).isoformat() == due


def test_a_digest_at_seven_stays_at_seven_when_the_clocks_change():
    after = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)
    assert parse("07:00").last_due(after, BERLIN).isoformat() == "2026-03-29T07:00:00+02:00"


@pytest.mark.parametrize("when", [0, -5, "7:00", "25:00", "sunday 07:00", "xyz 07:00", ""])
def test_nonsense_is_refused(when):
    with pytest.raises(ValueError, match=r"period|write a number"):
        parse(when)


def test_pauses_grow_and_end():
    pauses = [pause_after(n) for n in range(1, 7)]
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(seconds=10)
    assert pause_after(7) is None
