"""What others say in HSDS becomes entries, with everything named that could not; our own comes back as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from mitstadt.directory import actions, entries
from mitstadt.directory.entries import Cost, Entry, Place
from mitstadt.directory.hours import END_OF_DAY, Hours
from mitstadt.directory.hsds import profile, reading
from mitstadt.directory.models import Category, Service

from . import factories
from .hsds import everything, example, mock, nasty, needs_schemas, secret

UK = ("Default", "Test", "Warn", "Fail")


def service(**fields: Any) -> dict[str, Any]:
    return {
        "id": "11111111-1111-4111-8111-111111111111", "name": "Hilfe", "status": "active",
        "organization": {"id": "22222222-2222-4222-8222-222222222222", "name": "Verein", "description": "Verein"},
        **fields,
    }  # fmt: skip


def entry_of(**fields: Any) -> Entry:
    found = reading.read(service(**fields))
    assert found.entry is not None
    assert found.faults == ()
    return found.entry


def lost(**fields: Any) -> list[tuple[str, str]]:
    return [(one.field, one.text) for one in reading.read(service(**fields)).lost]


def exported(client: Any) -> list[dict[str, Any]]:
    document = json.loads(b"".join(client.get("/api/hsds/export.json").streaming_content))
    return [dict(one) for one in reading.services(document)]


def public(entry: Entry) -> Entry:
    """What may be told of an entry: of a secret address not even the district."""
    return replace(entry, districts=(), area="") if entry.protected else entry


# -- our own ----------------------------------------------------------------------------------------
def comes_back(client: Any) -> int:
    slugs = set(Category.objects.values_list("slug", flat=True))
    kept = {str(row.uuid): row for row in Service.objects.all()}
    found = exported(client)
    for one in found:
        read = reading.read(one, slugs)
        before = kept[read.source_id].entry
        assert read.entry == public(before), entries.difference(public(before), read.entry or before)
        # Figures age too fast to be taken over; the preview says so.
        assert [fault.field for fault in read.lost] == (["capacities"] if one.get("capacities") else [])
        assert read.faults == tuple(entries.faults(public(before), slugs))
    return len(found)


def test_difficult_entries_come_back_as_they_were(client, db):
    saved = nasty()
    assert comes_back(client) == len(saved)


@pytest.mark.slow
def test_every_entry_of_the_demo_city_comes_back_as_it_was(client, demo_city):
    assert comes_back(client) > 100


def test_an_entry_that_is_imported_again_is_the_same_in_the_tables(client, db):
    nasty()
    before = exported(client)
    for one in before:
        read = reading.read(one)
        assert read.entry is not None
        if not read.faults:
            actions.save_entry(read.entry, Service.objects.get(uuid=read.source_id), actor=None)

    def without_time(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**row, "last_modified": ""} for row in rows]

    after = without_time(exported(client))
    for old, new in zip(without_time(before), after, strict=True):
        if old["name"] not in ("Erst", "Dann"):  # two that say one place differently take turns
            assert old == new


def test_two_offers_that_describe_one_place_differently_keep_their_words(client, db):
    nasty()
    found = {read.entry.name: read.entry for read in map(reading.read, exported(client)) if read.entry}
    assert found["Erst"].places[0].access_note == "links"
    assert found["Dann"].places[0] == Place("Hof", "Weg 1", "80331", "Haar", 48.2, 11.6)


def test_the_shelter_comes_back_without_a_place_and_still_secret(client, db):
    factories.everyday()
    actions.save_entry(secret(), actor=None)
    (one,) = exported(client)
    entry = reading.read(one).entry
    assert entry is not None
    assert entry.protected
    assert (entry.places, entry.districts, entry.area) == ((), (), "")
    # Somebody puts a place into the file: a protected entry takes none.
    one["service_at_locations"] = [{"location": {"location_type": "physical", "name": "Versteck"}}]
    read = reading.read(one)
    assert read.entry is not None
    assert read.entry.places == ()


def test_nothing_and_zero_are_two_things():
    entry = replace(everything(), costs=(Cost("umsonst", 0.0), Cost("offen", None)), min_age=0)
    assert Entry.from_json(entry.to_json()) == entry


# -- anybody's --------------------------------------------------------------------------------------
@needs_schemas
def test_the_official_example_is_refused_for_a_place_that_is_not_on_earth():
    (one,) = reading.services(example("service_full"))
    read = reading.read(one)
    assert [fault.field for fault in read.faults] == ["places"]
    assert "100" in read.faults[0].text
    one["service_at_locations"][0]["location"] |= {"latitude": 53.5, "longitude": -2.2}
    read = reading.read(one)
    assert read.faults == ()
    entry = read.entry
    assert entry is not None
    assert (entry.name, entry.provider) == ("Community Counselling", "Example Organization Inc.")
    assert entry.phones[0].number == "+44 1234 234567"
    assert entry.phones[0].label.startswith("Durchwahl 100")
    assert (entry.min_age, entry.max_age, entry.cost) == (12, 100, "paid")
    assert entry.costs == (Cost("Under 18s and Over 60s, per 1 hour session", 35.0, "GBP"),)
    assert entry.places[0].street == "1-30 Main Street, MyVillage"
    assert entry.hours == ()  # only in weeks 41 and 42, which an entry cannot say
    assert "10 am to 6pm" in entry.hours_note
    assert {fault.field for fault in read.lost} == {
        "accreditations", "licenses", "wait_time", "funding", "program", "capacities", "additional_urls", "metadata",
        "phones", "languages", "categories", "costs", "area", "hours", "places",
    }  # fmt: skip


@needs_schemas
@pytest.mark.parametrize(
    ("name", "count"),
    [("service_list", 1), ("organization_full", 1), ("service_at_location_full", 1), ("service_at_location_list", 1)],
)
def test_a_service_is_found_in_every_official_example_that_holds_one(name, count):
    reads = [reading.read(one) for one in reading.services(example(name))]
    assert len(reads) == count
    for read in reads:
        assert read.entry is not None
        assert (read.entry.name, read.entry.provider) == ("Community Counselling", "Example Organization Inc.")
        assert {fault.field for fault in read.faults} <= {"places"}
        assert bool(read.entry.places) == ("location" in name or name == "organization_full")


@needs_schemas
@pytest.mark.parametrize("kind", UK)
@pytest.mark.parametrize("name", ["service_full", "service_list", "service_at_location_full", "organization_full"])
def test_the_files_of_open_referral_uk_are_read_or_their_faults_named(kind, name):
    if kind == "Default" and name == "organization_full":
        name = "organization"
    reads = [reading.read(one) for one in reading.services(mock(kind, name))]
    assert reads
    named = {fault.field for read in reads for fault in read.faults}
    if kind == "Fail" and name == "service_full":
        assert named == {"url", "email", "places"}
    elif kind == "Fail" and name == "service_list":
        assert {"url", "email", "name"} <= named
    elif name == "service_list":
        assert named <= {"provider"}
    else:
        assert named <= {"places"}  # 100 degrees north
    assert all(read.entry is not None or {"name", "provider"} & {f.field for f in read.faults} for read in reads)


@needs_schemas
def test_a_flat_list_without_organisations_is_refused_for_that():
    reads = [reading.read(one) for one in reading.services(mock("Test", "service_list"))]
    assert len(reads) == 128
    refused = [read for read in reads if read.entry is None]
    assert refused
    assert {fault.field for read in refused for fault in read.faults} == {"provider"}


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"code": "tr"}, "tr"), ({"code": "deu"}, "de"), ({"code": "en-GB"}, "en"), ({"code": "gsg"}, "dgs"),
        ({"name": "Türkisch"}, "tr"), ({"code": "srp"}, "hr"), ({"code": "de-simple"}, "de-simple"),
        ({"language": "uk"}, "uk"), ({"code": "xx", "name": "Ukrainisch"}, "uk"),
    ],
)  # fmt: skip
def test_languages_are_known_by_code_and_name(told, code):
    assert entry_of(languages=[told]).languages == (code,)


def test_an_unknown_language_is_told_and_not_guessed():
    assert entry_of(languages=[{"code": "ur", "name": "Urdu"}, {"id": "x"}]).languages == ()
    assert lost(languages=[{"code": "ur", "name": "Urdu"}]) == [("languages", "Diese Sprache kennen wir nicht: Urdu")]


def test_topics_of_others_come_by_a_table_or_are_told():
    tags = [
        {"id": "a", "taxonomy_term": {"id": "t1", "name": "Debt"}},
        {"id": "b", "taxonomy_term": {"id": "t2", "name": "Knitting"}},
    ]
    found = reading.read(service(attributes=tags), {"schulden"}, {"Debt": "schulden"})
    assert found.entry is not None
    assert found.entry.categories == ("schulden",)
    assert [one.text for one in found.lost] == ["Dieses Thema kennen wir nicht: Knitting"]
    wrong = reading.read(service(attributes=tags), {"wohnen"}, {"Debt": "schulden"})
    assert [fault.field for fault in wrong.faults] == ["categories"]


def test_a_long_description_gives_its_first_sentence_as_the_short_text():
    long = "Wir helfen. " + "Und noch ein Satz, der länger ist. " * 20
    assert entry_of(description=long).lead.startswith("Wir helfen. Und noch")
    assert entry_of(description=long).lead.endswith(".")
    assert entry_of(description=long).description == long.strip()
    assert entry_of(description="Kurz.").lead == "Kurz."
    assert entry_of(description="Kurz.").description == ""
    assert entry_of(description="wort " * 200).lead.endswith("…")


# -- hours ------------------------------------------------------------------------------------------
def rules(**fields: Any) -> tuple[Hours, ...]:
    return entry_of(schedules=[{"freq": "WEEKLY", "byday": "MO", "opens_at": "09:00", "closes_at": "12:00", **fields}]
                    ).hours  # fmt: skip


def test_hours_are_read_with_seconds_and_offsets_as_the_clock_on_the_wall():
    (rule,) = rules(opens_at="09:00:00", closes_at="12:30+02:00", notes="Klingeln")
    assert rule == Hours(("MO",), time(9), time(12, 30), note="Klingeln")
    assert rules(closes_at="24:00")[0].closes == END_OF_DAY
    assert rules(freq="MONTHLY", byday="1MO,-1FR")[0].byday == ("1MO", "-1FR")


def test_open_over_midnight_becomes_two_rules():
    late, early = rules(byday="FR,SU", opens_at="22:00", closes_at="06:00")
    assert (late.byday, late.opens, late.closes) == (("FR", "SU"), time(22), END_OF_DAY)
    assert (early.byday, early.opens, early.closes) == (("SA", "MO"), time(0), time(6))


def test_every_second_week_counts_from_the_first_day():
    (rule,) = rules(interval=2, dtstart="2026-01-05")
    assert (rule.interval, rule.valid_from) == (2, date(2026, 1, 5))
    (rule,) = rules(interval=2, dtstart="2026-01-05", valid_from="2026-01-12")
    assert rule.valid_from == date(2026, 1, 19)  # the week of the 12th is one without
    (rule,) = rules(count=3, dtstart="2026-01-05")
    assert rule.valid_to == date(2026, 1, 19)
    (rule,) = rules(until="2026-02-01", valid_to="2026-03-01")
    assert rule.valid_to == date(2026, 2, 1)


@pytest.mark.parametrize(
    "fields",
    [
        {"bymonthday": "2,3,4"}, {"byweekno": "41"}, {"byday": "XX"}, {"byday": ""}, {"opens_at": "früh"},
        {"closes_at": None}, {"interval": 0.5}, {"interval": -1}, {"interval": 10**9}, {"interval": float("inf")},
        {"valid_from": "bald"}, {"valid_from": "0001-01-01", "dtstart": "9999-01-01", "interval": 2},
        {"count": 3}, {"count": "x", "dtstart": "2026-01-05"}, {"freq": "YEARLY"}, {"freq": 7}, {"byday": ["MO"]},
        {"freq": "MONTHLY", "byday": "1MO", "opens_at": "22:00", "closes_at": "06:00"}, {"byday": "1MO"},
        {"opens_at": {"a": 1}}, {"opens_at": "25:00"},
    ],
)  # fmt: skip
def test_hours_that_cannot_be_said_exactly_are_left_out_and_told(fields):
    row = {"freq": "WEEKLY", "byday": "MO", "opens_at": "09:00", "closes_at": "12:00", **fields}
    found = reading.read(service(schedules=[{**row, "description": "Montags früh"}]))
    assert found.entry is not None
    assert found.entry.hours == ()
    assert found.entry.hours_note == "Montags früh"
    assert [one.field for one in found.lost] == ["hours"]


# -- anything at all --------------------------------------------------------------------------------
@pytest.mark.parametrize("value", [None, 7, True, "text", [], [1, None, "x"], {"a": 1}, [[{}]], float("nan"), "\x00"])
@pytest.mark.parametrize(
    "key",
    [
        "name", "description", "url", "email", "status", "organization", "phones", "languages", "cost_options",
        "minimum_age", "schedules", "service_areas", "service_at_locations", "attributes", "required_documents",
        "contacts", "additional_urls", "id",
    ],
)  # fmt: skip
def test_nothing_in_a_file_breaks_the_reading(key, value):
    for one in reading.services(service(**{key: value})):
        read = reading.read(one)
        assert read.entry is not None or read.faults


@pytest.mark.parametrize("document", [None, 7, "x", [], {}, [7, None], {"contents": 7}, {"services": [7]}, [[[]]]])
def test_a_document_without_services_has_none_or_nameless_ones(document):
    assert all(reading.read(one).entry is None for one in reading.services(document))


def test_wrong_kinds_of_values_are_named_at_their_field():
    found = reading.read(service(email=False, minimum_age="zwölf", alert=["x"], url="example"))
    assert {fault.field for fault in found.faults} == {"email", "min_age", "alert", "url"}


def test_numbers_are_found_where_others_put_them_and_names_are_left_out():
    contact = {"id": "c", "name": "Ann Persona", "phones": [{"number": "089 1", "type": "fax", "extension": 7}]}
    found = reading.read(service(contacts=[contact]))
    assert found.entry is not None
    assert (found.entry.phones[0].number, found.entry.phones[0].label) == ("089 1", "fax, Durchwahl 7")
    assert "Persona" not in str(found.entry)
    assert ("phones", "Namen von Personen werden nicht übernommen.") in [(f.field, f.text) for f in found.lost]
    place = {"location": {"location_type": "physical", "phones": [{"number": "089 2"}]}}
    assert entry_of(service_at_locations=[place]).phones[0].number == "089 2"
    organization = {"name": "Verein", "phones": [{"number": "089 3"}]}
    assert entry_of(organization=organization).phones[0].number == "089 3"


def test_a_place_in_the_net_is_no_place():
    place = {"location": {"location_type": "virtual", "url": "https://example.org"}}
    assert entry_of(service_at_locations=[place]).places == ()
    assert lost(service_at_locations=[place])[0][0] == "places"


def test_terms_are_the_same_in_every_installation():
    """Files that are out there carry these identifiers: they may never change."""
    assert profile.SITUATIONS.id == "7f0913d7-75af-56f5-a430-6d011b7d428d"
    assert profile.term_id(profile.COST, "free") == "602703f4-9069-5d38-9ef7-9ab5ec6dd79a"
    assert profile.term_id(profile.FIELDS, "protected") == "35c2abf2-21a3-589d-a9aa-d0ac90bec322"
