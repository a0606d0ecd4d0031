"""Services of HSDS 3 as other cities publish them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from mitstadt.directory import actions
from mitstadt.directory.hsds import api
from mitstadt.directory.importing import planning, running, shipped
from mitstadt.directory.models import Service

from . import factories
from .hsds import everything

SERVICE: dict[str, Any] = {
    "id": "ac148810-d857-441c-9679-408f346de14b", "name": "Beratung", "status": "active",
    "description": "Wir beraten. Und zwar lange.", "url": "https://example.org", "email": "a@example.org",
    "minimum_age": 12, "maximum_age": 100.0, "application_process": "Anrufen", "alert": "Im August zu",
    "organization": {"id": "1", "name": "Beispiel e.V."},
    "phones": [{"number": '"+49 341 234567"', "extension": 12, "description": "Empfang",
                "languages": [{"code": "deu"}, {"code": "ur", "name": "Urdu"}]}],
    "schedules": [{"freq": "WEEKLY", "byday": "TH,FR", "opens_at": "10:00:00", "closes_at": "18:00:00Z"},
                  {"description": "im Advent länger"}],
    "service_at_locations": [{"location": {
        "location_type": "physical", "name": "Haus", "latitude": 51.3, "longitude": 12.3, "transportation": "Tram 1",
        "addresses": [{"address_1": "Weg 1", "address_2": "Hof", "city": "Leipzig", "postal_code": "04103"}],
        "accessibility": [{"description": "Rampe"}]}}],
    "cost_options": [{"option": "je Stunde", "amount": 5, "currency": "eur"}],
    "languages": [{"code": "tr"}], "required_documents": [{"document": "Ausweis"}],
    "service_areas": [{"name": "Leipzig"}],
}  # fmt: skip


@pytest.fixture
def staff(db, editor, actor_of):
    factories.everyday()
    return actor_of(editor)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda service: service,
        lambda service: [service],
        lambda service: {"total_items": 1, "page_number": 1, "contents": [service]},
        lambda service: {
            **service["organization"],
            "services": [{k: v for k, v in service.items() if k != "organization"}],
        },
        lambda service: {
            "id": "e94c9f38-1e8f-4564-91d4-d53501ab1765",
            "service": {k: v for k, v in service.items() if k != "service_at_locations"},
            **service["service_at_locations"][0],
            "phones": [],
            "contacts": [],
        },
    ],
    ids=["service", "list", "page", "organization", "service_at_location"],
)
def test_a_service_becomes_an_entry_wherever_it_stands(staff, wrap):
    data = json.dumps(wrap(SERVICE)).encode()
    staged = planning.stage(staff, data, "hsds.json", "hsds")
    assert (staged.notes, staged.counts.get("new")) == ([], 1)
    assert "Diese Sprache kennen wir nicht: Urdu" in [hint["text"] for hint in staged.rows.get().hints]
    running.take(staff, staged, wait=True)
    entry = Service.objects.get().entry
    assert (entry.name, entry.provider) == ("Beratung", "Beispiel e.V.")
    assert (entry.lead, entry.description) == ("Wir beraten. Und zwar lange.", "")  # short enough to stand once
    assert (entry.phones[0].number, entry.phones[0].label, entry.phones[0].languages) == (
        "+49 341 234567", "Durchwahl 12, Empfang", ("de",)
    )  # fmt: skip
    assert (entry.hours[0].byday, entry.hours[0].closes.hour, entry.hours_note) == (
        ("TH", "FR"),
        18,
        "im Advent länger",
    )
    place = entry.places[0]
    assert (place.street, place.postcode, place.lat, place.access_note) == ("Weg 1, Hof", "04103", 51.3, "Rampe")
    assert (entry.cost, entry.costs[0].amount, entry.costs[0].currency) == ("paid", 5.0, "EUR")
    assert (entry.min_age, entry.max_age, entry.languages, entry.documents) == (12, 100, ("tr",), ("Ausweis",))
    assert planning.stage(staff, data, "hsds.json", "hsds").counts["same"] == 1


def test_a_point_that_is_not_on_earth_is_named(staff):
    service = json.loads(json.dumps(SERVICE))
    service["service_at_locations"][0]["location"] |= {"latitude": 100, "longitude": 101}
    row = planning.stage(staff, json.dumps(service).encode(), "hsds.json", "hsds").rows.get()
    assert (row.verdict, row.title, row.faults[0]["field"]) == ("broken", "Beratung", "places")
    assert "gibt es auf der Erde nicht" in row.faults[0]["text"]


@pytest.mark.parametrize("junk", [None, 7, "x", [], [None], [7], {"a": 1}])
@pytest.mark.parametrize(
    "name", ["phones", "schedules", "service_at_locations", "cost_options", "languages", "organization", "minimum_age"]
)
def test_whatever_stands_in_a_field_nothing_raises(staff, name, junk):
    staged = planning.stage(staff, json.dumps({**SERVICE, name: junk}).encode(), "hsds.json", "hsds")
    assert staged.counts["new"] + staged.counts["broken"] == 1


def mapping(staff, text: str) -> str:
    shipped.save(staff, "meine", f"source: anderswo\nshape: hsds\n{text}")
    return "meine"


def test_a_mapping_lies_over_it(staff):
    attribute = {"taxonomy_term": {"name": "Debt advice", "code": "X-7"}}
    service = {**SERVICE, "attributes": [attribute], "url": "kaputt", "organization": None, "stelle": "Amt"}
    slug = mapping(
        staff, 'topics: {X-7: schulden}\nfields:\n  provider: "{stelle}"\n  url:\n    from: "{url}"\n'
        "    if_wrong: leave_out\n",
    )  # fmt: skip
    staged = planning.stage(staff, json.dumps(service).encode(), "hsds.json", slug)
    running.take(staff, staged, wait=True)
    entry = Service.objects.get().entry
    assert (entry.categories, entry.provider, entry.url) == (("schulden",), "Amt", "")


def test_topics_that_do_not_exist_are_named(staff):
    slug = mapping(staff, "topics: {X-7: schulten}\n")
    staged = planning.stage(staff, json.dumps(SERVICE).encode(), "hsds.json", slug)
    assert staged.notes == ["Zuordnung, Zeile 3, topics: Dieses Thema kennen wir nicht: schulten"]


def test_what_hsds_cannot_say_stays_as_it_is_here(staff):
    data = json.dumps(SERVICE).encode()
    running.take(staff, planning.stage(staff, data, "a.json", "hsds"), wait=True)
    service = Service.objects.get()
    mine = replace(
        service.entry, simple="Wir helfen.", situations=("youth",), categories=("schulden",), ways=("phone",)
    )
    actions.save_entry(mine, service, actor=None)
    assert planning.stage(staff, data, "a.json", "hsds").counts["same"] == 1


def test_our_own_export_comes_in_without_a_difference_here_and_elsewhere(staff):
    actions.save_entry(everything(), actor=None)
    factories.offer("Schutz", protected=True, places=(), districts=(1,), area="Mitte")
    factories.offer("Frei", costs=(), cost="free")
    data = "".join(api.export_lines()).encode()
    before = {service.name: service.entry for service in Service.objects.all()}
    staged = planning.stage(staff, data, "export.json", "hsds")
    assert (staged.counts["same"], [row.faults for row in staged.rows.filter(verdict="broken")]) == (3, [])
    Service.objects.all().delete()
    staged = planning.stage(staff, data, "export.json", "hsds")
    running.take(staff, staged, wait=True)
    secret = before.pop("Schutz")
    after = {service.name: service.entry for service in Service.objects.all()}
    assert after.pop("Schutz") == replace(secret, districts=(), area="")  # of a shelter not even the district goes out
    assert after == before
