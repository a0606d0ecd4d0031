"""From measures to a picture's sectors, rings and items. Pure but for translated words.

Sectors: field, core area, department or principle; rings: status, or the time to the planned end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from . import dates, rules
from .layout import circle
from .layout.items import Item, Ring, Sector, cells, needed_rows
from .rows import MeasureRow, Named

SECTORS = ("feld", "kernbereich", "referat", "prinzip")
RINGS = ("status", "zeit")
NONE = "nicht-belegt"
OTHER = "weitere"
MOST_SECTORS = 12
TINTS = 4

# ring of each status; "abgeschlossen" and "eingestellt" share one and are told apart by shape
RING_OF = {
    "abgeschlossen": "beendet",
    "eingestellt": "beendet",
    "in_umsetzung": "in-umsetzung",
    "geplant": "geplant",
    "unbekannt": "unbekannt",
}
STATUSES_OF = {
    "beendet": ("abgeschlossen", "eingestellt"),
    "in-umsetzung": ("in_umsetzung",),
    "geplant": ("geplant",),
    "unbekannt": ("unbekannt",),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """What a strategy is made of, in its own order. `tints` gives each field the number of its core area."""

    fields: tuple[Named, ...] = ()
    core_areas: tuple[Named, ...] = ()
    departments: tuple[Named, ...] = ()
    principles: tuple[Named, ...] = ()
    tints: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Everything a layout needs. `grid` is the frozen one of this kind of picture, None where none was frozen."""

    items: tuple[Item, ...]
    sectors: tuple[Sector, ...]
    rings: tuple[Ring, ...]
    grid: Mapping[str, Any] | None = None


def arrange(
    rows: Sequence[MeasureRow],
    frame: Frame,
    day: date,
    *,
    by: str = "feld",
    rings: str = "status",
    past: bool = False,
    grids: Mapping[str, Any] | None = None,
) -> Arrangement:
    """Items, sectors and rings of one picture. A measure with several principles stands in the sector of each."""
    grid = None if past else (grids or {}).get(f"{rings}-{by}")
    sectors = _sectors(rows, frame, by, grid.get("sectors") if grid else None)
    known = {sector.slug for sector in sectors}
    ring_list = ring_titles(rings, day, past)
    items = []
    for row in rows:
        ring = ring_of(row, rings, day)
        earlier = _earlier(row, rings, day)
        suffix = row.end[:4] if rings == "zeit" and ring in ("vorbei", "kommt") else ""
        flagged = rings == "status" and row.is_late
        items += [
            Item(row.number, slug if slug in known else OTHER, ring, row.label, suffix, flagged, earlier)
            for slug in sectors_of(row, by)
        ]
    return Arrangement(tuple(items), tuple(sectors), tuple(ring_list), grid)


def ring_titles(rings: str, day: date, past: bool = False) -> list[Ring]:
    """The rings from the inside (nearest to done) outwards. In the past much is not proven and gets the room."""
    unknown = _("Nicht belegt") if past else _("Stand unbekannt")
    if rings == "zeit":
        return [
            Ring("beendet", _("Beendet"), 1),
            Ring("vorbei", _("Termin vorbei"), 1),
            Ring("kommt", _("%(year)s und später") % {"year": day.year}, 1),
            Ring("offen", _("Kein Ende belegt"), 2),
        ]
    return [
        Ring("beendet", _("Beendet"), 1),
        Ring("in-umsetzung", _("In Umsetzung"), 1 if past else 2),
        Ring("geplant", _("Geplant"), 1),
        Ring("unbekannt", unknown, 2 if past else 1),
    ]


def ring_of(row: MeasureRow, rings: str, day: date) -> str:
    """The slug of the ring in which a measure stands on `day`."""
    if rings == "zeit":
        return time_ring(row.status, row.end, day)
    return RING_OF.get(row.status, "unbekannt")


def time_ring(status: str, end: str, day: date) -> str:
    """Finished, past its planned end, on its way to it, or without one."""
    if status in rules.FINAL:
        return "beendet"
    if not end:
        return "offen"
    return "vorbei" if dates.last_day(end) < day else "kommt"


def _earlier(row: MeasureRow, rings: str, day: date) -> str:
    if not row.earlier_status:
        return ""
    before = RING_OF.get(row.earlier_status, "") if rings == "status" else time_ring(row.earlier_status, row.end, day)
    return "" if before == ring_of(row, rings, day) else before


