"""The catalogue in English: what is translated is shown, what is not is marked as German."""

from __future__ import annotations

import dataclasses
import io
import re

import docx
import pytest
from django.core import mail
from django.urls import reverse
from django.utils import translation
from docx.oxml.ns import qn

from mitstadt.comments import actions as comments
from mitstadt.kit import cache, jobs, languages
from mitstadt.search import queries as search
from mitstadt.subjects.models import Subject
from mitstadt.toolkit import actions, catalogue, components, demo, files, queries, rulebook, ruling, suggesting
from mitstadt.toolkit.models import Combination, Knowledge, Method, RuleVersion, Suggestion


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


# What is called the same in both languages, or is a name.
SAME = {"Museum", "Makerspace", "Hotline"}


def test_every_entry_of_the_house_is_translated():
    found = demo.read()
    for method in found.methods:
        for name in catalogue.TRANSLATED["method"]:
            german, english = catalogue.german(method, name), getattr(method, f"{name}_en")
            assert bool(english) == bool(german), (method.slug, name)
            german, english = ([text] if isinstance(text, str) else text for text in (german, english))
            assert len(english) == len(german), (method.slug, name)
            for text, original in zip(english, german, strict=True):
                assert not re.search("[äöüß]", re.sub(r"München|\(Bezirksausschüsse\)", "", text)), (method.slug, text)
                assert name == "name" or text != original or text in SAME, (method.slug, text)
        assert method.outdated_en == ()
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
    assert "An inner circle with one free chair" in page
    assert "Speaking in the middle takes courage" in page
    assert "Adult education centre (Volkshochschule)" in page
    assert "not translated yet" not in page
    assert {text for text in german(page) if text.strip()} <= {"Deutsch", "Fishbowl"} | set(
        Method.objects.get(slug="fishbowl").sources
    )
    together = main(client, "/en/methoden/kombinationen/quartier-gestalten/")
    assert "<h1>Shape a neighbourhood</h1>" in together
    assert "Plan a street, square or park together." in together
    assert "Neighbourhood walk" in together
    assert "1.5–3 hours" in together
    assert german(together) == []
    beside = main(client, "/en/methoden/vergleich/?m=fishbowl&m=buergerrat")
    assert "Citizens’ assembly" in beside
    assert "60–120 minutes" in beside
    assert Method.objects.get(slug="buergerrat").reach_en in beside
    assert german(beside) == []


def test_german_pages_stay_german(client):
    page = text(client, "/methoden/fishbowl/")
    assert "<h1>Fishbowl</h1>" in page
    assert "Stühle bleiben frei" in page
    assert "One or two chairs" not in page
    assert "nur auf Deutsch" not in page
    assert "Straße, Platz oder Park" in text(client, "/methoden/kombinationen/quartier-gestalten/")


def test_what_is_not_translated_is_marked_as_german_and_said_so(client):
    Method.objects.filter(slug="fishbowl").update(description_en="", duration_en="", steps_en=[], risks_en="")
    Combination.objects.filter(slug="junge-stadt").update(name_en="", goal_en="", why_en="")
    page = text(client, "/en/methoden/fishbowl/")
    assert "So far this text exists in German only." in page
    assert re.search(r'lang="de"><p>In einem inneren Kreis', page)
    assert re.search(r'<ol class="ms-prose tk-list" lang="de"><li>Innenkreis', page)
    assert re.search(r'<ul class="tk-check"><li>Five chairs inside', page)
    assert "Ohne Regeln kapern Vielredende die freien Stühle." in german(page)
    beside = main(client, "/en/methoden/vergleich/?m=fishbowl&m=buergerrat")
    assert "Ohne Regeln kapern Vielredende die freien Stühle." in german(beside)
    assert "What is in German here is not translated yet." in beside
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
    assert {m.slug: m.steps_en for m in found.methods}["fishbowl"][0] == "An inner circle with one free chair"
    assert found == catalogue.closed(found)
    assert found.methods == queries.catalogue().methods


