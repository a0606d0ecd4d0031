"""What anybody finds: words, filters, distance, freshness; secret addresses nowhere; nothing kept of who asks."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from mitstadt.audit.models import Entry as AuditEntry
from mitstadt.directory import access, actions, hours, queries
from mitstadt.directory.entries import Phone, Place
from mitstadt.directory.models import Location, Missed, Report, Service, ServiceAt
from mitstadt.directory.queries import Choice
from mitstadt.geo.models import District
from mitstadt.kit import clock
from mitstadt.search import actions as search

from . import factories
from .factories import offer

MIDDLE = (48.137, 11.575)


def names(choice: Choice) -> list[str]:
    return [row.service.name for row in queries.find(choice).rows]


def place(lat: float, lon: float, **more: object) -> Place:
    return Place("", "Hauptstraße 1", "80331", "München", lat, lon, **more)  # type: ignore[arg-type]


@pytest.fixture
def topics(db):
    factories.everyday()


# -- finding ----------------------------------------------------------------------------------------
def test_a_sentence_finds_what_belongs_to_its_topic_even_without_a_common_word(topics, client):
    offer("Fachstelle Wohnungssicherung", categories=("mietschulden",), lead="Wir sprechen mit dem Vermieter.")
    offer("Chor", categories=("kultur",), lead="Wir singen.")
    search.fold()
    assert names(Choice(text="Ich kann die Miete nicht zahlen")) == ["Fachstelle Wohnungssicherung"]
    page = client.get("/angebote/", {"q": "Ich kann die Miete nicht zahlen"})
    assert "Fachstelle Wohnungssicherung" in page.content.decode()
    assert "Miete und Kündigung" in page.content.decode()


def test_the_same_question_gives_everybody_the_same_answer(topics, client, client_for, alice):
    for number in range(5):
        offer(f"Beratung {number}", categories=("schulden",))
    search.fold()
    anonymous = client.get("/angebote/", {"q": "Schulden"}).content.decode()
    signed_in = client_for(alice).get("/angebote/", {"q": "Schulden"}).content.decode()
    rows = [page[page.index("dy-list") : page.index("</ol>")] for page in (anonymous, signed_in)]
    assert rows[0] == rows[1]


def test_filters_narrow_and_say_so_in_the_address(topics, client):
    offer("Kostet", cost="paid", appointment="needed", languages=("de",))
    offer(
        "Frei", cost="free", appointment="none", languages=("de", "tr"), places=(place(*MIDDLE, access=("step_free",)),)
    )
    assert names(Choice(free=True)) == ["Frei"]
    assert names(Choice(walk_in=True)) == ["Frei"]
    assert names(Choice(language="tr")) == ["Frei"]
    assert names(Choice(wheelchair=True)) == ["Frei"]
    assert names(Choice(language="ar")) == []
    page = client.get("/angebote/?kostenlos=on").content.decode()
    assert "Frei" in page
    assert ">Kostet<" not in page


def test_nearest_first_and_only_within_the_circle(db):
    offer("Nah", places=(place(48.138, 11.576),))
    offer("Mittel", places=(place(48.155, 11.575),))  # 2 km to the north
    offer("Fern", places=(place(48.137, 11.75),))  # 13 km to the east
    assert names(Choice(point=MIDDLE)) == ["Nah", "Mittel", "Fern"]
    assert names(Choice(point=MIDDLE, radius=3)) == ["Nah", "Mittel"]
    assert names(Choice(point=MIDDLE, radius=1)) == ["Nah"]
    rows = queries.find(Choice(point=MIDDLE)).rows
    assert [round(row.km or 0, 1) for row in rows] == [0.1, 2.0, 13.0]


def test_an_offer_with_several_places_is_one_row_at_its_nearest(db):
    offer("Überall", places=(place(48.2, 11.5), Place(street="Nebenweg 2", lat=48.137, lon=11.576)))
    (row,) = queries.find(Choice(point=MIDDLE)).rows
    assert row.places == 2
    assert row.at.location is not None
    assert row.at.location.street == "Nebenweg 2"


def test_open_now_follows_the_clock(db, stopped_clock):
    offer("Werktags", hours=hours.parse("Mo-Fr 9-12"))
    offer("Nachts", hours=hours.parse("täglich 22-24"))
    stopped_clock.set(clock.now().replace(year=2026, month=11, day=23, hour=8, minute=30))
    from mitstadt.directory import openings

    openings.write_all()
    assert names(Choice(open_now=True)) == ["Werktags"]  # 9:30 local, a Monday
    stopped_clock.move(hours=3)
    assert names(Choice(open_now=True)) == []
    stopped_clock.move(hours=10, minutes=30)
    assert names(Choice(open_now=True)) == ["Nachts"]


def test_what_nobody_confirmed_for_long_stands_behind_and_says_so(db, client):
    old = offer("Alt")
    offer("Neu")
    factories.put(old, confirmed_on=clock.today() - timedelta(days=access.old_after() + 1))
    assert names(Choice(free=True)) == ["Neu", "Alt"]
    assert "Bitte rufen Sie vorher an" in client.get(old.get_absolute_url()).content.decode()
    factories.put(old, confirmed_on=clock.today() - timedelta(days=access.old_after() - 1))
    assert names(Choice(free=True)) == ["Alt", "Neu"]


def test_a_list_asks_as_often_with_more_rows(topics, client, assert_constant_queries):
    def more() -> None:
        for number in range(6):
            offer(f"Weitere {Service.objects.count()}-{number}", f"Träger {number}", categories=("schulden",))
        search.fold()

    more()
    assert_constant_queries(more, lambda: client.get("/angebote/", {"q": "Schulden", "ort": "80331"}))
    assert_constant_queries(more, lambda: client.get("/angebote/thema/geld/"))
    assert_constant_queries(more, lambda: client.get("/angebote/"))


@pytest.mark.parametrize(
    "query",
    [
        "?ort=Atlantis", "?umkreis=99", "?sprache=xx", "?lat=abc&lon=11", "?lat=999&lon=11", "?seite=-1",
        "?seite=99999999",
        "?q=" + "ä" * 5000, "?q=%00%e2%80%ae", "?q=%27%3BDROP+TABLE", "?offen=%3Cscript%3E", "?q=*", "?ort=" + "9" * 80,
    ],
)  # fmt: skip
def test_nonsense_in_the_address_is_answered(db, client, query):
    offer()
    assert client.get("/angebote/" + query).status_code == 200


def test_an_unknown_place_is_said_at_its_field(db, client):
    page = client.get("/angebote/?ort=Atlantis&q=Hilfe").content.decode()
    assert "Diesen Ort kennen wir nicht" in page
    assert 'value="Atlantis"' in page


# -- secret addresses -------------------------------------------------------------------------------
def test_a_secret_address_is_nowhere(topics, client, client_for, coordinator):
    District.objects.get_or_create(number=1, defaults={"name": "Altstadt", "slug": "altstadt"})
    shelter = offer(
        "Frauenhaus", "Schutz e.V.", protected=True, categories=("haeusliche-gewalt",), lead="Schutz, Tag und Nacht.",
        phones=(Phone("089 000 1007"),), places=(Place("Versteck", "Rosenweg 12", "80331", "München", *MIDDLE),),
    )  # fmt: skip
    search.fold()
    assert not Location.objects.filter(street="Rosenweg 12").exists()
    assert "Rosenweg" not in str(shelter.data)
    shelter.subject.refresh_from_db()
    assert shelter.subject.district_id is None
    pages = [
        shelter.get_absolute_url(), "/angebote/?q=Frauenhaus", "/angebote/karte/?q=Frauenhaus",
        "/angebote/?ort=80331&umkreis=1",
        "/angebote/anbieter/schutz-ev/", f"/angebote/merkzettel/?a={shelter.subject.public_id}", "/suche/?q=Rosenweg",
        "/suche/?q=Versteck", "/daten/offers.csv", "/daten/offers.json", "/daten/offers.geojson",
    ]  # fmt: skip
    for address in pages:
        answer = client.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code == 200, address
        for word in ("Rosenweg", "48.137", "Versteck"):
            if f"q={word}" not in address:
                assert word not in body.decode(), (address, word)
    assert "089 000 1007" in client.get(shelter.get_absolute_url()).content.decode()
    assert names(Choice(text="Frauenhaus", point=MIDDLE, radius=1)) == ["Frauenhaus"]  # found, at no distance
    assert queries.find(Choice(text="Frauenhaus", point=MIDDLE)).rows[0].km is None
    assert names(Choice(point=MIDDLE, radius=1)) == []
    staff = client_for(coordinator).get(reverse("directory_staff:entry", args=[shelter.slug])).content.decode()
    assert "Rosenweg" not in staff
    assert "Rosenweg" not in str(list(AuditEntry.objects.values_list("payload", flat=True)))


def test_an_address_that_becomes_secret_is_forgotten_everywhere(topics, client, alice, actor_of):
    service = offer("Beratung", "Schutz e.V.", places=(Place("", "Rosenweg 12", "80331", "München", *MIDDLE),))
    provider = factories.member(alice, service)
    change = actions.propose(
        actor_of(alice), provider, factories.entry("Beratung", "Schutz e.V.", lead="Neu",
                                                   places=service.entry.places), service
    )  # fmt: skip
    actions.save_entry(factories.entry("Beratung", "Schutz e.V.", protected=True), service, actor=None)
    change.refresh_from_db()
    assert "Rosenweg" not in str(change.data)
    assert not Location.objects.exists()
    assert "Rosenweg" not in client.get("/suche/?q=Beratung").content.decode()


@pytest.mark.parametrize("former", ["Haus Rosenweg 12", "Frauenhaus Rosenweg 12", "Frauenhaus im Rosenweg"])
def test_a_former_name_does_not_stay_in_the_address_of_a_secret_page(topics, client, former):
    service = offer(former, "Schutz e.V.")
    old = service.get_absolute_url()
    actions.save_entry(factories.entry("Frauenhaus", "Schutz e.V.", protected=True), service, actor=None)
    service.refresh_from_db()
    service.subject.refresh_from_db()
    assert (service.slug, service.subject.path) == ("frauenhaus", "/angebote/frauenhaus/")
    assert client.get("/angebote/frauenhaus/").status_code == 200
    assert client.get(old).status_code == 404
    actions.save_entry(service.entry, service, actor=None)
    assert Service.objects.get().slug == "frauenhaus"


def test_the_page_of_a_secret_offer_names_no_part_of_the_city(topics, client):
    District.objects.get_or_create(number=7, defaults={"name": "Sendling", "slug": "sendling"})
    fields = {"districts": (7,), "area": "Rund um die Theresienwiese"}
    page = client.get(offer("Frauenhaus", protected=True, places=(), **fields).get_absolute_url()).content.decode()
    assert "Sendling" not in page
    assert "Theresienwiese" not in page
    page = client.get(offer("Nachbarschaftshilfe", **fields).get_absolute_url()).content.decode()
    assert "Sendling" in page
    assert "Theresienwiese" in page


def test_the_database_takes_no_place_of_a_secret_address(db):
    service = offer(protected=True, places=())
    location = Location.objects.create(provider=service.provider, street="Rosenweg 12")
    for fields in ({"location": location}, {"lat": 48.1, "lon": 11.5}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ServiceAt.objects.filter(service=service).update(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceAt.objects.create(service=service, lat=48.1)


# -- the notepad ------------------------------------------------------------------------------------
def test_paper_says_how_to_reach_an_offer_without_a_telephone(db, client):
    one = offer("Onlineberatung", phones=(), email="rat@example.org", url="https://example.org/rat")
    two = offer("Telefonberatung", email="tel@example.org")
    keys = f"{one.subject.public_id}.{two.subject.public_id}"
    page = client.get(f"/angebote/merkzettel/?a={keys}").content.decode()
    assert "<p>rat@example.org</p><p>https://example.org/rat</p>" in page
    assert "tel@example.org" not in page


def test_paper_sets_names_of_other_scripts_from_the_right(db, client):
    one = offer("مركز المشورة")
    page = client.get(f"/angebote/merkzettel/?a={one.subject.public_id}").content.decode()
    assert re.search(r'<h2 dir="auto">مركز المشورة', page)


# -- in need ----------------------------------------------------------------------------------------
def test_words_of_need_put_numbers_before_everything_and_leave_no_trace(topics, client):
    offer("Beratung bei Gewalt", categories=("haeusliche-gewalt",))
    search.fold()
    answer = client.get("/angebote/", {"q": "mein Mann schlägt mich"})
    page = answer.content.decode()
    assert page.index("116016") < page.index("Beratung bei Gewalt")
    assert "data-exit" in page
    assert 'lang="tr"' in page
    title = page[page.index("<title>") : page.index("</title>")]
    assert "schlägt" not in title
    assert "Gewalt" not in title
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    assert answer.cookies == {}


def test_the_page_of_numbers_stands_in_both_languages(topics, client):
    assert "Nummern geprüft am" in client.get("/angebote/jetzt-hilfe/").content.decode()
    assert "Is someone hurting you?" in client.get("/en/angebote/jetzt-hilfe/").content.decode()


def test_the_title_of_a_secret_offer_says_nothing(topics, client):
    page = client.get(offer("Frauenhaus", protected=True, places=()).get_absolute_url()).content.decode()
    assert "Frauenhaus" not in page[page.index("<title>") : page.index("</title>")]


# -- nobody's searches ------------------------------------------------------------------------------
def test_searches_without_a_hit_are_counted_as_single_words(topics, client, client_for, alice):
    offer()
    client_for(alice).get("/angebote/", {"q": "Erna Müller sucht Einhornreiten"})
    words = dict(Missed.objects.values_list("word", "count"))
    assert words["einhornreiten"] == 1
    assert all(" " not in word for word in words)
    client.get("/angebote/", {"q": "Einhornreiten 0891234567"})
    assert Missed.objects.get(word="einhornreiten").count == 2
    assert not Missed.objects.filter(word__contains="089").exists()
    client.get("/angebote/", {"q": "Schuldnerberatung"})
    assert not Missed.objects.filter(word="schuldnerberatung").exists()


# -- one offer --------------------------------------------------------------------------------------
def test_a_page_says_when_it_was_confirmed_and_by_whom(db, client):
    service = offer()
    actions.confirm(service, by="Beispielhilfe e.V.")
    page = client.get(service.get_absolute_url()).content.decode()
    assert "Zuletzt bestätigt am" in page
    assert "Beispielhilfe e.V." in page
    assert client.get("/angebote/gibt-es-nicht/").status_code == 404


def test_a_draft_and_a_defunct_offer_are_not_there(db, client):
    draft = offer("Entwurf", publish=False)
    gone = offer("Vorbei", status="defunct")
    for service in (draft, gone):
        assert client.get(service.get_absolute_url()).status_code == 404
    assert names(Choice(free=True)) == []


def test_anybody_reports_an_error_with_one_field(db, client):
    service = offer()
    address = reverse("directory:report", args=[service.slug])
    assert client.post(address, {"text": "x"}).status_code == 422
    assert "Wir fragen beim Anbieter nach" in client.post(address, {"text": "Die Nummer ist falsch."}).content.decode()
    assert Report.objects.get().text == "Die Nummer ist falsch."
    client.post(address, {"text": "Kauft billig", "website": "https://spam.example"})
    assert Report.objects.count() == 1


def test_the_notepad_keeps_what_was_chosen_in_the_browser_only(db, client):
    first, second = offer("Erstes"), offer("Zweites")
    for service in (first, second, first):
        client.get("/angebote/merkzettel/", {"dazu": service.slug})
    page = client.get("/angebote/merkzettel/").content.decode()
    assert page.index("Zweites") < page.index("Erstes")
    assert "<svg" in page
    other = client.__class__()
    assert "Noch nichts gemerkt" in other.get("/angebote/merkzettel/").content.decode()
    shared = other.get("/angebote/merkzettel/", {"a": f"{first.subject.public_id}.unbekannt"}).content.decode()
    assert "Erstes" in shared
    assert "1 Angebot gibt es nicht mehr" in shared
    client.get("/angebote/merkzettel/", {"weg": first.slug})
    assert "Erstes" not in client.get("/angebote/merkzettel/").content.decode()
    client.get("/angebote/merkzettel/?leer")
    assert "Noch nichts gemerkt" in client.get("/angebote/merkzettel/").content.decode()


def test_the_open_data_set_has_one_row_for_each_place(topics, client):
    offer("Zwei Orte", categories=("schulden",), places=(place(48.1, 11.5), Place(street="Nebenweg 2")))
    rows = list(csv.DictReader(io.StringIO(
        b"".join(client.get("/daten/offers.csv").streaming_content).decode("utf-8-sig")
    )))  # fmt: skip
    assert [(row["name"], row["street"]) for row in rows] == [
        ("Zwei Orte", "Hauptstraße 1"),
        ("Zwei Orte", "Nebenweg 2"),
    ]
    assert rows[0]["categories"] == "schulden"
    assert rows[0]["hours"] == "Mo–Fr 9–12 Uhr"
