"""Opening hours: what people write is understood, and what nobody can understand is named."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from mitstadt.directory import hours
from mitstadt.directory.hours import BadHours, Hours


@pytest.mark.parametrize(
    ("text", "monday", "saturday"),
    [
        ("Mo-Fr 9-12, 14-17 Uhr", [(9, 12), (14, 17)], []),
        ("Montag bis Freitag 8.00 – 16.00 Uhr; Sa 10-14", [(8, 16)], [(10, 14)]),
        ("täglich 0-24", [(0, 24)], [(0, 24)]),
        ("Mo, Mi 9:00-12:00", [(9, 12)], []),
        ("samstags: 10 Uhr bis 13 Uhr", [], [(10, 13)]),
        ("Mo und Sa 9-12 | nur telefonisch", [(9, 12)], [(9, 12)]),
        ("Mo 9-12; Mo 11-15", [(9, 15)], []),
    ],
)
def test_what_people_write_says_when_it_is_open(text, monday, saturday):
    rules = hours.parse(text)
    for day, expected in ((date(2026, 11, 23), monday), (date(2026, 11, 28), saturday)):
        start = datetime.combine(day, datetime.min.time())
        spans = hours.between(rules, start, start.replace(hour=23, minute=59))
        found = [(opens.hour, 24 if closes.date() > day else closes.hour) for opens, closes in spans]
        assert found == expected, text


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("1. Mi im Monat 19-21", [4]),
        ("1. und 3. Do im Monat 17-19 Uhr", [5, 19]),
        ("letzter Fr im Monat 15-17", [27]),
    ],
)
def test_days_of_a_month(text, days):
    found = hours.between(hours.parse(text), datetime(2026, 11, 1), datetime(2026, 11, 30, 23))
    assert [opens.day for opens, _closes in found] == days


@pytest.mark.parametrize(
    "text", ["nach Vereinbarung", "Mo 17-9", "Xx 9-12", "Mo-Fr 25-26", "Mo 9-12 oder so", "Fr-Mo 9-12", "9-12", "Mo"]
)
def test_a_line_that_cannot_be_read_is_named(text):
    with pytest.raises(BadHours, match=text[:5]):
        hours.parse("Di 9-12\n" + text)


@pytest.mark.parametrize(
    "text",
    ["Mo-Fr 9-12, 14-17", "1. Mi im Monat 19-21", "letzter Fr im Monat 15-17", "täglich 0-24", "Di 9:30-11 | Etage 2"],
)
def test_what_is_shown_can_be_read_again(text):
    rules = hours.parse(text)
    again = hours.parse("\n".join(hours.lines(rules)))
    span = datetime(2026, 1, 1), datetime(2026, 12, 31)
    assert hours.between(again, *span) == hours.between(rules, *span)
    assert tuple(Hours.from_json(rule.to_json()) for rule in rules) == rules


@pytest.mark.parametrize(
    "data",
    [
        None, {}, {"byday": ["MO"], "opens": "9", "closes": "12:00"}, {"byday": ["XX"], "opens": "09:00",
        "closes": "12:00"},
        {"byday": ["MO"], "opens": "12:00", "closes": "09:00"}, {"byday": [], "opens": "09:00", "closes": "12:00"},
        {"byday": ["MO"], "opens": "09:00", "closes": "12:00", "interval": 0},
        {"byday": ["MO"], "opens": "09:00", "closes": "12:00", "freq": "HOURLY"},
    ],
)  # fmt: skip
def test_rules_from_a_file_are_checked(data):
    with pytest.raises(BadHours):
        Hours.from_json(data)


def test_a_rule_ends_on_its_last_day():
    rule = Hours.from_json({"byday": ["MO"], "opens": "09:00", "closes": "12:00", "valid_to": "2026-11-16"})
    found = hours.between([rule], datetime(2026, 11, 1), datetime(2026, 11, 30))
    assert [opens.day for opens, _closes in found] == [2, 9, 16]
