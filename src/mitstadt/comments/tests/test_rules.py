"""Working days by the calendars of the states, texts without tricks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from mitstadt.comments import rules


# Public holidays as the Bavarian law on Sundays and holidays (FTG, Art. 1) lists them. Easter Sunday was 5 April 2026
# (Gauss), so Good Friday 3 and Easter Monday 6 April, Ascension 14 May, Whit Monday 25 May, Corpus Christi 4 June.
@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),
        date(2026, 1, 6),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 5, 14),
        date(2026, 5, 25),
        date(2026, 6, 4),
        date(2027, 11, 1),  # Allerheiligen, a Monday
        date(2026, 12, 25),
    ],
)
def test_bavarian_holidays_are_no_working_days(day: date) -> None:
    assert day.weekday() < 5, "the test would prove nothing on a weekend"
    assert not rules.is_working_day(day, "BY")


def test_allerheiligen_is_a_working_day_in_berlin() -> None:
    assert rules.is_working_day(date(2027, 11, 1), "BE")


def test_mariae_himmelfahrt_is_free_only_where_most_people_are_catholic() -> None:
    day = date(2025, 8, 15)  # a Friday
    assert rules.is_working_day(day, "BY")
    assert not rules.is_working_day(day, "BY", catholic=True)


def test_christmas_eve_and_new_years_eve_are_working_days() -> None:
    assert rules.is_working_day(date(2026, 12, 24), "BY")
    assert rules.is_working_day(date(2026, 12, 31), "BY")


def test_twenty_working_days_over_easter() -> None:
    # asked on Thursday 26 March 2026: 27.3. (1), 30.3.-2.4. (5), 3.4. and 6.4. free, 7.-10.4. (9), 13.-17.4. (14),
    # 20.-24.4. (19), Monday 27 April is the 20th
    assert rules.add_working_days(date(2026, 3, 26), 20, "BY") == date(2026, 4, 27)


def test_working_days_over_christmas() -> None:
    # Wed 23 December 2026: 24. (1); 25. free; 28.-31. (5); 1 January free; 4., 5. (7); 6. free; Thursday 7. is the 8th
    assert rules.add_working_days(date(2026, 12, 23), 8, "BY") == date(2027, 1, 7)


def test_a_question_asked_on_sunday_starts_on_monday() -> None:
    assert rules.add_working_days(date(2026, 3, 1), 1, "BY") == date(2026, 3, 2)


@pytest.mark.parametrize("days", [0, 1, 5, 20, 60])
def test_counting_back_gives_the_days_that_were_added(days: int) -> None:
    for offset in range(0, 400, 7):
        start = date(2026, 1, 2) + timedelta(days=offset)
        if not rules.is_working_day(start, "BY") and days == 0:
            continue
        end = rules.add_working_days(start, days, "BY")
        assert rules.working_days_between(start, end, "BY") == days
        assert rules.working_days_between(end, start, "BY") == -days


def test_texts_lose_what_nobody_sees() -> None:
    assert rules.clean("a\u202egnp.exe\u202c b") == "agnp.exe b"
    assert rules.clean("\ufeffHallo\x00\x07 Welt\r\n\r\n\r\n\r\nEnde\u2028.") == "Hallo Welt\n\nEnde\n."
    assert rules.clean("  \n\t ") == ""
    assert rules.clean("cafe\u0301") == "café"


def test_families_of_emoji_and_other_scripts_stay() -> None:
    for text in ("👩\u200d👧 im Park", "שלום רב", "مرحبا بكم", "Straße\tÖl"):
        assert rules.clean(text) == text


def test_piled_accents_do_not_cover_other_lines() -> None:
    assert len(rules.clean("a" + "\u0335" * 500)) <= 6


def test_editing_ends() -> None:
    start = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
    assert rules.may_edit(start, start + timedelta(minutes=29, seconds=59), 30)
    assert not rules.may_edit(start, start + timedelta(minutes=30), 30)


@pytest.mark.parametrize(
    ("name", "gender"),
    [
        ("Mobilitätsreferat", "n"),
        ("IT-Referat", "n"),
        ("Kreisverwaltungsreferat", "n"),
        ("Referat für Bildung und Sport", "n"),
        ("Direktorium", "n"),
        ("Baureferat", "n"),
        ("Stadtkämmerei", "f"),
        ("Gleichstellungsstelle für Frauen", "f"),
        ("Branddirektion", "f"),
        ("it@M", ""),
        ("Stadtwerke", ""),
    ],
)
def test_departments_get_their_article(name: str, gender: str) -> None:
    assert rules.gender(name) == gender


def test_excerpts_end_at_a_word() -> None:
    assert rules.excerpt("kurz") == "kurz"
    assert rules.excerpt("eins zwei drei vier", 12) == "eins zwei …"
