"""Single fields of an entry, read with what is wrong about them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from .entries import Material

LONGEST = 6_000  # characters of one text
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: in which entry and field, and what stood there (shortened)."""

    entry: str
    field: str
    message: str
    value: str = ""


@dataclass(slots=True)
class Reader:
    """Takes fields out of one entry and remembers what was wrong with them."""

    entry: str
    data: Mapping[str, Any]
    faults: list[Fault]
    bad: bool = field(default=False)

    def fault(self, name: str, message: str, value: object = "") -> None:
        self.bad = True
        self.faults.append(Fault(self.entry, name, message, str(value)[:80] if value != "" else ""))

    def text(self, name: str, *, needed: bool = False, longest: int = LONGEST) -> str:
        value = self.data.get(name, "")
        if value is None:
            value = ""
        if not isinstance(value, str):
            self.fault(name, _("Hier wird ein Text erwartet."), value)
            return ""
        value = value.strip()
        if needed and not value:
            self.fault(name, _("Diese Angabe fehlt."))
        if len(value) > longest:
            self.fault(name, _("Der Text ist zu lang (%(n)s Zeichen).") % {"n": len(value)}, value)
        if _CONTROL.search(value):
            self.fault(name, _("Im Text stehen Steuerzeichen."), _CONTROL.sub("□", value))
        if "<" in value and re.search(r"<\s*/?\s*[a-zA-Z!]", value):
            self.fault(name, _("Im Text steht HTML. Erlaubt ist nur einfacher Text."), value)
        return str(value)

    def one_of(self, name: str, known: Mapping[str, Any], default: str = "") -> str:
        value = self.data.get(name, default)
        if not isinstance(value, str) or value not in known:
            self.fault(name, _("Erlaubt sind: %(known)s.") % {"known": ", ".join(known)}, value)
            return default
        return str(value)

    def several_of(self, name: str, known: Mapping[str, Any]) -> tuple[str, ...]:
        values = self.texts(name)
        if not values and isinstance(self.data.get(name) or [], list):
            self.fault(name, _("Diese Angabe fehlt."))
        for value in values:
            if value not in known:
                self.fault(name, _("Erlaubt sind: %(known)s.") % {"known": ", ".join(known)}, value)
        return tuple(key for key in known if key in values)

    def texts(self, name: str, *, most: int = 60) -> tuple[str, ...]:
        values = self.data.get(name) or []
        if not isinstance(values, list) or any(not isinstance(value, str) for value in values):
            self.fault(name, _("Hier wird eine Liste von Texten erwartet."), values)
            return ()
        if len(values) > most:
            self.fault(name, _("Die Liste ist zu lang (%(n)s Einträge).") % {"n": len(values)})
        inner = Reader(self.entry, {str(i): value for i, value in enumerate(values[:most])}, self.faults)
        found = tuple(inner.text(str(i), longest=1_000) for i in range(len(values[:most])))
        self.bad = self.bad or inner.bad
        return tuple(value for value in found if value)

    def span(self, name: str, largest: int) -> tuple[int, int]:
        """``{min: 3, max: 6}`` or ``[3, 6]``."""
        value = self.data.get(name)
        pair = [value.get("min"), value.get("max")] if isinstance(value, Mapping) else value
        if (
            not isinstance(pair, list)
            or len(pair) != 2
            or any(isinstance(n, bool) or not isinstance(n, int) for n in pair)
        ):
            self.fault(name, _("Hier werden zwei ganze Zahlen erwartet: mindestens und höchstens."), value)
            return (0, 0)
        low, high = pair
        if not 0 <= low <= high <= largest:
            self.fault(
                name, _("Mindestens darf nicht über höchstens liegen, erlaubt ist 0 bis %(n)s.") % {"n": largest}, value
            )
        return (low, high)

    def number(self, name: str, least: int, most: int, *, needed: bool = False) -> int | None:
        value = self.data.get(name)
        if value is None and not needed:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            wanted = {"low": least, "high": most}
            self.fault(name, _("Hier wird eine ganze Zahl von %(low)s bis %(high)s erwartet.") % wanted, value)
            return None
        return value

    def outdated(self, texts: Sequence[str], lists: Sequence[str] = ()) -> tuple[str, ...]:
        """Names of texts whose English is older than the German: those that the file says, and lists that have another
        number of lines."""
        said = self.several_of("outdated_en", dict.fromkeys(texts)) if self.data.get("outdated_en") else ()
        other = [name for name in lists if self._count(f"{name}_en") not in (0, self._count(name))]
        return tuple(name for name in texts if name in said or name in other)

    def _count(self, name: str) -> int:
        values = self.data.get(name)
        return len([value for value in values if value]) if isinstance(values, list) else 0

    def materials(self) -> tuple[Material, ...]:
        values = self.data.get("materials") or []
        if not isinstance(values, list):
            self.fault("materials", _("Hier wird eine Liste erwartet."), values)
            return ()
        found = []
        for value in values[:40]:
            if not isinstance(value, Mapping):
                self.fault("materials", _("Jedes Material hat title, url und source."), value)
                continue
            inner = Reader(self.entry, value, self.faults)
            made = Material(
                inner.text("title", needed=True), inner.text("url", longest=500), inner.text("source"),
                inner.text("title_en"),
            )  # fmt: skip
            if made.url and not is_address(made.url):
                inner.fault("materials.url", _("Die Adresse muss mit https:// beginnen."), made.url)
            self.bad = self.bad or inner.bad
            found.append(made)
        return tuple(found)


def is_address(url: str) -> bool:
    """An address of the web, or one of our own pages (``/…``, never ``//elsewhere``)."""
    return url.startswith(("https://", "http://")) or (url.startswith("/") and not url.startswith(("//", "/\\")))
