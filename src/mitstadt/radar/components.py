"""Pictures of the radar for other pages: `home_circle()` for the home page, `locator(number)` for a measure's page."""

from __future__ import annotations

from django.utils.safestring import SafeString

from .picture import circle_svg, locator_svg
from .snapshot import Snapshot, current


def home_circle(snapshot: Snapshot | None = None, labels: bool = True) -> SafeString:
    """The circle of all measures with the fields' names around it; empty without a strategy.

    The page links `radar/picture.css` and `radar/radar.css`.
    """
    found = snapshot or current()
    if not found.rows:
        return SafeString("")
    return circle_svg(found.rows, found.frame, found.day, past=found.past, grids=found.grids, labels=labels)


def locator(number: int, snapshot: Snapshot | None = None) -> SafeString:
    """The small circle with one measure marked; empty if that measure is not in the radar on that day."""
    found = snapshot or current()
    if not any(row.number == number for row in found.rows):
        return SafeString("")
    return locator_svg(found.rows, number, found.frame, found.day, found.grids)