# -- English that belongs to an older German text --------------------------------------------------------------------
def edit(staff, slug, **changed):
    """Publish what the form of the back office holds, with some fields changed."""
    method = Method.objects.get(slug=slug)
    address = reverse("methods:edit", args=[method.pk])
    form = staff.get(address).context["form"]
    data = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in data.items() if value not in (None, False)}
    assert staff.post(address, data | {"action-publish": "1"} | changed).status_code == 302
    return Method.objects.get(slug=slug)


def test_english_of_an_older_german_text_is_not_shown_as_if_it_were_current(client_for, coordinator, client):
    staff = client_for(coordinator)
    changed = edit(staff, "fishbowl", reach="Seit heute anders.", steps="Nur ein Schritt", name="Fischglas")
    assert changed.outdated_en == ["name", "reach", "steps"]
    assert changed.reach_en.startswith("Good for bringing politicians")
    page = text(client, "/en/methoden/fishbowl/")
    assert "Good for bringing politicians" not in page
    assert re.search(r'lang="de">Seit heute anders\.', page)
    assert re.search(r'<ol class="ms-prose tk-list" lang="de"><li>Nur ein Schritt</li></ol>', page)
    assert re.search(r'<h1><span lang="de">Fischglas</span></h1>', page)
    assert "<title>Fischglas" in page
    assert "Speaking in the middle takes courage" in page
    row = client.get("/api/v1/methods/fishbowl").json()
    assert (row["reach_en"], row["steps_en"], row["name_en"]) == ("", [], "")


def test_english_counts_again_once_it_is_written_or_confirmed(client_for, coordinator, client):
    staff = client_for(coordinator)
    edit(staff, "fishbowl", reach="Seit heute anders.", risks="Auch das.")
    written = edit(staff, "fishbowl", reach_en="Different from today.")
    assert written.outdated_en == ["risks"]
    assert "Different from today." in text(client, "/en/methoden/fishbowl/")
    assert edit(staff, "fishbowl", english_fits="on").outdated_en == []
    assert "capture the free chairs" in text(client, "/en/methoden/fishbowl/")


def test_a_list_in_english_needs_as_many_lines(client_for, coordinator):
    staff = client_for(coordinator)
    method = Method.objects.get(slug="fishbowl")
    address = reverse("methods:edit", args=[method.pk])
    form = staff.get(address).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    answer = staff.post(address, data | {"steps_en": "One\nTwo", "action-publish": "1"})
    assert answer.status_code == 200
    assert "2 Zeilen, auf Deutsch sind es 5." in answer.content.decode()


def test_outdated_english_travels_with_the_file_and_stays_so():
    Method.objects.filter(slug="fishbowl").update(outdated_en=["risks"])
    cache.bump()
    Method.objects.get(slug="fishbowl").save()
    data, _faults = catalogue.load(files.dump(queries.for_export(), "json").encode())
    row = next(row for row in data["formats"] if row["slug"] == "fishbowl")
    assert row["outdated_en"] == ["risks"]
    row["partners"] = ["Ein Verein"]  # another city changed the list and left the English one
    found, faults = catalogue.parse(data)
    assert faults == []
    assert {m.slug: m.outdated_en for m in found.methods}["fishbowl"] == ("risks", "partners")
    row["outdated_en"] = ["farbe"]
    assert [(fault.entry, fault.field) for fault in catalogue.parse(data)[1]] == [("fishbowl", "outdated_en")]


def test_taking_over_only_the_german_text_outdates_the_english():
    here = next(m for m in queries.catalogue().methods if m.slug == "fishbowl")
    there = dataclasses.replace(here, risks="Andere Gefahr.", risks_en="Another danger.", reach_en="Other words.")
    actions.take_over(None, catalogue.Catalogue((there,)), ["fishbowl.risks"])
    assert Method.objects.get(slug="fishbowl").outdated_en == ["risks"]
    actions.take_over(None, catalogue.Catalogue((there,)), ["fishbowl.risks_en", "fishbowl.reach_en"])
    taken = Method.objects.get(slug="fishbowl")
    assert (taken.outdated_en, taken.risks_en, taken.reach_en) == ([], "Another danger.", "Other words.")


