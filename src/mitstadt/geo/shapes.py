"""Pure geometry: GeoJSON points, lines and areas that people draw, and the box in which the city is drawn."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

POINTS = {"Point": (1, 1), "LineString": (2, 60), "Polygon": (4, 61)}  # kind: fewest and most positions
MAX_CHARS = 6_000
WIDTH = 1000  # of the drawn map, in its own units


class BadPlace(ValueError):
    """`code`: ``unreadable``, ``kind``, ``size``, ``outside``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Bounds:
    """A box in degrees (WGS 84), and its drawing: true to shape at its middle latitude, north on top."""

    west: float
    south: float
    east: float
    north: float

    @property
    def scale(self) -> float:
        return WIDTH / (self.east - self.west)

    @property
    def stretch(self) -> float:
        return 1 / math.cos(math.radians((self.south + self.north) / 2))

    @property
    def height(self) -> int:
        return round((self.north - self.south) * self.scale * self.stretch)

    def drawn(self, position: Sequence[float]) -> tuple[float, float]:
        """x and y on the map of a position (longitude, latitude)."""
        return (
            round((position[0] - self.west) * self.scale, 1),
            round((self.north - position[1]) * self.scale * self.stretch, 1),
        )

    def position(self, x: float, y: float, width: float = WIDTH) -> list[float]:
        """Longitude and latitude of a point of the map that is drawn `width` wide."""
        x, y = x * WIDTH / width, y * WIDTH / width
        return [round(self.west + x / self.scale, 6), round(self.north - y / self.scale / self.stretch, 6)]

    def holds(self, position: Sequence[float]) -> bool:
        return self.west <= position[0] <= self.east and self.south <= position[1] <= self.north


def bounds_of(geometries: Iterable[dict[str, Any]], margin: float = 0.02) -> Bounds | None:
    """The box around polygons, a little wider; None without any."""
    xs: list[float] = []
    ys: list[float] = []
    for geometry in geometries:
        for ring in rings(geometry):
            xs += [position[0] for position in ring]
            ys += [position[1] for position in ring]
    if not xs:
        return None
    dx, dy = (max(xs) - min(xs)) * margin, (max(ys) - min(ys)) * margin
    return Bounds(min(xs) - dx, min(ys) - dy, max(xs) + dx, max(ys) + dy)


def rings(geometry: dict[str, Any]) -> list[list[list[float]]]:
    """The rings of a Polygon or MultiPolygon."""
    found: list[list[list[float]]] = (
        geometry["coordinates"]
        if geometry["type"] == "Polygon"
        else [ring for polygon in geometry["coordinates"] for ring in polygon]
    )
    return found


def geometry(text: str, bounds: Bounds) -> dict[str, Any] | None:
    """The point, line or area in a GeoJSON geometry, rounded to six digits (ten centimetres); None for nothing.

    Raises BadPlace.
    """
    if not text.strip():
        return None
    if len(text) > MAX_CHARS:
        raise BadPlace("size")
    try:
        found = json.loads(text)
        kind, coordinates = found["type"], found["coordinates"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadPlace("unreadable") from error
    if kind not in POINTS:
        raise BadPlace("kind")
    positions = [coordinates] if kind == "Point" else coordinates
    if kind == "Polygon":
        if not isinstance(coordinates, list) or len(coordinates) != 1:
            raise BadPlace("kind")
        positions = coordinates[0]
    if not isinstance(positions, list) or not all(_is_position(position) for position in positions):
        raise BadPlace("unreadable")
    few, many = POINTS[kind]
    if not few <= len(positions) <= many:
        raise BadPlace("size")
    if not all(bounds.holds(position) for position in positions):
        raise BadPlace("outside")
    rounded = [[round(float(position[0]), 6), round(float(position[1]), 6)] for position in positions]
    if kind == "Polygon" and rounded[0] != rounded[-1]:
        raise BadPlace("unreadable")
    if len({tuple(position) for position in rounded}) < min(few, 3):
        raise BadPlace("size")
    by_kind: dict[str, Any] = {"Point": rounded[0], "LineString": rounded, "Polygon": [rounded]}
    return {"type": kind, "coordinates": by_kind[kind]}


def _is_position(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(n, int | float) and not isinstance(n, bool) and math.isfinite(n) for n in value)
    )


def middle(geometry: dict[str, Any]) -> list[float]:
    """Where the mark of a place stands: the point, the middle of a line, the mean of an area's corners."""
    if geometry["type"] == "Point":
        point: list[float] = geometry["coordinates"]
        return point
    if geometry["type"] == "LineString":
        line: list[list[float]] = geometry["coordinates"]
        return line[len(line) // 2]
    ring = geometry["coordinates"][0][:-1]
    return [sum(p[0] for p in ring) / len(ring), sum(p[1] for p in ring) / len(ring)]


def inside(position: Sequence[float], geometry: dict[str, Any]) -> bool:
    """Is a position within a Polygon or MultiPolygon? Holes count as outside."""
    x, y = position[0], position[1]
    odd = False
    for ring in rings(geometry):
        for (ax, ay, *_a), (bx, by, *_b) in pairwise(ring):
            if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
                odd = not odd
    return odd
