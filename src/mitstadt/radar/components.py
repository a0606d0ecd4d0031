"""Pictures of the radar for other pages: `home_circle()` for the home page, `locator(number)` for a measure's page."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString

from mitstadt.kit import clock

from . import queries
from .arrange import Frame
from .models import Measure
from .picture import circle_svg, locator_svg
from .picture.circle import place_words
from .rows import MeasureRow
from .snapshot import Snapshot, current


def home_circle(snapshot: Snapshot | None = None, labels: bool = True, symbols: bool = True) -> SafeString:
    """The circle of all measures with the fields' names around it; empty without a strategy.

    `symbols=False` for a second circle on the same page.

    The page links `radar/picture.css` and `radar/radar.css`.
    """
    found = snapshot or current()
    if not found.rows:
        return SafeString("")
    return circle_svg(
        found.rows,
        found.frame,
        found.day,
        past=found.past,
        grids=found.grids,
        labels=labels,
        with_symbols=symbols,
    )


def locator(number: int, snapshot: Snapshot | None = None) -> SafeString:
    """The small circle with one measure marked; empty if that measure is not in the radar on that day."""
    found = snapshot or current()
    if not any(row.number == number for row in found.rows):
        return SafeString("")
    return locator_svg(found.rows, number, found.frame, found.day, found.grids)


@dataclass(frozen=True, slots=True)
class _Marks:
    """What locators are drawn from; `number` belongs to it when it is in `numbers`."""

    rows: list[MeasureRow]
    numbers: frozenset[int]
    frame: Frame
    grids: Mapping[str, Any]


_recent: dict[tuple[int, date], tuple[float, _Marks]] = {}


def locator_kept(measure: Measure) -> SafeString:
    """`locator` of today from marks at most half a minute old, else from two small queries."""
    key = (measure.strategy_id, clock.today())
    kept = _recent.get(key)
    if kept is None or time.monotonic() - kept[0] > getattr(settings, "MITSTADT_SNAPSHOT_SECONDS", 30):
        _recent.clear()
        kept = _recent[key] = (time.monotonic(), _marks(measure.strategy_id))
    found = kept[1]
    if measure.number not in found.numbers:
        return SafeString("")
    return circle_svg(
        found.rows,
        found.frame,
        key[1],
        grids=found.grids,
        highlight=measure.number,
        label=place_words(measure.field.name, measure.status),
    )


def _marks(strategy_id: int) -> _Marks:
    rows, grids = queries.marks(strategy_id)
    tints = grids.get("status-feld", {}).get("tints")
    frame = Frame(tints=tints)
    if tints is None:  # nothing is frozen yet: sectors and tints follow from all rows
        snapshot = current()
        rows, frame, grids = snapshot.rows, snapshot.frame, snapshot.grids
    return _Marks(rows, frozenset(row.number for row in rows), frame, grids)


def forget() -> None:
    """Drop the marks that locators are drawn from."""
    _recent.clear()
