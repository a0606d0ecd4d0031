"""Lists around a point: the nearest are never cut off, and frequent words do not hide what is near."""

from __future__ import annotations

import pytest

from mitstadt.directory import queries
from mitstadt.directory.entries import Place
from mitstadt.directory.queries import Choice
from mitstadt.search import queries as search

from . import factories

pytestmark = pytest.mark.django_db
HERE = (48.137, 11.575)
NORTH = 1 / queries.KM  # one kilometre in degrees


def offers(count: int, name: str = "Beratung", first: float = 0.0, step: float = 0.1) -> None:
    """`name 0`, `name 1` …, each `step` kilometres further north."""
    for number in range(count):
        place = Place(
            street=f"Weg {number}", postcode="80331", city="München",
            lat=HERE[0] + (first + number * step) * NORTH, lon=HERE[1],
        )  # fmt: skip
        factories.offer(f"{name} {number}", "Träger", places=(place,))


def names(choice: Choice) -> list[str]:
    return [row.service.name for row in queries.find(choice, size=100).rows]


@pytest.fixture
def small(monkeypatch):
    """As if a list held five rows and twenty were looked at."""
    monkeypatch.setattr(queries, "NEAREST", 5)
    monkeypatch.setattr(queries, "WIDE", 20)


def test_the_nearest_come_first_however_many_there_are(small):
    offers(30, first=0.0, step=0.25)
    assert names(Choice(point=HERE)) == [f"Beratung {n}" for n in range(5)]
    assert queries.find(Choice(point=HERE)).more


def test_the_nearest_are_found_far_away_too(small):
    offers(8, first=20.0, step=0.5)
    assert names(Choice(point=HERE)) == [f"Beratung {n}" for n in range(5)]


def test_a_radius_holds(small):
    offers(30, step=0.25)
    assert names(Choice(point=HERE, radius=1.1)) == [f"Beratung {n}" for n in range(5)]
    assert names(Choice(point=HERE, radius=0.6)) == ["Beratung 0", "Beratung 1", "Beratung 2"]


def test_the_nearest_of_a_radius_are_not_cut_off_either(small):
    """Written down the farthest first: eight within the radius, more than a list holds."""
    for number in reversed(range(8)):
        offers(1, f"Beratung {number}:", first=number * 0.25)
    found = queries.find(Choice(point=HERE, radius=1.8, text=""))
    assert [row.service.name for row in found.rows] == [f"Beratung {n}: 0" for n in range(5)]
    assert found.more


def test_the_nearest_are_found_where_much_lies_on_one_spot(small):
    """More than is looked at in one house, and a few nearer ones."""
    offers(25, "Haus", first=0.9, step=0.0)
    offers(3, "Nah", first=0.1)
    assert names(Choice(point=HERE))[:3] == ["Nah 0", "Nah 1", "Nah 2"]
    assert len(names(Choice(point=HERE))) == 5


def test_what_has_no_place_stands_behind_all_that_has(db):
    factories.offer("Telefon", "Träger", places=())
    offers(3)
    assert names(Choice(point=HERE)) == ["Beratung 0", "Beratung 1", "Beratung 2", "Telefon"]


def test_frequent_words_do_not_hide_what_is_near(monkeypatch):
    offers(3, "Beratung fern", first=30.0)
    offers(2, "Beratung nah", first=0.2)
    monkeypatch.setattr(search, "MOST", 2)
    found = queries.find(Choice(text="Beratung", point=HERE, radius=2.0))
    assert sorted(row.service.name for row in found.rows) == ["Beratung nah 0", "Beratung nah 1"]
    assert not found.more
    assert queries.find(Choice(text="Beratung")).more


def test_words_are_understood_without_the_place(db):
    offers(1, "Schuldnerberatung", first=30.0)
    offers(4, "Sprachkurs", first=0.2)
    found = queries.find(Choice(text="Schuldenberatung", point=HERE, radius=2.0))
    assert [row.service.name for row in found.rows] == []


def test_a_missing_place_costs_no_more_queries_with_many(db, assert_constant_queries):
    offers(2)
    assert_constant_queries(lambda: offers(10, "Kurs"), lambda: queries.find(Choice(point=HERE)))
