"""Single values as they stand in files of others: numbers, addresses, telephone numbers, prices. Pure.

Each function raises `Unclear` with a sentence for the person when there is something that it cannot read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from mitstadt.kit.tables import Formula

_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202d\u202e\ufeff]")  # control characters, turned writing, marks
_HALF = re.compile("[\ud800-\udfff]")
_WEB = re.compile(r"https?://[^\s<>\"'|]+", re.I)
_BARE = re.compile(r"\bwww\.[^\s<>\"'|]+", re.I)
_DOMAIN = re.compile(r"^[\w-]+(?:\.[\w-]+)*\.[a-zäöü]{2,24}(?:/\S*)?$", re.I)
_MAIL = re.compile(r"[^\s<>\"',;:()]+@[^\s<>\"',;:()]+\.[^\s<>\"',;:().]{2,}")
_PHONE = re.compile(r"(?:\+|\(\+)?\(?\d[\d ()/.\-–]*\d")
_BETWEEN = re.compile(r"(?i)\b(?:tel(?:efon)?|fon|oder|und|ruf)\b\.?|[:;,/|]")
_AMOUNT = re.compile(
    r"^(?:€|EUR(?:O)?)?\s*(\d{1,3}(?:\.\d{3})+|\d+)(?:[,.](\d{1,2}|-+|–))?\s*(?:€|EUR(?:O)?)?\.?,?$", re.I
)
_TOWN = re.compile(r"^(?:D[- ]?)?(\d{4,5})\s+(.+)$")
_YES = frozenset({"ja", "j", "yes", "y", "true", "wahr", "x", "1"})
_NO = frozenset({"", "nein", "n", "no", "false", "falsch", "0", "-"})
FULL_POSTCODE = 5


class Unclear(ValueError):
    """A value that cannot be read; the message is for the person."""


def clean(text: str) -> str:
    """Without what nobody sees and databases refuse: control characters, halves of a character, turned writing."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _HALF.sub("\ufffd", _HIDDEN.sub("", text)).strip()


def text_of(value: Any) -> str:
    """A cell as text; lists are joined with commas. Raises Unclear for a formula or an object."""
    if value is None:
        return ""
    if isinstance(value, Formula):
        raise Unclear(_("Die Zelle rechnet (%(formula)s). Bitte fügen Sie den Wert ein.") % {"formula": value[:40]})
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".")
    if isinstance(value, list | tuple):
        return ", ".join(text for item in value if (text := text_of(item)))
    if isinstance(value, dict):
        raise Unclear(_("Hier stehen mehrere Angaben: %(names)s.") % {"names": ", ".join(list(value)[:5])[:80]})
    return clean(str(value).replace("\xa0", " "))


