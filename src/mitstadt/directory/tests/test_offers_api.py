"""A program asks the directory as a person asks the page."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mitstadt.directory import actions, hours, queries
from mitstadt.directory.entries import Place
from mitstadt.directory.models import Service
from mitstadt.directory.queries import Choice
from mitstadt.kit import clock
from mitstadt.search import actions as search

from . import factories
from .factories import offer
from .hsds import everything, secret

API = "/api/v1/offers"


def get(client: Any, path: str = "", status: int = 200, **query: Any) -> Any:
    answer = client.get(API + path, query)
    assert answer.status_code == status, answer.content[:300]
    return json.loads(answer.content)


def names(client: Any, **query: Any) -> list[str]:
    return [one["name"] for one in get(client, **query)["items"]]


@pytest.fixture
def topics(db):
    factories.everyday()


def test_words_find_what_the_page_finds_and_say_what_they_were_taken_for(topics, client):
    offer("Fachstelle Wohnungssicherung", categories=("mietschulden",))
    offer("Chor", categories=("kultur",))
    search.fold()
    text = "Ich kann die Miete nicht zahlen"
    found = get(client, q=text)
    assert [one["name"] for one in found["items"]] == [row.service.name for row in queries.find(Choice(text=text)).rows]
    assert "mietschulden" in found["topics"]
    assert found["items"][0]["categories"] == ["mietschulden"]
    answer = client.get(API, {"q": text})
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Referrer-Policy"] == "no-referrer"


def test_numbers_for_somebody_in_need_come_with_the_answer(topics, client):
    found = get(client, q="Ich will nicht mehr leben")
    numbers = [number["number"] for one in found["urgent"] for number in one["numbers"]]
    assert "0800 1110111" in numbers
    assert get(client, q="Chor")["urgent"] == []


def test_each_filter_of_the_page_is_a_parameter(topics, client):
    here = Place("", "Hauptstraße 1", "80331", "München", 48.137, 11.575, ("step_free",))
    offer("Nah", "Nah e.V.", categories=("schulden",), languages=("tr",), places=(here,), cost="free",
          appointment="none")  # fmt: skip
    there = Place("", "Nordweg 1", "80999", "München", 48.19, 11.575)
    offer("Fern", "Fern e.V.", categories=("kultur",), languages=("de",), places=(there,), cost="paid",
          appointment="needed")  # fmt: skip
    assert set(names(client)) == {"Nah", "Fern"}
    for query in (
        {"category": "geld"}, {"category": "schulden"}, {"language": "tr"}, {"free": "true"}, {"walk_in": "true"},
        {"wheelchair": "true"}, {"near": "80331", "radius": 2}, {"lat": 48.137, "lon": 11.575, "radius": 2},
        {"provider": Service.objects.get(name="Nah").provider.organisation.slug},
    ):  # fmt: skip
        assert names(client, **query) == ["Nah"], query
    assert names(client, lat=48.19, lon=11.575) == ["Fern", "Nah"]
    assert get(client, lat=48.19, lon=11.575)["items"][1]["km"] == 5.89
    assert names(client, limit=1, page=2) == ["Nah"]


def test_open_now_tells_until_when(topics, client, stopped_clock):
    stopped_clock.set(clock.now().replace(year=2026, month=11, day=23, hour=8, minute=30))  # 9:30 local, a Monday
    offer("Offen", hours=hours.parse("Mo 9-12"))
    offer("Zu", hours=hours.parse("Mo 14-16"))
    (found,) = get(client, open_now="true")["items"]
    assert found["name"] == "Offen"
    assert found["place"]["open_until"].startswith("2026-11-23T11:00")
    assert found["place"]["hours"] == ["Mo 9–12 Uhr"]


def test_one_offer_says_everything(topics, client):
    service = actions.save_entry(everything(), actor=None)
    found = get(client, f"/{service.slug}")
    assert found["website"] == "https://müller.example/straße?q=ä b#ö"
    assert found["costs"][1] == {"label": "ermäßigt", "amount": 0.0, "currency": "EUR"}
    assert (found["min_age"], found["districts"]) == (0, [1, 3])
    assert [place["street"] for place in found["places"]] == ["Hauptstraße 1", "Nebenweg 2"]
    assert found["hsds"].endswith(f"/api/hsds/services/{service.uuid}")
    assert client.get(found["hsds"][found["hsds"].index("/api/") :]).status_code == 200


def test_the_shelter_has_no_place_here_either(topics, client):
    service = actions.save_entry(secret(), actor=None)
    one = get(client, f"/{service.slug}")
    many = get(client, provider=service.provider.organisation.slug)
    for text in (json.dumps(one, ensure_ascii=False), json.dumps(many, ensure_ascii=False)):
        for word in ("Rosenweg", "Versteck", '"80801"', "48.155", "Umgebung"):
            assert word not in text
    assert (one["places"], one["districts"], one["protected"]) == ([], [], True)
    assert (many["items"][0]["place"], many["items"][0]["places"]) == (None, 0)
    assert one["phones"][0]["number"] == "089 000 1007"


def test_what_is_not_public_is_not_there(topics, client):
    service = offer("Verborgen")
    factories.put(service, state="withdrawn")
    get(client, f"/{service.slug}", 404)
    assert get(client)["total"] == 0


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("category=alles", "category"), ("situation=keine", "situation"), ("language=xx", "language"),
        ("provider=niemand", "provider"), ("near=Atlantis", "near"), ("lat=48", "lat"), ("radius=3", "radius"),
        ("lat=nan&lon=1", "lat"), ("page=0", "page"), ("limit=101", "limit"), ("q=" + "a" * 301, "q"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_named(topics, client, query, name):
    answer = client.get(f"{API}?{query}")
    assert answer.status_code == 422
    assert name in answer.content.decode()


def test_a_list_asks_as_often_with_more_rows(topics, client, assert_constant_queries):
    def more() -> None:
        for number in range(6):
            offer(f"Weitere {Service.objects.count()}-{number}", f"Träger {number}", categories=("schulden",))
        search.fold()

    more()
    assert_constant_queries(more, lambda: get(client, q="Schulden", near="80331"))
    assert_constant_queries(more, lambda: get(client))
