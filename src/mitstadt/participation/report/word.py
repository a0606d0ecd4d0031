"""The report as a Word file: real headings, lists and tables with header rows, so that it can be worked on."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from mitstadt.kit import mixed

from .build import Document


def render(document: Document) -> bytes:
    """The file's bytes. Control characters that XML forbids are left out."""
    made = docx.Document()
    made.core_properties.title = _plain(f"{document.title}: {document.subtitle}")
    made.core_properties.author = _plain(document.lines[0] if document.lines else "")
    made.core_properties.language = document.language
    made.core_properties.comments = ""
    _language(made, document.language)
    made.add_heading(_plain(document.title), level=0)
    _write(made.add_paragraph(style="Subtitle"), document.subtitle)
    for line in document.lines:
        made.add_paragraph(_plain(line))
    for part in document.parts:
        made.add_heading(_plain(part.title), level=1)
        for figure in part.figures:
            note = f" ({figure.note})" if figure.note else ""
            line = mixed.join("", [f"{figure.label}: ", figure.value, note])
            _write(made.add_paragraph(style="List Bullet"), line)
        for paragraph in part.paragraphs:
            _write(made.add_paragraph(), paragraph)
        for caption, columns, rows in part.tables:
            _table(made, str(caption), [str(column) for column in columns], rows)
    target = BytesIO()
    made.save(target)
    return target.getvalue()


def _table(made: Any, caption: str, columns: list[str], rows: Any) -> None:
    made.add_heading(_plain(caption), level=2)
    table = made.add_table(rows=1, cols=len(columns), style="Table Grid")
    for cell, column in zip(table.rows[0].cells, columns, strict=True):
        cell.paragraphs[0].add_run(_plain(column)).bold = True
    repeated = OxmlElement("w:tblHeader")  # the header stands on every page, and is read as one
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    for row in rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            _write(cell.paragraphs[0], value)


def _write(target: Any, text: object) -> None:
    """Write a text into a paragraph; parts in another language say so."""
    for piece, code in mixed.parts_of(text):
        run = target.add_run(_plain(piece))
        if code:
            run._r.get_or_add_rPr().append(_lang(code))


def _language(made: Any, language: str) -> None:
    """Say which language the text is in, for spelling and for screen readers."""
    fonts = made.styles["Normal"].element.get_or_add_rPr()
    fonts.append(_lang(language))


def _lang(language: str) -> Any:
    made = OxmlElement("w:lang")
    made.set(qn("w:val"), "de-DE" if language == "de" else "en-GB")
    return made


def _plain(text: object) -> str:
    return "".join(char for char in str(text) if char in "\n\t" or (char >= " " and char not in "\ufffe\uffff"))
