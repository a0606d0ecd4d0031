"""Dilek looks for what the strategy plans where she lives."""

from __future__ import annotations

import pytest

from mitstadt.geo.models import District
from mitstadt.radar import snapshot
from mitstadt.radar.models import CoreArea, Field, Measure, Strategy


@pytest.fixture
def city(db):
    snapshot.forget()
    strategy = Strategy.objects.create(slug="s", name="Strategie", is_current=True)
    area = CoreArea.objects.create(strategy=strategy, slug="stadt", name="Stadt")
    field = Field.objects.create(strategy=strategy, slug="bildung", name="Bildung", core_area=area, order=1)
    harbour = District.objects.create(number=6, name="Hafen & Werft", slug="hafen", column=0, row=0)
    District.objects.create(number=1, name="Innenstadt", slug="innenstadt", column=1, row=1)
    for number, place in enumerate([harbour, harbour, None], start=1):
        Measure.objects.create(
            strategy=strategy, slug=f"m{number}", title=f"Maßnahme {number}", summary="x", field=field, district=place
        )
    yield strategy
    snapshot.forget()


def test_the_map_leads_to_the_measures_of_a_district(client, city):
    page = client.get("/radar/bezirke/").content.decode()
    assert "2 von 3 Maßnahmen nennen einen Stadtbezirk" in page
    assert "1 Maßnahme nennt keinen Bezirk" in page
    assert "/radar/tabelle/?bezirk=6" in page
    assert "Hafen &amp; Werft" in page
    table = client.get("/radar/tabelle/?bezirk=6").content.decode()
    assert "Maßnahme 1" in table
    assert "Maßnahme 3" not in table


def test_a_city_without_districts_says_so(client, db):
    snapshot.forget()
    assert "noch keine Bezirke" in client.get("/radar/bezirke/").content.decode()


def test_the_page_can_be_cached_and_needs_few_queries(client, city, assert_constant_queries):
    def more():
        for number in range(10, 30):
            District.objects.create(number=number, name=f"Teil {number}", slug=f"teil-{number}", column=number, row=3)

    assert_constant_queries(more, lambda: client.get("/radar/bezirke/"))
    assert not client.get("/radar/bezirke/").cookies