def sectors_of(row: MeasureRow, by: str) -> list[str]:
    """The slugs of the sectors a measure stands in; `NONE` where the sources name none."""
    if by == "prinzip":
        return [principle.slug for principle in row.principles] or [NONE]
    named = {"feld": row.field, "kernbereich": row.core_area, "referat": row.department}[by]
    return [named.slug if named else NONE]


def none_title(by: str) -> str:
    """What the sector of those without one is called."""
    return {
        "feld": _("Ohne Handlungsfeld"),
        "kernbereich": _("Ohne Kernbereich"),
        "referat": _("Referat nicht belegt"),
        "prinzip": _("Ohne genanntes Prinzip"),
    }[by]


def _sectors(rows: Sequence[MeasureRow], frame: Frame, by: str, frozen: object) -> list[Sector]:
    """At most twelve. Fields, core areas and principles stand in the strategy's order, empty ones too; departments
    with measures by name. What a frozen grid does not know yet is added at its end, so that it moves nothing."""
    counts = Counter(slug for row in rows for slug in sectors_of(row, by))
    named = _named(rows, frame, by)
    slugs = [n.slug for n in named if by != "referat" or counts[n.slug]]
    if counts[NONE]:
        slugs.append(NONE)
    if len(slugs) > MOST_SECTORS:
        ranked = sorted(slugs, key=lambda slug: (-counts[slug], slug))[: MOST_SECTORS - 1]
        slugs = [slug for slug in slugs if slug in set(ranked)] + [OTHER]
    if isinstance(frozen, list) and frozen:
        known = [str(slug) for slug in frozen]
        new = [slug for slug in slugs if slug not in known]
        slugs = known + new[: MOST_SECTORS - len(known)]
        if len(known) + len(new) > MOST_SECTORS and OTHER not in slugs:
            slugs = [*slugs[: MOST_SECTORS - 1], OTHER]
    elif any(slug not in slugs for slug in counts) and OTHER not in slugs:
        slugs.append(OTHER)
    titles = {n.slug: n.name for n in named} | {NONE: none_title(by), OTHER: _("Weitere")}
    return [Sector(slug, titles.get(slug, slug), _tint(slug, index, frame, by)) for index, slug in enumerate(slugs)]


def _named(rows: Sequence[MeasureRow], frame: Frame, by: str) -> list[Named]:
    known = {
        "feld": frame.fields,
        "kernbereich": frame.core_areas,
        "prinzip": frame.principles,
        "referat": frame.departments,
    }[by]
    if known:
        return list(known)
    found: dict[str, Named] = {}
    for row in rows:
        for value in (
            row.principles
            if by == "prinzip"
            else ({"feld": row.field, "kernbereich": row.core_area, "referat": row.department}[by],)
        ):
            if value:
                found[value.slug] = value
    return sorted(found.values(), key=lambda n: (n.order, n.name))


def _tint(slug: str, index: int, frame: Frame, by: str) -> int:
    if by == "feld" and frame.tints and slug in frame.tints:
        return frame.tints[slug]
    if slug in (NONE, OTHER):
        return 0
    return index % TINTS + 1


def freeze(rows: Sequence[MeasureRow], frame: Frame, day: date) -> dict[str, Any]:
    """The grids of all pictures for `Revision.grid`: sectors in order, rows per sector, pitch of the small circle."""
    grids: dict[str, Any] = {}
    for rings in RINGS:
        for by in SECTORS:
            a = arrange(rows, frame, day, by=by, rings=rings)
            found = cells(a.items, a.sectors, a.rings)
            grids[f"{rings}-{by}"] = {
                "sectors": [sector.slug for sector in a.sectors],
                "rows": needed_rows(found, a.sectors, a.rings),
                "pitch": circle.best_pitch(found, a.sectors, a.rings),
            }
    return grids


def in_order(rows: Iterable[MeasureRow], arrangement: Arrangement) -> list[int]:
    """The numbers of the measures in the order of the picture: by sector, ring and number, each once."""
    sector = {s.slug: i for i, s in enumerate(arrangement.sectors)}
    ring = {r.slug: i for i, r in enumerate(arrangement.rings)}
    wanted = {row.number for row in rows}
    ordered = sorted(
        (item for item in arrangement.items if item.id in wanted),
        key=lambda item: (sector[item.sector], ring[item.ring], item.id),
    )
    return list(dict.fromkeys(item.id for item in ordered))
