"""A city loads its own outlines; a broken file changes nothing and says where it is broken."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from mitstadt.geo import actions, geojson, queries
from mitstadt.geo.models import District
from mitstadt.kit.errors import DomainError

MUNICH = Path(__file__).resolve().parents[4] / "demo" / "munich"
SQUARE = [[11.5, 48.1], [11.6, 48.1], [11.6, 48.2], [11.5, 48.2], [11.5, 48.1]]


def feature(geometry=None, **properties):
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": geometry or {"type": "Polygon", "coordinates": [SQUARE]},
    }


def collection(*features, **extra):
    return json.dumps({"type": "FeatureCollection", "features": list(features), **extra}).encode()


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


@pytest.fixture
def munich(db):
    actions.load_districts(MUNICH)


def test_outlines_are_matched_by_number_or_by_name(munich):
    data = collection(
        feature(sb_nummer="05"), feature(name="Schwanthalerhoehe"), feature(Name="Altstadt - Lehel", nr=1)
    )
    assert actions.load_outlines(data) == 3
    assert set(District.objects.exclude(outline=None).values_list("number", flat=True)) == {1, 5, 8}


def test_the_number_may_stand_in_the_id(munich):
    assert actions.load_outlines(collection({**feature(), "id": 7})) == 1
    assert District.objects.get(number=7).outline["type"] == "Polygon"


def test_what_goes_out_is_what_came_in_and_valid_geojson(munich, client):
    actions.load_outlines(collection(feature(nummer=3)))
    response = client.get("/api/v1/districts/geojson")
    assert response["Content-Type"] == "application/geo+json"
    from geojson_pydantic import FeatureCollection

    found = FeatureCollection.model_validate_json(response.content)
    assert len(found.features) == 25
    by_number = {f.properties["number"]: f.geometry for f in found.features}
    assert [list(p) for p in by_number[3].coordinates[0]] == SQUARE
    assert by_number[4] is None


def test_the_list_of_districts_in_the_api(munich, client):
    rows = client.get("/api/v1/districts").json()
    assert len(rows) == 25
    assert rows[0] == {"number": 1, "name": "Altstadt-Lehel", "slug": "altstadt-lehel", "column": 4, "row": 2}


def test_a_ring_that_runs_the_wrong_way_round_is_turned():
    [outline] = geojson.read(collection(feature(polygon(SQUARE[::-1]), nummer=1)))
    assert outline.geometry["coordinates"] == [SQUARE]


def test_a_hole_runs_clockwise():
    hole = [[11.52, 48.12], [11.54, 48.12], [11.54, 48.14], [11.52, 48.14], [11.52, 48.12]]
    [outline] = geojson.read(collection(feature(polygon(SQUARE, hole), nummer=1)))
    assert outline.geometry["coordinates"][1] == hole[::-1]


BOW_TIE = [[0, 0], [2, 2], [2, 0], [0, 1], [0, 0]]

BROKEN = {
    "no JSON": (b"{", "Zeile 1"),
    "Latin-1": ('{"name": "München"}'.encode("latin-1"), "UTF-8"),
    "NaN": (b'{"type": "FeatureCollection", "features": [NaN]}', "NaN"),
    "nested": (b"[" * 200_000, "verschachtelt|kein g"),
    "a list": (b"[]", "FeatureCollection"),
    "HTML": (b"<html></html>", "JSON"),
    "empty": (collection(), "keine Objekte"),
    "one feature only": (json.dumps(feature(nummer=1)).encode(), "Feature"),
    "not a feature": (collection({"type": "Point"}), "Objekt 1"),
    "no geometry": (collection({"type": "Feature", "properties": {}, "geometry": None}), "Objekt 1"),
    "a point": (collection(feature({"type": "Point", "coordinates": [1, 2]}, name="Laim")), "Laim.*Point"),
    "open ring": (collection(feature(polygon([*SQUARE[:-1], [11.5, 48.15]]), nummer=1)), "Ring 1.*nicht geschlossen"),
    "short ring": (collection(feature(polygon([[0, 0], [1, 1], [0, 0]]), nummer=1)), "vier Punkte"),
    "no area": (collection(feature(polygon([[0, 0], [1, 1], [2, 2], [0, 0]]), nummer=1)), "keine Fläche"),
    "crosses itself": (collection(feature(polygon(BOW_TIE), nummer=1)), "kreuzt sich"),
    "metres instead of degrees": (
        collection(feature(polygon([[4468000, 5333000]] * 5), nummer=1)),
        "Punkt 1.*4468000.*WGS 84",
    ),
    "words for numbers": (collection(feature(polygon([["a", "b"]] * 5), nummer=1)), "kein Punkt"),
    "booleans for numbers": (collection(feature(polygon([[True, False]] * 5), nummer=1)), "kein Punkt"),
    "infinite": (collection(feature(polygon(SQUARE), nummer=1)).replace(b"48.2", b"1e999"), "kein Punkt"),
    "other reference system": (collection(feature(nummer=1), crs={"properties": {"name": "EPSG:25832"}}), "25832"),
    "too many": (collection(*[feature(nummer=1)] * 2001), "2001"),
    "unknown district": (collection(feature(nummer=26)), "kein Stadtbezirk"),
    "no hint at all": (collection(feature(colour="red")), "kein Stadtbezirk"),
    "number and name disagree": (collection(feature(nummer=1, name="Laim")), "Altstadt-Lehel.*25"),
    "number fits, name does not": (collection(feature(nummer=1, name="Wien")), "Wien.*Altstadt-Lehel"),
    "twice the same": (collection(feature(nummer=1), feature(name="Altstadt-Lehel")), "Objekt 2.*Objekt 1"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_changes_nothing_and_says_where(munich, case):
    data, said = BROKEN[case]
    with pytest.raises(DomainError, match=said):
        actions.load_outlines(data)
    assert not District.objects.exclude(outline=None).exists()


def test_one_broken_object_keeps_the_good_ones_out_too(munich):
    with pytest.raises(DomainError, match="Objekt 2"):
        actions.load_outlines(collection(feature(nummer=1), feature(nummer=99)))
    assert not District.objects.exclude(outline=None).exists()


def test_a_huge_file_is_refused_before_it_is_read():
    with pytest.raises(DomainError, match="zu groß"):
        geojson.read(b" " * (geojson.MAX_BYTES + 1))


def test_too_many_points_are_refused(monkeypatch):
    monkeypatch.setattr(geojson, "MAX_POSITIONS", 8)
    with pytest.raises(DomainError, match="Objekt 2"):
        geojson.read(collection(feature(nummer=1), feature(nummer=2)))


def test_a_detailed_ring_is_checked_in_reasonable_time():
    from math import cos, pi, sin

    ring = [[11.5 + cos(2 * pi * i / 20_000) / 10, 48.1 + sin(2 * pi * i / 20_000) / 10] for i in range(20_000)]
    started = time.perf_counter()
    geojson.read(collection(feature(polygon([*ring, ring[0]]), nummer=1)))
    assert time.perf_counter() - started < 5


def test_the_command_says_what_is_wrong(munich, tmp_path):
    path = tmp_path / "bezirke.geojson"
    path.write_bytes(b"{}")
    with pytest.raises(CommandError, match="FeatureCollection"):
        call_command("load_districts", str(path))
    with pytest.raises(CommandError, match="gibtesnicht"):
        call_command("load_districts", str(tmp_path / "gibtesnicht"))
    path.write_bytes(collection(feature(nummer=12)))
    call_command("load_districts", str(path))
    assert queries.feature_collection()["features"][11]["geometry"] is not None
