"""The large picture: bands, arcs, named marks. No style attributes: classes only, see static/radar/picture.css."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from html import escape

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from mitstadt.kit.marks import mark as mark_of
from mitstadt.radar.layout.boxes import Box
from mitstadt.radar.layout.horizon import NAME_SIZE, Arc, Band, Horizon, More, RingTitle, Spot, Trail
from mitstadt.radar.layout.items import Item
from mitstadt.radar.rows import MeasureRow

from .marks import number as n
from .marks import spoken

BASELINE = NAME_SIZE * 0.35  # from the middle of a line to the foot of its letters
Address = Callable[[str], str]


def horizon_svg(
    horizon: Horizon,
    rows: Mapping[int, MeasureRow],
    *,
    label: str,
    link: Callable[[int], str] | None = None,
    more_link: Callable[[str, str], str] | None = None,
    shown: Collection[int] | None = None,
    chosen: int | None = None,
    described_by: str = "",
    attributes: str = "",
    head: str = "",
) -> str:
    """The SVG as text.

    `rows` by number; `link` gives the address of a mark, `more_link` that of "+n weitere" (sector, ring): None for
    a picture without links. `shown` are the numbers that pass the filter (None: all); the others stay as pale marks
    in their places. Only one link, that of the chosen or the first mark, is a tab stop.
    """
    numbers = [spot.item.id for spot in horizon.spots if shown is None or spot.item.id in shown]
    focus = chosen if chosen in numbers else (numbers[0] if numbers else None)
    painter = _Painter(horizon, rows, link, more_link, shown, chosen, focus)
    described = f' aria-describedby="{described_by}"' if described_by else ""
    role = "group" if link else "img"
    return (
        f'<svg class="rd-picture" viewBox="0 0 {n(horizon.width)} {n(horizon.height)}" role="{role}" '
        f'aria-label="{escape(label)}"{described}{attributes}>'
        f"{head}{_ground(horizon)}{painter.paint()}</svg>"
    )


@lru_cache(maxsize=32)
def _ground_of(bands: tuple[tuple[float, float, int], ...], arcs: tuple[Arc, ...], bottom: float) -> str:
    top = bands[0][0] if bands else 0.0
    parts = ['<g class="rd-ground" aria-hidden="true">']
    edge = arcs[-1]
    for start, end, tint in bands:
        parts.append(f'<path class="rd-t{tint}" d="M0 {n(start)}H{n(edge.x(start))}{_down(edge, start, end)}H0z"/>')
    for index in range(1, len(arcs) - 1):
        inner, outer = arcs[index], arcs[index + 1]
        foot = min(bottom, inner.bottom)
        parts.append(
            f'<path class="rd-fade rd-fade{min(index, 4)}" d="M{n(inner.x(top))} {n(top)}H{n(outer.x(top))}'
            f"{_down(outer, top, bottom)}H{n(inner.x(bottom))}{_straight(bottom, foot)}"
            f'A{n(inner.radius)} {n(inner.radius)} 0 0 0 {n(inner.x(top))} {n(top)}z"/>'
        )
    parts += [f'<path class="rd-arc" d="M{n(arc.x(top))} {n(top)}{_down(arc, top, bottom)}"/>' for arc in arcs[:-1]]
    parts.append("</g>")
    return "".join(parts)


def _down(arc: Arc, start: float, end: float) -> str:
    """From `start` along the arc and, below what was frozen, straight down to `end`."""
    foot = min(end, arc.bottom)
    if start >= foot:
        return _straight(start, end)
    return f"A{n(arc.radius)} {n(arc.radius)} 0 0 1 {n(arc.x(foot))} {n(foot)}{_straight(foot, end)}"


def _straight(start: float, end: float) -> str:
    return f"V{n(end)}" if start != end else ""


def _ground(horizon: Horizon) -> str:
    bands = tuple((band.top, band.bottom, band.sector.tint) for band in horizon.bands)
    return _ground_of(bands, horizon.arcs, horizon.height)


class _Painter:
    def __init__(
        self,
        horizon: Horizon,
        rows: Mapping[int, MeasureRow],
        link: Callable[[int], str] | None,
        more_link: Callable[[str, str], str] | None,
        shown: Collection[int] | None,
        chosen: int | None,
        focus: int | None,
    ) -> None:
        self.horizon, self.rows, self.link, self.more_link = horizon, rows, link, more_link
        self.chosen, self.focus = chosen, focus
        self.language = get_language() or ""
        # What somebody chose is never pale, even if the filter would leave it out.
        self.shown = None if shown is None else set(shown) | ({chosen} if chosen is not None else set())
        self.counted = None if shown is None else set(shown)
        self.earlier = {title.ring.slug: title.ring.title for title in horizon.titles}

    def paint(self) -> str:
        spots: dict[str, list[str]] = {}
        for spot in self.horizon.spots:
            spots.setdefault(spot.item.sector, []).append(self.spot(spot))
        for more in self.horizon.more:
            spots.setdefault(more.sector, []).append(self.more(more))
        trails = "".join(self.trail(trail) for trail in self.horizon.trails)
        parts = ['<g class="rd-rings">', *map(self.ring, self.horizon.titles), "</g>"]
        if trails:
            parts.append(f'<g class="rd-trails" aria-hidden="true">{trails}</g>')
        for band in self.horizon.bands:
            count = self.band_count(band)
            words = ngettext("%(n)s Maßnahme", "%(n)s Maßnahmen", count) % {"n": count}
            parts.append(
                f'<g role="group" aria-label="{escape(band.sector.title)}, {words}">'
                f"{self.band(band)}{''.join(spots.get(band.sector.slug, ()))}</g>"
            )
        return "".join(parts)

    def moved_from(self, item: Item) -> str:
        """The ring before, in words; nothing where it is the same one."""
        return self.earlier.get(item.earlier, "") if item.earlier != item.ring else ""

    def ring(self, title: RingTitle) -> str:
        x1, y1, x2, y2 = title.tick
        box = title.count_box
        return (
            f'<path class="rd-tick" d="M{n(x1)} {n(y1)}L{n(x2)} {n(y2)}"/>'
            f'<text class="rd-head" x="{n(title.box.x)}" y="{n(title.box.y + 15.5)}">{escape(title.text)}</text>'
            f'<text class="rd-count" x="{n(box.x)}" y="{n(box.y + 15.5)}">{self.ring_count(title)}</text>'
        )

    def ring_count(self, title: RingTitle) -> int:
        """How many of the shown ones stand in a ring; as many digits as the total at most, so it fits its box."""
        return title.count if self.counted is None else self.count_of(lambda item: item.ring == title.ring.slug)

    def band_count(self, band: Band) -> int:
        return band.count if self.counted is None else self.count_of(lambda item: item.sector == band.sector.slug)

    def count_of(self, belongs: Callable[[Item], bool]) -> int:
        counted = self.counted or set()
        items = [spot.item for spot in self.horizon.spots]
        items += [item for more in self.horizon.more for item in more.items]
        return sum(1 for item in items if item.id in counted and belongs(item))

    def band(self, band: Band) -> str:
        lines = "".join(
            f'<text class="rd-head" x="{n(box.x)}" y="{n(box.y + 15.5)}">{escape(text)}</text>'
            for text, box in band.lines
        )
        box = band.count_box
        return (
            f'<g aria-hidden="true">{lines}'
            f'<text class="rd-count" x="{n(box.x)}" y="{n(box.y + 15.5)}">{self.band_count(band)}</text></g>'
        )

    def spot(self, spot: Spot) -> str:
        row = self.rows[spot.item.id]
        tone = mark_of(row.status).tone
        mark = _use(tone, spot.mark)
        if self.shown is not None and spot.item.id not in self.shown:
            return f'<g class="rd-off" aria-hidden="true">{mark}</g>'
        y = n(spot.name_box.y + spot.name_box.height / 2 + BASELINE)
        parts = [mark, f'<text x="{n(spot.name_box.x)}" y="{y}">{escape(spot.name)}</text>']
        if spot.suffix_box:
            parts.append(f'<text class="rd-year" x="{n(spot.suffix_box.x)}" y="{y}">{escape(spot.suffix)}</text>')
        if spot.flag:
            parts.append(_use("late", spot.flag))
        title = spoken(row, self.moved_from(spot.item), self.language)
        box = spot.box
        hit = f'<rect x="{n(box.x - 5)}" y="{n(box.y - 3.5)}" width="{n(box.width + 9)}" height="24" rx="3"/>'
        chosen = spot.item.id == self.chosen
        inner = f"<title>{title}</title>{hit}{''.join(parts)}"
        if self.link is None:
            return f'<g class="rd-m{" rd-on" if chosen else ""}">{inner}</g>'
        stop = "" if spot.item.id == self.focus else ' tabindex="-1"'
        if spot.item.id == self.focus:
            self.focus = None  # a measure may stand in several sectors; one of its marks is the tab stop
        current = ' aria-current="true"' if chosen else ""
        return (
            f'<a class="rd-m{" rd-on" if chosen else ""}" href="{escape(self.link(spot.item.id))}"'
            f' data-m="{spot.item.id}"{stop}{current}>{inner}</a>'
        )

    def more(self, more: More) -> str:
        left = [item for item in more.items if self.shown is None or item.id in self.shown]
        if not left:
            return ""
        y = n(more.box.y + more.box.height / 2 + BASELINE)
        box = more.box
        text = (
            f'<rect x="{n(box.x - 3)}" y="{n(box.y - 3.5)}" width="{n(box.width + 6)}" height="24" rx="3"/>'
            f'<text class="rd-more__text" x="{n(box.x)}" y="{y}">{escape(more.text)}</text>'
        )
        title = escape(_("%(text)s in der Tabelle zeigen") % {"text": more.text})
        if self.more_link is None:
            return f'<g class="rd-m rd-more"><title>{title}</title>{text}</g>'
        address = escape(self.more_link(more.sector, more.ring))
        return f'<a class="rd-m rd-more" href="{address}" tabindex="-1"><title>{title}</title>{text}</a>'

    def trail(self, trail: Trail) -> str:
        if self.shown is not None and trail.item.id not in self.shown:
            return ""
        x, y = trail.dot.centre
        start = x + trail.dot.width / 2 if trail.to_x > x else x - trail.dot.width / 2
        return (
            f'<path class="rd-trail" d="M{n(start)} {n(y)}H{n(trail.to_x)}V{n(trail.to_y)}"/>'
            f'<circle class="rd-dot" cx="{n(x)}" cy="{n(y)}" r="{n(trail.dot.width / 2)}"/>'
        )


def _use(tone: str, box: Box) -> str:
    return (
        f'<use class="rd-{tone}" href="#k-{tone}" x="{n(box.x)}" y="{n(box.y)}" '
        f'width="{n(box.width)}" height="{n(box.height)}"/>'
    )
