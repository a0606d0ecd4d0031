"""Reading Word files (.docx) without trusting them: text, headings, lists, tables and footnotes become plain HTML.

Only parts inside the file are read, each up to a limit; nothing it points at is ever fetched. Macros, passwords,
document types and entities are refused. Tracked deletions, hidden text, pictures and margin comments are left out and
counted.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from html import escape
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring, iterparse  # type: ignore[import-untyped]
from django.utils.translation import gettext as _

from mitstadt.kit.errors import DomainError

from .reading import MOST_CHARACTERS, Understood, from_html

MEGABYTE = 1024 * 1024
MOST_BYTES = 20 * MEGABYTE
MOST_UNPACKED = 200 * MEGABYTE
MOST_TEXT = 40 * MEGABYTE  # of one part that is read
MOST_PARTS = 3_000
MOST_RATIO = 300
_MACROS = re.compile(r"vbaproject|macro", re.I)


def from_word(data: bytes) -> Understood:
    """Paragraphs of a Word file. Raises DomainError (field ``file``) for everything that is none or not safe."""
    parts = _opened(data)
    try:
        reader = _Reader(_styles(parts.get("word/styles.xml")), _numbering(parts.get("word/numbering.xml")))
        html = reader.body(parts["word/document.xml"])
        html += reader.footnotes(parts.get("word/footnotes.xml"))
    except (DefusedXmlException, ParseError, ValueError, RecursionError) as error:
        raise _refused(_("Die Word-Datei ist beschädigt oder enthält verbotene XML-Anweisungen.")) from error
    understood = from_html(html)
    understood.left_out += reader.left_out
    return understood


def _refused(sentence: str) -> DomainError:
    return DomainError(sentence, field="file", code="unreadable")


def _opened(data: bytes) -> dict[str, bytes]:
    """The parts that are read, unpacked under a limit: what the directory says about sizes may be a lie."""
    if len(data) > MOST_BYTES:
        raise _refused(_("Die Datei ist zu groß: höchstens %(n)s MB.") % {"n": MOST_BYTES // MEGABYTE})
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refused(
            _("Eine alte Word-Datei (.doc) oder eine mit Passwort. Bitte speichern Sie sie ohne Passwort als .docx.")
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check(entries)
            wanted = ("document", "styles", "numbering", "footnotes")
            return {
                f"word/{name}.xml": _unpack(archive, f"word/{name}.xml")
                for name in wanted
                if any(entry.filename == f"word/{name}.xml" for entry in entries)
            }
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise _refused(_("Das ist keine lesbare Word-Datei (.docx).")) from error


def _check(entries: list[zipfile.ZipInfo]) -> None:
    names = {entry.filename for entry in entries}
    if "word/document.xml" not in names:
        raise _refused(_("Das ist keine lesbare Word-Datei (.docx)."))
    if any(_MACROS.search(name) for name in names):
        raise _refused(_("Die Datei enthält Makros. Bitte speichern Sie sie ohne Makros als .docx."))
    if any(entry.flag_bits & 1 for entry in entries):
        raise _refused(_("Die Datei ist mit einem Passwort geschützt."))
    unpacked = sum(entry.file_size for entry in entries)
    steep = any(e.file_size > MEGABYTE and e.file_size > MOST_RATIO * max(e.compress_size, 1) for e in entries)
    if len(entries) > MOST_PARTS or unpacked > MOST_UNPACKED or steep:
        raise _unfolds()


def _unfolds() -> DomainError:
    return _refused(_("Die Datei entfaltet sich auf ein Vielfaches ihrer Größe und wird deshalb nicht geöffnet."))


def _unpack(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        data = part.read(MOST_TEXT + 1)
    if len(data) > MOST_TEXT:
        raise _unfolds()
    return data


# -- styles and numbers --------------------------------------------------------------------------------------------
def _name(element: Element) -> str:
    tag: str = element.tag
    return tag.rpartition("}")[2]


def _get(element: Element | None, name: str = "val") -> str:
    """An attribute whatever its namespace; "" without it."""
    if element is None:
        return ""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _child(element: Element | None, *path: str) -> Element | None:
    for name in path:
        if element is None:
            return None
        element = next((child for child in element if _name(child) == name), None)
    return element


@dataclass(frozen=True, slots=True)
class _Style:
    kind: str = ""  # h1 to h6, quote, bullet, or nothing
    numbers: tuple[str, int] | None = None  # (numId, level)


_HEADING = re.compile(r"(?:heading|überschrift)\s*([1-9])", re.I)


def _styles(data: bytes | None) -> dict[str, _Style]:
    """Style id → what its paragraphs are, with what they inherit."""
    if data is None:
        return {}
    found: dict[str, tuple[str, _Style]] = {}
    for style in fromstring(data, forbid_dtd=True):
        if _name(style) != "style":
            continue
        name, parent = _get(_child(style, "name")), _get(_child(style, "basedOn"))
        level = _get(_child(style, "pPr", "outlineLvl"))
        heading = _HEADING.match(name)
        kind = ""
        if heading:
            kind = f"h{min(6, int(heading[1]) + 1)}"
        elif level.isdecimal() and int(level) < 9:
            kind = f"h{min(6, int(level) + 2)}"
        elif name.lower() in ("title", "titel"):
            kind = "h1"
        elif "quote" in name.lower() or "zitat" in name.lower():
            kind = "quote"
        elif name.lower().startswith(("list bullet", "aufzählungszeichen")):
            kind = "bullet"
        found[_get(style, "styleId")] = (parent, _Style(kind, _numbers(_child(style, "pPr", "numPr"))))
    return {key: _inherited(key, found) for key in found}


def _inherited(key: str, found: dict[str, tuple[str, _Style]]) -> _Style:
    kind, numbers = "", None
    for _step in range(12):
        if key not in found:
            break
        parent, style = found[key]
        kind, numbers = kind or style.kind, numbers or style.numbers
        key = parent
    return _Style(kind, numbers)


def _numbers(element: Element | None) -> tuple[str, int] | None:
    if element is None:
        return None
    level = _get(_child(element, "ilvl"))
    return _get(_child(element, "numId")), int(level) if level.isdecimal() and int(level) < 9 else 0


@dataclass(slots=True)
class _List:
    """A numbering: for each level (format, text such as ``%1.%2``, first number), and where it has come to."""

    levels: dict[int, tuple[str, str, int]] = field(default_factory=dict)
    at: list[int | None] = field(default_factory=lambda: [None] * 9)

    def next(self, level: int) -> tuple[str, str]:
        """(format, what stands before the paragraph)"""
        form, text, start = self.levels.get(level, ("bullet", "", 1))
        known = self.at[level]
        self.at[level] = start if known is None else known + 1
        self.at[level + 1 :] = [None] * (8 - level)
        if form in ("bullet", "none"):
            return form, ""

        def number(match: re.Match[str]) -> str:
            other = int(match[1]) - 1
            inner, _text, first = self.levels.get(other, ("decimal", "", 1))
            return _spelled(inner if other == level or inner != "bullet" else "decimal", self.at[other] or first)

        return form, re.sub(r"%([1-9])", number, text)


def _spelled(form: str, number: int) -> str:
    if form in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if form == "lowerLetter" else letter.upper()
    if form in ("lowerRoman", "upperRoman"):
        roman, rest = "", number % 4000
        for value, sign in zip(
            (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
            ("m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"),
            strict=True,
        ):
            roman += sign * (rest // value)
            rest %= value
        return roman if form == "lowerRoman" else roman.upper()
    return str(number)


def _numbering(data: bytes | None) -> dict[str, _List]:
    if data is None:
        return {}
    abstract: dict[str, _List] = {}
    found: dict[str, _List] = {}
    for element in fromstring(data, forbid_dtd=True):
        if _name(element) == "abstractNum":
            made = _List()
            for level in element:
                if _name(level) == "lvl" and _get(level, "ilvl").isdecimal() and int(_get(level, "ilvl")) < 9:
                    start = _get(_child(level, "start"))
                    made.levels[int(_get(level, "ilvl"))] = (
                        _get(_child(level, "numFmt")) or "decimal",
                        _get(_child(level, "lvlText"))[:40],
                        int(start) if start.isdecimal() and len(start) < 5 else 1,
                    )
            abstract[_get(element, "abstractNumId")] = made
        elif _name(element) == "num":
            base = abstract.get(_get(_child(element, "abstractNumId")))
            if base is not None:
                # a numbering that begins anew counts by itself, all others of one kind count on
                restarts = _child(element, "lvlOverride", "startOverride") is not None
                found[_get(element, "numId")] = _List(base.levels) if restarts else base
    return found


# -- text ----------------------------------------------------------------------------------------------------------
_THROUGH = {"ins", "moveTo", "hyperlink", "smartTag", "sdt", "sdtContent", "fldSimple", "dir", "bdo", "customXml"}
_GONE = {"del": "changes", "moveFrom": "changes"}
_PICTURES = {"drawing", "pict", "object"}


class _Reader:
    def __init__(self, styles: dict[str, _Style], numbering: dict[str, _List]) -> None:
        self.styles = styles
        self.numbering = numbering
        self.left_out: Counter[str] = Counter()
        self._notes: list[str] = []
        self._length = 0

    def body(self, data: bytes) -> str:
        """The document piece by piece; what was read is let go of."""
        made: list[str] = []
        tables = fallback = 0
        for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
            name = _name(element)
            if event == "start":
                tables += name == "tbl"
                fallback += name == "Fallback"
                continue
            if name == "Fallback":
                fallback -= 1
                element.clear()
            elif name == "tbl":
                tables -= 1
                if not tables and not fallback:
                    made.append(self._table(element))
                    element.clear()
            elif name == "p" and not tables and not fallback:
                made.append(self.paragraph(element))
                element.clear()
            if self._length > MOST_CHARACTERS:
                raise DomainError(
                    _("Das ist zu lang: höchstens 5.000 Absätze und 1,5 Millionen Zeichen. Bitte teilen Sie den Text."),
                    field="file",
                    code="too_long",
                )
        return "".join(made)

    def footnotes(self, data: bytes | None) -> str:
        """The footnotes that the text refers to, at its end."""
        if data is None or not self._notes:
            return ""
        known = {_get(note, "id"): note for note in fromstring(data, forbid_dtd=True)}
        made = []
        for number, key in enumerate(list(self._notes), start=1):
            note = known.get(key)
            if note is not None:
                text = " ".join(self._inline(p) for p in note if _name(p) == "p").strip()
                made.append(f"<p>[{number}] {text}</p>")
        return "".join(made)

    def paragraph(self, element: Element) -> str:
        properties = _child(element, "pPr")
        style = self.styles.get(_get(_child(properties, "pStyle")), _Style())
        inner = self._inline(element)
        if not inner.strip():
            return ""
        level = _get(_child(properties, "outlineLvl"))
        kind = f"h{min(6, int(level) + 2)}" if level.isdecimal() and int(level) < 9 else style.kind
        form, label = self._label(properties, style)
        if kind.startswith("h"):
            return f"<{kind}>{label + ' ' if label else ''}{inner}</{kind}>"
        if form == "bullet" or (kind == "bullet" and not form):
            return f"<ul><li>{inner}</li></ul>"
        plain = re.fullmatch(r"(\d{1,4})\.", label)
        if plain:
            return f'<ol start="{plain[1]}"><li>{inner}</li></ol>'
        if label:
            return f"<p>{label} {inner}</p>"
        return f"<blockquote><p>{inner}</p></blockquote>" if kind == "quote" else f"<p>{inner}</p>"

    def _label(self, properties: Element | None, style: _Style) -> tuple[str, str]:
        """(format of the numbering, the number as it stands there); nothing for plain paragraphs."""
        numbers = _numbers(_child(properties, "numPr")) or style.numbers
        if numbers is None or numbers[0] in ("", "0") or numbers[0] not in self.numbering:
            return "", ""
        form, label = self.numbering[numbers[0]].next(numbers[1])
        return form, escape(label)

    def _table(self, element: Element) -> str:
        rows = []
        for row in (found for found in element.iter() if _name(found) == "tr"):
            cells = [
                "".join(f"<p>{self._inline(p)}</p>" for p in cell.iter() if _name(p) == "p")
                for cell in row
                if _name(cell) == "tc"
            ]
            rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
        self.left_out["tables"] += 1
        return f"<table>{''.join(rows)}</table>"

    def _inline(self, element: Element, depth: int = 0) -> str:
        made: list[str] = []
        for child in element:
            name = _name(child)
            if name == "r":
                made.append(self._run(child))
            elif name in _GONE:
                self.left_out[_GONE[name]] += 1
            elif name in _THROUGH and depth < 20:
                made.append(self._inline(child, depth + 1))
            elif name == "AlternateContent":
                self.left_out["images"] += 1
        return "".join(made)

    def _run(self, run: Element) -> str:
        properties = _child(run, "rPr")
        if _is_on(properties, "vanish"):
            self.left_out["hidden"] += 1
            return ""
        text: list[str] = []
        for child in run:
            name = _name(child)
            if name == "t":
                text.append(child.text or "")
            elif name in ("tab", "br", "cr", "ptab"):
                text.append(" ")
            elif name == "noBreakHyphen":
                text.append("-")
            elif name in ("footnoteReference", "endnoteReference"):
                self._notes.append(_get(child, "id") if name[0] == "f" else "")
                text.append(f" [{len(self._notes)}]")
            elif name in _PICTURES or name == "AlternateContent":
                self.left_out["images"] += 1
            elif name == "commentReference":
                self.left_out["comments"] += 1
        inner = escape("".join(text), quote=False)
        self._length += len(inner)
        if not inner.strip():
            return inner
        for wish, tag in (("b", "strong"), ("i", "em"), ("strike", "s")):
            if _is_on(properties, wish):
                inner = f"<{tag}>{inner}</{tag}>"
        position = _get(_child(properties, "vertAlign"))
        if position in ("superscript", "subscript"):
            tag = "sup" if position == "superscript" else "sub"
            inner = f"<{tag}>{inner}</{tag}>"
        return inner


def _is_on(properties: Element | None, name: str) -> bool:
    found = _child(properties, name)
    return found is not None and _get(found) not in ("0", "false", "off")
