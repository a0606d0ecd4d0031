"""Bytes of a file become rows: CSV, XLSX, a list in JSON, GeoJSON, HSDS. What a table is refused for: `kit.tables`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from django.utils.translation import gettext as _

from mitstadt.kit import tables
from mitstadt.kit.tables import UnreadableError

from .values import clean

MOST_ROWS = 20_000
MOST_DEPTH = 12
MOST_VALUES = 2_000_000
ENDINGS = (".csv", ".txt", ".tsv", ".xlsx", ".json", ".geojson")
LISTS = ("contents", "features", "rows", "items", "data", "results", "services", "records", "entries", "index")
_ESCAPED = re.compile(r"^'(?='*[=+\-@\t\r])")  # how spreadsheets keep text from becoming a formula (kit.spreadsheets)


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is where it stands: the line of a table, the place in a list, from 1."""

    line: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Content:
    """`kind` is csv, xlsx, json or geojson; `columns` every name that occurs at the top of a row."""

    kind: str
    columns: tuple[str, ...]
    rows: list[Row]
    notes: tuple[str, ...] = field(default=())


def read(data: bytes, name: str, *, path: str = "", separator: str = "") -> Content:
    """The rows of a file; its ending decides how it is read. `path` leads to the list inside a JSON file.

    Raises UnreadableError with words for the person: wrong ending, too large, more than 20,000 rows, not readable.
    """
    ending = PurePath(name).suffix.lower()
    if ending not in ENDINGS:
        raise UnreadableError(
            _("Dateien mit der Endung „%(ending)s“ werden nicht gelesen; möglich sind CSV, XLSX, JSON und GeoJSON.")
            % {"ending": clean(ending)[:12]}
        )
    tables.check_size(data)
    if ending == ".xlsx":
        return _of_table("xlsx", tables.read_xlsx(data, MOST_ROWS, too_many()), ())
    if ending in (".json", ".geojson"):
        return _json(data, path)
    text, notes = _text(data)
    hint = f"sep={separator or ('|' if _has_bars(text) else '')}\n" if separator or _has_bars(text) else ""
    table = tables.read_csv((hint + text).encode(), MOST_ROWS, too_many())
    return _of_table("csv", table, notes)


def too_many() -> str:
    return _("Die Datei hat mehr als %(n)s Zeilen. Bitte teilen Sie sie auf.") % {
        "n": f"{MOST_ROWS:,}".replace(",", ".")
    }


# -- tables -----------------------------------------------------------------------------------------
def _text(data: bytes) -> tuple[str, tuple[str, ...]]:
    """UTF-8 or UTF-16, else what Windows writes (cp1252); whatever is neither is refused."""
    if data.startswith((b"PK\x03\x04", b"%PDF")):
        data = data[:4]  # refused below with the right words
    try:
        return tables.text_of(data), ()
    except UnreadableError as refusal:
        try:
            data.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
        else:
            raise
        if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data:
            raise
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            raise refusal from None
    unseen = sum(1 for char in text if ord(char) < 32 and char not in "\t\n\r")
    if unseen:
        raise UnreadableError(_("Die Datei enthält Steuerzeichen; sie ist beschädigt oder keine Textdatei."))
    note = _("Die Datei ist nicht in UTF-8 gespeichert und wurde als Windows-1252 gelesen. Bitte prüfen Sie Umlaute.")
    return tables.text_of(text.encode()), (note,)


def _has_bars(text: str) -> bool:
    """A table with | between its cells."""
    first = text.lstrip().partition("\n")[0]
    return first.count("|") >= 1 and not any(char in first for char in ";,\t")


def _of_table(kind: str, table: tables.Table, notes: Iterable[str]) -> Content:
    rows = [Row(line, {name: _cell(value) for name, value in cells.items()}) for line, cells in table.rows]
    if not rows:
        raise UnreadableError(_("Die Tabelle hat Überschriften, aber keine Zeilen."))
    return Content(kind, tuple(name for name in table.headings if name), rows, tuple(notes))


def _cell(value: Any) -> Any:
    if isinstance(value, tables.Formula) or not isinstance(value, str):
        return value
    return _ESCAPED.sub("", clean(value))


# -- JSON -------------------------------------------------------------------------------------------
def _json(data: bytes, path: str) -> Content:
    found = tables.json_of(tables.text_of(data))
    _measure(found)
    if isinstance(found, dict) and found.get("type") == "FeatureCollection" and not path:
        return _geojson(found)
    items = _items(found, path)
    if len(items) > MOST_ROWS:
        raise UnreadableError(too_many())
    for line, item in enumerate(items, 1):
        if not isinstance(item, dict):
            raise UnreadableError(_("Eintrag %(n)s der Liste hat keine benannten Werte.") % {"n": line})
    rows = [Row(line, _clean(item)) for line, item in enumerate(items, 1)]
    return Content("json", _columns(rows), rows)


