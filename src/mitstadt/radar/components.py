"""Pictures of the radar for other pages: `home_circle()` for the home page, `locator(number)` for a measure's page."""

from __future__ import annotations

import time
from datetime import date

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from mitstadt.kit import clock

from .picture import circle_svg, locator_svg
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


_recent: dict[tuple[str, date], tuple[float, Snapshot]] = {}


def locator_kept(number: int) -> SafeString:
    """`locator` of today from a snapshot at most half a minute old: decoration that costs a page no query."""
    key = (get_language() or "", clock.today())
    kept = _recent.get(key)
    if kept is None or time.monotonic() - kept[0] > getattr(settings, "MITSTADT_SNAPSHOT_SECONDS", 30):
        _recent.clear()
        kept = _recent[key] = (time.monotonic(), current())
    return locator(number, kept[1])


def forget() -> None:
    """Drop the snapshot that locators are drawn from."""
    _recent.clear()
