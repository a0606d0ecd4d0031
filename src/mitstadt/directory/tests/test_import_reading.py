"""Files become rows; what cannot be read is said in a sentence, whatever somebody uploads."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from openpyxl import Workbook

from mitstadt.directory.importing import reading
from mitstadt.kit.tables import MAX_BYTES, UnreadableError


def rows(data: bytes, name: str, **how: str) -> list[dict[str, Any]]:
    return [row.values for row in reading.read(data, name, **how).rows]


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_a_table_with_any_usual_separator(separator):
    text = separator.join(["Name", "Ort"]) + "\n" + separator.join(["Bürgertreff", "Köln"]) + "\n"
    assert rows(text.encode(), "a.csv") == [{"Name": "Bürgertreff", "Ort": "Köln"}]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_table_in_any_usual_encoding(encoding):
    found = reading.read("Name;Ort\n„Café“ Größe;Köln\n".encode(encoding), "a.csv")
    assert found.rows[0].values == {"Name": "„Café“ Größe", "Ort": "Köln"}
    assert bool(found.notes) == (encoding == "cp1252")


def test_lines_are_those_of_the_file():
    found = reading.read(b'Name\n\n"a\nb"\nc\n', "a.csv")
    assert [(row.line, row.values["Name"]) for row in found.rows] == [(3, "a\nb"), (5, "c")]


def test_an_escaped_cell_comes_back_as_it_was():
    assert rows(b"A;B\n'+49 89 1;'so ist es\n", "a.csv") == [{"A": "+49 89 1", "B": "'so ist es"}]


def workbook(*lines: list[Any]) -> bytes:
    book, target = Workbook(), io.BytesIO()
    for line in lines:
        book.active.append(line)
    book.save(target)
    return target.getvalue()


def test_a_workbook():
    assert rows(workbook(["Name", "PLZ"], ["Treff", 4177]), "a.xlsx") == [{"Name": "Treff", "PLZ": 4177}]


@pytest.mark.parametrize("wrap", [lambda x: x, lambda x: {"contents": x}, lambda x: {"anzahl": 1, "index": x}])
def test_a_list_wherever_it_stands(wrap):
    item = {"name": "Treff", "addresses": [{"street": "Weg"}]}
    assert rows(json.dumps(wrap([item])).encode(), "a.json") == [item]


def test_the_list_can_be_named():
    data = json.dumps({"a": [{"x": 1}], "b": {"c": [{"y": 2}]}}).encode()
    assert rows(data, "a.json", path="b.c") == [{"y": 2}]
    with pytest.raises(UnreadableError, match="mehrere Listen"):
        rows(json.dumps({"a": [{}], "b": [{}]}).encode(), "a.json")


def test_geojson_gives_points_and_the_middle_of_areas():
    data = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "id": 7, "properties": {"name": "A"}, "geometry": {"type": "Point",
             "coordinates": [11.5, 48.1]}},
            {"type": "Feature", "properties": {"name": "B"}, "geometry": {"type": "Polygon",
             "coordinates": [[[0, 0], [2, 0], [2, 4], [0, 0]]]}},
            {"type": "Feature", "properties": None, "geometry": None},
        ],
    }  # fmt: skip
    one, two, three = rows(json.dumps(data).encode(), "a.geojson")
    assert (one["lat"], one["lon"], one["id"], one["name"]) == (48.1, 11.5, 7, "A")
    assert (two["geometry.lat"], two["geometry.lon"]) == (2.0, 1.0)
    assert three["lat"] is None


def test_points_in_another_net_are_refused():
    data = {
        "type": "FeatureCollection",
        "crs": {"properties": {"name": "urn:ogc:def:crs:EPSG::25832"}},
        "features": [{}],
    }
    with pytest.raises(UnreadableError, match=r"anderen Netz \(urn:ogc:def:crs:EPSG::25832\)"):
        reading.read(json.dumps(data).encode(), "a.geojson")


def bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(["Name"], ["x"]))) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sheet1.xml"):
                data = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + data
            new.writestr(name, data)
    return target.getvalue()


def flood() -> bytes:
    target = io.BytesIO(workbook(["Name"], ["x"]))
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/flood.xml", b" " * 60_000_000)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "a.csv", "leer"),
        (b"x" * (MAX_BYTES + 1), "a.csv", "20 MB"),
        (b"Name\n" + b"x\n" * 20_001, "a.csv", "mehr als 20.000 Zeilen"),
        (json.dumps([{"n": 1}] * 20_001).encode(), "a.json", "mehr als 20.000 Zeilen"),
        (b"Name;Name\n1;2\n", "a.csv", "zweimal"),
        (b"Name\n", "a.csv", "keine Zeilen"),
        (b"Name\n\x81\x8d\n", "a.csv", "nicht in UTF-8"),
        (b"Name\n\xe4\x07\x1b\n", "a.csv", "Steuerzeichen"),
        (b"Name\na\x00b\n", "a.csv", "Null-Zeichen"),
        (b'Name\n"offen\n', "a.csv", "nicht lesbar"),
        (b"<html><table>", "a.csv", "HTML"),
        (workbook(["a"], ["b"]), "a.csv", "passt nicht zur Endung"),
        (b"Name;Ort\n1;2\n", "a.xlsx", "keine Excel-Datei"),
        (bomb(), "a.xlsx", "verbotene XML-Anweisungen"),
        (flood(), "a.xlsx", "entfaltet sich"),
        (b"<kml/>", "a.kml", "möglich sind CSV, XLSX, JSON"),
        (b"{", "a.json", "kein lesbares JSON: Zeile 1, Spalte 2"),
        (b'[{"a": ' + b"9" * 5_000 + b"}]", "a.json", "Zahl ist zu lang"),
        (b"[" * 100_000, "a.json", "tief verschachtelt"),
        (b'[{"a": ' + b"[" * 60 + b"]" * 60 + b"}]", "a.json", "tief verschachtelt"),
        (b'[{"a": NaN}]', "a.json", "NaN ist keine Zahl"),
        (b'[{"a": 1, "a": 2}]', "a.json", "„a“ steht in einem Eintrag zweimal"),
        (b"[1, 2]", "a.json", "Eintrag 1 der Liste"),
        (b'{"type": "FeatureCollection", "features": []}', "a.geojson", "keine Einträge"),
        (json.dumps([{"a": "x" * 20_001}]).encode(), "a.json", "länger als 20000 Zeichen"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(data, name, words):
    with pytest.raises(UnreadableError, match=words):
        reading.read(data, name)


def test_what_a_database_would_refuse_is_gone():
    assert rows(b'[{"name": "A\\u0000B\\ud800"}]', "a.json") == [{"name": "AB\ufffd"}]
