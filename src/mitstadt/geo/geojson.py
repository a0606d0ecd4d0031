"""Reading a city's district outlines from GeoJSON (RFC 7946). Reads, checks, and never touches the database.

Refused, each with the place and the value: not UTF-8, not JSON, too large, not a FeatureCollection, other geometries
than Polygon and MultiPolygon, coordinates that are not WGS 84 longitude and latitude, open, short or self-crossing
rings. Rings that run the wrong way round are turned, as RFC 7946 asks of writers.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from mitstadt.kit.errors import DomainError

MAX_BYTES = 20_000_000
MAX_FEATURES = 2_000
MAX_POSITIONS = 300_000
NUMBER_KEYS = ("number", "nummer", "nr", "sb_nummer", "sb_nr", "bezirk_nr", "bezirksnummer", "bezirk_nummer")
NAME_KEYS = ("name", "bezirk", "stadtbezirk", "bezirksname", "district", "label")

Ring = list[list[float]]


@dataclass(frozen=True, slots=True)
class Outline:
    """One feature: `where` is how messages call it ("Objekt 3 (Moosach)")."""

    where: str
    number: int | None
    name: str
    geometry: dict[str, Any]


def read(data: bytes) -> list[Outline]:
    """The outlines in a GeoJSON file. Raises DomainError with one sentence that says what is wrong and where."""
    if len(data) > MAX_BYTES:
        raise DomainError(
            _("Die Datei ist zu groß: %(size)s MB, erlaubt sind %(limit)s MB.")
            % {"size": len(data) // 1_000_000, "limit": MAX_BYTES // 1_000_000}
        )
    document = _json(data)
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        kind = document.get("type") if isinstance(document, dict) else type(document).__name__
        raise DomainError(_("Erwartet wird eine FeatureCollection, gefunden wurde %(kind)s.") % {"kind": _quoted(kind)})
    if "crs" in document and "CRS84" not in json.dumps(document["crs"]):
        raise DomainError(
            _("Die Datei nennt ein eigenes Bezugssystem (crs: %(crs)s). GeoJSON kennt nur WGS 84; bitte umrechnen.")
            % {"crs": _quoted(document["crs"])}
        )
    features = document.get("features")
    if not isinstance(features, list) or not features:
        raise DomainError(_("Die Datei enthält keine Objekte (features)."))
    if len(features) > MAX_FEATURES:
        raise DomainError(
            _("Die Datei enthält %(count)s Objekte; so viele Stadtbezirke hat keine Stadt (höchstens %(limit)s).")
            % {"count": len(features), "limit": MAX_FEATURES}
        )
    budget = _Budget(MAX_POSITIONS)
    return [_outline(feature, index, budget) for index, feature in enumerate(features, 1)]


class _Budget:
    """Counts positions over the whole file."""

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, count: int, where: str) -> None:
        self.left -= count
        if self.left < 0:
            raise DomainError(
                _("%(where)s: Die Datei hat mehr als %(limit)s Punkte. Bitte vereinfachen Sie die Umrisse.")
                % {"where": where, "limit": MAX_POSITIONS}
            )


def _json(data: bytes) -> Any:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DomainError(
            _("Die Datei ist nicht in UTF-8 geschrieben (Byte %(place)s).") % {"place": error.start}
        ) from None

    def refuse(constant: str) -> float:
        raise ValueError(constant)

    try:
        return json.loads(text, parse_constant=refuse)
    except json.JSONDecodeError as error:
        raise DomainError(
            _("Die Datei ist kein gültiges JSON: Zeile %(line)s, Spalte %(column)s.")
            % {"line": error.lineno, "column": error.colno}
        ) from None
    except RecursionError:
        raise DomainError(_("Die Datei ist zu tief verschachtelt.")) from None
    except ValueError as error:
        raise DomainError(_("Die Datei enthält %(value)s; das ist keine Zahl.") % {"value": _quoted(error)}) from None


def _outline(feature: Any, index: int, budget: _Budget) -> Outline:
    where = _("Objekt %(index)s") % {"index": index}
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise DomainError(_("%(where)s ist kein Feature.") % {"where": where})
    properties = feature.get("properties")
    properties = {str(k).lower(): v for k, v in properties.items()} if isinstance(properties, dict) else {}
    name = next((str(properties[k]).strip() for k in NAME_KEYS if properties.get(k) not in (None, "")), "")[:200]
    number = next((properties[k] for k in NUMBER_KEYS if properties.get(k) not in (None, "")), feature.get("id"))
    if name:
        where = f"{where} ({name})"
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict):
        raise DomainError(_("%(where)s hat keinen Umriss (geometry).") % {"where": where})
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "Polygon":
        checked: Any = _polygon(coordinates, where, budget)
    elif kind == "MultiPolygon":
        if not isinstance(coordinates, list) or not coordinates:
            raise DomainError(_("%(where)s: Der Umriss ist leer.") % {"where": where})
        checked = [_polygon(polygon, where, budget) for polygon in coordinates]
    else:
        raise DomainError(
            _("%(where)s: %(kind)s ist kein Umriss; erwartet wird Polygon oder MultiPolygon.")
            % {"where": where, "kind": _quoted(kind)}
        )
    return Outline(where, _whole(number), name, {"type": kind, "coordinates": checked})


def _whole(value: Any) -> int | None:
    """A district number from 1, 1.0, "1" or "01"; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value.strip()) < 6:
        value = int(value.strip())
    return value if isinstance(value, int) and 0 <= value <= 32_767 else None


