"""From a value of any file to the form in which it is kept. Each raises ValueError with words for the person."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext, gettext_noop

from mitstadt.radar import dates

from . import cells
from .columns import fold
from .read_xlsx import Formula

_MARKUP = re.compile(r"<\s*/?\s*[a-zA-Z!][^<>]*>|<\s*script|javascript:|&#x?[0-9a-fA-F]+;", re.I)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff]")
SLUG = re.compile(r"^[a-z0-9]+(?:-[a-z0-9]+)*$")
STATUSES = {
    "geplant": "geplant", "planned": "geplant", "in planung": "geplant",
    "in umsetzung": "in_umsetzung", "laufend": "in_umsetzung", "running": "in_umsetzung", "in progress": "in_umsetzung",
    "abgeschlossen": "abgeschlossen", "done": "abgeschlossen", "completed": "abgeschlossen",
    "umgesetzt": "abgeschlossen",
    "eingestellt": "eingestellt", "stopped": "eingestellt", "abgebrochen": "eingestellt",
    "unbekannt": "unbekannt", "unknown": "unbekannt", "stand unbekannt": "unbekannt",
}  # fmt: skip
KINDS = {
    "massnahme": "massnahme", "measure": "massnahme", "programm": "programm", "programme": "programm",
    "projekt": "projekt", "project": "projekt", "pruefauftrag": "pruefauftrag", "review": "pruefauftrag",
    "veranstaltung": "veranstaltung", "event": "veranstaltung",
}  # fmt: skip
CONFIDENCES = {
    "high": "high", "hoch": "high", "gut belegt": "high", "medium": "medium", "mittel": "medium",
    "teilweise erschlossen": "medium", "low": "low", "niedrig": "low", "gering": "low", "nur angedeutet": "low",
    "ohne angabe": "",
}  # fmt: skip
BASES = {"source": "source", "laut quelle": "source", "derived": "derived", "von uns abgeleitet": "derived"}
MARKUP = gettext_noop("Der Text enthält HTML; bitte nur Text eintragen.")
FORMULA = gettext_noop("Formeln werden nicht übernommen; bitte fügen Sie den Wert ein.")


def text(value: Any, most: int | None = None, *, table: bool = False) -> str:
    """A text without markup, formulas and control characters, trimmed, lines normalised."""
    if value is None:
        return ""
    if isinstance(value, Formula):
        raise ValueError(gettext(FORMULA))
    if isinstance(value, bool):
        raise ValueError(gettext("Hier wird ein Text erwartet, kein Ja/Nein."))
    if isinstance(value, dict | list):
        raise ValueError(gettext("Hier wird ein einzelner Wert erwartet, keine Liste."))
    result = str(value).replace("\r\n", "\n").replace("\r", "\n").strip()
    if table:
        if result.startswith(("=", "@")):
            raise ValueError(gettext(FORMULA))
        result = cells.unprotect(result)
    if _CONTROL.search(result):
        raise ValueError(gettext("Der Text enthält unsichtbare Steuerzeichen."))
    if _MARKUP.search(result):
        raise ValueError(gettext(MARKUP))
    if most is not None and len(result) > most:
        raise ValueError(
            gettext("Der Text hat %(n)s Zeichen; erlaubt sind %(most)s.") % {"n": len(result), "most": most}
        )
    return result


def slug(value: Any) -> str:
    result = text(value)
    if result and (not SLUG.match(result) or len(result) > 120):
        raise ValueError(gettext("Eine Kurzadresse besteht aus kleinen Buchstaben, Ziffern und Bindestrichen."))
    return result


def slug_from(title: str, most: int = 100) -> str:
    """A short address from a title: ``Digitale Bürgersprechstunde`` → ``digitale-buergersprechstunde``."""
    words = fold(title.replace("ß", "ss")).replace(" ", "-")
    if len(words) > most:
        words = words[:most].rsplit("-", 1)[0]
    return words or "massnahme"


def number(value: Any) -> int:
    """``7``, ``7.0``, ``"M-007"``; 0 for nothing."""
    if isinstance(value, bool):
        raise ValueError(gettext("Hier wird eine Nummer erwartet."))
    raw = text(value)
    if not raw:
        return 0
    match = re.fullmatch(r"(?:M-)?0*(\d{1,6})(?:\.0+)?", raw, re.I)
    if not match or not 1 <= int(match[1]) <= 99_999:
        raise ValueError(gettext("Das ist keine Nummer wie 7 oder M-007."))
    return int(match[1])


def partial_date(value: Any) -> str:
    """``2024``, ``2024.0``, ``2024-05``, ``31.05.2024``, ``05/2024``, a date of the file's own kind."""
    if isinstance(value, date):
        value = value.isoformat()
    raw = text(value)
    if not raw:
        return ""
    if match := re.fullmatch(r"(\d{4})\.0+", raw):
        raw = match[1]
    elif match := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", raw):
        raw = f"{match[3]}-{int(match[2]):02d}-{int(match[1]):02d}"
    elif match := re.fullmatch(r"(\d{1,2})[./](\d{4})", raw):
        raw = f"{match[2]}-{int(match[1]):02d}"
    elif match := re.fullmatch(r"(\d{4}-\d{2}-\d{2})[T ]00:00:00", raw):
        raw = match[1]
    try:
        found = dates.parse(raw)
    except ValueError as error:
        raise ValueError(gettext("Das ist kein Datum der Form 2024, 2024-05 oder 2024-05-31.")) from error
    if found and not 1900 <= int(found[:4]) <= 2200:
        raise ValueError(gettext("Das Jahr liegt außerhalb von 1900 bis 2200."))
    return found