def cut(text: str, most: int) -> str:
    """At most `most` characters, ending with a whole word."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    ends_with_word = head[-1:].isspace() or text[most - 1].isspace()
    if not ends_with_word and " " in head[most // 2 :]:
        head = head.rsplit(None, 1)[0]
    return head.rstrip(" \n,;:-–") + "…"


def number(text: str) -> float:
    """A number with comma or point."""
    plain = text.replace(" ", "")
    if re.fullmatch(r"[+-]?\d{1,3}(?:\.\d{3})+,\d+", plain):
        plain = plain.replace(".", "")
    try:
        found = float(plain.replace(",", "."))
    except ValueError as error:
        raise Unclear(_("Das ist keine Zahl: %(value)s") % {"value": text[:40]}) from error
    if not abs(found) < 1e12:
        raise Unclear(_("Das ist keine Zahl: %(value)s") % {"value": text[:40]})
    return found


def whole(text: str) -> int:
    """The one whole number in a text: 6, 6.0, "ab 6 Jahren"."""
    if re.fullmatch(r"[+-]?[\d.,]+", text):
        found = number(text)
        if found == int(found):
            return int(found)
    numbers = re.findall(r"\d+", text)
    if len(numbers) != 1 or re.search(r"\d[.,]\d", text):
        raise Unclear(_("Das ist keine ganze Zahl: %(value)s") % {"value": text[:40]})
    return int(numbers[0])


def yes_or_no(text: str) -> bool:
    flat = text.casefold()
    if flat in _YES:
        return True
    if flat in _NO:
        return False
    raise Unclear(_("Hier wird ja oder nein gebraucht, da steht: %(value)s") % {"value": text[:40]})


def web_address(text: str) -> str:
    """The first web address in a text; one without ``http`` gets it."""
    if found := _WEB.search(text):
        return found[0].rstrip(".,;)")
    if bare := _BARE.search(text):
        return f"http://{bare[0].rstrip('.,;)')}"
    if _DOMAIN.match(text):
        return f"http://{text}"
    raise Unclear(_("Das ist keine Adresse im Netz: %(value)s") % {"value": text[:80]})


def email(text: str) -> str:
    if found := _MAIL.search(re.sub(r"\s*(?:\(at\)|\[at\])\s*", "@", text, flags=re.I)):
        return found[0].rstrip(".")
    raise Unclear(_("Das ist keine E-Mail-Adresse: %(value)s") % {"value": text[:80]})


def phones(text: str) -> list[dict[str, str]]:
    """All telephone numbers of a text; what stands beside one is its label: "030 12 (Büro) oder 0177 34"."""
    spans = [span for span in _PHONE.finditer(text) if sum(char.isdigit() for char in span[0]) >= 3]
    spans = [span for span in spans if sum(char.isdigit() for char in span[0]) >= 5] or spans
    if not spans:
        raise Unclear(_("Das ist keine Telefonnummer: %(value)s") % {"value": text[:40]})
    found: list[dict[str, str]] = []
    before = text[: spans[0].start()]
    for place, span in enumerate(spans):
        end = spans[place + 1].start() if place + 1 < len(spans) else len(text)
        own, _mark, following = _split_words(text[span.end() : end], is_last=place + 1 == len(spans))
        label = _label(f"{before} {own}")
        before = following
        if not re.match(r"(?i)(?:tele)?fax\b", label):
            found.extend({"number": part, "label": label} for part in _apart(span[0]))
    return found


def _split_words(text: str, *, is_last: bool) -> tuple[str, str, str]:
    """Words between two numbers: (of the one before, separator, of the one after)."""
    if is_last:
        return text, "", ""
    pieces = re.split(r"(?i)([,;|/\n]|\boder\b|\bund\b)", text)
    if len(pieces) > 1:
        return pieces[0], pieces[1], pieces[-1]
    return ("", "", text) if text.rstrip().endswith(":") else (text, "", "")


def _apart(text: str) -> Iterator[str]:
    """Whole numbers with a slash between them: "030 5125119/ 030 5123006"; "97606063/64" and "030/559" stay one."""
    parts: list[str] = []
    for piece in text.split("/"):
        is_new = not parts or (re.match(r"\s*(?:\+|\(?0)", piece) and sum(c.isdigit() for c in parts[-1]) > 5)
        if is_new:
            parts.append(piece)
        else:
            parts[-1] += f"/{piece}"
    for part in parts:
        plain = re.sub(r"^\((\+?\d+)\)", r"\1", part.strip()).replace("(0)", " ").strip(" ()/.-–")
        if plain:
            yield re.sub(r"\s+", " ", plain)[:39]


def _label(text: str) -> str:
    return " ".join(_BETWEEN.sub(" ", text).replace("(", " ").replace(")", " ").split()).strip(" -–.")[:80]


def cost(text: str) -> dict[str, Any]:
    """ "12,50 Euro" is an amount; everything else stays words."""
    found = _AMOUNT.match(text)
    if found is None:
        return {"label": text}
    cents = found[2] if found[2] and found[2].isdigit() else "0"
    return {"label": text, "amount": float(f"{found[1].replace('.', '')}.{cents}")}


def town(text: str) -> tuple[str, str]:
    """Postcode and town: "10319 Berlin". Without a postcode it is all town."""
    if found := _TOWN.match(text):
        return found[1], found[2].strip()
    return (text, "") if re.fullmatch(r"\d{4,5}", text) else ("", text)


def address(text: str) -> dict[str, str]:
    """Street, postcode, town from one text: "Hauptstraße 1, 80331 München"."""
    parts = [part.strip() for part in re.split(r"[,\n|]", text) if part.strip()]
    for place, part in enumerate(parts):
        if found := _TOWN.match(part):
            return {"street": ", ".join(parts[:place]), "postcode": found[1], "city": found[2].strip()}
    if found := re.search(r"^(.*\S)\s+(\d{5})\s+(\S.*)$", text):
        return {"street": found[1].rstrip(","), "postcode": found[2], "city": found[3].strip()}
    return {"street": parts[0] if parts else "", "city": ", ".join(parts[1:])}


def postcode(value: Any) -> str:
    """Spreadsheets turn 04177 into the number 4177: it gets its zero back."""
    text = text_of(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return text.zfill(FULL_POSTCODE) if is_number and text.isdigit() and len(text) == FULL_POSTCODE - 1 else text
