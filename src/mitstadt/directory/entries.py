"""An offer as data: one shape for the form, a provider's draft, an import, HSDS and the difference between two.

Pure. `Entry.from_json(to_json())` is the entry again; `faults` says everything that is wrong, each with its field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from . import words
from .hours import BadHours, Hours

MOST_TEXT = 8_000  # characters of a description
MOST_PLACES = 50


@dataclass(frozen=True, slots=True)
class Phone:
    number: str
    label: str = ""
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cost:
    """`amount` in `currency` (ISO 4217) or None where only words are known."""

    label: str
    amount: float | None = None
    currency: str = "EUR"


@dataclass(frozen=True, slots=True)
class Place:
    """Where it happens. `lat`, `lon` in degrees WGS 84 or None; `access` codes of `words.ACCESS`."""

    name: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    lat: float | None = None
    lon: float | None = None
    access: tuple[str, ...] = ()
    access_note: str = ""
    transport: str = ""
    hours: tuple[Hours, ...] = ()
    hours_note: str = ""

    @property
    def address(self) -> str:
        return ", ".join(filter(None, [self.street, f"{self.postcode} {self.city}".strip()]))


@dataclass(frozen=True, slots=True)
class Entry:
    """Everything that a provider or the city says about one offer. Ages are years, `districts` numbers."""

    name: str
    provider: str
    lead: str = ""
    description: str = ""
    simple: str = ""
    alternate_name: str = ""
    status: str = "active"
    alert: str = ""
    categories: tuple[str, ...] = ()
    url: str = ""
    email: str = ""
    phones: tuple[Phone, ...] = ()
    ways: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    interpretation: str = ""
    cost: str = "unknown"
    costs: tuple[Cost, ...] = ()
    fees: str = ""
    appointment: str = "unknown"
    application: str = ""
    min_age: int | None = None
    max_age: int | None = None
    situations: tuple[str, ...] = ()
    districts: tuple[int, ...] = ()
    area: str = ""
    documents: tuple[str, ...] = ()
    eligibility: str = ""
    protected: bool = False
    emergency: bool = False
    places: tuple[Place, ...] = ()
    hours: tuple[Hours, ...] = ()
    hours_note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Only what is not empty, in the order of the fields."""
        return _plain(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Entry:
        """Raises ValueError with the field for what has another shape; content is checked by `faults`."""
        return _entry(data)

    def everything(self) -> str:
        """What the search reads."""
        costs = (cost.label for cost in self.costs)
        codes = (str(words.SITUATIONS[code]) for code in self.situations if code in words.SITUATIONS)
        return "\n".join(
            filter(
                None,
                [
                    self.alternate_name, self.provider, self.lead, self.description, self.simple, self.eligibility,
                    self.application, *codes, *self.documents, *costs,
                ],
            )
        )  # fmt: skip


def _plain(thing: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in fields(thing):
        value = getattr(thing, one.name)
        if value is None or value is False or value in ("", ()):  # 0 is something: an age, a price, a degree
            continue
        if isinstance(value, tuple):
            value = [
                item.to_json() if isinstance(item, Hours) else _plain(item) if hasattr(item, "__slots__") else item
                for item in value
            ]
        found[one.name] = value
    return found


_TEXTS = {f.name for f in fields(Entry) if f.type == "str"}
_CODES = ("categories", "ways", "languages", "situations", "documents")


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name}: text expected")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", " ", value.replace("\r\n", "\n")).strip()