def _measure(found: Any) -> None:
    """Depth and number of values, without recursion. Raises UnreadableError."""
    waiting: list[tuple[Any, int]] = [(found, 0)]
    count = 0
    while waiting:
        value, depth = waiting.pop()
        count += 1
        if depth > MOST_DEPTH + 8 or count > MOST_VALUES:
            raise UnreadableError(_("Die Datei ist zu tief verschachtelt oder hat zu viele Werte."))
        if isinstance(value, dict):
            waiting.extend((item, depth + 1) for item in value.values())
        elif isinstance(value, list):
            waiting.extend((item, depth + 1) for item in value)
        elif isinstance(value, str) and len(value) > tables.MAX_CELL:
            raise UnreadableError(
                _("Ein Text ist länger als %(most)s Zeichen („%(value)s…“).")
                % {"most": tables.MAX_CELL, "value": clean(value[:40])}
            )


def _items(found: Any, path: str) -> list[Any]:
    """The list that is meant: at `path`, or the file itself, or the one under a usual name, or a single service."""
    if path:
        for step in path.split("."):
            found = found.get(step) if isinstance(found, dict) else None
        if not isinstance(found, list):
            raise UnreadableError(_("In der Datei steht unter „%(path)s“ keine Liste.") % {"path": path[:80]})
    elif isinstance(found, dict):
        if _is_one(found) or not any(isinstance(value, list) for value in found.values()):
            found = [found]
        else:
            name = next((name for name in LISTS if isinstance(found.get(name), list)), None)
            if name is None:
                lists = [name for name, value in found.items() if isinstance(value, list)]
                name = lists[0] if len(lists) == 1 else None
            if name is None:
                raise UnreadableError(
                    _("Die Datei enthält mehrere Listen. Nennen Sie in der Zuordnung unter „rows“ die richtige.")
                )
            found = found[name]
    if not isinstance(found, list) or not found:
        raise UnreadableError(_("Gebraucht wird eine Liste von Einträgen mit Namen und Werten."))
    return found


def _is_one(item: dict[str, Any]) -> bool:
    """A single service of HSDS, organization with services or service_at_location, and not a page of them."""
    if "id" in item and isinstance(item.get("service"), dict):
        return True
    if not {"id", "name"} <= item.keys():
        return False
    return isinstance(item.get("services"), list) or isinstance(item.get("status"), str)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(name)): _clean(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return value


def _columns(rows: Iterable[Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for row in rows for name in row.values))


# -- GeoJSON ----------------------------------------------------------------------------------------
_EARTH = re.compile(r"CRS:?84|EPSG:{1,2}4326|4326$", re.I)


def _geojson(found: dict[str, Any]) -> Content:
    """Properties are the columns; `lat` and `lon` (or `geometry.lat`, `geometry.lon`) come from the geometry."""
    named = found.get("crs")
    if named:
        label = str(named.get("properties", {}).get("name", "")) if isinstance(named, dict) else str(named)
        if not _EARTH.search(label):
            raise UnreadableError(
                _("Die Punkte stehen in einem anderen Netz (%(name)s). Gebraucht werden Breite und Länge (WGS 84).")
                % {"name": clean(label)[:60]}
            )
    features = found.get("features")
    if not isinstance(features, list) or not features:
        raise UnreadableError(_("Die GeoJSON-Datei hat keine Einträge."))
    if len(features) > MOST_ROWS:
        raise UnreadableError(too_many())
    rows = []
    for line, feature in enumerate(features, 1):
        if not isinstance(feature, dict) or not isinstance(feature.get("properties") or {}, dict):
            raise UnreadableError(_("Eintrag %(n)s der Liste hat keine benannten Werte.") % {"n": line})
        values = _clean(dict(feature.get("properties") or {}))
        point = middle(feature.get("geometry"))
        there = {"lat": point[0] if point else None, "lon": point[1] if point else None}
        values |= {f"geometry.{name}": value for name, value in there.items()}
        values = {**there, **values}
        if feature.get("id") is not None:
            values.setdefault("id", _clean(feature["id"]))
        rows.append(Row(line, values))
    return Content("geojson", _columns(rows), rows)


def middle(geometry: Any) -> tuple[float, float] | None:
    """(lat, lon) of a point, or the middle of what a line or an area covers; None without a geometry."""
    if not isinstance(geometry, dict):
        return None
    if geometry.get("type") == "GeometryCollection":
        parts = geometry.get("geometries")
        return middle(parts[0]) if isinstance(parts, list) and parts else None
    points = list(_points(geometry.get("coordinates")))
    if not points:
        return None
    lons, lats = [point[0] for point in points], [point[1] for point in points]
    return (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2


def _points(value: Any) -> Iterator[tuple[float, float]]:
    if not isinstance(value, list):
        return
    if len(value) >= 2 and all(isinstance(n, int | float) and not isinstance(n, bool) for n in value[:2]):
        yield float(value[0]), float(value[1])
        return
    for item in value:
        yield from _points(item)
