"""Tables that people upload, CSV or XLSX: what is refused before a file is opened, and reading it safely.

Size, encodings, archives that unfold, macros, entities, things that only look like a table. Formulas are never
computed: such a cell is a `Formula`, so that whoever reads the row can name it.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext

MEGABYTE = 1024 * 1024
MAX_BYTES = 20 * MEGABYTE
MAX_COLUMNS = 200
MAX_CELL = 20_000
MAX_ENTRIES = 500
MAX_UNPACKED = 150 * MEGABYTE
MAX_RATIO = 200


class UnreadableError(Exception):
    """The file as a whole cannot be read; the message is for the person."""


def check_size(data: bytes) -> None:
    """Refuse nothing at all and too much. Raises UnreadableError."""
    if not data.strip():
        raise UnreadableError(gettext("Die Datei ist leer."))
    if len(data) > MAX_BYTES:
        raise UnreadableError(
            gettext("Die Datei ist %(size)s MB groß; erlaubt sind %(most)s MB.")
            % {"size": round(len(data) / MEGABYTE, 1), "most": MAX_BYTES // MEGABYTE}
        )


def text_of(data: bytes) -> str:
    """The text of a YAML or CSV file: UTF-8, with or without byte order mark. Raises UnreadableError.

    Excel's "Unicode text" (UTF-16 with mark) is understood; anything else is named with the place of its first byte.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise UnreadableError(gettext("Die Datei ist als UTF-16 gekennzeichnet, aber nicht lesbar.")) from error
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            raise UnreadableError(
                gettext(
                    "Die Datei ist nicht in UTF-8 gespeichert (Zeile %(line)s, Byte %(byte)s). Bitte speichern Sie sie "
                    "als „CSV UTF-8“."
                )
                % {"line": line, "byte": f"0x{data[error.start]:02x}"}
            ) from error
    if "\x00" in text:
        raise UnreadableError(gettext("Die Datei enthält Null-Zeichen; sie ist beschädigt oder keine Textdatei."))
    if re.match(r"\s*(<!doctype\s+html|<html|<\?xml|<table)", text[:500], re.I):
        raise UnreadableError(gettext("Die Datei ist eine Internetseite (HTML), keine Tabelle."))
    if text.startswith(("PK\x03\x04", "%PDF")):
        raise UnreadableError(gettext("Der Inhalt passt nicht zur Endung der Datei."))
    return text


def check_workbook(data: bytes) -> None:
    """Look into a workbook's archive without unpacking it. Raises UnreadableError."""
    if not data.startswith(b"PK"):
        raise UnreadableError(gettext("Das ist keine Excel-Datei im Format XLSX."))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise UnreadableError(gettext("Die Excel-Datei ist beschädigt.")) from error
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise UnreadableError(gettext("Das ist keine Excel-Datei im Format XLSX."))
    if len(entries) > MAX_ENTRIES:
        raise UnreadableError(gettext("Die Excel-Datei besteht aus zu vielen Teilen (%(n)s).") % {"n": len(entries)})
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableError(gettext("Die Excel-Datei ist mit einem Passwort geschützt."))
    if any("vbaproject" in name.lower() for name in names):
        raise UnreadableError(gettext("Die Excel-Datei enthält Makros. Bitte speichern Sie sie ohne Makros als XLSX."))
    unpacked = sum(entry.file_size for entry in entries)
    steep = any(e.file_size > MEGABYTE and e.file_size > MAX_RATIO * max(e.compress_size, 1) for e in entries)
    if unpacked > MAX_UNPACKED or steep:
        raise UnreadableError(
            gettext("Die Excel-Datei entfaltet sich auf %(size)s MB und wird deshalb nicht geöffnet.")
            % {"size": round(unpacked / MEGABYTE)}
        )
    _check_contents(data)


