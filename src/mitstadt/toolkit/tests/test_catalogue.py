"""The catalogue as a file: every fault named, round trip, comparison."""

from __future__ import annotations

import dataclasses
import json

import pytest
import yaml

from mitstadt.toolkit import catalogue, demo

ROW = {
    "slug": "test", "name_de": "Test", "kind": "analog", "iap2": ["consult"], "phases": ["ideas"],
    "group_size": {"min": 2, "max": 9}, "duration": "1 Stunde", "prep_weeks": {"min": 1, "max": 2}, "effort": "low",
    "cost_class": "€", "description": "Ein Versuch.",
}  # fmt: skip


def read(**changes):
    return catalogue.parse({"formats": [{**ROW, **changes}]})


def test_the_file_of_the_house_is_read_whole():
    found, faults = catalogue.parse(yaml.safe_load(demo.HOUSE.read_text(encoding="utf-8")))
    assert faults == []
    assert len(found.methods) == 61  # as its own `meta.count` says
    assert len(found.combinations) == 12
    assert [m.kind for m in found.methods].count("analog") == 20


def test_out_and_in_again_is_the_same():
    found = demo.read()
    again, faults = catalogue.parse(json.loads(json.dumps(catalogue.to_data(found))))
    assert faults == []
    assert again == found


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "magic"}, "kind"),
        ({"iap2": []}, "iap2"),
        ({"iap2": ["consult", "rule"]}, "iap2"),
        ({"group_size": {"min": 9, "max": 2}}, "group_size"),
        ({"group_size": {"min": "viele", "max": 2}}, "group_size"),
        ({"group_size": {"min": True, "max": 2}}, "group_size"),
        ({"prep_weeks": None}, "prep_weeks"),
        ({"name_de": ""}, "name_de"),
        ({"name_de": 7}, "name_de"),
        ({"description": "<script>alert(1)</script>"}, "description"),
        ({"description": "x" * 6001}, "description"),
        ({"description_en": "<b>bold</b>"}, "description_en"),
        ({"duration_en": "x" * 121}, "duration_en"),
        ({"description": "links\u202erechts"}, "description"),
        ({"cost_class": "€€€€€"}, "cost_class"),
        ({"sources": "eine"}, "sources"),
        ({"combine_with": ["gibt-es-nicht"]}, "combine_with"),
        ({"materials": [{"title": "Karten", "url": "javascript:alert(1)"}]}, "materials.url"),
        ({"materials": [{"title": "Karten", "url": "//anderswo.example/x"}]}, "materials.url"),
        ({"time": "ewig"}, "time"),
        ({"groups": ["alle"]}, "groups"),
        ({"needs": "viel"}, "needs"),
        ({"farbe": "rot"}, "farbe"),
    ],
)
def test_a_fault_names_entry_and_field(changes, field):
    _found, faults = read(**changes)
    assert [(fault.entry, fault.field) for fault in faults] == [("test", field)]
    assert faults[0].message


def test_an_entry_without_a_short_name_is_named_by_its_place():
    _found, faults = read(slug="Böse Adresse/../")
    assert (faults[0].entry, faults[0].field) == ("#1", "slug")
    assert catalogue.parse({"formats": [7]})[1][0].entry == "#1"


def test_the_same_entry_twice_is_a_fault():
    _found, faults = catalogue.parse({"formats": [ROW, ROW]})
    assert [(fault.entry, fault.field) for fault in faults] == [("test", "slug")]
    plan = {
        "slug": "plan",
        "name_de": "Plan",
        "goal": "x",
        "phases": ["ideas"],
        "steps": ["test"],
        "duration_weeks": [1, 2],
    }
    _found, faults = catalogue.parse({"formats": [ROW], "combinations": [plan, plan]})
    assert [(fault.entry, fault.field) for fault in faults] == [("plan", "slug")]


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00",
        b"formats: [",
        b"a: &a [1]\nb: *a\n",
        b"formats: !!python/object/apply:os.system ['ls']",
        b"{" + b"[" * 100_000,
        b"formats: []\nformats: []\n",
        b"formats:\n- {slug: a, name_de: x, slug: b}\n",
        b'{"formats": [{"slug": "a", "name_de": "x", "name_de": "y"}]}',
        b"formats: 2027-99-99",
        b"formats: " + b"9" * 5000,
        b"x" * (catalogue.LARGEST + 1),
    ],
)
def test_a_broken_or_malicious_file_is_refused_in_words(content):
    data, faults = catalogue.load(content)
    assert data is None
    assert faults[0].message


def test_only_plain_lists_are_a_catalogue():
    for data in (
        None,
        [],
        "x",
        {"formats": "x"},
        {"formats": [], "combinations": 3},
        {"formats": [], "experiences": 3},
        {"formats": [], "mehr": []},
    ):
        assert catalogue.parse(data)[1]


def test_the_difference_says_what_is_new_changed_and_only_here():
    one = read()[0].methods[0]
    other = dataclasses.replace(one, slug="zweites", name_de="Zweites")
    changed = dataclasses.replace(one, group_max=12)
    here = catalogue.Catalogue((one, dataclasses.replace(one, slug="nur-hier")))
    found = catalogue.compare(here, catalogue.Catalogue((changed, other)))
    assert [(change.kind, change.entry) for change in found] == [
        ("changed", "test"),
        ("new", "zweites"),
        ("absent", "nur-hier"),
    ]
    assert found[0].differing == (("group_max", 9, 12),)


def test_every_format_of_the_house_comes_with_practice():
    for method in demo.read().methods:
        assert len(method.steps) >= 3, method.slug
        assert method.checklist, method.slug
        assert method.access, method.slug
        assert method.partners, method.slug
        assert method.time, method.slug
        assert ("internet" in method.needs) == (method.kind == "digital"), method.slug
        assert all(text[0].isupper() or text[0].isdigit() for text in (*method.steps, *method.checklist)), method.slug


@pytest.mark.parametrize("text", ["\\ud800", "\\u0000", "\\u202e"])
def test_signs_that_no_database_takes_are_a_fault(text):
    row = json.dumps({"formats": [{**ROW, "risks": "RISK"}]}).replace("RISK", text)
    data, faults = catalogue.load(row.encode())
    assert faults == []
    assert [(fault.entry, fault.field) for fault in catalogue.parse(data)[1]] == [("test", "risks")]
