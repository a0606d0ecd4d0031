"""A text of which some parts are in another language than the page around it: only these parts say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

Part = tuple[str, str]  # text, code of its language (empty: the language of the page)
_MARK = "\x00"  # never in a text: neither databases nor files of ours let it in


class Mixed(str):
    """As a string it is plain. In a page each foreign part stands in a `<span lang>`; a Word file reads `parts`."""

    parts: tuple[Part, ...]

    def __html__(self) -> SafeString:
        return format_html_join("", "{}", ((_marked(text, code),) for text, code in self.parts))


def _marked(text: str, code: str) -> SafeString:
    return format_html('<span lang="{}">{}</span>', code, text) if code else SafeString(conditional_escape(text))


def _mixed(parts: Iterable[Part]) -> Mixed:
    kept = tuple(part for part in parts if part[0])
    made = Mixed("".join(text for text, _code in kept))
    made.parts = kept
    return made


def parts_of(text: object) -> tuple[Part, ...]:
    """The parts of any text; one without foreign parts is one part."""
    return text.parts if isinstance(text, Mixed) else ((str(text), ""),)


def is_foreign(code: str) -> bool:
    """Does the page speak another language than `code`?"""
    active = (get_language() or "")[:2]
    return bool(code and active) and code[:2] != active


def in_english() -> bool:
    return (get_language() or "").startswith("en")


def written_in(text: str, code: str) -> str:
    """A text of which the language is known, marked where the page speaks another one."""
    return _mixed([(text, code)]) if text and is_foreign(code) else text


def said(german: str, english: str = "") -> str:
    """A text in the reader's language; where there is no English one, German marked as such."""
    return english if english and in_english() else written_in(german, "de")


def fill(pattern: Any, values: Mapping[str, Any]) -> str:
    """`pattern % values`; foreign parts of the values stay marked."""
    foreign = {key: value for key, value in values.items() if isinstance(value, Mixed)}
    if not foreign:
        return str(pattern % values)
    text = str(pattern % {key: f"{_MARK}{key}{_MARK}" if key in foreign else value for key, value in values.items()})
    parts: list[Part] = []
    for number, piece in enumerate(text.split(_MARK)):
        parts += foreign[piece].parts if number % 2 else [(piece, "")]
    return _mixed(parts)


def join(glue: str, texts: Iterable[object]) -> str:
    """`glue.join(texts)`; foreign parts stay marked."""
    found = list(texts)
    if not any(isinstance(text, Mixed) for text in found):
        return glue.join(map(str, found))
    parts: list[Part] = []
    for number, text in enumerate(found):
        parts += [(glue, "")] if number else []
        parts += parts_of(text)
    return _mixed(parts)