def _polygon(rings: Any, where: str, budget: _Budget) -> list[Ring]:
    if not isinstance(rings, list) or not rings:
        raise DomainError(_("%(where)s: Der Umriss ist leer.") % {"where": where})
    return [
        _ring(ring, f"{where}, {_('Ring')} {index}", budget, outer=index == 1) for index, ring in enumerate(rings, 1)
    ]


def _ring(positions: Any, where: str, budget: _Budget, *, outer: bool) -> Ring:
    if not isinstance(positions, list) or len(positions) < 4:
        raise DomainError(_("%(where)s: Ein Ring braucht mindestens vier Punkte.") % {"where": where})
    budget.spend(len(positions), where)
    ring = [_position(p, f"{where}, {_('Punkt')} {i}") for i, p in enumerate(positions, 1)]
    if ring[0] != ring[-1]:
        raise DomainError(
            _("%(where)s ist nicht geschlossen: Der erste Punkt ist %(first)s, der letzte %(last)s.")
            % {"where": where, "first": ring[0], "last": ring[-1]}
        )
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))
    if area == 0:
        raise DomainError(_("%(where)s umschließt keine Fläche.") % {"where": where})
    crossing = find_crossing(ring)
    if crossing:
        raise DomainError(
            _("%(where)s kreuzt sich selbst: zwischen Punkt %(first)s und Punkt %(second)s.")
            % {"where": where, "first": crossing[0] + 1, "second": crossing[1] + 1}
        )
    return ring if (area > 0) is outer else ring[::-1]


def _position(value: Any, where: str) -> list[float]:
    ok = (
        isinstance(value, list)
        and 2 <= len(value) <= 3
        and all(isinstance(n, int | float) and not isinstance(n, bool) and abs(n) < 1e9 for n in value)
    )
    if not ok or not all(math.isfinite(n) for n in value):
        raise DomainError(_("%(where)s: %(value)s ist kein Punkt.") % {"where": where, "value": _quoted(value)})
    longitude, latitude = float(value[0]), float(value[1])
    if abs(longitude) > 180 or abs(latitude) > 90:
        raise DomainError(
            _("%(where)s: %(value)s liegt nicht auf der Erde. Erwartet werden Länge und Breite in Grad (WGS 84).")
            % {"where": where, "value": _quoted(value)}
        )
    return [longitude, latitude]


def find_crossing(ring: Ring) -> tuple[int, int] | None:
    """The first points (from 0) of two sides that properly cross, or None. Sides are swept from west to east."""
    sides = sorted(
        (min(a[0], b[0]), max(a[0], b[0]), min(a[1], b[1]), max(a[1], b[1]), i)
        for i, (a, b) in enumerate(pairwise(ring))
    )
    open_sides: list[tuple[float, float, float, float, int]] = []
    for side in sides:
        west, _east, south, north, i = side
        open_sides = [other for other in open_sides if other[1] >= west]
        for other in open_sides:
            if other[3] < south or other[2] > north:
                continue
            if _cross(ring, i, other[4]):
                return (min(i, other[4]), max(i, other[4]))
        open_sides.append(side)
    return None


def _cross(ring: Ring, i: int, j: int) -> bool:
    a, b, c, d = ring[i], ring[i + 1], ring[j], ring[j + 1]

    def turn(p: list[float], q: list[float], r: list[float]) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return turn(a, b, c) * turn(a, b, d) < 0 and turn(c, d, a) * turn(c, d, b) < 0


def _quoted(value: object) -> str:
    text = value if isinstance(value, str) else str(value)
    return f"„{text[:80]}…“" if len(text) > 80 else f"„{text}“"
