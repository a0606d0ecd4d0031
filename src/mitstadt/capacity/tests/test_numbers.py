"""Planners read supply and demand; nobody can read a person out of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from mitstadt.capacity import demand, numbers, open_data
from mitstadt.capacity.actions import telling
from mitstadt.capacity.models import Demand
from mitstadt.directory.entries import Place
from mitstadt.geo.models import District
from mitstadt.kit import datasets

from . import factories

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = datetime(2026, 10, 10, 12, tzinfo=UTC), datetime(2026, 11, 10, 12, tzinfo=UTC)


def sought(outcome, count, kind="nursing", district=7, days=0):
    for _n in range(count):
        demand.count_of(kind, district, outcome, days)


def data(slug, since=None):
    found = list(datasets.get(slug).rows(since))
    assert all(list(row) == datasets.get(slug).names for row in found)
    return found


@pytest.fixture
def october(stopped_clock):
    """Ten people found a place after 20 days each, three were turned away, seven wait; then it is November."""
    District.objects.get_or_create(number=7, defaults={"name": "Sendling-Westpark", "slug": "sendling-westpark"})
    stopped_clock.set(OCTOBER)
    sought("placed", 10, days=20)
    sought("ended", 3)
    sought("waiting", 7)
    capacity = factories.capacity()
    for free in (2, 4):
        telling.say(capacity, telling.Said(free=free), by="Haus", channel="form")
    stopped_clock.set(NOVEMBER)
    sought("placed", 20)
    return capacity


def test_a_planner_reads_the_last_whole_month(october):
    shown = Client().get(reverse("capacity:numbers")).content.decode()
    assert "Bedarf im Oktober 2026" in shown
    assert "Sendling-Westpark" in shown
    row = shown[shown.index("Sendling-Westpark") :].partition("</tr>")[0]
    cells = [cell.partition("<")[0].rpartition(">")[2] for cell in row.split("<td")[1:]]
    assert cells == ["0", "0", "10", "unter 5", "7", "unter 5", "20"]
    assert "November 2026" not in shown, "a running month would let readers watch a number grow"


def test_what_is_small_is_in_no_sum(october):
    (row,) = [row for row in data("capacity-demand") if row["district"] == 7]
    assert (row["month"], row["placed"], row["ended"], row["waiting"], row["unmet"]) == ("2026-10", 10, None, 7, None)
    assert row["days"] == 20


def test_unmet_demand_is_given_where_both_parts_are():
    assert numbers.unmet({"ended": 6, "waiting": 0}) == 6
    assert numbers.unmet({"ended": None, "waiting": 9}) is None


def test_supply_is_the_mean_of_what_was_reported(october):
    (row,) = [row for row in data("capacity-demand") if row["district"] == 0]
    assert (row["capacities"], row["places"], row["free_mean"], row["seats"]) == (1, 10, 3.0, 0)
    assert "im Mittel frei" in Client().get(reverse("capacity:numbers")).content.decode()


def test_months_by_address_and_nonsense(october, stopped_clock):
    stopped_clock.move(days=30)
    page = reverse("capacity:numbers")
    assert "Bedarf im November 2026" in Client().get(page).content.decode()
    assert "Bedarf im Oktober 2026" in Client().get(page, {"monat": "2026-10"}).content.decode()
    assert "Bedarf im November 2026" in Client().get(page, {"monat": "<b>"}).content.decode()


def test_an_empty_city_says_so():
    assert "Noch kein ganzer Monat" in Client().get(reverse("capacity:numbers")).content.decode()


def test_reports_alone_make_a_month(stopped_clock):
    stopped_clock.set(OCTOBER)
    telling.say(factories.capacity(), telling.Said(free=1), by="Haus", channel="form")
    stopped_clock.set(NOVEMBER)
    assert numbers.months() == [OCTOBER.date().replace(day=1)]
    assert "hat niemand gesucht" in Client().get(reverse("capacity:numbers")).content.decode()


# -- searches ---------------------------------------------------------------------------------------
@pytest.fixture
def outlines():
    """Two square districts side by side."""
    for number, west in ((7, 11.5), (8, 11.6)):
        district, _made = District.objects.get_or_create(
            number=number, defaults={"name": f"Bezirk {number}", "slug": f"bezirk-{number}"}
        )
        ring = [[west, 48.1], [west + 0.1, 48.1], [west + 0.1, 48.2], [west, 48.2], [west, 48.1]]
        district.outline = {"type": "Polygon", "coordinates": [ring]}
        district.save()
    cache.clear()
    yield
    cache.clear()


def searched() -> dict[int, int]:
    return dict(Demand.objects.filter(outcome="searched").values_list("district", "count"))


def test_a_search_is_counted_in_the_district_that_was_named(outlines):
    client = Client()
    for place in ("Bezirk 8", "8 Bezirk 8", "bezirk 8"):
        client.get(reverse("capacity:list"), {"art": "nursing", "ort": place})
    offer = factories.offer("Haus", "Träger", places=(Place("", "Weg 1", "81373", "München", 48.15, 11.55),))
    assert offer
    client.get(reverse("capacity:list"), {"art": "nursing", "ort": "81373", "frei": "on"})
    client.get(reverse("capacity:list"), {"art": "nursing", "frei": "on"})
    client.get(reverse("capacity:list"), {"art": "nursing", "ort": "Atlantis"})
    client.get(reverse("capacity:list"), {"art": "nursing", "ort": "Bezirk 8", "seite": "2"})
    assert searched() == {8: 3, 7: 1, 0: 1}


def test_few_searches_of_a_district_are_in_no_figure(outlines, stopped_clock):
    stopped_clock.set(OCTOBER)
    sought("searched", 4, district=7)
    sought("searched", 9, district=8)
    stopped_clock.set(NOVEMBER)
    rows = {row["district"]: row["searched"] for row in data("capacity-demand")}
    assert rows == {7: None, 8: 9}
    page = Client().get(reverse("capacity:numbers")).content.decode()
    assert ">13<" not in page


# -- the list of capacities -------------------------------------------------------------------------
def test_capacities_are_published_with_state_and_age(october, stopped_clock):
    stopped_clock.set(OCTOBER)
    (row,) = data("capacities")
    assert (row["state"], row["free"], row["age"], row["updated_at"]) == ("free", 4, "fresh", OCTOBER)
    assert row["place"]["coordinates"] == [11.575, 48.137]
    stopped_clock.set(NOVEMBER)
    (row,) = data("capacities")
    assert (row["state"], row["free"], row["age"]) == ("unknown", None, "unknown")
    assert data("capacities", NOVEMBER) == []
    assert len(data("capacities", OCTOBER)) == 1


def test_a_secret_address_has_neither_place_nor_district():
    hidden = factories.offer("Frauenhaus", "Träger C", protected=True, places=())
    factories.capacity("Zimmer", hidden, kind="shelter")
    (row,) = data("capacities")
    assert (row["place"], row["district"]) == (None, None)


def test_nothing_hidden_is_published():
    factories.capacity(active=False)
    hidden = factories.offer("Entwurf", "Träger D", publish=False)
    factories.capacity("Platz", hidden)
    assert data("capacities") == []


def test_seekers_and_their_words_are_in_no_data_set():
    names = {name for dataset in open_data.ALL for name in dataset.names}
    assert not names & {"sealed", "seeker", "email", "updated_by", "held", "link", "reference"}


def test_both_sets_can_be_downloaded(october):
    for slug in ("capacities", "capacity-demand"):
        for suffix in ("csv", "json"):
            assert Client().get(f"/daten/{slug}.{suffix}").status_code == 200
    assert Client().get("/daten/capacities.geojson").status_code == 200
    assert Client().get("/daten/capacities/").status_code == 200


def test_more_districts_ask_no_more_questions(october, assert_constant_queries):
    number = iter(range(8, 100))

    def more():
        for _n in range(5):
            Demand.objects.create(month="2026-10-01", kind="nursing", district=next(number), outcome="placed", count=9)
            factories.capacity(f"Platz {next(number)}")

    assert_constant_queries(more, lambda: Client().get(reverse("capacity:numbers"), {"x": next(number)}))
