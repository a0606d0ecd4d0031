"""A table as an Excel workbook: the sheet "Maßnahmen", else the first one."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext

from .limits import MAX_MEASURES, UnreadableError, check_workbook
from .read_csv import table_headings, table_row, too_many
from .shape import Raw

SHEETS = ("maßnahmen", "massnahmen", "measures")


class Formula(str):
    """A cell that computes; never taken over, always named."""

    __slots__ = ()


def read(data: bytes) -> Raw:
    """Raises UnreadableError."""
    check_workbook(data)
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = next((s for s in book.worksheets if s.title.strip().casefold() in SHEETS), None)
        sheet = sheet or next(iter(book.worksheets), None)
        if sheet is None:
            raise UnreadableError(gettext("Die Excel-Datei hat kein Tabellenblatt."))
        raw = _read_sheet(sheet)
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
    return raw


def _read_sheet(sheet: Any) -> Raw:
    headings: list[str] = []
    rows: list[tuple[int, dict[str, Any]]] = []
    blank = 0
    sheet.reset_dimensions()  # what the file says about its own size may be wrong, and rows would be lost
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        values = [_value(cell) for cell in cells]
        if all(value in (None, "") for value in values):
            blank += 1
            if blank > MAX_MEASURES:
                raise UnreadableError(too_many())
            continue
        if not headings:
            headings = table_headings(values)
            continue
        rows.append((number, table_row(headings, values, number)))
        if len(rows) > MAX_MEASURES:
            raise UnreadableError(too_many())
    if not headings:
        raise UnreadableError(gettext("Die Tabelle hat keine Überschriften."))
    return Raw("xlsx", headings, rows)


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
