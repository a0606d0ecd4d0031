"""Entries as a file that imports again without a difference: JSON, GeoJSON with every field, CSV with a cell for each.

A cell is written as people write it ("089 123 | Anmeldung", "Mo–Fr 9–12 Uhr") where that says everything, and as JSON
where it does not; which of the two is tried out each time, so that nothing is lost. Pure but for `uuid`s handed in.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from django.utils.translation import gettext as _

from mitstadt.directory import hours
from mitstadt.directory.entries import Entry
from mitstadt.kit import spreadsheets

from .values import Unclear, text_of

META = ("uuid", "id", "confirmed_on")
_POINT = ("lat", "lon", "geometry.lat", "geometry.lon")  # what reading GeoJSON adds; the places say it, too
_NAMES = tuple(f.name for f in fields(Entry))
_TEXTS = frozenset(f.name for f in fields(Entry) if f.type == "str")
_LISTS = frozenset({"categories", "ways", "languages", "situations", "documents"})
_AGES = frozenset({"min_age", "max_age"})
_FLAGS = frozenset({"protected", "emergency"})
_PLACE = re.compile(r"places\.(\d{1,2})")
Told = tuple[str, str, Entry]  # uuid, day of confirmation or "", entry


# -- writing ----------------------------------------------------------------------------------------
def to_json(told: Iterable[Told]) -> Iterator[str]:
    """A list of objects, one a line, every field of every entry."""
    yield "["
    first = True
    for uuid, confirmed, entry in told:
        row = {"uuid": uuid, "confirmed_on": confirmed or None, **whole(entry)}
        yield ("\n" if first else ",\n") + json.dumps(row, ensure_ascii=False)
        first = False
    yield "\n]\n"


def to_geojson(told: Iterable[Told]) -> Iterator[str]:
    """A FeatureCollection (RFC 7946), one offer a line: all of it as properties, its places as points."""
    yield '{"type": "FeatureCollection", "features": ['
    first = True
    for uuid, confirmed, entry in told:
        points = [[place.lon, place.lat] for place in entry.places if place.lat is not None and place.lon is not None]
        feature = {
            "type": "Feature",
            "id": uuid,
            "geometry": {"type": "MultiPoint", "coordinates": points} if points else None,
            "properties": {"uuid": uuid, "confirmed_on": confirmed or None, **whole(entry)},
        }
        yield ("\n" if first else ",\n") + json.dumps(feature, ensure_ascii=False)
        first = False
    yield "\n]}\n"


def whole(entry: Entry) -> dict[str, Any]:
    """All fields, the empty ones too: what is taken out of the file shall be taken out of the entry."""
    there = entry.to_json()
    return {name: there.get(name, _nothing(name)) for name in _NAMES}


def _nothing(name: str) -> Any:
    if name in _TEXTS:
        return ""
    return None if name in _AGES else False if name in _FLAGS else []


def to_csv(told: Iterable[Told], places: int) -> Iterator[str]:
    """Lines of a table with byte order mark and semicolons, as spreadsheets here expect it. `places`: the most that an
    entry has; each gets a column of its own."""
    names = [name for name in _NAMES if name != "places"]
    columns = ["uuid", "confirmed_on", *names, *(f"places.{number}" for number in range(1, max(places, 1) + 1))]
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    yield "\ufeff"
    writer.writerow(columns)
    for uuid, confirmed, entry in told:
        data = entry.to_json()
        row = [uuid, confirmed, *(_escaped(_cell(name, data.get(name))) for name in names)]
        row += [_escaped(_cell("place", place)) for place in data.get("places", [])]
        writer.writerow(row + [""] * (len(columns) - len(row)))
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _escaped(text: str) -> str:
    """`kit.spreadsheets.cell`, in a way that reading can undo even for text that begins with an apostrophe."""
    plain = text.lstrip("'")
    return f"'{text}" if plain != text and spreadsheets.cell(plain) != plain else spreadsheets.cell(text)


def _cell(name: str, value: Any) -> str:
    if _is_nothing(value):
        return ""
    if name in _TEXTS:
        return str(value)
    if value is True:
        return "true"
    if isinstance(value, int | float):
        return f"{value:g}"
    simple = _WRITE[name](value)
    try:
        is_exact = not simple.startswith(("[", "{")) and _READ[name](simple) == value
    except (Unclear, ValueError):
        is_exact = False
    return simple if is_exact else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# -- reading ----------------------------------------------------------------------------------------
def entry_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The entry in a row of either file, as `Entry.to_json` writes it. Raises Unclear with the column."""
    found: dict[str, Any] = {}
    for name in _NAMES:
        value = row.get(name)
        if value is None or value == "":
            continue
        try:
            found[name] = _value(name, value)
        except (Unclear, ValueError) as error:
            reason = _("Das verstehen wir nicht: %(value)s") % {"value": str(error)[:120]}
            raise Unclear(f"{name}: {error if isinstance(error, Unclear) else reason}") from error
    numbered = sorted((int(match[1]), name) for name in row if (match := _PLACE.fullmatch(name)))
    for _number, name in numbered:
        text = text_of(row[name])
        if text:
            try:
                found.setdefault("places", []).append(_structure(text) or _READ["place"](text))
            except (Unclear, ValueError) as error:
                raise Unclear(f"{name}: {error}") from error
    return {name: value for name, value in found.items() if not _is_nothing(value)}


