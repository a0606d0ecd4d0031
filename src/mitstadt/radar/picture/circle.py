"""The small circle of marks: on phones, on the home page, and as a locator on a measure's page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from html import escape
from math import cos, pi, sin
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from mitstadt.kit.marks import mark as mark_of
from mitstadt.radar.arrange import Arrangement, Frame, arrange
from mitstadt.radar.layout import circle as layout
from mitstadt.radar.layout.circle import Circle, point
from mitstadt.radar.layout.metrics import text_width, wrap
from mitstadt.radar.rows import MeasureRow

from .marks import number as n
from .marks import symbols

LABEL_SIZE = 12.0
LABEL_LINE = 15.0
LABEL_WIDTH = 104.0
MARGIN_X, MARGIN_Y = 112.0, 40.0


def circle_svg(
    rows: Sequence[MeasureRow],
    frame: Frame,
    day: date,
    *,
    by: str = "feld",
    rings: str = "status",
    past: bool = False,
    grids: Mapping[str, Any] | None = None,
    labels: bool = False,
    shown: Collection[int] | None = None,
    highlight: int | None = None,
    label: str = "",
    with_symbols: bool = True,
    arrangement: Arrangement | None = None,
) -> SafeString:
    """The circle as SVG text: an image with a text alternative, no links.

    `labels` writes the sectors' names around it. `highlight` is a measure's number: the others turn pale.
    `with_symbols=False` on pages that already carry the sprite. `arrangement` of the same rows, if it is there already.
    """
    if arrangement is None:
        arrangement = arrange(rows, frame, day, by=by, rings=rings, past=past, grids=grids)
    circle = layout.lay_out(arrangement.items, arrangement.sectors, arrangement.rings, arrangement.grid)
    by_number = {row.number: row for row in rows}
    parts = [_ground(circle)]
    for dot in circle.dots:
        row = by_number[dot.item.id]
        tone = mark_of(row.status).tone
        box = dot.box
        off = (shown is not None and row.number not in shown) or (highlight is not None and row.number != highlight)
        if row.number == highlight or any(item.id == highlight for item in dot.waiting):
            x, y = box.centre
            parts.append(f'<circle class="rd-here" cx="{n(x)}" cy="{n(y)}" r="{n(max(box.width * 0.95, 7))}"/>')
        if dot.waiting:
            parts.append(_plus(box.centre, box.width))
            continue
        parts.append(
            f'<use class="rd-{tone}{" rd-off" if off else ""}" href="#k-{tone}" x="{n(box.x)}" y="{n(box.y)}" '
            f'width="{n(box.width)}" height="{n(box.height)}"/>'
        )
    if labels:
        parts += _labels(circle)
    size = layout.SIZE
    view = (-MARGIN_X, -MARGIN_Y, size + 2 * MARGIN_X, size + 2 * MARGIN_Y) if labels else (0, 0, size, size)
    return mark_safe(  # noqa: S308 - every text in it is escaped
        f'<svg class="rd-circle{" rd-circle--labels" if labels else ""}" viewBox="{" ".join(n(v) for v in view)}" '
        f'role="img" aria-label="{escape(label or circle_words(arrangement))}">'
        f"{symbols() if with_symbols else ''}{''.join(parts)}</svg>"
    )


def locator_svg(
    rows: Sequence[MeasureRow], highlight: int, frame: Frame, day: date, grids: Mapping[str, Any] | None = None
) -> SafeString:
    """Where in the radar the measure with the number `highlight` stands."""
    row = next((row for row in rows if row.number == highlight), None)
    label = place_words(row.field.name, row.status) if row is not None else ""
    return circle_svg(rows, frame, day, grids=grids, highlight=highlight, label=label)


def place_words(field: str, status: str) -> str:
    """Where a measure stands, in words."""
    return _("Platz im Radar: %(field)s, %(status)s") % {"field": field, "status": mark_of(status).label}


def circle_words(arrangement: Arrangement) -> str:
    """The circle in words: how many measures in each ring."""
    counts = [
        f"{ring.title} {len({item.id for item in arrangement.items if item.ring == ring.slug})}"
        for ring in arrangement.rings
    ]
    return _("Kreis aller Maßnahmen, innen beendet, außen offen: %(counts)s") % {"counts": ", ".join(counts)}


def _ground(circle: Circle) -> str:
    middle, outer, hole = n(layout.SIZE / 2), circle.radii[-1], circle.radii[0]
    parts = ['<g class="rd-ground">']
    for wedge in circle.wedges:
        if len(circle.wedges) == 1:
            parts.append(f'<circle class="rd-t{wedge.sector.tint}" cx="{middle}" cy="{middle}" r="{n(outer)}"/>')
            continue
        x1, y1 = point(wedge.start, outer)
        x2, y2 = point(wedge.end, outer)
        large = 1 if wedge.end - wedge.start > pi else 0
        parts.append(
            f'<path class="rd-t{wedge.sector.tint}" d="M{middle} {middle}L{n(x1)} {n(y1)}'
            f'A{n(outer)} {n(outer)} 0 {large} 1 {n(x2)} {n(y2)}z"/>'
        )
    for index in range(1, len(circle.radii) - 1):
        middle_radius = (circle.radii[index] + circle.radii[index + 1]) / 2
        width = circle.radii[index + 1] - circle.radii[index]
        # A ring as a thick line; its width is a class-free attribute, not a style.
        parts.append(
            f'<circle class="rd-fadering rd-fade{min(index, 4)}" cx="{middle}" cy="{middle}" '
            f'r="{n(middle_radius)}" stroke-width="{n(width)}"/>'
        )
    parts += [f'<circle class="rd-ring" cx="{middle}" cy="{middle}" r="{n(radius)}"/>' for radius in circle.radii[1:-1]]
    if len(circle.wedges) > 1:
        for wedge in circle.wedges:
            x, y = point(wedge.start, outer)
            parts.append(f'<path class="rd-ring" d="M{middle} {middle}L{n(x)} {n(y)}"/>')
    parts.append(f'<circle class="rd-hole" cx="{middle}" cy="{middle}" r="{n(hole)}"/></g>')
    return "".join(parts)


def _plus(centre: tuple[float, float], side: float) -> str:
    x, y = centre
    half = side / 2
    return f'<path class="rd-plus" d="M{n(x - half)} {n(y)}h{n(side)}M{n(x)} {n(y - half)}v{n(side)}"/>'


def _labels(circle: Circle) -> list[str]:
    parts = []
    for lines, count, x, y, anchor in placed_labels(circle):
        texts = [
            f'<tspan x="{n(x)}" y="{n(y + i * LABEL_LINE)}">{escape(line)}'
            + (f' <tspan class="rd-count">{count}</tspan>' if i == len(lines) - 1 else "")
            + "</tspan>"
            for i, line in enumerate(lines)
        ]
        parts.append(f'<text class="rd-label" text-anchor="{anchor}">{"".join(texts)}</text>')
    return parts


def placed_labels(circle: Circle) -> list[tuple[list[str], int, float, float, str]]:
    """(lines, count, x, y of the first baseline, anchor) of each sector's name around the circle."""
    found = []
    for wedge in circle.wedges:
        angle = (wedge.start + wedge.end) / 2
        side = sin(angle)
        x, y = point(angle, layout.RADIUS + 9)
        lines = wrap(wedge.sector.title, [LABEL_WIDTH, LABEL_WIDTH], LABEL_SIZE, 600)
        lines = lines or [""]
        last = text_width(f"{lines[-1]} {wedge.count}", LABEL_SIZE, 600)
        if last > LABEL_WIDTH and len(lines) == 1:
            lines = wrap(wedge.sector.title, [LABEL_WIDTH - 24, LABEL_WIDTH - 24], LABEL_SIZE, 600)
        height = len(lines) * LABEL_LINE
        anchor = "middle" if abs(side) < 0.15 else "start" if side > 0 else "end"
        # The block hangs below, stands above or lies beside its point, by the direction of the wedge.
        top = y - height * (1 + cos(angle)) / 2
        found.append((lines, wedge.count, x, top + LABEL_SIZE * 0.95, anchor))
    return found