def _texts(value: object, name: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise ValueError(f"{name}: list expected")
    return tuple(dict.fromkeys(text for item in value if (text := _text(item, name))))


def _number(value: object, name: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{name}: number expected")
    return float(value)


def _whole(value: object, name: str) -> int | None:
    number = _number(value, name)
    if number is None:
        return None
    if number != int(number):
        raise ValueError(f"{name}: whole number expected")
    return int(number)


def _all_hours(value: object, name: str) -> tuple[Hours, ...]:
    if not isinstance(value, list | tuple):
        raise ValueError(f"{name}: list expected")
    try:
        return tuple(Hours.from_json(item) for item in value)
    except BadHours as error:
        raise ValueError(f"{name}: {error}") from error


def _maps(value: object, name: str) -> Iterator[Mapping[str, Any]]:
    if not isinstance(value, list | tuple):
        raise ValueError(f"{name}: list expected")
    for item in value:
        if not isinstance(item, Mapping):
            raise ValueError(f"{name}: object expected")
        yield item


def _place(data: Mapping[str, Any]) -> Place:
    _known(data, Place, "places")
    return Place(
        **{
            name: _text(data.get(name, ""), f"places.{name}")
            for name in ("name", "street", "postcode", "city", "access_note", "transport", "hours_note")
        },
        lat=_number(data.get("lat"), "places.lat"),
        lon=_number(data.get("lon"), "places.lon"),
        access=_texts(data.get("access", ()), "places.access"),
        hours=_all_hours(data.get("hours", ()), "places.hours"),
    )


def _known(data: Mapping[str, Any], shape: type, name: str) -> None:
    known = {f.name for f in fields(shape)}
    for key in data:
        if key not in known:
            raise ValueError(f"{name}: unknown field {key}"[:200])


def _entry(data: Mapping[str, Any]) -> Entry:
    _known(data, Entry, "entry")
    found: dict[str, Any] = {name: _text(data[name], name) for name in _TEXTS if name in data}
    found |= {name: _texts(data[name], name) for name in _CODES if name in data}
    found |= {name: _whole(data[name], name) for name in ("min_age", "max_age") if name in data}
    for name in ("protected", "emergency"):
        if name in data:
            if not isinstance(data[name], bool):
                raise ValueError(f"{name}: true or false expected")
            found[name] = data[name]
    if "districts" in data:
        if not isinstance(data["districts"], list | tuple):
            raise ValueError("districts: list expected")
        found["districts"] = tuple(sorted({n for n in (_whole(x, "districts") for x in data["districts"]) if n}))
    if "phones" in data:
        found["phones"] = tuple(
            Phone(_text(p.get("number", ""), "phones"), _text(p.get("label", ""), "phones"),
                  _texts(p.get("languages", ()), "phones"))
            for p in _maps(data["phones"], "phones")
        )  # fmt: skip
    if "costs" in data:
        found["costs"] = tuple(
            Cost(_text(c.get("label", ""), "costs"), _number(c.get("amount"), "costs"),
                 _text(c.get("currency", "EUR"), "costs"))
            for c in _maps(data["costs"], "costs")
        )  # fmt: skip
    if "places" in data:
        found["places"] = tuple(_place(p) for p in _maps(data["places"], "places"))
    if "hours" in data:
        found["hours"] = _all_hours(data["hours"], "hours")
    for name in ("name", "provider"):
        if not found.get(name):
            raise ValueError(f"{name}: missing")
    return Entry(**found)


# -- what is wrong with it --------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Fault:
    """`field` is a field of the form, `text` a translated sentence."""

    field: str
    text: str


_LONGEST = {
    "name": 160, "provider": 160, "alternate_name": 160, "lead": 300, "description": MOST_TEXT, "simple": MOST_TEXT,
    "alert": 500, "url": 500, "email": 254, "interpretation": 500, "fees": 1000, "application": 2000, "area": 300,
    "eligibility": 2000, "hours_note": 300,
}  # fmt: skip
_EMAIL = re.compile(r"^[^@\s<>\"',;]+@[^@\s<>\"',;]+\.[^@\s<>\"',;.]{2,}$")
_ADDRESS = re.compile(
    r"\b[A-ZÄÖÜ][\wäöüß.-]*"
    r"(?:stra(?:ß|ss)e|str\.?|weg|platz|allee|gasse|ring|damm|ufer|steig|stieg|pfad|chaussee|promenade|anger|graben|zeile)"
    r"\s*\d{1,4}\s?[a-z]?\b"
    r"|\b(?:[Ss]tra(?:ß|ss)e|[Ss]tr\.?|[Ww]eg|[Pp]latz|[Aa]llee|[Gg]asse|[Rr]ing)\s+\d{1,4}\s?[a-z]?\b"
    r"|\b(?:Am|An de[rn]|Im|In de[rn]|Auf de[rm]|Zum|Zur)\s+[A-ZÄÖÜ][\wäöüß-]+\s+\d{1,3}\s?[a-z]?(?=\s*(?:$|[,;)\n]))"
)
_NUMBER = re.compile(r"^[+]?[0-9][0-9 ()/.\-–]{1,38}$")


def is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(re.match(r"^[^\s/@]+\.[^\s/@.]+$|^localhost$", parts.netloc))


def faults(entry: Entry, categories: set[str] | None = None) -> list[Fault]:
    """Everything that is wrong, in the order of the form; empty for an entry that can be saved.

    `categories` are the known ones; None does not look.
    """
    found: list[Fault] = []

    def say(name: str, text: str) -> None:
        found.append(Fault(name, text))

    for name, most in _LONGEST.items():
        if len(getattr(entry, name)) > most:
            say(name, _("Höchstens %(n)s Zeichen.") % {"n": most})
    if entry.status not in words.STATUSES:
        say("status", _("Diesen Stand gibt es nicht: %(value)s") % {"value": entry.status[:40]})
    if entry.url and not is_web_address(entry.url):
        say("url", _("Eine Adresse im Netz beginnt mit https:// oder http://: %(value)s") % {"value": entry.url[:80]})
    if entry.email and not _EMAIL.match(entry.email):
        say("email", _("Das ist keine E-Mail-Adresse: %(value)s") % {"value": entry.email[:80]})
    for phone in entry.phones:
        if not _NUMBER.match(phone.number):
            say("phones", _("Das ist keine Telefonnummer: %(value)s") % {"value": phone.number[:40]})
    lists: tuple[tuple[str, Sequence[str], Mapping[str, Any]], ...] = (
        ("ways", entry.ways, words.WAYS),
        ("languages", entry.languages, words.LANGUAGES),
        ("situations", entry.situations, words.SITUATIONS),
        ("cost", (entry.cost,), words.COSTS),
        ("appointment", (entry.appointment,), words.APPOINTMENT),
        *(("places", place.access, words.ACCESS) for place in entry.places),
    )
    for name, codes, known in lists:
        for code in codes:
            if code not in known:
                say(name, _("Das kennen wir nicht: %(value)s") % {"value": code[:40]})
    if categories is not None:
        for code in entry.categories:
            if code not in categories:
                say("categories", _("Dieses Thema kennen wir nicht: %(value)s") % {"value": code[:60]})
    for name in ("min_age", "max_age"):
        age = getattr(entry, name)
        if age is not None and not 0 <= age <= 120:
            say(name, _("Ein Alter liegt zwischen 0 und 120 Jahren."))
    if entry.min_age is not None and entry.max_age is not None and entry.min_age > entry.max_age:
        say("max_age", _("Das höchste Alter liegt unter dem niedrigsten."))
    for cost in entry.costs:
        if cost.amount is not None and not 0 <= cost.amount <= 1_000_000:
            say("costs", _("Ein Betrag liegt zwischen 0 und 1.000.000."))
    if len(entry.places) > MOST_PLACES:
        say("places", _("Höchstens %(n)s Orte.") % {"n": MOST_PLACES})
    for place in entry.places:
        found.extend(_place_faults(place))
    if entry.protected:
        if not entry.phones:
            say("phones", _("Wo die Anschrift geheim bleibt, braucht es eine Telefonnummer."))
        said = _("Die Anschrift soll geheim bleiben, aber in einem Text steht eine Straße mit Nummer.")
        texts: dict[str, Sequence[str]] = {
            **{name: [getattr(entry, name)] for name in _LONGEST if name not in ("url", "email")},
            "phones": [phone.label for phone in entry.phones],
            "costs": [cost.label for cost in entry.costs],
            "documents": entry.documents,
        }
        found.extend(Fault(name, said) for name, lines in texts.items() if any(map(tells_street, lines)))
    return found


def tells_street(text: str) -> bool:
    """Whether a text names a street with a number, as far as a rule can tell."""
    return _ADDRESS.search(text) is not None


def without_streets(text: str) -> str:
    return " ".join(_ADDRESS.sub(" ", text).split()).strip(" ,;")


def _place_faults(place: Place) -> Iterator[Fault]:
    if (place.lat is None) != (place.lon is None):
        yield Fault("places", _("Ein Punkt braucht Breite und Länge."))
    if place.lat is not None and place.lon is not None and not (-90 <= place.lat <= 90 and -180 <= place.lon <= 180):
        yield Fault("places", _("Diesen Punkt gibt es auf der Erde nicht: %(lat)s, %(lon)s") % {
            "lat": place.lat, "lon": place.lon
        })  # fmt: skip
    for name, most in (("name", 160), ("street", 160), ("postcode", 12), ("city", 80), ("access_note", 500),
                       ("transport", 300), ("hours_note", 300)):  # fmt: skip
        if len(getattr(place, name)) > most:
            yield Fault("places", _("Höchstens %(n)s Zeichen.") % {"n": most})


def without_place(entry: Entry) -> Entry:
    """Of an offer whose address is secret, no place is kept at all."""
    return replace(entry, places=()) if entry.protected else entry


# -- two entries ------------------------------------------------------------------------------------
def difference(before: Entry, after: Entry) -> list[str]:
    """Names of the fields in which they differ, in the order of the form."""
    return [f.name for f in fields(Entry) if getattr(before, f.name) != getattr(after, f.name)]


def merged(before: Entry, after: Entry, names: Sequence[str]) -> Entry:
    """`before` with these fields of `after`."""
    return replace(before, **{name: getattr(after, name) for name in names})