# -- the adviser and its dates ----------------------------------------------------------------------------------------
ASKED = "gegenstand=ort&offen=weitgehend&betroffen=viertel&anzahl=100&geld=viel&tage=60&ab=2027-01-04&bis=2027-12-01"
OWN = """
committee_weeks: 6
evaluation_weeks: 4
procurement: [{from: 1, weeks: 2, text: Angebote einholen}, {from: 2, weeks: 3, text: Vergeben, text_en: Award}]
holidays: [{name: Ferien, from: 2027-01-04, to: 2027-11-01}]
committees: [{name: Rat, dates: [2027-11-24, 2027-12-08]}]
"""


def test_the_time_plan_of_the_demo_speaks_english(client, settings):
    settings.MITSTADT_CITY = "munich"
    for address in ("", "konzept/"):
        page = main(client, f"/en/methoden/berater/{address}?{ASKED}&plan=quartier-gestalten")
        assert "Session: City council in full session (example dates)" in page
        assert "holidays" in page
        assert german(page) == []
    rules = main(client, "/en/methoden/berater/regeln/")
    assert "Negotiated award: three offers" in rules
    assert "Whitsun holidays" in rules
    assert german(rules) == []
    assert "Pfingstferien" in main(client, "/methoden/berater/regeln/")


def test_german_words_of_a_citys_own_calendar_are_marked_on_the_page_and_in_the_word_file(client):
    RuleVersion.objects.create(kind="calendar", text=OWN)
    page = main(client, f"/en/methoden/berater/?{ASKED}&plan=quartier-gestalten")
    assert 'Session: <span lang="de">Rat</span>' in page
    assert '<span lang="de">Ferien</span>' in page
    assert "Award" in page
    rules = main(client, "/en/methoden/berater/regeln/")
    assert '<span lang="de">Angebote einholen</span>' in rules
    assert "From €2: Award" in rules
    made = client.get(f"/en/methoden/berater/konzept.docx?{ASKED}&plan=quartier-gestalten").content
    runs = [
        (run.text, run._r.rPr.find(qn("w:lang")).get(qn("w:val")))
        for table in docx.Document(io.BytesIO(made)).tables
        for cell in table._cells
        for run in cell.paragraphs[0].runs
        if run._r.rPr is not None and run._r.rPr.find(qn("w:lang")) is not None
    ]
    assert set(runs) == {("Rat", "de-DE"), ("Ferien", "de-DE")}


def test_german_words_of_a_citys_own_rules_are_marked(client):
    rules = ruling.text_of("rules")
    for line in (
        "    why_en: In a neighbourhood you reach people where they are anyway.\n",
        "    label_en: Who is affected?\n",
    ):
        assert line in rules
        rules = rules.replace(line, "")
    RuleVersion.objects.create(kind="rules", text=rules)
    page = main(client, f"/en/methoden/berater/?{ASKED}&plan=buergerversammlung")
    assert '<span lang="de">Im Viertel erreicht man Menschen da, wo sie ohnehin sind.</span>' in page
    assert '3. <span lang="de">Wen betrifft es?</span>' in page
    concept = main(client, f"/en/methoden/berater/konzept/?{ASKED}&plan=buergerversammlung")
    assert '<p class="ms-prose">For it: <span lang="de">Im Viertel erreicht man' in concept
    assert "Facilitator, department in charge" in concept


@pytest.mark.parametrize(
    "row",
    ["{name: Ferien, name_en: [1], from: 2027-01-04, to: 2027-01-04}", "{name: 3, from: 2027-01-04, to: 2027-01-04}"],
)
def test_names_in_a_calendar_are_texts(row):
    with pytest.raises(rulebook.BadRules, match="holidays 1 name"):
        ruling.read_calendar(f"committee_weeks: 6\nevaluation_weeks: 4\nholidays: [{row}]")


# -- what people and staff wrote --------------------------------------------------------------------------------------
SENT = {"name": "Story café", "text": "People tell <b>each other</b>.", "source": "Vienna"}


