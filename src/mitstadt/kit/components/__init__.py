"""The house's components as Python functions, for rooms that render many rows. Each returns escaped, safe HTML.

Templates use the tags of `templatetags/ui.py`, which call these. Texts are escaped unless they are already safe.
"""

from __future__ import annotations

from .basic import alert, button, dotted, example, flag, icon, link, link_button, mark_svg, meta, status, tag
from .charts import Tile, bars, lying_bars, tile_map
from .dates import ago, as_date, day, days_left, moment, period, stand, time_tag
from .facts import answer, countdown, facts, quote, rule, timeline
from .forms import error_summary, field, form, scale, search_field
from .html import attrs, esc, href, join, safe
from .lists import (
    Option,
    breadcrumb,
    card,
    chips,
    count_row,
    empty,
    item,
    item_list,
    pagination,
    section,
    stepper,
    switch,
    table,
    tabs,
    with_query,
)

__all__ = [
    "Option",
    "Tile",
    "ago",
    "alert",
    "answer",
    "as_date",
    "attrs",
    "bars",
    "breadcrumb",
    "button",
    "card",
    "chips",
    "count_row",
    "countdown",
    "day",
    "days_left",
    "dotted",
    "empty",
    "error_summary",
    "esc",
    "example",
    "facts",
    "field",
    "flag",
    "form",
    "href",
    "icon",
    "item",
    "item_list",
    "join",
    "link",
    "link_button",
    "lying_bars",
    "mark_svg",
    "meta",
    "moment",
    "pagination",
    "period",
    "quote",
    "rule",
    "safe",
    "scale",
    "search_field",
    "section",
    "stand",
    "status",
    "stepper",
    "switch",
    "table",
    "tabs",
    "tag",
    "tile_map",
    "time_tag",
    "timeline",
    "with_query",
]
