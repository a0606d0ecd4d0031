"""The catalogue's and the adviser's pages."""

from __future__ import annotations

import io

import docx
import pytest

from mitstadt.search import queries as search
from mitstadt.toolkit import demo, queries
from mitstadt.toolkit.models import Combination, Method


@pytest.fixture(scope="module")
def loaded(module_db):
    demo.load()


@pytest.fixture
def catalogue_here(db, loaded):
    return None


pytestmark = pytest.mark.usefixtures("catalogue_here")
ALL = "/methoden/berater/?gegenstand=ort&offen=weitgehend&betroffen=viertel&leise=kinder&anzahl=100&geld=viel&tage=60"


def text(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_loading_twice_changes_nothing():
    before = list(Method.objects.values_list("pk", "changed_at", "latest_revision_id"))
    assert demo.load() == "61 Formate"
    assert list(Method.objects.values_list("pk", "changed_at", "latest_revision_id")) == before


def test_the_catalogue_lists_formats_and_combinations(client):
    page = text(client, "/methoden/")
    assert "Zukunftswerkstatt" in page
    assert "Quartier gestalten" in page
    assert "Combinations" not in text(client, "/methoden/")
    assert "Future workshop" in text(client, "/en/methoden/")


def test_every_filter_is_an_address(client):
    page = text(client, "/methoden/?art=analog&kosten=€&personen=10")
    assert "Stadtteilspaziergang" in page
    assert "Ideenplattform" not in page
    assert "Bürgerrat" not in page
    assert "passt kein Format" in text(client, "/methoden/?kosten=€&stufe=empower")


@pytest.mark.parametrize("query", ["art=x", "personen=-3", "personen=viele", "wochen=9999", "q=%00"])
def test_nonsense_in_the_address_is_said_and_does_not_filter(client, query):
    page = text(client, f"/methoden/?{query}")
    assert "Zukunftswerkstatt" in page


def test_duration_reach_and_barriers_filter_too(client):
    short = text(client, "/methoden/?dauer=hours")
    assert "Fishbowl" in short
    assert "Bürgerhaushalt" not in short
    assert "Bürger- oder Fachbeirat" not in short  # a standing body is not short
    children = text(client, "/methoden/?erreicht=children")
    assert "Kinderstreifzug" in children
    assert "Gruppendelphi" not in children
    free = text(client, "/methoden/?ohne=internet&ohne=text&ohne=speaking")
    assert "Mitmach-Stand" in free
    for name in ("Online-Umfrage", "Textkommentierung", "Fishbowl"):
        assert f">{name}<" not in free


def test_words_find_formats(client):
    assert "Kinderstreifzug" in text(client, "/methoden/?q=Kinder")
    found = search.find_ids("Zukunftswerkstätten", kind="method")
    assert Method.objects.get(slug="zukunftswerkstatt").pk in found


def test_a_format_shows_figures_as_rules_of_thumb_and_missing_material(client):
    page = text(client, "/methoden/fishbowl/")
    assert "Richtwert" in page
    assert "noch kein Material" in page
    method = Method.objects.get(slug="fishbowl")
    method.materials = [{"title": "Stuhlkreis-Plan", "url": "", "source": ""}]
    method.save()
    assert "fehlt noch" in text(client, "/methoden/fishbowl/")


def test_rules_of_thumb_are_marked_wherever_figures_stand(client):
    def of(page, name):
        return page.partition(f">{name}</a>")[2].partition("</article>")[0]

    listed = text(client, "/methoden/")
    assert "Richtwert" in of(listed, "Fishbowl")
    assert "Richtwert" not in of(listed, "World Café")  # seen at a source
    together = text(client, "/methoden/kombinationen/quartier-gestalten/")
    assert "· Richtwert" in together.partition(">Stadtteilspaziergang</a>")[2].partition("</li>")[0]
    assert "Vorbereitung 6 bis 12 Wochen · Richtwert" in text(client, ALL)
    concept = text(client, ALL.replace("berater/?", "berater/konzept/?"))
    assert "1,5–3 Stunden (Richtwert)" in concept


def test_a_draft_is_not_public(client):
    Method.objects.filter(slug="fishbowl").update(live=False)
    assert client.get("/methoden/fishbowl/").status_code == 404
    assert "fishbowl" not in text(client, "/methoden/")
    assert "fishbowl" not in {method.slug for method in queries.catalogue().methods}


def test_a_combination_leads_through_its_formats(client):
    page = text(client, "/methoden/kombinationen/quartier-gestalten/")
    steps = Combination.objects.get(slug="quartier-gestalten").steps
    places = [page.index(f"/methoden/{slug}/") for slug in steps]
    assert places == sorted(places)


def test_up_to_four_stand_side_by_side(client):
    page = text(client, "/methoden/vergleich/?m=fishbowl&m=world-cafe&m=gibt-es-nicht")
    assert "gibt-es-nicht" in page
    assert page.count('data-label="Fishbowl"') > 5
    five = "&".join(f"m={slug}" for slug in ("fishbowl", "world-cafe", "open-space", "barcamp", "hackathon"))
    assert 'data-label="Hackathon"' not in text(client, f"/methoden/vergleich/?{five}")


def test_the_adviser_asks_and_recommends_without_an_account(client):
    assert "Worum geht es?" in text(client, "/methoden/berater/")
    page = text(client, ALL + "&ab=2027-01-04&bis=2027-12-01")
    assert "Planungswerkstatt" in page
    assert "dann stünde" in page
    assert "Vorlage für das Gremium abgeben" in page
    response = client.get(ALL)
    assert not response.cookies


@pytest.mark.parametrize("days", ["5", "20", "60", "200"])
@pytest.mark.parametrize("money", ["keins", "wenig", "sehr"])
@pytest.mark.parametrize("language", ["", "/en"])
def test_every_reason_can_be_said(client, days, money, language):
    """With dates: too dear, too slow, too much work, for formats and for combinations."""
    for subject in ("ort", "frage", "geld"):
        page = text(
            client,
            f"{language}/methoden/berater/?gegenstand={subject}&betroffen=viertel&anzahl=3000&geld={money}&tage={days}"
            "&ab=2027-01-04&bis=2027-06-01&plan=quartier-gestalten",
        )
        assert "%(" not in page


def test_nonsense_answers_are_named_and_left_out(client):
    page = text(client, "/methoden/berater/?gegenstand=mars&offen=varianten&bis=gestern&ab=2027-01-01")
    assert "mars" in page
    assert "gestern" in page
    for far in ("ab=9990-01-01&bis=9999-12-31", "bis=0001-01-05"):
        assert "zu weit weg" in text(client, f"/methoden/berater/?gegenstand=ort&plan=buergerrat&{far}")
    backwards = text(client, "/methoden/berater/?gegenstand=ort&ab=2027-05-01&bis=2027-01-01")
    assert "vor dem Anfang" in backwards


CONCEPT = ALL + "&bis=2027-12-01&ab=2027-01-04"
HEADINGS = ("Anlass", "Spielraum", "Zielgruppen", "Formate", "Zeitplan", "Mittel", "Ergebnissen", "Auswertung")


def test_the_concept_follows_the_outline_that_cities_use(client):
    page = text(client, CONCEPT.replace("berater/", "berater/konzept/"))
    places = [page.index(f". {heading}") if f". {heading}" in page else page.index(heading) for heading in HEADINGS]
    assert places == sorted(places)
    assert page.lstrip().startswith("<!")  # nothing stands before the page
    assert "Fast alles, wir erarbeiten es gemeinsam" in page  # what was answered is not asked again
    assert "Kinder zeigen beim Gehen und Spielen" in page
    assert "Vorlage für das Gremium abgeben" in page


def test_the_concept_as_a_word_file_has_the_same_chapters_and_leads_back_to_the_answers(client, settings):
    response = client.get(CONCEPT.replace("berater/", "berater/konzept.docx"))
    assert response["Content-Type"].endswith("wordprocessingml.document")
    made = docx.Document(io.BytesIO(response.content))
    chapters = [p.text for p in made.paragraphs if p.style.name == "Heading 1"]
    assert [heading in chapter for heading, chapter in zip(HEADINGS, chapters, strict=True)] == [True] * 8
    words = "\n".join(p.text for p in made.paragraphs)
    assert f"{settings.MITSTADT_BASE_URL}/methoden/berater/?gegenstand=ort" in words
    cells = {cell.text for table in made.tables for row in table.rows for cell in row.cells}
    assert {"Planungswerkstatt / Charrette", "Entscheidung", "15.000 bis 75.000 €"} <= cells
    assert client.get("/methoden/berater/konzept.docx").status_code == 302  # nothing was answered


def test_a_choice_that_is_not_possible_is_said_where_its_plan_stands(client):
    poor = "/methoden/berater/?gegenstand=frage&geld=wenig&plan=buergerrat&ab=2027-01-04&bis=2028-12-01"
    assert "Kostet mehr, als da ist" in text(client, poor).split('id="plan"')[1]
    assert "So geht es nicht: Kostet mehr" in text(client, poor.replace("berater/", "berater/konzept/"))


def test_an_upper_end_that_is_not_there_is_said_with_the_estimate(client):
    """Two formats of the second class of costs may take 30,000 euros; one takes 15,000 at most."""
    slugs = list(Method.objects.filter(cost_class="€€").values_list("slug", flat=True)[:1])
    one = f"/methoden/berater/?gegenstand=frage&geld=mittel&tage=200&plan={slugs[0]}"
    assert "Reicht das?" not in text(client, one)
    together = CONCEPT.replace("geld=viel", "geld=mittel") + "&plan=quartier-gestalten"
    for page in (text(client, together), text(client, together.replace("berater/", "berater/konzept/"))):
        said = page.partition("Reicht das?")[2][:300]
        assert "„bis 15.000 €“" in said
        assert "Planen Sie kleiner" in said


def test_every_rule_is_public_in_words(client):
    page = text(client, "/methoden/berater/regeln/")
    assert "Nur online schließt hier die meisten aus." in page
    assert client.get("/methoden/berater/regeln/adviser.yaml").content.startswith(b"#")


@pytest.mark.parametrize("address", ["/methoden/", "/methoden/fishbowl/", ALL, "/methoden/vergleich/?m=fishbowl"])
def test_a_page_asks_as_often_with_more_formats(client, django_assert_max_num_queries, address):
    client.get(address)
    with django_assert_max_num_queries(6):
        client.get(address)


def test_experience_and_knowledge_are_open_data_and_in_the_interface(client):
    from mitstadt.toolkit import actions, catalogue

    one = catalogue.ExperienceData("fishbowl", "Dortmund", "Ein Platz", 2026, persons=40, learned="Mehr Stühle")
    actions.take_over(None, catalogue.Catalogue(experiences=(one,)))
    rows = b"".join(client.get("/daten/method-experiences.csv").streaming_content).decode()
    assert "Dortmund" in rows
    assert "Mehr Stühle" in rows
    [found] = client.get("/api/v1/methods/experiences").json()
    assert (found["format"], found["persons"], found["euro"]) == ("fishbowl", 40, None)
    names = {row["id"] for row in client.get("/api/v1/methods/knowledge").json()}
    assert {"seniorenbeirat", "berlin-klimarat"} <= names
    rows = b"".join(client.get("/daten/participation-knowledge.csv").streaming_content).decode()
    assert "2.800 Menschen" in rows
    assert client.get("/api/v1/methods/questions").json() == []


def test_open_data_and_search_know_the_catalogue(client):
    rows = b"".join(client.get("/daten/methods.csv").streaming_content).decode()
    assert rows.count("\n") >= 61
