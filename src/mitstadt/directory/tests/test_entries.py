"""An entry as data: it comes back as it was, and what is wrong is named with its field."""

from __future__ import annotations

import dataclasses

import pytest

from mitstadt.directory import entries, hours
from mitstadt.directory.entries import Cost, Entry, Phone, Place

from .factories import entry

FULL = Entry(
    name="Alles", provider="Träger", lead="Kurz", description="Lang\n\nzweiter Absatz", simple="Einfach",
    alternate_name="Auch",
    status="temporarily closed", alert="Im August zu", categories=("wohnen",), url="https://example.org/x?y=1",
    email="a@example.org", phones=(Phone("+49 89 000-1", "Büro", ("de",)),), ways=("visit", "chat"), languages=("de",
    "ar"),
    interpretation="nach Anmeldung", cost="income", costs=(Cost("Kurs", 12.5),), fees="mit Pass frei",
    appointment="needed",
    application="Anrufen", min_age=6, max_age=12, situations=("children",), districts=(2, 9), area="Mitte",
    documents=("Ausweis",), eligibility="wohnt hier", emergency=True,
    places=(Place("Haus", "Weg 1", "80331", "München", 48.1, 11.5, ("lift",), "Klingel", "U1",
    hours.parse("Mo 9-12"), "n"),),
    hours=hours.parse("Di 9-12"), hours_note="außer Ferien",
)  # fmt: skip


def test_an_entry_comes_back_as_it_was():
    assert Entry.from_json(FULL.to_json()) == FULL
    assert entries.faults(FULL, {"wohnen"}) == []
    nothing = Entry("a", "b", min_age=0, costs=(Cost("frei", 0.0),), places=(Place(lat=0.0, lon=11.5),))
    assert Entry.from_json(nothing.to_json()) == nothing
    assert all(getattr(FULL, f.name) not in ((), "", None) for f in dataclasses.fields(FULL) if f.name != "protected")


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("url", {"url": "javascript:alert(1)"}),
        ("url", {"url": "example.org"}),
        ("email", {"email": "kein at"}),
        ("phones", {"phones": (Phone("ruf mich an"),)}),
        ("status", {"status": "kaputt"}),
        ("languages", {"languages": ("klingonisch",)}),
        ("situations", {"situations": ("x",)}),
        ("cost", {"cost": "teuer"}),
        ("min_age", {"min_age": 300}),
        ("max_age", {"min_age": 9, "max_age": 3}),
        ("costs", {"costs": (Cost("x", -1),)}),
        ("places", {"places": (Place(lat=48.0),)}),
        ("places", {"places": (Place(lat=480.0, lon=11.0),)}),
        ("places", {"places": (Place(street="x", access=("gibt-es-nicht",)),)}),
        ("categories", {"categories": ("unbekannt",)}),
        ("description", {"description": "x" * 8001}),
        ("phones", {"protected": True, "phones": ()}),
        ("description", {"protected": True, "description": "Sie finden uns in der Rosenstraße 12, Hinterhaus."}),
        ("lead", {"protected": True, "lead": "Am Alten Platz 3"}),
    ],
)
def test_what_is_wrong_is_named_with_its_field(field, change):
    found = entries.faults(dataclasses.replace(entry(), **change), {"wohnen"})
    assert field in [fault.field for fault in found]
    assert all(fault.text for fault in found)


@pytest.mark.parametrize(
    "data",
    [
        {"name": "x"}, {"provider": "x"}, {"name": "", "provider": "x"}, {"name": 7, "provider": "x"},
        {"name": "x", "provider": "x", "fremd": 1}, {"name": "x", "provider": "x", "places": "hier"},
        {"name": "x", "provider": "x", "min_age": "zwei"}, {"name": "x", "provider": "x", "min_age": 2.5},
        {"name": "x", "provider": "x", "hours": [{"byday": ["MO"]}]}, {"name": "x", "provider": "x", "protected": "ja"},
        {"name": "x", "provider": "x", "places": [{"lat": "48"}]}, {"name": "x", "provider": "x", "phones": ["1"]},
    ],
)  # fmt: skip
def test_another_shape_is_refused_with_its_field(data):
    with pytest.raises(ValueError, match=r"name|provider|fremd|places|min_age|hours|protected|phones"):
        Entry.from_json(data)


def test_differences_are_named_in_the_order_of_the_form():
    after = dataclasses.replace(FULL, phones=(), name="Anders")
    assert entries.difference(FULL, after) == ["name", "phones"]
    assert entries.merged(FULL, after, ["name"]) == dataclasses.replace(FULL, name="Anders")


def test_of_a_secret_address_nothing_is_kept():
    assert entries.without_place(dataclasses.replace(FULL, protected=True)).places == ()
    assert entries.without_place(FULL) == FULL


# -- secret addresses -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("description", {"description": "Rosenweg 12 im Hof"}),
        ("name", {"name": "Haus Hauptstr 5"}),
        ("lead", {"lead": "Sie finden uns: Am Rosengarten 7"}),
        ("eligibility", {"eligibility": "Klingeln An der Isar 3b, hinten"}),
        ("phones", {"phones": (Phone("089 1", "Büro Rosenweg 12"),)}),
        ("costs", {"costs": (Cost("bar zu zahlen, Rosengasse 4", 3.0),)}),
        ("documents", {"documents": ("Ausweis", "Abgabe: Isarpromenade 9")}),
    ],
)
def test_a_street_in_any_text_of_a_secret_offer_is_refused(field, change):
    shelter = dataclasses.replace(entry(), places=(), protected=True)
    assert entries.faults(shelter) == []
    assert [fault.field for fault in entries.faults(dataclasses.replace(shelter, **change))] == [field]


@pytest.mark.parametrize(
    "text",
    [
        "Am Montag 9 bis 12 Uhr", "Im Jahr 2026", "Postfach 10 12 34, 80333 München", "Tag und Nacht, 24 Stunden",
        "In der Woche 3 Gruppen", "Zum Schutz 2 Personen vor Ort", "für Frauen ab 18",
    ],
)  # fmt: skip
def test_ordinary_sentences_are_no_streets(text):
    assert not entries.tells_street(text)
    assert entries.without_streets(text) == text