def test_a_suggestion_keeps_the_language_of_its_page(client_for, alice, client, coordinator, actor_of):
    client_for(alice).post("/en/methoden/vorschlagen/", SENT)
    found = Suggestion.objects.select_related("subject").get()
    assert found.language == "en"
    Subject.objects.filter(pk=found.pk).update(published=True)
    page = text(client, found.get_absolute_url())
    assert '<h1 lang="en">Story café</h1>' in page
    assert '<div class="ms-prose" lang="en"><p>People tell &lt;b&gt;each other' in page
    assert '<span lang="en">Story café</span>' in text(client, "/methoden/vorschlaege/")
    assert 'lang="en">Story' not in text(client, f"/en{found.get_absolute_url()}")
    draft = suggesting.make_draft(actor_of(coordinator), found)
    assert (draft.name_en, draft.description_en) == ("Story café", SENT["text"])


def test_the_language_of_a_guest_is_that_of_the_form_not_of_the_link(client):
    client.post("/en/methoden/vorschlagen/", {**SENT, "email": "gregor@example.org", "author_name": "Gregor"})
    jobs.run_pending()
    link = re.search(r"https?://[^/\s]+(/\S+)", str(mail.outbox[-1].body)).group(1)
    client.post(languages.german_path(link))
    assert Suggestion.objects.get().language == "en"


def test_an_article_in_english_is_marked_on_german_pages(client):
    Knowledge.objects.filter(slug="seniorenbeirat").update(language="en")
    page = text(client, "/methoden/wissen/seniorenbeirat/")
    assert re.search(r'<h1 lang="en">', page)
    assert "Diesen Text gibt es bisher nur auf Englisch." in page
    assert re.search(r'<span lang="en">', main(client, "/methoden/wissen/"))
    english = text(client, "/en/methoden/wissen/seniorenbeirat/")
    assert '<h1 lang="' not in english
    assert "exists in German only" not in english
    [row] = [row for row in client.get("/api/v1/methods/knowledge").json() if row["id"] == "seniorenbeirat"]
    assert row["language"] == "en"


def test_questions_name_the_method_in_the_readers_language(client, alice, actor_of):
    subject = Method.objects.get(slug="buergerrat").subject
    comments.add(actor_of(alice), subject, "Wie viele werden gelost?")
    page = main(client, "/en/methoden/fragen/")
    assert ">Citizens’ assembly</a>" in page
    assert re.search(r'lang="de">Wie viele werden gelost', page)
    [row] = client.get("/api/v1/methods/questions").json()
    assert row["language"] == "de"


# -- the interface ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "here", "not_here"),
    [
        ("kind=digital", "online-umfrage", "fishbowl"),
        ("level=empower", "buergerentscheid", "fishbowl"),
        ("cost=€", "fishbowl", "buergerrat"),
        ("persons=5000", "online-umfrage", "fokusgruppe"),
        ("weeks=2", "fishbowl", "buergerrat"),
        ("time=hours", "world-cafe", "buergerrat"),
        ("group=children", "kinderstreifzug", "gruppendelphi"),
        ("without=internet&without=speaking", "mitmach-stand", "online-umfrage"),
        ("q=citizens", "buergerrat", "hackathon"),
        ("q=Tischdecken", "world-cafe", "buergerrat"),
    ],
)
def test_the_interface_filters_as_the_page_does(client, query, here, not_here):
    rows = {row["id"] for row in client.get(f"/api/v1/methods?{query}").json()}
    assert here in rows
    assert not_here not in rows


@pytest.mark.parametrize(
    "query", ["kind=mars", "persons=0", "persons=viele", "weeks=-1", "weeks=99999", "without=nichts"]
)
def test_the_interface_refuses_nonsense(client, query):
    assert client.get(f"/api/v1/methods?{query}").status_code == 422


def test_zero_weeks_is_a_filter(client):
    assert client.get("/api/v1/methods?weeks=0").json() == [
        row for row in client.get("/api/v1/methods").json() if row["prep_weeks_min"] == 0
    ]


@pytest.mark.parametrize(
    ("word", "slug"), [("tablecloths", "world-cafe"), ("mosque", "aufsuchende-beteiligung"), ("Losbüro", "buergerrat")]
)
def test_search_finds_methods_in_german_and_english_words(word, slug):
    assert Method.objects.get(slug=slug).pk in search.find_ids(word, kind="method")
