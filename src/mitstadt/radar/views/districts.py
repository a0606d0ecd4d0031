"""The city's districts as a map, with what the strategy plans in each."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from mitstadt.geo import queries as geo
from mitstadt.kit import components as ui
from mitstadt.kit import languages, past
from mitstadt.kit.components.charts import Tile
from mitstadt.radar import snapshot


@past.shown
@require_safe
def districts(request: HttpRequest) -> HttpResponse:
    """`/radar/bezirke/`: one tile per district, leading to its measures. The map is schematic: equal tiles."""
    radar = snapshot.current()
    counts = Counter(row.district for row in radar.rows)
    tiles = [
        Tile(
            number=district.number,
            name=district.name,
            col=district.column,
            row=district.row,
            href=address(str(district.number)),
            value=str(counts[district.number]) if counts[district.number] else "",
        )
        for district in geo.all_districts()
    ]
    everywhere = counts[None]
    return render(
        request,
        "radar/districts.html",
        {
            "tiles": tiles,
            "map": ui.tile_map(_("Stadtbezirke"), tiles, unit=_("Maßnahmen")),
            "everywhere": ngettext(
                "%(n)s Maßnahme nennt keinen Bezirk", "%(n)s Maßnahmen nennen keinen Bezirk", everywhere
            )
            % {"n": everywhere},
            "everywhere_href": address("stadtweit"),
            "local": sum(counts.values()) - everywhere,
            "total": len(radar.rows),
        },
    )


def address(district: str) -> str:
    """The table of the measures of one district, in the reader's language."""
    return languages.local_path("/radar/tabelle/") + "?" + urlencode({"bezirk": district})
