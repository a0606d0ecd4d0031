"""Whoever writes of need into the search of the whole city reads checked numbers before anything else."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from mitstadt.directory import demo
from mitstadt.directory.models import Urgent
from mitstadt.kit.city import current

from . import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def words(db):
    demo.load_everyday()


@pytest.mark.parametrize(
    "query", ["mein Mann schlägt mich", "ich will nicht mehr leben", "kein Schlafplatz heute Nacht"]
)
def test_numbers_stand_before_the_hits(client, words, query):
    answer = client.get("/suche/", {"q": query})
    page = answer.content.decode()
    assert 'class="dy-urgent__number" href="tel:' in page
    assert page.index("dy-urgent__number") < page.index("gibt es hier nichts")
    assert "data-exit" in page
    title = re.search(r"<title>(.*?)</title>", page, re.S)
    assert title is not None
    assert query.split()[0] not in title.group(1).split(" – ")[0]
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Referrer-Policy"] == "no-referrer"


def test_other_words_are_searched_as_ever(client, words):
    answer = client.get("/suche/", {"q": "Radweg"})
    assert "dy-urgent" not in answer.content.decode()
    assert "Suche: Radweg" in answer.content.decode()
    assert "no-store" not in answer.headers.get("Cache-Control", "")


def title_of(page: str) -> str:
    found = re.search(r"<title>(.*?)</title>", page, re.S)
    assert found is not None
    return found.group(1)


@pytest.mark.parametrize("address", ["/angebote/", "/angebote/karte/", "/angebote/thema/kita/", "/plaetze/"])
@pytest.mark.parametrize("query", ["mein Mann schlägt mich", "Es fing vor Jahren an, mein Mann schlägt mich. " * 9])
def test_wherever_offers_are_looked_for_numbers_stand_first_and_no_copy_is_kept(client, words, address, query):
    answer = client.get(address, {"q": query})
    page = answer.content.decode()
    assert 'href="tel:116016"' in page
    assert "data-exit" in page
    if 'name="umkreis"' in page:  # before the fields, too: on a telephone these fill the screen
        assert page.index("tel:116016") < page.index('name="umkreis"')
    assert "directory/directory.js" in page  # so that the exit leaves no way back
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Referrer-Policy"] == "no-referrer"


def test_a_topic_of_need_has_the_numbers_and_a_title_that_tells_nothing(client, words):
    page = client.get("/angebote/thema/haeusliche-gewalt/").content.decode()
    assert 'href="tel:116016"' in page
    assert "data-exit" in page
    assert "Gewalt" not in title_of(page)
    calm = client.get("/angebote/thema/kita/").content.decode()
    assert "Kita" in title_of(calm)
    assert "data-exit" not in calm


def test_the_title_of_an_offer_in_need_tells_nothing(client, words):
    service = factories.offer("Männer gegen Gewalt", categories=("haeusliche-gewalt",))
    assert "Gewalt" not in title_of(client.get(service.get_absolute_url()).content.decode())


@pytest.mark.parametrize(
    "address",
    [
        "/angebote/?q=Kita", "/angebote/?ort=80331", "/angebote/?lat=48.137&lon=11.575", "/angebote/karte/?ort=80331",
        "/plaetze/?q=Kita", "/plaetze/?ort=80331", "/suche/vorschlaege/?q=Gewa", "/api/v1/offers?q=Kita",
        "/api/v1/capacities?q=Kita", "/api/v1/capacities?near=80331", "/api/hsds/services?search=Kita",
    ],
)  # fmt: skip
def test_what_somebody_asks_for_and_where_they_are_stay_in_no_cache(client, words, address):
    factories.offer()
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(("city", "number"), [("munich", "089 19240"), ("dortmund", "0228 19240"), ("musterstadt", "")])
def test_no_city_shows_the_poison_number_of_another(monkeypatch, city, number):
    """Each poison centre answers for its states."""
    here = current()
    monkeypatch.setattr(demo, "current", lambda: replace(here, folder=here.folder.parent / city))
    demo.load_everyday()
    numbers = [row["number"] for row in Urgent.objects.get(slug="gift").numbers]
    assert numbers == ["112", *([number] if number else [])]
