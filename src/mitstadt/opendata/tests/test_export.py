"""Somebody who runs a city's installation puts every public set on a disk."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from rdflib import DCAT, RDF, Graph

from mitstadt.geo.models import District
from mitstadt.kit import clock, datasets
from mitstadt.opendata.management.commands.export import write

PERSONAL = {"email", "user", "user_id", "author_id", "ip", "contact", "phone", "birth", "password", "session"}
EXPECTED = {
    "beitraege",
    "bewertungen",
    "fortschreibungen",
    "massnahmen",
    "massnahmen-verlauf",
    "moderation",
    "stadtbezirke",
}


def test_every_room_publishes_its_set():
    assert {dataset.slug for dataset in datasets.all_datasets()} >= EXPECTED


@pytest.mark.parametrize("slug", sorted(EXPECTED))
def test_no_set_has_a_personal_column_and_each_says_what_it_holds(slug):
    dataset = datasets.get(slug)
    assert not PERSONAL & set(dataset.names)
    assert len(set(dataset.names)) == len(dataset.names)
    assert str(dataset.title)
    assert str(dataset.description).endswith(".")
    assert {column.kind for column in dataset.columns} <= {"text", "number", "date", "datetime", "bool", "url"}


@pytest.fixture
def two_districts(db):
    square = {"type": "Polygon", "coordinates": [[[11.5, 48.1], [11.6, 48.1], [11.6, 48.2], [11.5, 48.1]]]}
    early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
    District.objects.create(number=1, name="Altstadt", slug="altstadt", changed_at=early, outline=square)
    District.objects.create(number=2, name="Au", slug="au", changed_at=late)


def test_one_command_writes_every_set_in_every_format(two_districts, tmp_path):
    call_command("export", tmp_path / "neu", stdout=open(tmp_path / "log", "w"))  # noqa: SIM115
    written = {path.name for path in (tmp_path / "neu").iterdir()}
    assert {f"{slug}.{suffix}" for slug in EXPECTED for suffix in ("csv", "json")} <= written
    assert {"stadtbezirke.geojson", "katalog.ttl", "katalog.rdf", "katalog.jsonld"} <= written
    assert not [name for name in written if name.endswith(".part")]
    with (tmp_path / "neu" / "stadtbezirke.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["number"], row["name"]) for row in rows] == [("1", "Altstadt"), ("2", "Au")]
    assert json.loads(rows[0]["geometry"])["type"] == "Polygon"
    data = json.loads((tmp_path / "neu" / "stadtbezirke.geojson").read_text())
    assert [feature["geometry"] is None for feature in data["features"]] == [False, True]
    graph = Graph().parse(tmp_path / "neu" / "katalog.ttl")
    assert len(set(graph.subjects(RDF.type, DCAT.Dataset))) >= len(EXPECTED)


def test_only_what_was_asked_for(two_districts, tmp_path):
    call_command("export", tmp_path, only=["stadtbezirke"], format=["json"], since="2026-02-01", verbosity=0)
    assert [path.name for path in tmp_path.iterdir()] == ["stadtbezirke.json"]
    assert [row["name"] for row in json.loads((tmp_path / "stadtbezirke.json").read_text())["rows"]] == ["Au"]


@pytest.mark.parametrize(("name", "value"), [("only", ["baenke"]), ("since", "gestern")])
def test_nonsense_is_refused_and_quoted(db, tmp_path, name, value):
    with pytest.raises(CommandError, match=r"baenke|gestern"):
        call_command("export", tmp_path / "x", **{name: value})
    assert not (tmp_path / "x").exists()


def test_a_file_that_breaks_off_leaves_the_old_one_alone(tmp_path):
    def broken() -> Iterator[str]:
        yield "halb"
        raise RuntimeError("the database went away")

    path = tmp_path / "massnahmen.csv"
    path.write_text("alt")
    with pytest.raises(RuntimeError):
        write(path, broken())
    assert path.read_text() == "alt"


def test_a_district_that_is_loaded_again_unchanged_did_not_change(db, tmp_path):
    from mitstadt.geo.actions import load_districts

    (tmp_path / "districts.yaml").write_text("districts: [{number: 1, name: Au, column: 0, row: 0}]")
    with clock.at(datetime(2026, 1, 1, tzinfo=UTC)):
        load_districts(tmp_path)
    with clock.at(datetime(2026, 2, 1, tzinfo=UTC)):
        load_districts(tmp_path)
    assert datasets.get("stadtbezirke").modified() == datetime(2026, 1, 1, tzinfo=UTC)
    (tmp_path / "districts.yaml").write_text("districts: [{number: 1, name: Aue, column: 0, row: 0}]")
    with clock.at(datetime(2026, 3, 1, tzinfo=UTC)):
        load_districts(tmp_path)
    assert datasets.get("stadtbezirke").modified() == datetime(2026, 3, 1, tzinfo=UTC)


def test_the_download_and_the_page_show_the_set(two_districts, client):
    answer = client.get("/daten/stadtbezirke.csv?seit=2026-02-01")
    assert b"".join(answer.streaming_content).decode().count("\r\n") == 2
    page = client.get("/daten/stadtbezirke/").content.decode()
    assert "Altstadt" in page
    assert "{&#x27;type&#x27;" not in page  # the geometry is shown as JSON, not as Python
