"""Charts drawn on the server: direct labels, a real zero line, one message as heading, a table under every one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .html import EMPTY, Text, attrs, esc, href, join
from .lists import table


def bars(
    heading: Text,
    values: Sequence[tuple[object, int]],
    unit: Text = "",
    main: Iterable[object] = (),
    height: int = 110,
) -> SafeString:
    """Upright bars for a handful of values: (label, number). `main` are the labels drawn dark (the middle, today)."""
    step, top, width = 56, 18, 56 * max(len(values), 1)
    peak = max([v for _label, v in values] + [1])
    dark = {str(m) for m in main}
    drawn = []
    for i, (label, value) in enumerate(values):
        tall = round(value / peak * (height - top), 1)
        x = i * step
        drawn.append(
            format_html(
                '<rect class="ms-chart__bar{}" x="{}" y="{}" width="{}" height="{}"/>'
                '<text x="{}" y="{}" text-anchor="middle">{}</text>'
                '<text class="ms-chart__axis" x="{}" y="{}" text-anchor="middle">{}</text>',
                " ms-chart__bar--main" if str(label) in dark else "",
                x + 4,
                height - tall,
                step - 8,
                tall,
                x + step // 2,
                height - tall - 5,
                value,
                x + step // 2,
                height + 18,
                label,
            )
        )
    return _figure(
        heading,
        format_html(
            '<svg viewBox="0 0 {w} {full}" width="{w}" height="{full}" aria-hidden="true">{bars}'
            '<line class="ms-chart__zero" x1="0" x2="{w}" y1="{zero}" y2="{zero}"/></svg>',
            w=width,
            full=height + 24,
            zero=height,
            bars=join(drawn),
        ),
        values,
        unit,
    )


def lying_bars(
    heading: Text, values: Sequence[tuple[object, int]], unit: Text = "", main: Iterable[object] = ()
) -> SafeString:
    """Bars that lie, for words: the label stands above its bar, the number behind it, on any width."""
    peak = max([v for _label, v in values] + [1])
    dark = {str(m) for m in main}
    rows = join(
        format_html(
            '<li><span>{}</span><svg width="100%" height="16" aria-hidden="true">'
            '<rect class="ms-chart__bar{}" width="{}%" height="16"/></svg><span class="ms-number">{}</span></li>',
            label,
            " ms-chart__bar--main" if str(label) in dark else "",
            f"{value / peak * 100:.1f}",
            value,
        )
        for label, value in values
    )
    return _figure(heading, format_html('<ul class="ms-chart__rows">{}</ul>', rows), values, unit)


def _figure(heading: Text, svg: SafeString, values: Sequence[tuple[object, int]], unit: Text) -> SafeString:
    twin = table(
        (_("Wert"), unit or _("Anzahl")), values, caption=heading, stack=False, numeric=(1,), caption_hidden=True
    )
    return format_html(
        '<figure class="ms-chart"><figcaption>{}</figcaption>{}'
        '<details class="ms-details"><summary>{}</summary>{}</details></figure>',
        heading,
        svg,
        _("Als Tabelle"),
        twin,
    )


@dataclass(frozen=True, slots=True)
class Tile:
    """One district on the tile map: column and row count from 0, `value` stands in the tile, `tint` is 0 to 4."""

    number: int | str
    name: str
    col: int
    row: int
    href: str = ""
    value: Text = ""
    tint: int = 0
    here: bool = False


def tile_map(label: Text, tiles: Iterable[Tile], unit: Text = "") -> SafeString:
    """The city's districts as a map of equal tiles, each a link with its full name; a table stands below."""
    found = list(tiles)
    if not found:
        return EMPTY
    size, gap = 72, 4
    drawn = join(_tile(t, size, gap) for t in found)
    width = (max(t.col for t in found) + 1) * (size + gap) + gap
    height = (max(t.row for t in found) + 1) * (size + gap) + gap
    rows = [
        (format_html("{} {}", t.number, _link(t)), t.value)
        for t in sorted(found, key=lambda t: (len(str(t.number)), str(t.number)))
    ]
    return format_html(
        '<figure class="ms-map"><svg viewBox="0 0 {} {}" role="group" aria-label="{}">{}</svg>'
        '<details class="ms-details"><summary>{}</summary>{}</details></figure>',
        width,
        height,
        label,
        drawn,
        _("Als Tabelle"),
        table(
            (_("Stadtteil"), unit or _("Anzahl")), rows, caption=label, stack=False, numeric=(1,), caption_hidden=True
        ),
    )


def _link(tile: Tile) -> SafeString:
    return format_html('<a href="{}">{}</a>', href(tile.href), tile.name) if tile.href else esc(tile.name)


def _tile(tile: Tile, size: int, gap: int) -> SafeString:
    x, y = gap + tile.col * (size + gap), gap + tile.row * (size + gap)
    middle = x + size / 2
    valued = tile.value != ""
    name = ", ".join(str(part) for part in (f"{tile.number} {tile.name}", tile.value) if str(part))
    lines = _lines(tile.name)
    names = join(
        format_html(
            '<text x="{}" y="{}"{}>{}</text>',
            middle,
            y + size - 8 - 10 * (len(lines) - 1 - i),
            attrs({"textLength": size - 6, "lengthAdjust": "spacingAndGlyphs"} if len(line) > 13 else {}),
            line,
        )
        for i, line in enumerate(lines)
    )
    inner = format_html(
        '<title>{}</title><rect x="{}" y="{}" width="{}" height="{}" rx="3"/>'
        '<text class="ms-map__value" x="{}" y="{}">{}</text>{}',
        name,
        x,
        y,
        size,
        size,
        middle,
        y + 24,
        tile.value if valued else tile.number,
        names,
    )
    css = " ".join(filter(None, [f"ms-map--{tile.tint}" if tile.tint else "", "ms-map--here" if tile.here else ""]))
    if not tile.href:
        return format_html("<g{}>{}</g>", attrs({"class": css}), inner)
    return format_html('<a href="{}" aria-label="{}"{}>{}</a>', href(tile.href), name, attrs({"class": css}), inner)


def _lines(name: str) -> list[str]:
    """A district's name on at most two lines, broken at its hyphen or space."""
    first, separator, rest = name.partition("-") if "-" in name else name.partition(" ")
    if len(name) <= 13 or not rest:
        return [name]
    return [first + ("-" if separator == "-" else ""), rest]