def _value(name: str, value: Any) -> Any:
    if name in _TEXTS:
        return value if isinstance(value, str) else text_of(value)
    if name in _AGES:
        return value if isinstance(value, int | float) else int(text_of(value))
    if name in _FLAGS:
        return value if isinstance(value, bool) else _flag(text_of(value))
    if not isinstance(value, str):
        if isinstance(value, int | float) and name == "districts":
            return [value]
        return value
    return _structure(value) or _READ[name](value)


def _flag(text: str) -> bool:
    from .values import yes_or_no

    return yes_or_no(text)


def _structure(text: str) -> Any:
    if not text.startswith(("[", "{")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unclear(_("Das verstehen wir nicht: %(value)s") % {"value": text[:80]}) from error


def known_columns(columns: Iterable[str]) -> tuple[frozenset[str], list[str]]:
    """(fields of an entry that the columns speak about, columns that mean nothing)."""
    told: set[str] = set()
    strange = []
    columns = list(columns)
    meta = {*META, *_POINT} if "geometry.lat" in columns else {*META}
    for column in columns:
        if column in _NAMES:
            told.add(column)
        elif _PLACE.fullmatch(column):
            told.add("places")
        elif column not in meta:
            strange.append(column)
    return frozenset(told), strange


def _is_nothing(value: Any) -> bool:
    """0 is something: an age, a price, a degree."""
    return value is None or value is False or value in ("", [])


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _bars(line: str, count: int) -> list[str]:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) > count:
        raise Unclear(_("Das verstehen wir nicht: %(value)s") % {"value": line[:80]})
    return parts + [""] * (count - len(parts))


def _joined(parts: Sequence[str]) -> str:
    return " | ".join(parts).rstrip(" |")


def _write_phones(value: list[dict[str, Any]]) -> str:
    return "\n".join(_joined([one.get("number", ""), one.get("label", "")]) for one in value)


def _read_phones(text: str) -> list[dict[str, Any]]:
    rows = (_bars(line, 2) for line in _lines(text))
    return [_full({"number": number, "label": label}) for number, label in rows]


def _write_costs(value: list[dict[str, Any]]) -> str:
    return "\n".join(
        _joined([one.get("label", ""), f"{one['amount']:.2f}".replace(".", ",") if "amount" in one else ""])
        for one in value
    )


def _read_costs(text: str) -> list[dict[str, Any]]:
    found = []
    for line in _lines(text):
        label, amount = _bars(line, 2)
        one: dict[str, Any] = {"label": label}
        if amount:
            one["amount"] = float(amount.replace("€", "").replace(",", ".").strip())
        found.append({**_full(one), "currency": "EUR"})
    return found


def _write_hours(value: list[dict[str, Any]]) -> str:
    return "\n".join(hours.lines(hours.Hours.from_json(rule) for rule in value))


def _read_hours(text: str) -> list[dict[str, Any]]:
    return [rule.to_json() for rule in hours.parse(text)]


def _write_place(value: dict[str, Any]) -> str:
    point = f"{value['lat']!r}, {value['lon']!r}" if "lat" in value and "lon" in value else ""
    town = f"{value.get('postcode', '')} {value.get('city', '')}".strip()
    return _joined([value.get("name", ""), value.get("street", ""), town, point, " ".join(value.get("access", []))])


def _read_place(text: str) -> dict[str, Any]:
    name, street, town, point, access = _bars(text, 5)
    found = re.match(r"(\d{4,5})\s*(.*)", town)
    place: dict[str, Any] = {"name": name, "street": street}
    place |= {"postcode": found[1], "city": found[2]} if found else {"city": town}
    if point:
        lat, _comma, lon = point.partition(",")
        place |= {"lat": float(lat), "lon": float(lon)}
    return _full({**place, "access": access.split()})


def _full(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if not _is_nothing(value)}


def _write_list(value: list[Any]) -> str:
    return "; ".join(str(item) for item in value)


def _read_list(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;\n]", text) if part.strip()]


def _read_numbers(text: str) -> list[int]:
    return [int(part) for part in _read_list(text.replace(",", ";"))]


_WRITE: dict[str, Callable[[Any], str]] = {
    "phones": _write_phones, "costs": _write_costs, "hours": _write_hours, "place": _write_place,
    **dict.fromkeys((*_LISTS, "districts"), _write_list),
}  # fmt: skip
_READ: dict[str, Callable[[str], Any]] = {
    "phones": _read_phones, "costs": _read_costs, "hours": _read_hours, "place": _read_place,
    "places": lambda text: [_read_place(line) for line in _lines(text)], "districts": _read_numbers,
    **dict.fromkeys(_LISTS, _read_list),
}  # fmt: skip