def full_date(value: Any) -> str:
    found = partial_date(value)
    if found and len(found) != 10:
        raise ValueError(gettext("Hier wird ein ganzer Tag erwartet, etwa 2024-05-31."))
    return found


def choice(value: Any, allowed: dict[str, str], fallback: str) -> str:
    raw = text(value)
    if not raw:
        return fallback
    key = fold(raw.replace("ß", "ss"))
    if key not in allowed:
        raise ValueError(
            gettext("Möglich sind: %(words)s.") % {"words": ", ".join(dict.fromkeys(v for v in allowed.values() if v))}
        )
    return allowed[key]


def named(value: Any, known: dict[str, str]) -> str:
    """The slug or code of something named by code or name. `known` maps folded names to slugs."""
    raw = text(value)
    if not raw:
        return ""
    found = known.get(fold(raw.replace("ß", "ss")))
    if found is None:
        names = sorted(set(known.values()))
        shown = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
        raise ValueError(gettext("Das kennt die Strategie nicht. Bekannt sind: %(names)s.") % {"names": shown})
    return found


def url(value: Any) -> str:
    """An address on the web; anything but http and https is refused."""
    raw = text(value, 600)
    if not raw:
        return ""
    try:
        parts = urlsplit(raw)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        good = False
    if not good or any(c.isspace() or c in '<>"' for c in raw):
        raise ValueError(gettext("Das ist keine Adresse, die mit https:// oder http:// beginnt."))
    return raw


def decimal(value: Any) -> int | float:
    """A number; ``27,4`` and ``27.4`` are the same. Up to 14 digits before and 4 after the point."""
    if isinstance(value, bool):
        raise ValueError(gettext("Hier wird eine Zahl erwartet."))
    raw = text(value).replace(",", ".")
    try:
        found = Decimal(raw)
    except InvalidOperation as error:
        raise ValueError(gettext("Hier wird eine Zahl erwartet.")) from error
    if not found.is_finite() or found.adjusted() >= 14 or found != round(found, 4):  # no sum can overflow
        raise ValueError(gettext("Die Zahl ist zu groß oder zu genau."))
    return int(found) if found == found.to_integral_value() else float(found)


def percent(value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    raw = text(value).removesuffix("%").strip()
    if not raw.isdecimal() or int(raw) > 100:
        raise ValueError(gettext("Hier wird eine ganze Zahl von 0 bis 100 erwartet."))
    return int(raw)