def _check_contents(data: bytes) -> None:
    """The sizes in the directory may lie, and XML may define entities: read each part up to its stated size."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                if not entry.filename.endswith((".xml", ".rels")):
                    continue
                with archive.open(entry) as part:
                    head = part.read(4096)
                if b"<!DOCTYPE" in head or b"<!ENTITY" in head or "<!DOCTYPE".encode("utf-16-le") in head:
                    raise UnreadableError(gettext("Die Excel-Datei enthält verbotene XML-Anweisungen."))
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError) as error:
        raise UnreadableError(gettext("Die Excel-Datei ist beschädigt.")) from error


@dataclass(frozen=True, slots=True)
class Table:
    """Headings as they stand, rows as (line, {heading: cell})."""

    headings: list[str]
    rows: list[tuple[int, dict[str, Any]]]


csv.field_size_limit(1_000_000)


def separator_of(text: str) -> str:
    """The separator of a table: the one that occurs most often outside quotes in the first line."""
    counts = dict.fromkeys(";,\t", 0)
    inside = False
    for char in text[:20_000]:
        if char == '"':
            inside = not inside
        elif not inside and char == "\n":
            break
        elif not inside and char in counts:
            counts[char] += 1
    return max(counts, key=lambda key: counts[key])


def read_csv(data: bytes, most_rows: int, too_many: str) -> Table:
    """A table with separator ; or , or tab. Raises UnreadableError, with `too_many` above `most_rows`."""
    text = text_of(data)
    if text.startswith("sep=") and "\n" in text:  # Excel's own hint line
        hint, _, text = text.partition("\n")
        separator = hint.strip()[4:5] or ";"
    else:
        separator = separator_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[tuple[int, dict[str, Any]]] = []
    headings: list[str] = []
    line = 0
    try:
        while True:
            start = line + 1
            cells = next(reader, None)
            line = reader.line_num
            if cells is None:
                break
            if not any(cell.strip() for cell in cells):
                continue
            if not headings:
                headings = table_headings(cells)
                continue
            rows.append((start, table_row(headings, cells, start)))
            if len(rows) > most_rows:
                raise UnreadableError(too_many)
    except csv.Error as error:
        raise UnreadableError(
            gettext("Zeile %(line)s: Die Tabelle ist nicht lesbar (%(problem)s).")
            % {"line": reader.line_num, "problem": str(error)[:100]}
        ) from error
    if not headings:
        raise UnreadableError(gettext("Die Tabelle hat keine Überschriften."))
    return Table(headings, rows)


class TwiceError(UnreadableError):
    """A name stands twice in one entry, and reading would keep only the last."""

    def __init__(self, name: str, row: dict[str, Any]) -> None:
        shown = "".join(filter(str.isprintable, name))[:60]
        super().__init__(gettext("Der Name „%(name)s“ steht in einem Eintrag zweimal.") % {"name": shown})
        self.name, self.row = shown, row


def json_of(text: str) -> Any:
    """What a JSON text says. Raises UnreadableError, with the place, and TwiceError. NaN is no number."""
    try:
        return json.loads(text, parse_constant=_no_number, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise UnreadableError(
            gettext("Das ist kein lesbares JSON: Zeile %(line)s, Spalte %(column)s.")
            % {"line": error.lineno, "column": error.colno}
        ) from error
    except (ValueError, RecursionError) as error:  # thousands of digits or of brackets
        raise UnreadableError(
            gettext("Das ist kein lesbares JSON: Eine Zahl ist zu lang, oder es ist zu tief verschachtelt.")
        ) from error


def _no_number(text: str) -> Any:
    raise UnreadableError(gettext("Das ist kein gültiges JSON: %(value)s ist keine Zahl.") % {"value": text})


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        raise TwiceError(next(name for name in names if names.count(name) > 1), found)
    return found


def read_json(data: bytes, most_rows: int, too_many: str) -> Table:
    """A list of objects, or an object with one under ``rows``, ``items`` or another name; their names are the headings.

    The line is the place in the list, from 1. Nested values are left out, but for places: GeoJSON geometries become
    text again. Raises UnreadableError.
    """
    found = json_of(text_of(data))
    if isinstance(found, dict):
        lists = {name: value for name, value in found.items() if isinstance(value, list)}
        found = lists.get("rows") or lists.get("items") or next(iter(lists.values()), None)
    if not isinstance(found, list) or not found or not all(isinstance(one, dict) for one in found):
        raise UnreadableError(gettext("Gebraucht wird eine Liste von Einträgen mit Namen und Werten."))
    if len(found) > most_rows:
        raise UnreadableError(too_many)
    names = list(dict.fromkeys(str(name) for one in found for name in one))
    headings = table_headings(list(names))
    rows = []
    for line, one in enumerate(found, 1):
        cells = [_plain(one.get(name)) for name in names]
        rows.append((line, table_row(headings, cells, line)))
    return Table([heading for heading in headings if heading], rows)


def _plain(value: Any) -> Any:
    if isinstance(value, dict) and "coordinates" in value:
        return json.dumps(value, ensure_ascii=False)
    if value is None or isinstance(value, dict | list):
        return None
    return value if isinstance(value, str) else str(value)


def table_headings(cells: list[Any]) -> list[str]:
    """The headings of a table. Raises UnreadableError for none, too many or one that stands twice."""
    headings = [" ".join(str(cell if cell is not None else "").split()) for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    if len(headings) > MAX_COLUMNS:
        raise UnreadableError(gettext("Die Tabelle hat %(n)s Spalten; erlaubt sind 200.") % {"n": len(headings)})
    named = [h.casefold() for h in headings if h]
    twice = sorted({h for h in headings if h and named.count(h.casefold()) > 1})
    if twice:
        raise UnreadableError(gettext("Die Überschrift „%(name)s“ steht zweimal.") % {"name": twice[0][:60]})
    return headings


def table_row(headings: list[str], cells: list[Any], row: int) -> dict[str, Any]:
    """One row as {heading: cell}. Raises UnreadableError when it has more cells than the table has headings."""
    extra = [cell for cell in cells[len(headings) :] if str(cell if cell is not None else "").strip()]
    if extra:
        raise UnreadableError(
            gettext("Zeile %(row)s hat mehr Zellen als die Tabelle Überschriften („%(value)s“).")
            % {"row": row, "value": str(extra[0])[:60]}
        )
    for cell in cells:
        if isinstance(cell, str) and len(cell) > MAX_CELL:
            raise UnreadableError(
                gettext("Zeile %(row)s: Eine Zelle ist länger als %(most)s Zeichen.") % {"row": row, "most": MAX_CELL}
            )
    return {heading: cell for heading, cell in zip(headings, cells, strict=False) if heading}


class Formula(str):
    """A cell that computes; never taken over, always named."""

    __slots__ = ()


def read_xlsx(data: bytes, most_rows: int, too_many: str, sheets: tuple[str, ...] = ()) -> Table:
    """The sheet with one of these names (case folded), else the first one. Raises UnreadableError."""
    check_workbook(data)
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = next((s for s in book.worksheets if s.title.strip().casefold() in sheets), None)
        sheet = sheet or next(iter(book.worksheets), None)
        if sheet is None:
            raise UnreadableError(gettext("Die Excel-Datei hat kein Tabellenblatt."))
        table = _read_sheet(sheet, most_rows, too_many)
        book.close()
    except UnreadableError:
        raise
    except (
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        OSError,
        zipfile.BadZipFile,
        EOFError,
        SyntaxError,
    ) as error:
        raise UnreadableError(gettext("Die Excel-Datei ist beschädigt.")) from error
    except Exception as error:  # the XML parser's own errors have no common base
        if type(error).__module__.split(".")[0] in {"xml", "defusedxml", "zlib", "openpyxl"}:
            raise UnreadableError(gettext("Die Excel-Datei ist beschädigt.")) from error
        raise
    return table


def _read_sheet(sheet: Any, most_rows: int, too_many: str) -> Table:
    headings: list[str] = []
    rows: list[tuple[int, dict[str, Any]]] = []
    blank = 0
    sheet.reset_dimensions()  # what the file says about its own size may be wrong, and rows would be lost
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        values = [_value(cell) for cell in cells]
        if all(value in (None, "") for value in values):
            blank += 1
            if blank > most_rows:
                raise UnreadableError(too_many)
            continue
        if not headings:
            headings = table_headings(values)
            continue
        rows.append((number, table_row(headings, values, number)))
        if len(rows) > most_rows:
            raise UnreadableError(too_many)
    if not headings:
        raise UnreadableError(gettext("Die Tabelle hat keine Überschriften."))
    return Table(headings, rows)


def _value(cell: Any) -> Any:
    value = cell.value
    if value is None:
        return None
    if getattr(cell, "data_type", "") == "f":
        return Formula(str(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
