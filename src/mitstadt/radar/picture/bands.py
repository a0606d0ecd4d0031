"""The radar on narrow screens: one fold per sector with full names, each with a small track that shows its ring."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from html import escape

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mitstadt.kit.marks import mark as mark_of
from mitstadt.radar.arrange import Arrangement
from mitstadt.radar.layout.items import cells
from mitstadt.radar.rows import MeasureRow

from .marks import status_words

STEP = 17.0
# So many lines per fold; the rest is a link into the table.
MOST = 80


def bands_html(
    arrangement: Arrangement,
    rows: Mapping[int, MeasureRow],
    *,
    link: Callable[[int], str],
    shown: Collection[int] | None = None,
    chosen: int | None = None,
    more_link: Callable[[str], str] | None = None,
) -> str:
    """`<details>` per sector in the picture's order; the first with measures is open, and the chosen one's."""
    found = cells(arrangement.items, arrangement.sectors, arrangement.rings)
    parts = []
    opened = False
    language = get_language() or ""
    for sector in arrangement.sectors:
        members = [
            (index, item.id)
            for index, ring in enumerate(arrangement.rings)
            for item in found[sector.slug, ring.slug]
            if shown is None or item.id in shown
        ]
        has_chosen = any(number == chosen for _index, number in members)
        is_open = has_chosen or (bool(members) and not opened and chosen is None)
        opened = opened or is_open
        lines = "".join(
            _line(rows[number], index, len(arrangement.rings), link(number), number == chosen, language)
            for index, number in members[:MOST]
        )
        if len(members) > MOST and more_link:
            words = _("+%(n)s weitere in der Tabelle") % {"n": len(members) - MOST}
            lines += f'<li><a class="rd-band__more" href="{escape(more_link(sector.slug))}">{escape(words)}</a></li>'
        parts.append(
            f'<details class="rd-band rd-band--{sector.tint}"{" open" if is_open else ""}>'
            f"<summary><span>{escape(sector.title)}</span>"
            f' <span class="rd-band__count">{len(members)}</span></summary>'
            f"<ul>{lines}</ul></details>"
        )
    return "".join(parts)


def _line(row: MeasureRow, ring: int, rings: int, address: str, chosen: bool, language: str) -> str:
    tone = mark_of(row.status).tone
    at = ring * STEP
    flag = '<svg class="rd-flag rd-late" aria-hidden="true"><use href="#k-late"/></svg>' if row.is_late else ""
    words = [status_words(row, language), *(flag.text for flag in row.flags if flag.slug == "late")]
    width = (rings - 1) * STEP + 16
    return (
        f'<li><a href="{escape(address)}" data-m="{row.number}"{" aria-current=true" if chosen else ""}>'
        f'<svg class="rd-track" viewBox="0 0 {width:g} 16" aria-hidden="true">'
        f'<path class="rd-track__line" d="M8 8H{width - 8:g}"/>'
        f'<use class="rd-{tone}" href="#k-{tone}" x="{at:g}" y="0" width="16" height="16"/></svg>'
        f'<span>{escape(row.title)} {flag}<span class="ms-sr">{escape(", ".join(words))}</span></span></a></li>'
    )
