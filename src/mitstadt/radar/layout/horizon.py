"""The layout "Horizont": sectors are bands, rings are arcs around a far centre on the left, names stay horizontal.

Pure: the same items give the same picture. A measure sits on the place of its cell (sector and ring) that it is given,
in the frozen rows of the sector, so that whoever comes or goes moves nothing that was there. Lengths in px.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from .boxes import Box
from .items import Cells, Item, Ring, Sector, cells, frozen_rows
from .metrics import fit, text_width, wrap

WIDTH = 1232.0
COLUMN = 196.0  # of one column of names
MIDDLE = 248.0  # x of the first arc where it bulges most
BULGE = 92.0  # how far it bulges, at most
STEEPEST = 0.14  # bulge at most this share of the height, else names would run into a slanting arc
HEAD = 40.0  # room for the names of the rings
ROW = 24.0  # also the least height of something to aim at (WCAG 2.2, 2.5.8)
BAND_TOP = 8.0
BAND_PAD = 15.0
BAND_GAP = 4.0
MARK = 13.0
MARK_AT = 13.0  # from arc to the middle of the mark
NAME_AT = 11.0  # from the middle of the mark to the name
NAME_SIZE = 14.5
NAME_HEIGHT = 17.0
FLAG = 10.0
FLAG_GAP = 4.0
MIN_BODY = 4  # rows of an empty picture
CLEAR = 3.0  # between a name and the next arc
DOT = 6.0
TITLE_SIZE = 16.0
TITLE_LINE = 20.0
TITLE_AT = 12.0
COUNT_SIZE = 14.0
COUNT_GAP = 6.0
MORE_GAP = 8.0  # between a name and "+n weitere"
MORE_NAME = 60.0  # what "+n weitere" leaves at least for the name beside it


@dataclass(frozen=True, slots=True)
class Arc:
    """A circle line of which the picture shows the right side, down to `bottom`; from there it goes straight down."""

    cx: float
    cy: float
    radius: float
    bottom: float

    def x(self, y: float) -> float:
        return self.cx + sqrt(self.radius**2 - (min(y, self.bottom) - self.cy) ** 2)

    def least(self, top: float, bottom: float) -> float:
        """The leftmost x between two heights (the circle is convex: it is at one of them)."""
        return min(self.x(top), self.x(bottom))


@dataclass(frozen=True, slots=True)
class Spot:
    """A measure in its place: `name` as drawn (cut only if too long), `box` everything it covers together. `suffix` is
    the item's, or its last word where there is no room for more."""

    item: Item
    mark: Box
    name: str
    name_box: Box
    suffix_box: Box | None
    flag: Box | None
    row: int
    column: int
    suffix: str = ""

    @property
    def box(self) -> Box:
        right = max(b.right for b in (self.name_box, self.suffix_box, self.flag) if b)
        return Box(self.mark.x, self.name_box.y, right - self.mark.x, self.name_box.height)


@dataclass(frozen=True, slots=True)
class More:
    """ "+n weitere" at the end of a full cell."""

    sector: str
    ring: str
    items: tuple[Item, ...]
    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Trail:
    """From where a measure was (a hollow dot on that ring's arc) to where it is, through the gap between two rows."""

    item: Item
    dot: Box
    y: float
    to_x: float
    to_y: float


@dataclass(frozen=True, slots=True)
class Band:
    sector: Sector
    top: float
    bottom: float
    rows: int
    count: int
    lines: tuple[tuple[str, Box], ...]
    count_box: Box


@dataclass(frozen=True, slots=True)
class RingTitle:
    ring: Ring
    text: str
    count: int
    box: Box
    count_box: Box
    tick: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Horizon:
    """The finished picture. `arcs` has one more than there are rings: the last one is the outer edge."""

    width: float
    height: float
    bands: tuple[Band, ...]
    titles: tuple[RingTitle, ...]
    arcs: tuple[Arc, ...]
    spots: tuple[Spot, ...]
    more: tuple[More, ...]
    trails: tuple[Trail, ...]

    def boxes(self) -> list[tuple[str, Box]]:
        """Every drawn thing that must not lie on another, by name."""
        found: list[tuple[str, Box]] = []
        for spot in self.spots:
            key = f"{spot.item.sector}/{spot.item.id}"
            found += [(f"mark {key}", spot.mark), (f"name {key}", spot.name_box)]
            if spot.suffix_box:
                found.append((f"suffix {key}", spot.suffix_box))
            if spot.flag:
                found.append((f"flag {key}", spot.flag))
        found += [(f"more {more.sector}/{more.ring}", more.box) for more in self.more]
        for band in self.bands:
            found += [(f"title {band.sector.slug} {i}", box) for i, (_text, box) in enumerate(band.lines)]
            found.append((f"count {band.sector.slug}", band.count_box))
        for title in self.titles:
            found += [(f"ring {title.ring.slug}", title.box), (f"ring count {title.ring.slug}", title.count_box)]
        return found


