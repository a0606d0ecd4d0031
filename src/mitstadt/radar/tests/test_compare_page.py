"""Bob compares any two states of the strategy, and is told calmly when there is nothing to compare."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.utils.html import escape

from mitstadt.kit import clock
from mitstadt.radar import synthetic
from mitstadt.radar.models import Strategy

DAY = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def city():
    return synthetic.build(30, 4, seed=5)


@pytest.fixture(scope="module")
def made(module_db):
    with clock.at(DAY):
        synthetic.make_city(30, 4, seed=5)


@pytest.fixture
def strategy(db, made):
    with clock.at(DAY):
        yield Strategy.objects.get(slug="musterstrategie")


def get(client, query="", status=200, language=""):
    cache.clear()
    response = client.get(f"{language}/radar/vergleich/{query}")
    assert response.status_code == status, response.status_code
    return response.content.decode()


def test_two_revisions_side_by_side_name_what_happened(strategy, city, client):
    before, after = city.years[0], city.years[1]
    page = get(client, f"?von={before.code}&bis={after.code}")
    happened = 0
    for name, items in (
        ("Neu", after.new),
        ("Entfallen", after.dropped),
        ("Umbenannt", after.renamed),
        ("In ein anderes Feld gewandert", after.moved),
        ("Verschoben", after.postponed),
        ("Neuer Status", after.status),
        ("Zusammengelegt", after.merged),
        ("Geteilt", after.split),
    ):
        shown = f'{name} <span class="ms-section__count">{len(items)}</span>' in page
        assert shown is bool(items), (name, items)
        happened += len(items)
    assert happened
    titles = {m.number: m.title for m in after.measures}
    for number in after.new:
        assert escape(titles[number]) in page
    for months in after.postponed.values():
        assert f"um {months} Monat" in page


def test_a_day_and_a_revision_and_either_order(strategy, city, client):
    year = city.years[1]
    day = (city.years[0].decided + timedelta(days=1)).isoformat()
    forward = get(client, f"?von-tag={day}&bis={year.code}")
    backward = get(client, f"?von={year.code}&bis-tag={day}")
    for page in (forward, backward):
        assert f'<h2 class="rv__title">Stand vom {city.years[0].decided.day + 1}. Juni' in page
        assert f"→ {year.measures and synthetic.target_of(year)['name']}</h2>" in page
    assert forward.count("ms-list__item") == backward.count("ms-list__item") > 0


def test_a_typed_day_goes_before_the_chosen_revision(strategy, city, client):
    page = get(client, f"?von={city.years[0].code}&von-tag=2026-11-21&bis=")
    assert "Stand vom 21. November 2026 → Stand vom 22. November 2026" in page


def test_on_a_past_day_a_later_revision_is_not_told_ahead(strategy, city, client):
    """The page said the past day on top and listed below what the city decided two years later."""
    first, later = city.years[0], city.years[2]
    day = (first.decided + timedelta(days=1)).isoformat()
    page = get(client, f"?stand={day}&von={first.code}&bis={later.code}", 400)
    assert "gab es am gezeigten Tag noch nicht." in page
    assert "ms-list__item" not in page.split("Das lässt sich nicht vergleichen")[1].split("</main>")[0]
    assert "→ Stand vom" in get(client, f"?stand={day}&von={first.code}")


def test_the_same_state_twice_shows_no_change(strategy, city, client):
    code = city.years[2].code
    page = get(client, f"?von={code}&bis={code}")
    assert "Zwischen diesen Ständen hat sich nichts geändert." in page
    assert f"{len(city.years[2].truth())} Maßnahmen sind unverändert." in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?von=1850", "„1850“ ist weder eine Fortschreibung noch ein Tag."),
        ("?von=2016&bis=<script>", escape("„<script>“ ist weder")),
        ("?bis=2099-01-01", "Dieser Tag liegt in der Zukunft."),
        ("?von-tag=2026-02-30", "„2026-02-30“ ist weder"),
        ("?von=" + "x" * 4000, "ist weder eine Fortschreibung noch ein Tag."),
    ],
)
def test_nonsense_is_refused_with_the_value(strategy, client, query, words):
    page = get(client, query, 400)
    assert words in page
    assert "Das lässt sich nicht vergleichen" in page
    assert "<script>‘" not in page


def test_without_a_strategy_there_is_nothing_to_compare(db, client):
    assert "Es gibt noch keine Strategie." in get(client)


def test_in_english_everything_is_english(strategy, city, client):
    page = get(client, f"?von={city.years[0].code}&bis={city.years[3].code}", language="/en")
    assert '<html lang="en"' in page
    for german in (
        "Umbenannt",
        "Entfallen",
        "Verschoben",
        "verschoben",
        "Vergleichen",
        "unverändert",
        "oder Tag",
        "Neuer Status",
    ):
        assert german not in page, german
    assert "/en/radar/m-" in page


def test_nobody_is_recognised_and_ten_times_as_many_measures_cost_the_same(
    strategy, city, client, django_assert_max_num_queries
):
    cache.clear()
    with django_assert_max_num_queries(14):
        response = client.get(f"/radar/vergleich/?von={city.years[0].code}")
    assert response.status_code == 200
    assert not response.cookies
    assert "csrf" not in response.content.decode()
