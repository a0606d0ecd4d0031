"""The city drawn as SVG: real outlines where the city has loaded them, else the schematic shapes of its folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mitstadt.geo.models import District
from mitstadt.kit import components as ui
from mitstadt.kit.errors import DomainError

from . import shapes
from .shapes import Bounds

IMAGE_WIDTH = 288  # of the map that is an image button, so that a click can be counted in pixels
_KEY = "geo.map"


@dataclass(frozen=True, slots=True)
class Map:
    """`outlines` by district number; `is_schematic` when they are not the real ones."""

    bounds: Bounds
    outlines: dict[int, dict[str, Any]]
    is_schematic: bool
    drawn: str

    def district_at(self, position: list[float]) -> int | None:
        """The number of the district a position lies in."""
        return next((n for n, shape in self.outlines.items() if shapes.inside(position, shape)), None)


BAD_PLACES: dict[str, Callable[[], str]] = {
    "unreadable": lambda: _("Diesen Ort verstehen wir nicht. Bitte setzen Sie ihn noch einmal auf die Karte."),
    "kind": lambda: _("Ein Ort ist ein Punkt, eine Linie oder eine Fläche."),
    "size": lambda: _("Dieser Ort hat zu viele oder zu wenige Punkte. Bitte zeichnen Sie ihn einfacher."),
    "outside": lambda: _("Dieser Ort liegt außerhalb der Stadt. Bitte wählen Sie einen Punkt in der Stadt."),
}


def read(text: str, field: str) -> tuple[dict[str, Any], int] | None:
    """What somebody drew, from GeoJSON as text: the geometry and the number of the district it lies in; None for
    nothing. Raises DomainError (field `field`, code as in `shapes.BadPlace`, or ``no_map``)."""
    if not text.strip():
        return None
    found = current()
    if found is None:
        raise DomainError(_("Hier gibt es keine Karte. Bitte nennen Sie den Ort in Worten."), field, "no_map")
    try:
        geometry = shapes.geometry(text, found.bounds)
    except shapes.BadPlace as error:
        raise DomainError(BAD_PLACES[error.code](), field, error.code) from error
    assert geometry is not None
    number = found.district_at(shapes.middle(geometry))
    if number is None:
        raise DomainError(BAD_PLACES["outside"](), field, "outside")
    return geometry, number


def current() -> Map | None:
    """The city's map, kept for a minute; None where there is nothing to draw. At most one query."""
    found: Map | str | None = cache.get(_KEY, "unknown")
    if isinstance(found, str):
        found = _make()
        cache.set(_KEY, found, 60)
    return found


def _make() -> Map | None:
    real: dict[int, dict[str, Any]] = {
        d.number: d.outline for d in District.objects.exclude(outline=None).only("number", "outline") if d.outline
    }
    outlines = real or _schematic(settings.MITSTADT_CITY_FOLDER)
    bounds = shapes.bounds_of(outlines.values())
    if bounds is None:
        return None
    return Map(bounds, outlines, not real, _paths(bounds, outlines))


@lru_cache(maxsize=4)
def _schematic(folder: Path) -> dict[int, dict[str, Any]]:
    path = folder / "map.geojson"
    if not path.is_file():
        return {}
    data = json.loads(path.read_text(encoding="utf-8"))
    return {int(feature["id"]): feature["geometry"] for feature in data["features"]}


def _paths(bounds: Bounds, outlines: dict[int, dict[str, Any]]) -> str:
    drawn = []
    for number, shape in sorted(outlines.items()):
        path = "".join(
            "M" + " ".join(f"{x:g} {y:g}" for x, y in (bounds.drawn(p) for p in ring)) + "Z"
            for ring in shapes.rings(shape)
        )
        ring = max(shapes.rings(shape), key=len)
        xs, ys = [p[0] for p in ring], [p[1] for p in ring]
        x, y = bounds.drawn([(min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2])
        drawn.append(f'<path d="{path}"/><text x="{x:g}" y="{y:g}">{number:d}</text>')
    return "".join(drawn)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the map: where, what it is called, where it leads. `number` is its place in the list beside."""

    geometry: dict[str, Any]
    title: str
    href: str = ""
    number: int | None = None


def svg(found: Map, marks: Iterable[Mark], label: str) -> SafeString:
    """The map with its marks. Those that lead somewhere are links, reachable by keyboard."""
    return ui.safe(
        f'<svg class="pt-map" viewBox="0 0 {shapes.WIDTH} {found.bounds.height}" role="group" '
        f'aria-label="{escape(label)}">'
        f'<g class="pt-map__city" aria-hidden="true">{found.drawn}</g>'
        + "".join(_mark(found.bounds, mark) for mark in marks)
        + "</svg>"
    )


def _mark(bounds: Bounds, mark: Mark) -> str:
    geometry = mark.geometry
    shape = ""
    if geometry["type"] != "Point":
        positions = geometry["coordinates"] if geometry["type"] == "LineString" else geometry["coordinates"][0]
        points = " ".join(f"{x:g},{y:g}" for x, y in (bounds.drawn(p) for p in positions))
        name = "polyline" if geometry["type"] == "LineString" else "polygon"
        shape = f'<{name} class="pt-map__{name}" points="{points}"/>'
    x, y = bounds.drawn(shapes.middle(geometry))
    number = f'<text x="{x:g}" y="{y:g}">{mark.number:d}</text>' if mark.number is not None else ""
    body = f'{shape}<circle cx="{x:g}" cy="{y:g}" r="{17 if number else 12}"/>{number}'
    title = f"<title>{escape(mark.title)}</title>"
    if mark.href:
        return f'<a class="pt-map__mark" href="{ui.href(mark.href)}">{title}{body}</a>'
    return f'<g class="pt-map__mark">{title}{body}</g>'


def image(found: Map, geometry: dict[str, Any] | None) -> str:
    """The map as a file of its own, for the image button that works without JavaScript."""
    mark = _mark(found.bounds, Mark(geometry, "")) if geometry else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {shapes.WIDTH} {found.bounds.height}" '
        f'width="{IMAGE_WIDTH}" height="{image_height(found)}" font-family="sans-serif" font-size="26" '
        'text-anchor="middle">'
        "<style>@media (prefers-color-scheme: dark) {"
        " .city { fill: #1d2029; stroke: #a0a3ad } .city text { fill: #d5d7dd; stroke: none }"
        " .place { fill: #ffb4ab } }</style>"
        f'<g class="city" fill="#eceae4" stroke="#6b6b6b" stroke-width="2">{found.drawn}</g>'
        f'<g class="place" fill="#b3261e" stroke="#fff" stroke-width="3">{mark}</g></svg>'
    )


def image_height(found: Map, width: int = IMAGE_WIDTH) -> int:
    return round(found.bounds.height * width / shapes.WIDTH)


def credit(found: Map) -> str:
    """What to know about the map's lines."""
    return _("Vereinfachte Karte, keine amtlichen Grenzen.") if found.is_schematic else ""


def district_number(lat: float | None, lon: float | None) -> int | None:
    """The number of the district around a point in degrees, None outside or where the city has no map."""
    found = current()
    if found is None or lat is None or lon is None:
        return None
    return found.district_at([lon, lat])


def centre(number: int) -> tuple[float, float] | None:
    """The middle (lat, lon) of a district's outline, for distances of somebody who names only their district."""
    found = current()
    shape = found.outlines.get(number) if found is not None else None
    if shape is None:
        return None
    ring = max(shapes.rings(shape), key=len)
    xs, ys = [p[0] for p in ring], [p[1] for p in ring]
    return (min(ys) + max(ys)) / 2, (min(xs) + max(xs)) / 2
