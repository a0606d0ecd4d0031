"""A table as CSV: separator ; or , or tab, with or without byte order mark."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.utils.translation import gettext

from .limits import MAX_CELL, MAX_COLUMNS, MAX_MEASURES, UnreadableError, text_of
from .shape import Raw

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


def read(data: bytes) -> Raw:
    """Raises UnreadableError."""
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
            if len(rows) > MAX_MEASURES:
                raise UnreadableError(too_many())
    except csv.Error as error:
        raise UnreadableError(
            gettext("Zeile %(line)s: Die Tabelle ist nicht lesbar (%(problem)s).")
            % {"line": reader.line_num, "problem": str(error)[:100]}
        ) from error
    if not headings:
        raise UnreadableError(gettext("Die Tabelle hat keine Überschriften."))
    return Raw("csv", headings, rows)


def too_many() -> str:
    return gettext("Die Tabelle hat mehr als %(most)s Zeilen; so viele Maßnahmen hat keine Strategie.") % {
        "most": MAX_MEASURES
    }


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
