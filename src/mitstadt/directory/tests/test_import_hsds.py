"""Services of HSDS 3 as other cities publish them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mitstadt.directory.importing import planning, running
from mitstadt.directory.models import Service

from . import factories

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
    ],
    ids=["service", "list", "page", "organization"],
)
def test_a_service_becomes_an_entry_wherever_it_stands(staff, wrap):
    data = json.dumps(wrap(SERVICE)).encode()
    staged = planning.stage(staff, data, "hsds.json", "hsds")
    assert (staged.notes, staged.counts.get("new")) == ([], 1)
    hints = staged.rows.get().hints
    assert [hint["text"] for hint in hints] == ["Diese Sprache kennen wir nicht: ur"]
    running.take(staff, staged, wait=True)
    entry = Service.objects.get().entry
    assert (entry.name, entry.provider, entry.lead) == ("Beratung", "Beispiel e.V.", "Wir beraten.")
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


@pytest.mark.parametrize(
    "change",
    [
        {"latitude": 100, "longitude": 101},
        {"addresses": None, "accessibility": "x"},
        {"location_type": "virtual"},
    ],
)
def test_a_location_that_says_too_little_does_not_break_the_service(staff, change):
    service = json.loads(json.dumps(SERVICE))
    service["service_at_locations"][0]["location"] |= change
    assert planning.stage(staff, json.dumps(service).encode(), "hsds.json", "hsds").counts["new"] == 1


@pytest.mark.parametrize("junk", [None, 7, "x", [], [None], [7], {"a": 1}])
@pytest.mark.parametrize(
    "name", ["phones", "schedules", "service_at_locations", "cost_options", "languages", "organization", "minimum_age"]
)
def test_whatever_stands_in_a_field_nothing_raises(staff, name, junk):
    staged = planning.stage(staff, json.dumps({**SERVICE, name: junk}).encode(), "hsds.json", "hsds")
    assert staged.counts["new"] + staged.counts["broken"] == 1


STANDARDS = next(
    (folder for up in (4, 5, 6) if (folder := Path(__file__).parents[up] / "shared" / "data" / "standards" / "hsds")
     .is_dir()), None,
)  # fmt: skip


@pytest.mark.skipif(STANDARDS is None, reason="no ../shared/data/standards/hsds beside the repository")
def test_the_official_example_and_the_british_ones_are_read(staff):
    assert STANDARDS is not None
    mocks = STANDARDS / "uk-mocks" / "OpenReferralApi" / "Mocks" / "V3.0-UK-Default"
    paths = [STANDARDS / "3.1" / "examples" / "service_full.json", mocks / "service_full.json"]
    for path in [path for path in paths if path.is_file()]:
        staged = planning.stage(staff, path.read_bytes(), path.name, "hsds")
        assert (staged.notes, staged.counts["broken"]) == ([], 0), [row.faults for row in staged.rows.all()]
        assert staged.counts["new"] == 1
