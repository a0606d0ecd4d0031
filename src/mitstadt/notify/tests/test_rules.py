"""Digest moments, quiet subjects, clean XML."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mitstadt.notify import rules

BERLIN = ZoneInfo("Europe/Berlin")


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("cadence", "now", "due"),
    [
        (rules.DAILY, "2026-03-04T07:00", "2026-03-04T07:00"),
        (rules.DAILY, "2026-03-04T06:59", "2026-03-03T07:00"),
        (rules.DAILY, "2026-03-01T00:30", "2026-02-28T07:00"),
        (rules.DAILY, "2026-03-29T08:00", "2026-03-29T07:00"),  # clocks go forward that night
        (rules.DAILY, "2026-10-25T06:30", "2026-10-24T07:00"),  # and back
        (rules.WEEKLY, "2026-03-04T12:00", "2026-03-02T07:00"),  # Wednesday → Monday
        (rules.WEEKLY, "2026-03-02T07:00", "2026-03-02T07:00"),
        (rules.WEEKLY, "2026-03-02T06:59", "2026-02-23T07:00"),
    ],
)
def test_a_digest_is_due_at_seven_and_weekly_on_monday(cadence: int, now: str, due: str) -> None:
    assert rules.digest_moment(cadence, berlin(now), BERLIN) == berlin(due)


def test_a_moment_in_another_zone_is_read_in_the_citys_zone() -> None:
    midnight_utc = datetime.fromisoformat("2026-07-01T05:30:00+00:00")  # 7:30 in Berlin in summer
    assert rules.digest_moment(rules.DAILY, midnight_utc, BERLIN) == berlin("2026-07-01T07:00")


def test_pauses_grow_and_end() -> None:
    pauses = [rules.pause_after(n) for n in range(1, 7)]
    assert pauses[-1] is None
    grown = [pause for pause in pauses if pause is not None]
    assert grown == sorted(grown)
    assert grown[0] == timedelta(minutes=1)


@pytest.mark.parametrize("bad", ["\x00", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_characters_that_xml_forbids_are_removed(bad: str) -> None:
    assert rules.xml_text(f"Rad{bad}weg\t\n") == "Radweg\t\n"


def test_umlauts_and_emoji_stay() -> None:
    assert rules.xml_text("Mobilität 🚲") == "Mobilität 🚲"


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Neue Antwort!!!", "Neue Antwort"),
        ("Zeile\r\nBcc: alle@example.org", "Zeile Bcc: alle@example.org"),
        ("x" * 300, "x" * 119 + "…"),
    ],
)
def test_mail_subjects_are_one_quiet_line(text: str, subject: str) -> None:
    assert rules.mail_subject(text) == subject


def test_an_unknown_cadence_says_which_ones_there_are() -> None:
    with pytest.raises(ValueError, match="at_once, daily, weekly, in_app"):
        rules.cadence_number("hourly")