def lay_out(
    items: Sequence[Item],
    sectors: Sequence[Sector],
    rings: Sequence[Ring],
    grid: Mapping[str, Any] | None = None,
    more_text: str = "+{} weitere",
    scale: int = 1,
) -> Horizon:
    """Place `items` in `sectors` × `rings`. `scale` 2 gives every ring twice the columns (a wide sheet of paper)."""
    found = cells(items, sectors, rings)
    rows = frozen_rows(grid, found, sectors, rings, scale)
    frozen = int(grid.get("frozen") or len(sectors)) if grid else len(sectors)
    return _Drawing(found, list(sectors), list(rings), rows, more_text, scale, frozen).finish()


class _Drawing:
    """The state of one layout while it is made."""

    def __init__(
        self,
        found: Cells,
        sectors: list[Sector],
        rings: list[Ring],
        rows: dict[str, int],
        more_text: str,
        scale: int,
        frozen: int,
    ) -> None:
        self.found, self.sectors, self.rings, self.rows = found, sectors, rings, rows
        self.more_text, self.scale = more_text, scale
        body = self._body(sectors)
        self.height = HEAD + body
        # Sectors that came after the freeze are bands below the others: the arcs stay what they were.
        bowed = self._body(sectors[:frozen])
        half, bulge = bowed / 2, min(BULGE, bowed * STEEPEST)
        self.first_radius = (bulge**2 + half**2) / (2 * bulge)
        self.bottom = HEAD + bowed
        self.cx, self.cy = MIDDLE - self.first_radius, HEAD + half
        self.offsets = [0.0]
        for ring in rings:
            self.offsets.append(self.offsets[-1] + ring.columns * scale * COLUMN)
        self.arcs = [self._arc(offset) for offset in self.offsets]
        self.columns: dict[float, Arc] = {}
        self.spots: list[Spot] = []
        self.more: list[More] = []
        self.moved: list[tuple[Spot, int]] = []

    def _body(self, sectors: Sequence[Sector]) -> float:
        bands = sum(self.rows[sector.slug] * ROW + BAND_PAD + BAND_GAP for sector in sectors)
        return bands - BAND_GAP if sectors else ROW * MIN_BODY

    def _arc(self, offset: float) -> Arc:
        return Arc(self.cx, self.cy, self.first_radius + offset, self.bottom)

    def _column(self, index: int, column: int) -> Arc:
        """Where a column of names begins; each is made once."""
        offset = self.offsets[index] + column * COLUMN
        found = self.columns.get(offset)
        if found is None:
            found = self.columns[offset] = self._arc(offset)
        return found

    def finish(self) -> Horizon:
        bands = []
        top = HEAD
        for sector in self.sectors:
            bottom = top + self.rows[sector.slug] * ROW + BAND_PAD
            bands.append(self._band(sector, top, bottom))
            for index, ring in enumerate(self.rings):
                self._cell(sector, index, ring, top)
            top = bottom + BAND_GAP
        return Horizon(
            width=max(WIDTH, MIDDLE + self.offsets[-1] + 4),
            height=self.height,
            bands=tuple(bands),
            titles=tuple(self._title(index, ring) for index, ring in enumerate(self.rings)),
            arcs=tuple(self.arcs),
            spots=tuple(self.spots),
            more=tuple(self.more),
            trails=tuple(self._trails()),
        )

    def _band(self, sector: Sector, top: float, bottom: float) -> Band:
        rows = self.rows[sector.slug]
        count = sum(len(self.found[sector.slug, ring.slug]) for ring in self.rings)
        digits = text_width(str(count), COUNT_SIZE) + COUNT_GAP
        lines = max(1, int((rows * ROW + 7) // TITLE_LINE))
        first = top + BAND_TOP + 1
        tops = [first + i * TITLE_LINE for i in range(lines)]
        room = [self.arcs[0].least(y, y + TITLE_LINE) - TITLE_AT - 10 for y in tops]
        # The count follows the last line; only that line must leave room for it.
        texts = wrap(sector.title, [r - (digits if i == lines - 1 else 0) for i, r in enumerate(room)], TITLE_SIZE, 600)
        placed = tuple(
            (text, Box(TITLE_AT, y, text_width(text, TITLE_SIZE, 600), TITLE_LINE))
            for text, y in zip(texts, tops, strict=False)
        )
        last = placed[-1][1] if placed else Box(TITLE_AT, first, 0, TITLE_LINE)
        count_box = Box(last.right + COUNT_GAP, last.y, digits - COUNT_GAP, TITLE_LINE)
        if count_box.right > room[len(placed) - 1 if placed else 0] + TITLE_AT and len(placed) < lines:
            count_box = Box(TITLE_AT, last.bottom, digits - COUNT_GAP, TITLE_LINE)
        return Band(sector, top, bottom, rows, count, placed, count_box)

    def _cell(self, sector: Sector, index: int, ring: Ring, top: float) -> None:
        members = self.found[sector.slug, ring.slug]
        rows = self.rows[sector.slug]
        last = rows * ring.columns * self.scale - 1
        left = tuple(item for item in members if item.place > last)
        more = self._more(sector, index, ring, left, last, top) if left else None
        for item in members[: len(members) - len(left)]:
            beside = more if item.place == last else None
            spot = self._spot(item, index, item.place // rows, item.place % rows, top, beside)
            self.spots.append(spot)
            if item.earlier:
                earlier = [i for i, r in enumerate(self.rings) if r.slug == item.earlier]
                if earlier:
                    self.moved.append((spot, earlier[0]))
        if more:
            self.more.append(more)

    def _more(self, sector: Sector, index: int, ring: Ring, left: tuple[Item, ...], last: int, top: float) -> More:
        """At the right of the last place: whoever has that place keeps the mark and room for the name's beginning."""
        rows = self.rows[sector.slug]
        x, y = self._at(index, last // rows, last % rows, top)
        room = self._room(index, last // rows, x + NAME_AT, y)
        text = fit(self.more_text.format(len(left)), room - MORE_NAME, NAME_SIZE, 500)
        width = text_width(text, NAME_SIZE, 500)
        box = Box(x + NAME_AT + room - width, y - NAME_HEIGHT / 2, width, NAME_HEIGHT)
        return More(sector.slug, ring.slug, left, text, box)

    def _at(self, index: int, column: int, row: int, top: float) -> tuple[float, float]:
        """The middle of the mark."""
        y = top + BAND_TOP + ROW * (row + 0.5)
        return self._column(index, column).x(y) + MARK_AT, y

    def _room(self, index: int, column: int, left: float, y: float) -> float:
        """How wide something that starts at `left` may be before it meets the next column's arc."""
        arc = self._column(index, column + 1)
        return arc.least(y - NAME_HEIGHT / 2, y + NAME_HEIGHT / 2) - CLEAR - left

    def _spot(self, item: Item, index: int, column: int, row: int, top: float, beside: More | None) -> Spot:
        x, y = self._at(index, column, row, top)
        left = x + NAME_AT
        room = beside.box.x - MORE_GAP - left if beside else self._room(index, column, left, y)
        room -= (FLAG + FLAG_GAP) if item.flagged else 0
        name = fit(item.label, room, NAME_SIZE)
        width = text_width(name, NAME_SIZE)
        line = y - NAME_HEIGHT / 2
        name_box = Box(left, line, width, NAME_HEIGHT)
        right = name_box.right
        suffix_box, suffix = None, ""
        for suffix in dict.fromkeys((item.suffix, item.suffix.rpartition(" ")[2])) if item.suffix else ():
            suffix_width = text_width(suffix, NAME_SIZE)
            if width + COUNT_GAP + suffix_width <= room:
                suffix_box = Box(right + COUNT_GAP, line, suffix_width, NAME_HEIGHT)
                right = suffix_box.right
                break
        flag = Box(right + FLAG_GAP, y - FLAG / 2 - 1, FLAG, FLAG) if item.flagged else None
        mark = Box(x - MARK / 2, y - MARK / 2, MARK, MARK)
        return Spot(item, mark, name, name_box, suffix_box, flag, row, column, suffix)

    def _title(self, index: int, ring: Ring) -> RingTitle:
        arc = self.arcs[index]
        x = arc.x(HEAD)
        count = sum(len(self.found[sector.slug, ring.slug]) for sector in self.sectors)
        digits = text_width(str(count), COUNT_SIZE)
        next_x = self.arcs[index + 1].x(HEAD)
        text = fit(ring.title, next_x - x - 24 - COUNT_GAP - digits, TITLE_SIZE, 600)
        box = Box(x + 1, 8, text_width(text, TITLE_SIZE, 600), TITLE_LINE)
        slope = (HEAD - arc.cy) / (x - arc.cx)  # of the radius; the tangent stands across it
        run = (HEAD - 6) * -slope
        tick = (x - 4 - run, 6.0, x - 4, HEAD)
        return RingTitle(ring, text, count, box, Box(box.right + COUNT_GAP, 8, digits, TITLE_LINE), tick)

    def _trails(self) -> list[Trail]:
        """Each trail runs below its row where that gap is free, else above it, else beside the others."""
        lanes: dict[float, list[tuple[float, float]]] = {}
        found = []
        for spot, earlier in self.moved:
            x, middle = spot.mark.centre
            for gap, lift in ((ROW / 2, 0.0), (-ROW / 2, 0.0), (ROW / 2, 1.8), (-ROW / 2, 1.8), (ROW / 2, -1.8)):
                y = middle + gap + lift
                dot_x = self.arcs[earlier].x(y)
                span = (min(x, dot_x) - DOT, max(x, dot_x) + DOT)
                taken = lanes.setdefault(round(y, 2), [])
                if not any(a < span[1] and span[0] < b for a, b in taken):
                    break
            taken.append(span)
            to_y = middle + (MARK / 2 if gap > 0 else -MARK / 2)
            found.append(Trail(spot.item, Box(dot_x - DOT / 2, y - DOT / 2, DOT, DOT), y, x, to_y))
        return found
