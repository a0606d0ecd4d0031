"""The strategy as a file: YAML with its whole frame, or the measures as a table (CSV, XLSX). Importing it again
changes nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import yaml

from .importer import cells
from .importer.columns import NAMES
from .importer.frame_write import frame_of
from .importer.shape import FIELDS, MeasureIn
from .importer.state import measures_of
from .models import Strategy

# Written in every row of a YAML file, even when unknown: a reader sees what could be known.
ALWAYS = (
    "number", "slug", "title", "kind", "summary", "core_area", "core_area_basis", "field", "department", "start",
    "end", "status", "status_as_of", "revision", "links", "source", "confidence",
)  # fmt: skip
# Years are numbers in YAML files, as cities write them.
YEARS = ("start", "end")
FORMATS = {
    "yaml": "application/yaml; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def export(strategy: Strategy, form: str, *, only_public: bool = False) -> bytes:
    """The file in `form` (``yaml``, ``csv`` or ``xlsx``). Raises KeyError for another one."""
    measures = list(measures_of(strategy, only_public=only_public).values())
    if form == "yaml":
        return to_yaml(strategy, measures)
    return {"csv": to_csv, "xlsx": to_xlsx}[form](measures)


def template(form: str) -> bytes:
    """An empty table with every heading (``csv`` or ``xlsx``; the workbook explains its columns on a second sheet)."""
    return {"csv": to_csv, "xlsx": to_xlsx}[form]([])


def document(strategy: Strategy, measures: Iterable[MeasureIn]) -> dict[str, Any]:
    """The whole strategy in the form of a strategy file, ready for YAML or JSON."""
    return {**frame_of(strategy), "measures": [as_mapping(m) for m in measures]}


def to_yaml(strategy: Strategy, measures: Iterable[MeasureIn]) -> bytes:
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text = yaml.dump(document(strategy, measures), Dumper=dumper, allow_unicode=True, sort_keys=False, width=110)
    return str(text).encode()


def as_mapping(m: MeasureIn) -> dict[str, Any]:
    """One measure under the keys of a strategy file. Unknown is null; what is seldom given is left out when empty."""
    found: dict[str, Any] = {}
    for name in FIELDS:
        value = _yaml_value(name, getattr(m, name))
        if name in ALWAYS or value not in (None, [], ""):
            found[NAMES[name][0]] = value
    return found


def _yaml_value(name: str, value: Any) -> Any:
    if name in YEARS:
        return int(value) if len(value) == 4 else value or None
    if name == "links":
        return [link if link["label"] else link["url"] for link in value]
    if name == "milestones":
        return [_milestone(item) for item in value]
    if name == "council":
        return [
            {
                "vorlage": item["paper"],
                "date": item["date"] or None,
                "body": item["body"] or None,
                **({"url": item["url"]} if item["url"] else {}),
            }
            for item in value
        ]
    if name == "progress":
        return [
            {
                "percent": item["percent"],
                "end_year": _yaml_value("end", item["end"]),
                "as_of": item["as_of"] or None,
                "confidence": item["confidence"],
            }
            for item in value
        ]
    return None if value == "" else value


def _milestone(item: dict[str, str]) -> dict[str, str]:
    if item["done_on"] and not item["due"] and not item["source"]:
        return {"date": item["done_on"], "text": item["title"]}
    found = {"text": item["title"], "due": item["due"], "done_on": item["done_on"], "source": item["source"]}
    return {key: value for key, value in found.items() if value}


# -- tables ----------------------------------------------------------------------------------------
def heading_of(name: str) -> str:
    return NAMES[name][1]


def as_cells(m: MeasureIn) -> list[str]:
    """One measure as the cells of a row, in the order of `FIELDS`."""
    return [_cell(name, getattr(m, name)) for name in FIELDS]


def _cell(name: str, value: Any) -> str:
    if name == "number":
        return f"M-{value:03d}" if value else ""
    if name in ("principles", "related"):
        return cells.join([[item] for item in value])
    if isinstance(value, list):
        return cells.join([[_part(part) for part in _parts(name, item)] for item in value])
    return "" if value is None else cells.protect(str(value))


def _parts(name: str, item: dict[str, Any]) -> list[Any]:
    keys = {
        "links": ("url", "label"),
        "indicators": ("name", "value"),
        "council": ("paper", "date", "body", "url"),
        "milestones": ("title", "due", "done_on", "source"),
        "progress": ("percent", "end", "as_of", "confidence"),
    }[name]
    return [item[key] for key in keys]


def _part(value: Any) -> str:
    return "" if value is None else str(value)


def to_csv(measures: Iterable[MeasureIn]) -> bytes:
    """Separated by semicolons, with a byte order mark: opens in German spreadsheets as it is."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([heading_of(name) for name in FIELDS])
    writer.writerows(as_cells(m) for m in measures)
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(measures: Iterable[MeasureIn]) -> bytes:
    """The sheet "Maßnahmen" with one row per measure, and "Hinweise" with what each column takes."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Maßnahmen")
    sheet.freeze_panes = "A2"

    def text(value: str, *, bold: bool = False) -> Any:
        cell = WriteOnlyCell(sheet, value=value)
        cell.data_type = "s"  # never a formula, whatever it starts with
        if bold:
            cell.font = Font(bold=True)
        return cell

    sheet.append([text(heading_of(name), bold=True) for name in FIELDS])
    for m in measures:
        sheet.append([text(value) if value else None for value in as_cells(m)])
    notes = book.create_sheet("Hinweise")
    notes.append(["Spalte", "Was hinein gehört"])
    for name in FIELDS:
        notes.append([heading_of(name), HINTS.get(name, "Text")])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_SEVERAL = "Mehrere untereinander in einer Zelle; Teile mit | getrennt: "
HINTS = {
    "number": "Die bleibende Nummer, etwa M-007. Leer lassen für eine neue Maßnahme.",
    "slug": "Kurzadresse aus kleinen Buchstaben, Ziffern und Bindestrichen. Leer: aus dem Titel gebildet.",
    "title": "Pflicht. Eine Umbenennung behält ihre Nummer.",
    "short_name": "Für das Bild, etwa 22 Zeichen.",
    "kind": "massnahme, programm, projekt, pruefauftrag oder veranstaltung",
    "core_area": "Name oder Kurzadresse des Kernbereichs",
    "core_area_basis": "source (laut Quelle) oder derived (abgeleitet)",
    "field": "Pflicht. Name oder Kurzadresse des Handlungsfelds",
    "department": "Kürzel oder Name des Referats",
    "start": "2024, 2024-05, 2024-05-31 oder 31.05.2024",
    "end": "2024, 2024-05, 2024-05-31 oder 31.05.2024",
    "status": "geplant, in Umsetzung, abgeschlossen, eingestellt oder unbekannt",
    "status_as_of": "Der Tag, Monat oder das Jahr, für das der Status belegt ist",
    "revision": "Kennung der Fortschreibung, in der die Maßnahme belegt zuerst steht",
    "district": "Nummer oder Name des Stadtbezirks",
    "principles": "Mehrere untereinander oder mit ; getrennt",
    "links": _SEVERAL + "https://… | Beschriftung",
    "confidence": "high (gut belegt), medium (teilweise erschlossen), low (nur angedeutet) oder leer",
    "related": "Kurzadressen, untereinander oder mit ; getrennt",
    "indicators": _SEVERAL + "Name | Zahl",
    "council": _SEVERAL + "Vorlage | Datum | Gremium | Adresse",
    "milestones": _SEVERAL + "Text | geplant für | erreicht am | Quelle",
    "progress": _SEVERAL + "Prozent | damals genanntes Ende | Stand | Beleg",
    "merged_into": "Kurzadresse der Maßnahme, in der diese aufgegangen ist",
    "split_from": "Kurzadresse der Maßnahme, von der diese abgeteilt wurde",
    "retired_in": "Kennung der Fortschreibung, mit der die Maßnahme entfallen ist",
    "participate_until": "Ein ganzer Tag, etwa 2024-05-31",
    "change_reason": "Steht öffentlich in der Zeitleiste",
}
