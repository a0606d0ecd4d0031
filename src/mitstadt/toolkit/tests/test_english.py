"""The catalogue in English: what is translated is shown, what is not is marked as German."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from mitstadt.kit import cache
from mitstadt.toolkit import catalogue, components, demo, files, queries, ruling
from mitstadt.toolkit.models import Combination, Method


@pytest.fixture(scope="module")
def loaded(module_db):
    demo.load()


pytestmark = pytest.mark.usefixtures("db", "loaded")


def text(client, address):
    cache.bump()
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def main(client, address):
    return text(client, address).partition("<main")[2].partition("</main")[0]


def german(page):
    """The texts that the page marks as German."""
    return re.findall(r'lang="de"[^>]*>([^<]*)', page)


def test_every_entry_of_the_house_is_translated():
    found = demo.read()
    for method in found.methods:
        for name in ("name", "description", "duration"):
            english = getattr(method, f"{name}_en")
            assert english, (method.slug, name)
            assert not re.search("[äöüß]", english.replace("München", "")), (method.slug, name)
        assert 0.6 < len(method.description_en) / len(method.description) < 1.5, method.slug
    for combination in found.combinations:
        assert combination.name_en, combination.slug
        assert combination.goal_en, combination.slug
        assert combination.why_en, combination.slug


def test_lists_comparison_and_pages_speak_english(client):
    listed = main(client, "/en/methoden/")
    assert "In an inner circle four to six people discuss" in listed
    assert "60–120 minutes" in listed
    assert "Shape a neighbourhood" in listed
    assert "Minuten" not in listed
    assert german(listed) == []
    page = text(client, "/en/methoden/fishbowl/")
    assert "<h1>Fishbowl discussion</h1>" in page
    assert "One or two chairs stay free" in page
    assert "Stühle bleiben frei" not in page
    assert "hints and checklist exist in German only" in page
    together = main(client, "/en/methoden/kombinationen/quartier-gestalten/")
    assert "<h1>Shape a neighbourhood</h1>" in together
    assert "Plan a street, square or park together." in together
    assert "Neighbourhood walk" in together
    assert "1.5–3 hours" in together
    assert german(together) == []
    beside = main(client, "/en/methoden/vergleich/?m=fishbowl&m=buergerrat")
    assert "Citizens’ assembly" in beside
    assert "60–120 minutes" in beside
    assert Method.objects.get(slug="buergerrat").reach in german(beside)
    assert "exists in German only" in beside


def test_german_pages_stay_german(client):
    page = text(client, "/methoden/fishbowl/")
    assert "<h1>Fishbowl</h1>" in page
    assert "Stühle bleiben frei" in page
    assert "One or two chairs" not in page
    assert "nur auf Deutsch" not in page
    assert "Straße, Platz oder Park" in text(client, "/methoden/kombinationen/quartier-gestalten/")


def test_what_is_not_translated_is_marked_as_german_and_said_so(client):
    Method.objects.filter(slug="fishbowl").update(description_en="", duration_en="")
    Combination.objects.filter(slug="junge-stadt").update(name_en="", goal_en="", why_en="")
    page = text(client, "/en/methoden/fishbowl/")
    assert "So far this text exists in German only." in page
    assert re.search(r'lang="de"><p>In einem inneren Kreis', page)
    assert re.search(r'<ol class="ms-prose tk-list" lang="de">', page)
    listed = german(main(client, "/en/methoden/"))
    assert "60–120 Minuten" in listed
    assert "Kinder und Jugendliche wirksam beteiligen" in listed
    assert "Mitbestimmung mit eigenem Geld." in german(text(client, "/en/methoden/kombinationen/junge-stadt/"))


def test_articles_are_marked_as_german(client):
    page = text(client, "/en/methoden/wissen/seniorenbeirat/")
    assert "So far this text exists in German only." in page
    assert re.search(r'<h1 lang="de">Seniorenbeirat', page)
    listed = main(client, "/en/methoden/wissen/")
    assert "Seniorenbeirat" in german(listed)
    assert "So far these texts exist in German only." in listed


def test_links_of_a_learning_path_stay_in_the_language_and_files_where_they_are(client):
    assert 'href="/en/methoden/ergebnisfeedback/"' in text(client, "/en/methoden/wissen/lernweg-verwaltung/")
    assert 'href="/methoden/ergebnisfeedback/"' in text(client, "/methoden/wissen/lernweg-verwaltung/")
    with translation.override("en"):
        assert components.here("/media/karte.pdf") == "/media/karte.pdf"
        assert components.here("https://example.org/a/") == "https://example.org/a/"
        assert components.here("/methoden/?kosten=€") == "/en/methoden/?kosten=€"


def test_deadlines_are_written_as_the_reader_writes_numbers(client):
    assert "From €100,000" in main(client, "/en/methoden/berater/regeln/")
    assert "Ab 100.000 €" in main(client, "/methoden/berater/regeln/")
    assert "6 Wochen vom Abgeben der Vorlage" in main(client, "/methoden/berater/regeln/")


def test_a_single_day_off_is_one_day():
    calendar = ruling.read_calendar(
        "committee_weeks: 6\nevaluation_weeks: 4\nholidays:\n- {name: Pfingsten, from: 2027-05-18, to: 2027-05-18}"
    )
    assert components.deadlines(calendar)[2] == "Pfingsten: 18. Mai 2027"


def test_the_adviser_names_combinations_and_durations_in_english(client):
    answers = "gegenstand=ort&offen=weitgehend&betroffen=viertel&anzahl=100&geld=viel&tage=60"
    page = main(client, f"/en/methoden/berater/?{answers}")
    assert "Shape a neighbourhood" in page
    assert "Quartier gestalten" not in page
    concept = main(client, f"/en/methoden/berater/konzept/?{answers}&plan=quartier-gestalten")
    assert "1.5–3 hours" in concept


def test_english_travels_with_the_file():
    data, faults = catalogue.load(files.dump(queries.for_export(), "yaml").encode())
    assert faults == []
    found, faults = catalogue.parse(data)
    assert faults == []
    assert {m.slug: m.description_en for m in found.methods}["fishbowl"].startswith("In an inner circle")
    assert {c.slug: c.goal_en for c in found.combinations}["junge-stadt"] == "A say, with money of their own."
