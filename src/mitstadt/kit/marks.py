"""The status marks: one set of shapes for radar, measure page and lists. Shape and word say it; colour only helps.

Drawn on 16 × 16. `currentColor` is the mark's colour; `ms-mark__cut` is painted in the page's colour.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Mark:
    """`tone` names the colour token (`--ms-<tone>`), `shape` is the inside of an SVG of 16 × 16."""

    tone: str
    label: str | Promise
    shape: str


MARKS: dict[str, Mark] = {
    "abgeschlossen": Mark(
        "done",
        _("Abgeschlossen"),
        '<circle cx="8" cy="8" r="7" fill="currentColor"/>'
        '<path class="ms-mark__cut" d="m4.8 8.3 2.2 2.2 4.2-4.6" fill="none" stroke="#fff" stroke-width="1.8"/>',
    ),
    "in_umsetzung": Mark(
        "run",
        _("In Umsetzung"),
        '<circle cx="8" cy="8" r="6.1" fill="none" stroke="currentColor" stroke-width="1.8"/>'
        '<path d="M8 2v12A6 6 0 0 0 8 2z" fill="currentColor"/>',
    ),
    "geplant": Mark(
        "plan",
        _("Geplant"),
        '<path d="m8 1.8 6.2 6.2L8 14.2 1.8 8z" fill="none" stroke="currentColor" stroke-width="1.8"/>',
    ),
    "eingestellt": Mark(
        "stopped",
        _("Eingestellt"),
        '<path d="M2 2h12v12H2zM5.2 5.2l5.6 5.6m0-5.6-5.6 5.6" fill="none" stroke="currentColor" stroke-width="1.8"/>',
    ),
    "unbekannt": Mark(
        "unknown",
        _("Stand unbekannt"),
        '<circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.6" '
        'stroke-dasharray="2.4 1.5"/>'
        '<circle cx="8" cy="8" r="1.4" fill="currentColor"/>',
    ),
    # only on a past day: no source says how it stood then
    "nicht-belegt": Mark(
        "unproven",
        _("Nicht belegt"),
        '<path d="M2.2 2.2h11.6v11.6H2.2z" fill="none" stroke="currentColor" stroke-width="1.5" '
        'stroke-dasharray="3 1.9"/><path d="M5 8h6" stroke="currentColor" stroke-width="1.8"/>',
    ),
}
UNPROVEN = "nicht-belegt"
FLAG = Mark("late", _("Verzögert"), '<path d="M3 15V2h10.5L11 6l2.5 4H5v5z" fill="currentColor"/>')

# The order in which statuses are listed everywhere.
ORDER = ("abgeschlossen", "eingestellt", "in_umsetzung", "geplant", "unbekannt")


def mark(key: str) -> Mark:
    """The mark of a status; "verzögert" (or "verzoegert", "flag") is the flag; an unheard-of status is "unbekannt"."""
    if key in ("verzögert", "verzoegert", "flag"):
        return FLAG
    return MARKS.get(key, MARKS["unbekannt"])
