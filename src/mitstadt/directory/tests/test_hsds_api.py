"""Programs of other directories read ours in HSDS 3.1: every answer valid, nothing secret, nothing misunderstood."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from mitstadt.directory import actions, queries, words
from mitstadt.directory.hsds import profile
from mitstadt.directory.models import Category, Location, Provider, Service, ServiceAt
from mitstadt.directory.queries import Choice
from mitstadt.geo.models import District
from mitstadt.kit import clock
from mitstadt.search import actions as search

from . import factories
from .factories import offer
from .hsds import broken_rules, example, mock, nasty, needs_schemas, objects, wrong, wrong_page

API = "/api/hsds/"
LISTS = {
    "services": "service", "organizations": "organization", "service_at_locations": "service_at_location",
    "taxonomies": "taxonomy", "taxonomy_terms": "taxonomy_term",
}  # fmt: skip


@pytest.fixture
def city(db):
    for number, name in ((1, "Altstadt"), (3, "Maxvorstadt"), (4, "Schwabing-West")):
        District.objects.get_or_create(number=number, defaults={"name": name, "slug": f"bezirk-{number}"})
    return {service.name: service for service in nasty()}


def get(client: Any, path: str, status: int = 200, **query: Any) -> Any:
    answer = client.get(API + path, query)
    assert answer.status_code == status, answer.content[:300]
    return json.loads(answer.content)


def lines(client: Any, path: str, **query: Any) -> list[Any]:
    answer = client.get(API + path, {**query, "format": "ndjson"})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/x-ndjson"
    return [json.loads(line) for line in b"".join(answer.streaming_content).decode().splitlines()]


def names(client: Any, **query: Any) -> list[str]:
    return [one["name"] for one in get(client, "services", per_page=100, **query)["contents"]]


def term(taxonomy: profile.Taxonomy, code: object) -> str:
    return profile.term_id(taxonomy, code)


# -- every answer is valid --------------------------------------------------------------------------
VARIANTS = [
    ("services", {}), ("services", {"full": "true"}), ("services", {"minimal": "true"}),
    ("service_at_locations", {}), ("service_at_locations", {"full": "true"}),
    ("organizations", {}), ("organizations", {"full": "true"}), ("organizations", {"full_service": "true"}),
    ("taxonomies", {}), ("taxonomy_terms", {}),
]  # fmt: skip


def everything_is_valid(client: Any) -> int:
    """Every list, every object of it alone, and all of it by lines. Returns how many objects were looked at."""
    count = 0
    for path, query in VARIANTS:
        kind = LISTS[path]
        page = get(client, path, per_page=7, **query)
        while True:
            assert wrong_page(kind, page) == [], (path, query)
            count += page["size"]
            if page["last_page"]:
                break
            page = get(client, path, per_page=7, page=page["page_number"] + 1, **query)
        whole = lines(client, path, **query)
        assert len(whole) == page["total_items"]
        for one in whole if query else whole[:40]:
            assert wrong(kind, one) == [], (path, query, one["id"])
        for one in whole[:: max(1, len(whole) // 12)]:
            assert wrong(kind, get(client, f"{path}/{one['id']}")) == []
    return count


@needs_schemas
@pytest.mark.slow
def test_a_harvester_finds_every_answer_of_the_demo_city_valid(client, demo_city):
    assert everything_is_valid(client) > 800
    whole = lines(client, "services", full="true")
    assert len(whole) == queries.public().count() > 100
    assert all("example" in codes_of(one, profile.FIELDS) for one in whole)  # invented: nobody takes them for real


@needs_schemas
def test_a_harvester_finds_every_answer_about_difficult_entries_valid(client, city):
    assert everything_is_valid(client) > 100


@needs_schemas
def test_the_judges_find_what_is_wrong_with_the_files_made_to_fail():
    assert wrong("service", mock("Fail", "service_full"))
    assert any("email" in said for said in wrong("service", mock("Fail", "service_full")))
    assert any("uri" in said for said in wrong("service", mock("Fail", "service_full")))
    said = list(broken_rules("service", example("service_full")))
    assert "capacities: 12 of 10 available" in said
    assert "location: no point on Earth" in said
    extra = {"id": str(uuid.uuid4()), "name": "x", "status": "active", "modified_date": "2026-01-01"}
    assert wrong("service", extra)


def codes_of(found: dict[str, Any], taxonomy: profile.Taxonomy) -> dict[str, str]:
    return {
        one["taxonomy_term"]["code"]: one.get("value", "")
        for one in found.get("attributes", [])
        if one["taxonomy_term"]["taxonomy_id"] == taxonomy.id
    }


def test_no_identifier_leads_nowhere(client, city):
    """Whatever an answer names by its id can be fetched by it."""
    at = {"service": "services", "organization": "organizations", "service_at_location": "service_at_locations",
          "taxonomy_term": "taxonomy_terms"}  # fmt: skip
    named: dict[str, set[str]] = {path: set() for path in (*at.values(), "taxonomies")}
    for path, kind in LISTS.items():
        for row in lines(client, path, **({"full": "true"} if kind in ("service", "service_at_location") else {})):
            for of, one, _around in objects(kind, row):
                if of in at:
                    named[at[of]].add(one["id"])
                for name, target in (("organization_id", "organizations"), ("taxonomy_id", "taxonomies"),
                                     ("parent_id", "taxonomy_terms"), ("taxonomy_term_id", "taxonomy_terms"),
                                     ("service_id", "services"),
                                     ("service_at_location_id", "service_at_locations")):  # fmt: skip
                    if name in one:
                        named[target].add(one[name])
    assert all(named.values())
    known = {path: {row["id"] for row in lines(client, path)} for path in LISTS}
    for path, keys in named.items():
        assert keys <= known[path], path
        get(client, f"{path}/{min(keys)}")


# -- what is said -----------------------------------------------------------------------------------
def test_an_offer_says_in_hsds_what_its_page_says(client, city):
    service = city["Beratung & „Café“ <für alle>"]
    found = get(client, f"services/{service.uuid}")
    assert found["description"] == "Kurz gesagt.\n\nLang.\n\nUnd zwei Absätze."
    assert found["assured_date"] == clock.today().isoformat()
    assert found["url"] == "https://xn--mller-kva.example/stra%C3%9Fe?q=%C3%A4%20b#%C3%B6"
    assert found["email"] == "hilfe@xn--mller-kva.example"
    assert (found["minimum_age"], found["maximum_age"]) == (0, 27)
    assert [one["number"] for one in found["phones"]] == ["089 000 1", "089 000 1", "+49 89 0002"]
    assert [(one["code"], one["name"]) for one in found["languages"]][:3] == [
        ("de", "Deutsch"), ("de", "Einfache Sprache"), ("gsg", "Deutsche Gebärdensprache"),
    ]  # fmt: skip
    assert [one.get("amount") for one in found["cost_options"]] == [12.5, 0, None]
    assert [one["name"] for one in found["service_areas"]] == [
        "Stadtbezirk 1 Altstadt", "Stadtbezirk 3 Maxvorstadt", "München und Landkreis",
    ]  # fmt: skip
    assert set(codes_of(found, profile.TOPICS)) == {"mietschulden", "mietrecht"}
    assert set(codes_of(found, profile.SITUATIONS)) == {"youth", "queer"}
    assert codes_of(found, profile.FIELDS)["simple"] == "Wir helfen."
    assert codes_of(found, profile.FIELDS)["timezone"] == "Europe/Berlin"
    rules = [one for one in found["schedules"] if "byday" in one]
    assert rules[0]["byday"] == "MO,TU,WE,TH,FR"
    assert (rules[0]["freq"], rules[0]["opens_at"], rules[0]["closes_at"]) == ("WEEKLY", "09:00", "12:00")
    assert rules[4] | {"id": ""} == {
        "id": "", "service_id": found["id"], "freq": "WEEKLY", "byday": "TU", "interval": 2, "dtstart": "2024-01-02",
        "opens_at": "09:00", "closes_at": "10:00",
    }  # fmt: skip
    assert found["schedules"][-1]["description"] == "Feiertags geschlossen"
    first, second = found["service_at_locations"]
    assert first["schedules"][0]["notes"] == "nur mit Voranmeldung"
    assert first["location"]["addresses"][0]["address_1"] == "Hauptstraße 1"
    assert {one["description"] for one in first["location"]["accessibility"]} == {
        "ohne Stufen zu erreichen", "Aufzug", "ruhiger Raum", "Klingel unten",
    }  # fmt: skip
    assert "schedules" not in second
    assert found["organization"]["name"] == "Träger »Süd« e.V."
    assert "contacts" not in found["organization"]


def test_whom_to_ask_stays_among_organisations(client, city):
    Provider.objects.update(email="intern@example.org", contact="Nadja Brandl", contact_phone="089 000 4010")
    for path, query in VARIANTS:
        text = json.dumps(lines(client, path, **query), ensure_ascii=False)
        assert not [said for said in ("intern@example.org", "Brandl", "089 000 4010") if said in text], path


def test_identifiers_stay_when_an_entry_is_saved_again(client, city):
    service = city["Beratung & „Café“ <für alle>"]
    before = get(client, f"services/{service.uuid}")
    actions.save_entry(service.entry, service, actor=None)
    after = get(client, f"services/{service.uuid}")
    assert before | {"last_modified": ""} == after | {"last_modified": ""}


def test_each_code_list_is_a_taxonomy_with_its_words(client, city):
    terms = lines(client, "taxonomy_terms")
    by_taxonomy = {t.code: {one["code"] for one in terms if one["taxonomy_id"] == t.id} for t in profile.TAXONOMIES}
    assert by_taxonomy["situations"] == set(words.SITUATIONS)
    assert by_taxonomy["access"] == {*words.ACCESS, *words.IMPAIRMENTS}
    assert by_taxonomy["topics"] == set(Category.objects.values_list("slug", flat=True))
    assert by_taxonomy["districts"] == {"1", "3", "4"}
    assert len({one["id"] for one in terms}) == len(terms)
    lift = get(client, f"taxonomy_terms/{term(profile.ACCESS, 'lift')}")
    assert (lift["name"], lift["taxonomy"]) == ("Aufzug", "Barrierefreiheit")
    assert lift["parent_id"] == term(profile.ACCESS, "mobility")
    below = get(client, "taxonomy_terms", parent_id=lift["parent_id"])["contents"]
    assert {one["code"] for one in below} == set(words.IMPAIRMENTS["mobility"][1])
    top = get(client, "taxonomy_terms", top_only="true", taxonomy_id=profile.ACCESS.id)["contents"]
    assert {one["code"] for one in top} == set(words.IMPAIRMENTS)
    assert [t["name"] for t in get(client, "taxonomies", search="sprachen")["contents"]] == ["Sprachen"]


def test_the_interface_says_what_it_is(client, db):
    found = get(client, "")
    assert found["version"] == "3.1"
    for key in ("profile", "openapi_url"):
        assert client.get(found[key][found[key].index("/api/") :]).status_code == 200
    described = get(client, "profile.json")
    assert {one["code"] for one in described["fields"]} == set(profile.FIELD_TERMS)
    OpenAPIV31SpecValidator(get(client, "openapi.json")).validate()


def test_the_document_names_everything_in_the_profile():
    text = (Path(__file__).resolve().parents[4] / "docs" / "hsds.md").read_text(encoding="utf-8")
    for code in (*(taxonomy.code for taxonomy in profile.TAXONOMIES), *profile.FIELD_TERMS):
        assert f"`{code}`" in text, code
    assert str(profile.NAMESPACE) in text


# -- what is secret, and what is not public ---------------------------------------------------------
def test_a_shelter_has_no_place_in_any_answer(client, city):
    shelter = city["Zuflucht"]
    key = str(shelter.uuid)
    found = get(client, f"services/{key}")
    assert found["phones"][0]["number"] == "089 000 1007"
    assert codes_of(found, profile.FIELDS)["protected"] == "true"
    assert not {"service_at_locations", "service_areas"} & set(found)
    for path, query in (*VARIANTS, ("services", {"search": "Zuflucht", "full": "true"})):
        text = json.dumps(lines(client, path, **query), ensure_ascii=False)
        for word in ("Rosenweg", "Versteck", '"80801"', "48.155", "Umgebung"):
            assert word not in text, (path, query, word)
    for row in lines(client, "service_at_locations"):
        assert row["service_id"] != key
    (home,) = [one for one in lines(client, "organizations", full_service="true") if one["name"] == "Schutz e.V."]
    assert "locations" not in home
    assert "service_at_locations" not in home["services"][0]
    assert "Zuflucht" in names(client, taxonomy_term_id=term(profile.FIELDS, "protected"))
    assert "Zuflucht" not in names(client, taxonomy_term_id=term(profile.DISTRICTS, 4))
    assert "Zuflucht" not in names(client, taxonomy_id=profile.DISTRICTS.id)
    assert "Zuflucht" not in names(client, proximity="48.155,11.585", distance=100_000)


def test_even_a_place_that_should_not_be_in_the_tables_is_not_shown(client, city):
    """The address became secret by a hand in the database: the flag of the offer alone must do."""
    service = city["Erst"]
    factories.put(service, protected=True)
    assert ServiceAt.objects.filter(service=service, location__isnull=False).exists()
    found = get(client, f"services/{service.uuid}")
    assert "service_at_locations" not in found
    assert "Erst" not in {row["service"]["name"] for row in lines(client, "service_at_locations")}
    assert "Erst" not in names(client, proximity="48.2,11.6", distance=5000)
    assert "Dann" in names(client, proximity="48.2,11.6", distance=5000)
    factories.put(city["Dann"], protected=True)
    (shared,) = [one for one in lines(client, "organizations", full="true") if one["name"] == "Teiler"]
    assert "locations" not in shared


@pytest.mark.parametrize("how", ["draft", "withdrawn", "restricted", "defunct"])
def test_what_is_not_public_is_not_there(client, db, how):
    service = offer("Verborgen", "Nur dieser")
    at = service.at.get()
    if how == "restricted":
        type(service.subject).objects.filter(pk=service.pk).update(restricted=True)
    elif how == "defunct":
        actions.save_entry(factories.entry("Verborgen", "Nur dieser", status="defunct"), service, actor=None)
    else:
        factories.put(service, state=how)
    for path in ("services", "organizations", "service_at_locations"):
        assert get(client, path)["total_items"] == 0
        assert lines(client, path) == []
    get(client, f"services/{service.uuid}", 404)
    get(client, f"service_at_locations/{at.uuid}", 404)
    get(client, f"organizations/{service.provider.uuid}", 404)
    assert "Verborgen" not in exported(client).decode()


def exported(client: Any) -> bytes:
    answer = client.get(API + "export.json")
    assert answer["Content-Type"] == "application/json"
    return b"".join(answer.streaming_content)


# -- asking -----------------------------------------------------------------------------------------
def test_the_search_finds_what_the_page_finds_in_its_order(client, db):
    factories.everyday()
    offer("Fachstelle Wohnungssicherung", categories=("mietschulden",), lead="Wir sprechen mit dem Vermieter.")
    offer("Chor", categories=("kultur",), lead="Wir singen.")
    offer("Schuldnerberatung", categories=("schulden",), lead="Miete, Strom und andere Schulden.")
    search.fold()
    text = "Ich kann die Miete nicht zahlen"
    page = [row.service.name for row in queries.find(Choice(text=text)).rows]
    assert len(page) == 2
    assert names(client, search=text) == page
    assert [one["service"]["name"] for one in get(client, "service_at_locations", search=text)["contents"]] == page
    assert get(client, "organizations", search=text)["contents"][0]["name"] == "Beispielhilfe e.V."
    assert names(client, search="Raumfahrt") == []
    second = get(client, "services", search=text, per_page=1, page=2)
    assert (second["total_items"], second["total_pages"], second["last_page"]) == (2, 2, True)
    assert second["contents"][0]["name"] == page[1]


def test_what_somebody_looks_for_is_kept_by_nobody(client, db):
    offer()
    for query in ({"search": "Sucht"}, {"proximity": "48.1,11.5", "distance": 100}, {"postcode": "80331"}):
        answer = client.get(API + "services", query)
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Referrer-Policy"] == "no-referrer"
    assert not client.get(API + "services").cookies


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"taxonomy_term_id": term(profile.SITUATIONS, "youth")}, {"A"}),
        ({"taxonomy_term_id": term(profile.WAYS, "home")}, {"B"}),
        ({"taxonomy_term_id": term(profile.COST, "free")}, {"A", "C"}),
        ({"taxonomy_term_id": term(profile.APPOINTMENT, "needed")}, {"B"}),
        ({"taxonomy_term_id": term(profile.LANGUAGES, "de-simple")}, {"A"}),
        ({"taxonomy_term_id": term(profile.ACCESS, "lift")}, {"A"}),
        ({"taxonomy_term_id": term(profile.ACCESS, "mobility")}, {"A", "C"}),
        ({"taxonomy_term_id": term(profile.DISTRICTS, 25)}, {"A"}),
        ({"taxonomy_term_id": term(profile.FIELDS, "simple")}, {"B"}),
        ({"taxonomy_term_id": term(profile.FIELDS, "emergency")}, {"C"}),
        ({"taxonomy_term_id": str(uuid.uuid4())}, set()),
        ({"taxonomy_id": profile.SITUATIONS.id}, {"A"}),
        ({"taxonomy_id": profile.WAYS.id}, {"B"}),
        ({"taxonomy_id": profile.TOPICS.id}, {"B"}),
        ({"taxonomy_id": profile.ACCESS.id}, {"A", "C"}),
        ({"taxonomy_id": profile.DISTRICTS.id}, {"A"}),
        ({"taxonomy_id": profile.COST.id}, {"A", "B", "C"}),
        ({"taxonomy_id": str(uuid.uuid4())}, set()),
        ({"organization_id": str(uuid.uuid4())}, set()),
        ({"minimum_age": 30}, {"B", "C"}),
        ({"minimum_age": 27}, {"A", "B", "C"}),
        ({"maximum_age": 5}, {"A", "C"}),
        ({"proximity": "48.137,11.575", "distance": 1500}, {"A"}),
        ({"proximity": "48.137,11.575", "distance": 2500}, {"A", "C"}),
        ({"postcode": "80331", "proximity": 1500}, {"A"}),
    ],
)  # fmt: skip
def test_every_filter_narrows(client, db, query, found):
    factories.everyday()
    District.objects.get_or_create(number=25, defaults={"name": "Laim", "slug": "laim"})
    near, far = {"lat": 48.137, "lon": 11.575}, {"lat": 48.155, "lon": 11.575}  # 2 km to the north
    shapes: dict[str, dict[str, Any]] = {
        "A": {"situations": ("youth", "students"), "max_age": 27, "districts": (25,), "languages": ("de-simple",),
              "places": (factories.Place("", "Weg 1", "80331", "München", access=("lift",), **near),)},
        "B": {"ways": ("home",), "cost": "paid", "appointment": "needed", "min_age": 18, "places": (),
              "simple": "Einfach", "categories": ("schulden",), "languages": ()},
        "C": {"emergency": True, "places": (factories.Place("", "Weg 9", "80999", "München", access=("parking",),
                                                            **far),)},
    }  # fmt: skip
    for name, shape in shapes.items():
        offer(name, f"Träger {name}", **shape)
    assert set(names(client, **query)) == found
    places = {one["service"]["name"] for one in lines(client, "service_at_locations", **query)}
    assert places == found - {"B"}  # which has no place
    if not {"taxonomy_term_id", "taxonomy_id"} & set(query):
        return
    providers = {one["name"] for one in lines(client, "organizations", **query)}
    assert providers == {f"Träger {name}" for name in found}


def test_a_topic_finds_what_stands_below_it_too(client, db):
    factories.everyday()
    offer("Unten", categories=("schulden",))
    parent = Category.objects.get(slug="schulden").parent
    assert parent is not None
    assert names(client, taxonomy_term_id=str(parent.uuid)) == ["Unten"]
    assert names(client, taxonomy_term_id=str(factories.topic("kultur").uuid)) == []


def test_a_postcode_alone_finds_what_is_open_to_people_there(client, demo_city):
    here = Location.objects.filter(district__isnull=False, lat__isnull=False).first()
    assert here is not None
    point = queries.where(here.postcode)
    assert point is not None
    from mitstadt.geo import maps

    number = maps.district_number(*point[0])
    other = 1 if number != 1 else 2
    offer("Für dort", districts=(number,), places=())
    offer("Für anderswo", districts=(other,), places=())
    offer("Zuflucht", districts=(other,), places=(), protected=True)
    found = {one["name"] for one in lines(client, "services", postcode=here.postcode)}
    assert "Für dort" in found
    assert "Für anderswo" not in found
    assert "Zuflucht" in found  # else asking for every postcode would tell its district


def test_a_copy_is_kept_up_to_date_by_what_changed_or_was_confirmed(client, db, stopped_clock):
    first, second = offer("Alt"), offer("Neu")
    stopped_clock.move(days=3)
    then = clock.now()
    assert names(client, modified_after=then.isoformat()) == []
    stopped_clock.move(hours=1)
    actions.save_entry(second.entry, second, actor=None)
    assert names(client, modified_after=then.isoformat()) == ["Neu"]
    assert names(client, modified_after=then.isoformat().replace("+", " ")) == ["Neu"]
    stopped_clock.move(days=1)
    morning = clock.now()
    actions.confirm(first, by="Träger")
    assert names(client, modified_after=morning.isoformat()) == ["Alt"]
    assert names(client, modified_after=morning.date().isoformat()) == ["Alt"]
    assert names(client, modified_after=(morning + timedelta(days=1)).date().isoformat()) == []
    assert get(client, f"services/{first.uuid}")["last_modified"] > then.isoformat()


def test_somebody_turns_the_pages(client, db):
    for number in range(5):
        offer(f"Angebot {number}")
    pages = [get(client, "services", per_page=2, page=number) for number in (1, 2, 3, 4)]
    assert [page["size"] for page in pages] == [2, 2, 1, 0]
    assert [page["first_page"] for page in pages] == [True, False, False, False]
    assert [page["last_page"] for page in pages] == [False, False, True, True]
    assert [page["empty"] for page in pages] == [False, False, False, True]
    assert {page["total_pages"] for page in pages} == {3}
    assert len({one["id"] for page in pages for one in page["contents"]}) == 5
    nothing = get(client, "services", search="Raumfahrt")
    assert (nothing["total_pages"], nothing["first_page"], nothing["last_page"]) == (0, True, True)
    small = get(client, "services", minimal="true", per_page=5000)["contents"][0]
    assert set(small) == {"id", "name", "status", "last_modified"}


@pytest.mark.parametrize(
    ("path", "query", "name"),
    [
        ("services", "page=0", "page"), ("services", "page=eins", "page"), ("services", "per_page=101", "per_page"),
        ("services", "per_page=-1", "per_page"), ("services", "full=vielleicht", "full"),
        ("services", "format=xml", "format"), ("services", "taxonomy_term=1", "taxonomy_term"),
        ("services", "taxonomy_term_id=1", "taxonomy_term_id"), ("services", "taxonomy_id=x", "taxonomy_id"),
        ("services", "organization_id=%00", "organization_id"),
        ("services", "modified_after=gestern", "modified_after"),
        ("services", "modified_after=0001-01-01T00:00:00%2B14:00", "modified_after"),
        ("services", "modified_after=9999-12-31T23:59:59-14:00", "modified_after"),
        ("services", "modified_after=2026-13-01", "modified_after"), ("services", "postcode=abc", "postcode"),
        ("services", "postcode=99999", "postcode"), ("services", "proximity=100", "proximity"),
        ("services", "proximity=99,11&distance=1", "proximity"), ("services", "proximity=a,b&distance=1", "proximity"),
        ("services", "proximity=nan,11&distance=1", "proximity"), ("services", "proximity=48,11", "distance"),
        ("services", "distance=5", "distance"), ("services", "proximity=48,11&distance=0", "distance"),
        ("services", "proximity=48,11&distance=999999999", "distance"), ("services", "minimum_age=alt", "minimum_age"),
        ("services", "minimum_age=nan", "minimum_age"), ("services", "search=" + "ä" * 301, "search"),
        ("organizations", "postcode=80331", "postcode"), ("service_at_locations", "minimal=true", "minimal"),
        ("taxonomy_terms", "parent_id=oben", "parent_id"), ("taxonomy_terms", "taxonomy_id=oben", "taxonomy_id"),
        ("taxonomies", "full=true", "full"), ("", "x=1", "x"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused_by_its_name(client, db, path, query, name):
    offer()
    answer = client.get(f"{API}{path}?{query}")
    assert answer.status_code == 400, answer.content[:200]
    assert json.loads(answer.content)["detail"].startswith(f"{name}:")
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("key", ["8d1f3a52-7c1e-4b36-9a20-5e6f7a8b9c0d", "1", "x" * 300, "%00"])
def test_an_unknown_identifier_is_a_404_in_json(client, db, path, key):
    answer = client.get(f"{API}{path}/{key}")
    assert answer.status_code == 404
    assert json.loads(answer.content)["detail"]


def test_it_is_for_reading_only(client, db):
    assert client.post(API + "services").status_code == 405


@pytest.mark.parametrize("query", ["search=%00", "search=%27%3BDROP", "search=*", "search=%20", "page=1000000"])
def test_nonsense_is_answered(client, db, query):
    offer()
    assert client.get(f"{API}services?{query}").status_code == 200


# -- cost -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("path", "query", "most"),
    [
        # of full services one query is for what is free
        ("services", {}, 2), ("services", {"full": "true"}, 6), ("services", {"minimal": "true"}, 2),
        ("service_at_locations", {"full": "true"}, 5), ("organizations", {"full": "true"}, 5),
        ("organizations", {"full_service": "true"}, 8), ("taxonomy_terms", {}, 2),
    ],
)  # fmt: skip
def test_a_page_asks_as_often_with_more_rows(client, db, assert_constant_queries, path, query, most):
    factories.everyday()

    def more() -> None:
        for number in range(6):
            name = f"Weitere {Service.objects.count()}-{number}"
            offer(name, f"Träger {name}", categories=("schulden", "mietrecht"), districts=(1,))

    more()
    assert_constant_queries(more, lambda: client.get(API + path, query), at_most=most)
    assert_constant_queries(more, lambda: lines(client, path, **query))
