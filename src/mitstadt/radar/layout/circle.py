"""The small circle: marks only, equal sectors clockwise from the top, rings from the middle outwards.

The places of a cell depend on the frozen pitch alone, and a measure sits on the place it is given: whoever comes or
goes moves no other. The last place of a cell is kept for the sign that there are more. Lengths in px of a picture
`SIZE` wide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import asin, cos, pi, sin
from typing import Any

from .boxes import Box
from .items import Cells, Item, Ring, Sector, cells

SIZE = 300.0
RADIUS = 146.0
HOLE = 30.0
LARGEST, SMALLEST = 15.0, 2.0  # pitch: mark and the room around it
MARK_SHARE = 0.7  # of the pitch: two squares whose middles are a pitch apart never touch, whatever the direction
WEIGHTS = {1: 1.0, 2: 1.75}
FALL = 0.3  # outer rings are longer and need less width; tried for the largest marks at 30, 87 and 300 measures


@dataclass(frozen=True, slots=True)
class Dot:
    """A mark; with `waiting` it is no mark but the sign for all of those, for whom their cell has no place."""

    item: Item
    box: Box
    waiting: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Wedge:
    """Angles in radians, clockwise, 0 is up."""

    sector: Sector
    start: float
    end: float
    count: int


@dataclass(frozen=True, slots=True)
class Circle:
    wedges: tuple[Wedge, ...]
    radii: tuple[float, ...]
    dots: tuple[Dot, ...]
    pitch: float

    def boxes(self) -> list[tuple[str, Box]]:
        return [(f"{dot.item.sector}/{dot.item.id}", dot.box) for dot in self.dots]


def point(angle: float, radius: float) -> tuple[float, float]:
    """Where `angle` (0 is up, clockwise) and `radius` meet, measured from the middle of the picture."""
    return SIZE / 2 + radius * sin(angle), SIZE / 2 - radius * cos(angle)


def lay_out(
    items: Sequence[Item], sectors: Sequence[Sector], rings: Sequence[Ring], grid: Mapping[str, Any] | None = None
) -> Circle:
    """Place `items`; `grid` as `freeze` made it (``{"pitch": 8.4}``) or None: the pitch that suits these items."""
    found = cells(items, sectors, rings)
    radii = ring_radii(rings)
    stored = grid.get("pitch") if grid else None
    pitch = float(stored) if stored else best_pitch(found, sectors, rings)
    # Sectors that came after the freeze get no wedge, which would turn all others: the middle says that there are more.
    frozen = int(grid.get("frozen") or len(sectors)) if grid else len(sectors)
    late = tuple(item for sector in sectors[frozen:] for ring in rings for item in found[sector.slug, ring.slug])
    rows = (grid.get("rows") or {}) if grid else {}
    step = 2 * pi / max(1, len(sectors[:frozen]))
    side = pitch * MARK_SHARE
    wedges, dots = [], []
    for index, sector in enumerate(sectors[:frozen]):
        start = index * step
        count = 0
        for ring_index, ring in enumerate(rings):
            members = found[sector.slug, ring.slug]
            count += len(members)
            places = slots(radii[ring_index], radii[ring_index + 1], step, pitch)
            # Who waits in the large picture waits here too: a place that gets free there must move no mark here.
            last = min(len(places) - 1, rows.get(sector.slug, len(places)) * ring.columns)
            dots += [
                Dot(item, _square(point_at(start, places[item.place]), side)) for item in members if item.place < last
            ]
            waiting = tuple(item for item in members if item.place >= last)
            if waiting:
                at = point_at(start, places[-1]) if places else (SIZE / 2, SIZE / 2)
                dots.append(Dot(waiting[0], _square(at, side), waiting))
        wedges.append(Wedge(sector, start, start + step, count))
    if late:
        dots.append(Dot(late[0], _square((SIZE / 2, SIZE / 2), min(HOLE, LARGEST)), late))
    return Circle(tuple(wedges), tuple(radii), tuple(dots), pitch)


def point_at(start: float, place: tuple[float, float]) -> tuple[float, float]:
    return point(start + place[0], place[1])


def _square(middle: tuple[float, float], side: float) -> Box:
    return Box(middle[0] - side / 2, middle[1] - side / 2, side, side)


def ring_radii(rings: Sequence[Ring]) -> list[float]:
    """Where the rings begin and end: wider for those that hold more columns in the large picture, and further in."""
    weights = [WEIGHTS.get(ring.columns, 1.75) / (1 + FALL * index) for index, ring in enumerate(rings)]
    unit = (RADIUS - HOLE) / sum(weights)
    radii = [HOLE]
    for weight in weights:
        radii.append(radii[-1] + weight * unit)
    return radii


def best_pitch(found: Cells, sectors: Sequence[Sector], rings: Sequence[Ring]) -> float:
    """The largest pitch, in steps of 0.1 px, at which each cell has room for all its marks, one more and the sign."""
    radii = ring_radii(rings)
    step = 2 * pi / max(1, len(sectors))
    most = [max([0] + [len(found[s.slug, ring.slug]) for s in sectors]) for ring in rings]
    low, high = int(SMALLEST * 10), int(LARGEST * 10)

    def suits(tenths: int) -> bool:
        return all(len(slots(radii[i], radii[i + 1], step, tenths / 10)) > most[i] + 1 for i in range(len(rings)))

    while low < high:  # more places never come with a larger pitch, up to rounding; the test walks all of them
        middle = (low + high + 1) // 2
        if suits(middle):
            low = middle
        else:
            high = middle - 1
    return low / 10


@lru_cache(maxsize=512)
def slots(inner: float, outer: float, step: float, pitch: float) -> tuple[tuple[float, float], ...]:
    """All places (angle from the sector's start, radius) of a cell, in the order in which they fill.

    Concentric rows a pitch apart, centred in the ring; in each row from the middle to both sides. Rows keep half a
    pitch from the ring's and the sector's edges.
    """
    margin = pitch * 0.5
    rows = int((outer - inner - 2 * margin + 1e-9) // pitch) + 1 if outer - inner >= 2 * margin else 0
    first = (inner + outer) / 2 - (rows - 1) * pitch / 2
    found: list[tuple[float, float]] = []
    for row in range(rows):
        radius = first + row * pitch
        between = 2 * asin(min(1.0, pitch / (2 * radius)))  # angle under which two neighbours are a pitch apart
        edge = asin(min(1.0, margin / radius)) if step < 2 * pi - 1e-9 else between / 2
        count = int((step - 2 * edge + 1e-9) // between) + 1
        if step >= 2 * pi - 1e-9:
            count = int(2 * pi // between)
        if count < 1:
            continue
        middle = step / 2
        angles = sorted(
            (middle + (i - (count - 1) / 2) * between for i in range(count)),
            key=lambda a: (round(abs(a - middle), 9), a),
        )
        found += [(angle, radius) for angle in angles]
    return tuple(found)
