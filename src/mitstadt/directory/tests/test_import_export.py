"""What goes out as CSV or JSON comes in again without a difference, here and in another city."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from openpyxl import Workbook

from mitstadt.directory import demo, hours, queries
from mitstadt.directory.entries import Cost, Entry, Phone, Place
from mitstadt.directory.importing import export, flat, planning, running
from mitstadt.directory.importing.models import Origin
from mitstadt.directory.models import Service

from . import factories
from .test_entries import FULL

AWKWARD = Entry(
    name="=SUMME(A1)", provider="-Träger", lead='"Anführung"; und | Strich', description="erste\n\n'=zweite\tSpalte",
    phones=(Phone("+49 89 1", "a | b"), Phone("110")), documents=("Ausweis; Pass", "[Liste]"),
    costs=(Cost("Kurs", 1234.5), Cost("Schweiz", 3.0, "CHF"), Cost("frei")), languages=("de", "de-simple"),
    places=(
        Place("", "Weg 1", "", "Nur Ort", 48.13712345678901, -11.5),
        Place("Name | Strich", "", "04103", "", None, None, ("lift",)),
        Place(lat=1e-07, lon=2.0),
    ),
    hours=(*hours.parse("1. Mi im Monat 18-20 Uhr | nur telefonisch"),
           replace(hours.parse("Mo 9-12")[0], interval=2, valid_from=None)),
    min_age=0, districts=(1, 25),
)  # fmt: skip


@pytest.mark.parametrize("entry", [FULL, AWKWARD, Entry("kurz", "wer")], ids=["full", "awkward", "short"])
@pytest.mark.parametrize("form", ["csv", "json", "geojson"])
def test_an_entry_comes_back_from_a_file_as_it_was(entry, form):
    from mitstadt.directory.importing import reading

    told = [("u1", "2026-01-02", entry)]
    lines = {"csv": flat.to_csv(told, len(entry.places)), "json": flat.to_json(told), "geojson": flat.to_geojson(told)}
    text = "".join(lines[form])
    content = reading.read(text.encode(), f"a.{form}")
    assert flat.known_columns(content.columns)[1] == []
    assert Entry.from_json(flat.entry_of(content.rows[0].values)) == entry


@pytest.fixture
def city(db, editor, actor_of):
    factories.everyday()
    factories.offer("Eins", cost="income", fees="mit Pass frei", categories=("wohnen",))
    factories.offer("Zwei", protected=True, places=())
    factories.offer("Drei", places=(*factories.entry().places, Place("Anderswo", "Gasse 2")), source="woanders",
                    source_id="7")  # fmt: skip
    return actor_of(editor)


@pytest.mark.parametrize("form", ["csv", "json", "geojson"])
def test_an_export_says_no_difference_here(city, form):
    data = "".join(export.lines(form, queries.public())).encode()
    staged = planning.stage(city, data, f"angebote.{form}", "mitstadt")
    assert (staged.notes, staged.counts) == (
        [], {"new": 0, "changed": 0, "same": 3, "twin": 0, "broken": 0, "gone": 0}
    )  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "json", "geojson"])
def test_another_city_takes_it_over_and_then_sees_no_difference(city, form):
    data = "".join(export.lines(form, queries.public())).encode()
    before = {service.name: service.entry for service in Service.objects.all()}
    Service.objects.all().delete()
    staged = planning.stage(city, data, f"angebote.{form}", "mitstadt")
    assert staged.counts["new"] == 3
    running.take(city, staged, wait=True)
    assert {service.name: service.entry for service in Service.objects.all()} == before
    assert planning.stage(city, data, f"angebote.{form}", "mitstadt").counts["same"] == 3


def test_a_cell_changed_in_a_spreadsheet_changes_that_field_and_can_be_changed_back(city):
    service = Service.objects.get(name="Eins")
    first = _table("".join(export.lines("csv", queries.public())))
    for lead in ("Neu gesagt.", service.entry.lead):
        lines = [list(line) for line in first]
        column, key = lines[0].index("lead"), lines[0].index("uuid")
        for line in lines[1:]:
            if line[key] == str(service.uuid):
                line[column] = lead
        staged = planning.stage(city, _workbook(lines), "angebote.xlsx", "mitstadt")
        assert [(row.title, row.fields) for row in staged.rows.filter(verdict="changed")] == [("Eins", ["lead"])]
        running.take(city, staged, wait=True)
        assert Service.objects.get(pk=service.pk).entry.lead == lead


def test_columns_that_are_not_there_are_not_touched_and_strange_ones_are_named(city):
    service = Service.objects.get(name="Eins")
    text = f"uuid;name;provider;fees\n{service.uuid};Eins;{service.entry.provider};anders\n"
    staged = planning.stage(city, text.encode(), "a.csv", "mitstadt")
    assert [row.fields for row in staged.rows.all()] == [["fees"]]
    strange = planning.stage(city, text.replace("fees", "feees").encode(), "a.csv", "mitstadt")
    assert strange.notes == ["Diese Spalten kennen wir nicht: feees."]


def test_a_secret_address_and_drafts_are_in_no_export(city):
    factories.offer("Entwurf", publish=False)
    text = "".join(export.lines("json", queries.public()))
    assert "Entwurf" not in text
    assert '"name": "Zwei"' in text


@pytest.mark.slow
def test_an_export_of_the_demo_city_says_no_difference(db, settings, editor, actor_of):
    settings.MITSTADT_DEMO = True
    demo.load()
    assert queries.public().count() > 50
    data = "".join(export.lines("csv", queries.public())).encode()
    staged = planning.stage(actor_of(editor), data, "a.csv", "mitstadt")
    assert staged.counts["same"] == queries.public().count()
    assert not Origin.objects.exists()


def _table(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=";"))


def _workbook(lines: list[list[str]]) -> bytes:
    book, target = Workbook(), io.BytesIO()
    for line in lines:
        book.active.append(line)
    book.save(target)
    return target.getvalue()
