"""Atom feeds, read by a program that is not ours."""

from __future__ import annotations

from typing import Any

import feedparser
import pytest

from mitstadt.notify import actions
from mitstadt.subjects.models import Subject

pytestmark = pytest.mark.django_db


def tell(subject: Any, key: str = "k1", **more: Any) -> Any:
    values = {"title": "Neuer Stand", "text": "In Umsetzung", "path": subject.path, **more}
    return actions.notify("radar.measure.changed", subject=subject, key=key, **values)


def read(client: Any, address: str) -> Any:
    response = client.get(address)
    assert response.status_code == 200
    feed = feedparser.parse(response.content, response_headers={"content-type": response["Content-Type"]})
    assert feed.bozo is False, feed.bozo_exception
    return feed


def test_everything_new_is_a_valid_feed(client: Any, subject_factory: Any) -> None:
    tell(subject_factory(title="Radweg & <Brücke>", path="/radar/radweg/"), title="Neu: 5 < 6 & 7")
    feed = read(client, "/feeds/neu/")
    (entry,) = feed.entries
    assert feed.version == "atom10"
    assert entry.title == "Neu: 5 < 6 & 7"
    assert entry.link == "http://127.0.0.1:8000/radar/radweg/"
    assert entry.id.startswith("tag:127.0.0.1,2026:ereignis/")
    assert feed.feed.id == "tag:127.0.0.1,2026:feed/neu"


def test_an_empty_feed_is_valid(client: Any) -> None:
    assert read(client, "/feeds/neu/").entries == []


def test_characters_that_break_xml_do_not_break_the_feed(client: Any, subject_factory: Any) -> None:
    tell(subject_factory(title="Vertikal\x0btab"), title="Glocke\x07", text="Null\x01 \ufffe Ende")
    (entry,) = read(client, "/feeds/neu/").entries
    assert entry.title == "Glocke"
    assert entry.summary == "Null  Ende"


def test_a_subjects_feed_holds_its_own_events_only(client: Any, subject_factory: Any) -> None:
    one, two = subject_factory(), subject_factory()
    tell(one, key="one", title="Eins")
    tell(two, key="two", title="Zwei")
    assert [e.title for e in read(client, f"/feeds/gegenstand/{one.public_id}/").entries] == ["Eins"]


def test_a_topics_feed(client: Any, subject_factory: Any, known_topics: None) -> None:
    tell(subject_factory(), key="one", title="Eins", topics=["field:mobilitaet"])
    tell(subject_factory(), key="two", title="Zwei", topics=["district:17"])
    feed = read(client, "/feeds/thema/field:mobilitaet/")
    assert [e.title for e in feed.entries] == ["Eins"]
    assert feed.feed.title.startswith("Mobilität")
    assert client.get("/feeds/thema/field:unbekannt/").status_code == 404


def test_hidden_and_personal_things_are_in_no_feed(client: Any, alice: Any, subject_factory: Any) -> None:
    draft, hidden = subject_factory(published=False), subject_factory(restricted=True)
    tell(draft, key="a")
    tell(hidden, key="b")
    tell(subject_factory(), key="c", recipients=[("user", alice.pk)], followers=False)
    assert read(client, "/feeds/neu/").entries == []
    assert client.get(f"/feeds/gegenstand/{hidden.public_id}/").status_code == 404


def test_ids_stay_when_titles_change(client: Any, subject_factory: Any) -> None:
    measure = subject_factory()
    tell(measure)
    before = read(client, "/feeds/neu/").entries[0].id
    Subject.objects.update(title="Umbenannt", path="/radar/neu/")
    assert read(client, "/feeds/neu/").entries[0].id == before


def test_a_reader_who_knows_the_feed_gets_304_and_caches_may_keep_it(client: Any, subject_factory: Any) -> None:
    tell(subject_factory())
    first = client.get("/feeds/neu/")
    assert "public" in first["Cache-Control"]
    assert "Set-Cookie" not in first.headers
    assert "Cookie" not in first.get("Vary", "")
    again = client.get("/feeds/neu/", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    tell(subject_factory(), key="k2")
    assert client.get("/feeds/neu/", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_a_feed_costs_the_same_for_one_and_for_forty_events(
    client: Any, subject_factory: Any, assert_constant_queries: Any
) -> None:
    tell(subject_factory())

    def more() -> None:
        for number in range(40):
            tell(subject_factory(), key=f"more{number}")

    assert_constant_queries(more, lambda: client.get("/feeds/neu/"), at_most=2)
