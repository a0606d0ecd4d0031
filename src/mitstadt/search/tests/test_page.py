"""The page and the API."""

from __future__ import annotations

import pytest

from mitstadt.search import queries


def test_bob_finds_a_measure_on_the_page(client, publish):
    publish("Neuer Radweg", "Ein Weg an der Isar.", state="In Umsetzung · Mobilität")
    page = client.get("/suche/", {"q": "Radwege"})
    html = page.content.decode()
    assert page.status_code == 200
    assert "Neuer <mark>Radweg</mark>" in html
    assert "1 Treffer" in html
    assert "In Umsetzung" in html
    assert "Vorhaben" in html
    assert 'value="Radwege"' in html


def test_the_page_is_the_same_for_everybody(client, publish):
    publish("Baum")
    page = client.get("/suche/", {"q": "Baum"})
    assert page.cookies == {}
    assert "csrf" not in page.content.decode()


def test_an_empty_search_shows_examples(client, db):
    html = client.get("/suche/").content.decode()
    assert "?q=Schule" in html
    assert "Treffer" not in html


def test_a_correction_is_said_openly(client, publish):
    publish("Ein Fahrradweg")
    html = client.get("/suche/", {"q": "Fahradweg"}).content.decode()
    assert "Meinten Sie" in html
    assert "<bdi>Fahrradweg</bdi>" in html
    assert "<bdi>Fahradweg</bdi>" in html


def test_nothing_found_says_why_and_what_to_do(client, publish):
    publish("Baum")
    html = client.get("/suche/", {"q": "xyzzyq"}).content.decode()
    assert "xyzzyq" in html
    assert "?q=Schule" in html
    assert "Diese Wörter stehen überall" in client.get("/suche/", {"q": "wie ist das"}).content.decode()


def test_kinds_are_links_and_keep_the_query(client, publish):
    publish("Ein Baum")
    publish("Zwei Bäume", kind="testidea")
    html = client.get("/suche/", {"q": "Baum"}).content.decode()
    assert "?q=Baum&amp;art=testidea" in html
    only = client.get("/suche/", {"q": "Baum", "art": "testidea"}).content.decode()
    assert "Zwei <mark>Bäume</mark>" in only
    assert "Ein <mark>Baum</mark>" not in only


@pytest.mark.parametrize(
    "params",
    [
        {"q": "<script>alert(1)</script>"},
        {"q": "\x00"},
        {"q": "x" * 20_000},
        {"q": "Baum", "art": "' OR 1=1", "bezirk": "x", "seite": "-1"},
        {"q": "Baum", "seite": "99999999999"},
        {"q": "Baum", "seite": "²", "bezirk": "²"},
        {"q": "\u202eevil"},
    ],
)
def test_nonsense_gets_a_page(client, publish, params):
    publish("Baum")
    for path in ("/suche/", "/suche/vorschlaege/", "/en/suche/"):
        page = client.get(path, params)
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()


def test_english_readers_get_english_words_around_german_hits(client, publish):
    publish("Neuer Radweg", state="In Umsetzung")
    html = client.get("/en/suche/", {"q": "Radweg"}).content.decode()
    assert '<html lang="en"' in html
    assert "1 result" in html
    assert "/en/x/Neuer" in html


def test_the_api_answers_like_the_page(client, publish):
    publish("Neuer Radweg & mehr", "Am <b>Ufer</b> ein Radweg.", state="Geplant")
    publish("Radweg im Entwurf", published=False)
    answer = client.get("/api/v1/search", {"q": "Radwege"}).json()
    assert (answer["total"], answer["more"], answer["kinds"]) == (1, False, {"testplan": 1})
    [hit] = answer["items"]
    assert hit["title"] == "Neuer Radweg & mehr"
    assert hit["snippet"] == "Am <b>Ufer</b> ein Radweg."
    assert hit["snippet_html"] == "Am &lt;b&gt;Ufer&lt;/b&gt; ein <mark>Radweg</mark>."
    assert hit["url"].endswith("/x/Neuer Radweg & mehr/")


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 101}, {"offset": -1}, {"district": "x"}, {"limit": "1e9"}])
def test_the_api_refuses_what_it_does_not_offer(client, db, params):
    assert client.get("/api/v1/search", {"q": "Baum", **params}).status_code == 422


def test_the_api_knows_no_such_district(client, publish):
    publish("Baum")
    assert client.get("/api/v1/search", {"q": "Baum", "district": 99}).json()["total"] == 0


def test_a_full_page_needs_few_queries(settings, client, publish, assert_constant_queries):
    settings.MITSTADT_SNAPSHOT_SECONDS, settings.MITSTADT_SEARCH_AGE = 30, 5.0  # kept as outside of tests
    for number in range(3):
        publish(f"Baum {number}")
    assert_constant_queries(
        lambda: [publish(f"Baum Nummer {n}") for n in range(12)],
        lambda: client.get("/suche/", {"q": "Baum"}),
        at_most=6,
    )
    assert queries.find("Baum").total == 15
