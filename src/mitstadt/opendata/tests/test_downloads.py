"""A journalist with a script, a spreadsheet user and a harvester fetch the city's data."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rdflib import DCAT, RDF, Graph

from mitstadt.kit import datasets
from mitstadt.kit.datasets import Column, Dataset

SHARED = Path(__file__).resolve().parents[5] / "shared" / "data" / "standards" / "dcat-ap-de"
BENCH = {"type": "Point", "coordinates": [11.57, 48.13]}
ROWS = [
    {"id": "a", "title": "=1+1", "when": datetime(2026, 1, 1, tzinfo=UTC), "n": -3, "place": BENCH},
    {"id": "b", "title": 'Ä "quoted"; two\nlines', "when": datetime(2026, 3, 1, tzinfo=UTC), "n": None, "place": None},
]


@pytest.fixture(autouse=True)
def benches(monkeypatch):
    monkeypatch.setattr(datasets, "_datasets", {})
    datasets.register(
        Dataset(
            slug="baenke",
            title="Bänke",
            description="Wo man sitzen kann",
            columns=(
                Column("id", "text", "Kennung"),
                Column("title", "text", "Titel"),
                Column("when", "datetime", "Aufgestellt"),
                Column("n", "number", "Anzahl"),
                Column("place", "text", "Ort"),
            ),
            rows=lambda since: [r for r in ROWS if since is None or r["when"] >= since],
            modified=lambda: datetime(2026, 3, 1, tzinfo=UTC),
            keywords=("Bank",),
            geometry="place",
        )
    )


def body(response) -> str:
    return b"".join(response.streaming_content).decode("utf-8")


def table(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body(response).removeprefix("\ufeff"))))


def test_a_spreadsheet_never_runs_a_citizens_text_as_a_formula(client, db):
    rows = table(client.get("/daten/baenke.csv"))
    assert rows[0] == ["id", "title", "when", "n", "place"]
    assert rows[1][1] == "'=1+1"
    assert rows[1][3] == "-3"  # a number stays a number
    assert rows[2][1] == 'Ä "quoted"; two\nlines'


def test_a_script_asks_only_for_what_changed(client, db):
    assert [r[0] for r in table(client.get("/daten/baenke.csv?seit=2026-02-01"))[1:]] == ["b"]
    assert [r[0] for r in table(client.get("/daten/baenke.csv?seit=2026-01-01T00:00:00Z"))[1:]] == ["a", "b"]


@pytest.mark.parametrize("nonsense", ["gestern", "2026-13-45", "2026-02-30T12:00:00", "9" * 5000, "<b>"])
def test_a_wrong_moment_is_refused_and_quoted(client, db, nonsense):
    response = client.get("/daten/baenke.csv", {"seit": nonsense})
    assert response.status_code == 400
    assert response["Content-Type"].startswith("text/plain")
    assert nonsense[:40] in response.content.decode()


def test_json_says_what_its_columns_mean_and_under_which_licence(client, db):
    data = json.loads(body(client.get("/daten/baenke.json")))
    assert [row["id"] for row in data["rows"]] == ["a", "b"]
    assert data["about"]["columns"][0] == {"name": "id", "kind": "text", "meaning": "Kennung"}
    assert data["about"]["licence_url"] == "https://www.govdata.de/dl-de/zero-2-0"


def test_geojson_follows_the_rfc(client, db):
    from geojson_pydantic import FeatureCollection

    features = FeatureCollection.model_validate_json(body(client.get("/daten/baenke.geojson"))).features
    assert features[0].geometry.coordinates == (11.57, 48.13)
    assert features[1].geometry is None


def test_an_unknown_set_or_format_is_not_found(client, db):
    assert client.get("/daten/nichts.csv").status_code == 404
    assert client.get("/daten/baenke.xlsx").status_code == 404
    assert client.get("/daten/nichts/").status_code == 404


def test_the_page_shows_columns_first_rows_and_how_to_cite(client, db):
    page = client.get("/daten/baenke/").content.decode()
    assert "Kennung" in page
    assert "So zitieren Sie diese Daten" in page
    assert "/daten/baenke.csv?seit=" in page
    assert client.get("/en/daten/baenke/").status_code == 200


@pytest.mark.parametrize(("suffix", "form"), [("ttl", "turtle"), ("rdf", "xml"), ("jsonld", "json-ld")])
def test_a_harvester_reads_the_catalogue_in_three_forms(client, db, suffix, form):
    graph = Graph().parse(data=client.get(f"/daten/katalog.{suffix}").content, format=form)
    assert len(set(graph.subjects(RDF.type, DCAT.Dataset))) == 1
    assert len(set(graph.subjects(RDF.type, DCAT.Distribution))) == 3


def test_the_catalogue_conforms_to_dcat_ap_de_3(client, db):
    if not SHARED.is_dir():
        pytest.skip(f"shapes not found at {SHARED}: conformance with DCAT-AP.de was not checked")
    from pyshacl import validate

    shapes = Graph().parse(SHARED / "semic-3.0.0" / "dcat-ap-SHACL.ttl")
    for name in (
        "dcat-ap-SHACL-DE",
        "dcat-ap-de-deprecated",
        "dcat-ap-spec-german-additions",
        "dcat-ap-de-controlledvocabularies",
    ):
        shapes_file = SHARED / "v3.0" / "shacl" / f"{name}.ttl"
        if shapes_file.exists():
            shapes.parse(shapes_file)
    data = Graph().parse(data=client.get("/daten/katalog.ttl").content, format="turtle")
    data.parse(SHARED / "own" / "vocab-min.ttl")
    conforms, _graph, text = validate(data, shacl_graph=shapes)
    assert conforms, text
    for triple in list(data.triples((None, DCAT.theme, None))):
        data.remove(triple)
        data.add((triple[0], DCAT.theme, DCAT.Dataset))  # a theme that is none must be noticed
    assert not validate(data, shacl_graph=shapes)[0]
