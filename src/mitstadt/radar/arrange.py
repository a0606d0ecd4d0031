"""From measures to a picture's sectors, rings and items. Pure but for translated words.

Sectors: field, core area, department or principle; rings: status, or the time to the planned end.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from mitstadt.kit.marks import UNPROVEN

from . import dates, rules
from .layout import circle
from .layout.items import MIN_ROWS, Item, Ring, Sector, cells, needed_rows, settle
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
    UNPROVEN: UNPROVEN,
}
STATUSES_OF = {
    "beendet": ("abgeschlossen", "eingestellt"),
    "in-umsetzung": ("in_umsetzung",),
    "geplant": ("geplant",),
    "unbekannt": ("unbekannt",),
    UNPROVEN: (UNPROVEN,),
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
    named = [sectors_of(row, by) for row in rows]
    sectors = _sectors(named, _named(rows, frame, by), frame, by, grid)
    slugs = [sector.slug for sector in sectors]
    unknown = any(row.status == rules.UNKNOWN for row in rows)
    ring_list = ring_titles(rings, day, past, unknown)
    found = [ring_of(row, rings, day) for row in rows]
    cell_of: list[tuple[int, str, str]] = []  # of each item: index of its row, sector, ring
    for index, ring in enumerate(found):
        cell_of += [(index, slug, ring) for slug in homes(named[index], slugs)]
    members: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for index, slug, ring in cell_of:
        members[slug, ring].append(rows[index].number)
    place = _places(members, {row.number for row in rows}, grid, {ring.slug: ring.columns for ring in ring_list})
    earlier = [_earlier(row, rings, day) for row in rows]
    by_time = rings == "zeit"
    items = tuple(
        Item(
            row.number,
            slug,
            ring,
            row.label,
            _years(row) if by_time and ring in ("vorbei", "kommt") else "",
            not by_time and row.is_late,
            earlier[index],
            place[slug, ring, row.number],
        )
        for index, slug, ring in cell_of
        for row in (rows[index],)
    )
    return Arrangement(items, tuple(sectors), tuple(ring_list), grid)


def _places(
    members: Mapping[tuple[str, str], Sequence[int]],
    known: Collection[int],
    grid: Mapping[str, Any] | None,
    columns: Mapping[str, int],
) -> dict[tuple[str, str, int], int]:
    """The place of each number in its cell: the stored one, or for whoever just came the first free one."""
    stored = (grid.get("places") or {}) if grid else {}
    rows = (grid.get("rows") or {}) if grid else {}
    result = {}
    for (slug, ring), numbers in members.items():
        was = stored.get(slug, {}).get(ring, ())
        usable = int(rows.get(slug, MIN_ROWS)) * columns[ring] if grid else None
        for place, number in enumerate(settle(was, numbers, known, usable)):
            result[slug, ring, number] = place
    return result


def resettle(grids: Mapping[str, Any], rows: Sequence[MeasureRow], known: Collection[int], day: date) -> dict[str, Any]:
    """The grids after the measures `rows` came to where they stand on `day`; nobody else moves.

    `known` are the numbers of those and of the measures that are gone for good: where else they sat is free again.
    What `arrange` works out by itself until somebody stores it is the same.
    """
    result: dict[str, Any] = {}
    for key, grid in grids.items():
        rings, _dash, by = key.partition("-")
        columns = {ring.slug: ring.columns for ring in ring_titles(rings, day)}
        named = [sectors_of(row, by) for row in rows]
        slugs = with_newcomers(grid["sectors"], named)
        heights = {**dict.fromkeys(slugs, MIN_ROWS), **grid["rows"]}
        here: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
        for row, of in zip(rows, named, strict=True):
            for slug in homes(of, slugs):
                here[slug, ring_of(row, rings, day)].add(row.number)
        places: dict[str, dict[str, list[int]]] = {}
        for slug in slugs:
            stored = grid.get("places", {}).get(slug, {})
            for ring, width in columns.items():
                was = stored.get(ring, [])
                now = settle(was, here[slug, ring], known, heights[slug] * width)
                if now:
                    places.setdefault(slug, {})[ring] = now
        result[key] = {**grid, "sectors": slugs, "rows": heights, "places": places}
    return result


def with_newcomers(frozen: Sequence[str], named: Iterable[Sequence[str]]) -> list[str]:
    """The frozen sectors and, after them, those that came since: by number of their first measure, at most twelve."""
    slugs = list(frozen)
    for slug in dict.fromkeys(slug for of in named for slug in of):
        if slug not in slugs and OTHER not in slugs and len(slugs) < MOST_SECTORS:
            slugs.append(slug if len(slugs) < MOST_SECTORS - 1 else OTHER)
    return slugs


def homes(of: Sequence[str], slugs: Sequence[str]) -> list[str]:
    """The drawn sectors of a measure whose sectors are `of`, each once: what is not drawn belongs to the rest, or to
    the last sector where there is no room for a rest."""
    if len(of) == 1 and of[0] in slugs:
        return list(of)
    rest = OTHER if OTHER in slugs else slugs[-1]
    return list(dict.fromkeys(slug if slug in slugs else rest for slug in of))


def ring_titles(rings: str, day: date, past: bool = False, unknown: bool = True) -> list[Ring]:
    """The rings from the inside (nearest to done) outwards. In the past much is not proven and gets the room; what is
    proven to be `unknown` has a ring of its own there, if there is any."""
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
        *([Ring("unbekannt", _("Stand unbekannt"), 1)] if unknown or not past else []),
        *([Ring(UNPROVEN, _("Nicht belegt"), 1 if unknown else 2)] if past else []),
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
    """The ring in which the measure would stand as the revision before left it. By time an end that moved within its
    ring counts, too: the trail then begins at the ring's own arc."""
    if rings == "status":
        before = RING_OF.get(row.earlier_status, "")
        return "" if before == ring_of(row, rings, day) else before
    if not row.earlier_status and not row.earlier_end:
        return ""
    before = time_ring(row.earlier_status or row.status, row.earlier_end or row.end, day)
    now = time_ring(row.status, row.end, day)
    return before if before != now or (row.earlier_end and now in ("vorbei", "kommt")) else ""


def _years(row: MeasureRow) -> str:
    """The year of the planned end, after the one that it moved from."""
    before, now = row.earlier_end[:4], row.end[:4]
    return f"{before} → {now}" if before and before != now else now


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


def _sectors(
    of_rows: Sequence[Sequence[str]], named: Sequence[Named], frame: Frame, by: str, grid: Mapping[str, Any] | None
) -> list[Sector]:
    """At most twelve. Fields, core areas and principles stand in the strategy's order, empty ones too; departments
    with measures by name. What a frozen grid does not know yet is added at its end, so that it moves nothing."""
    titles = {n.slug: n.name for n in named} | {NONE: none_title(by), OTHER: _("Weitere")}
    counts = Counter(slug for of in of_rows for slug in of)
    if grid and grid.get("sectors"):
        slugs = with_newcomers(grid["sectors"], of_rows)
        if OTHER not in slugs and any(slug not in slugs for slug in counts):
            titles[slugs[-1]] = _("%(name)s und weitere") % {"name": titles.get(slugs[-1], slugs[-1])}
    else:
        slugs = [n.slug for n in named if by != "referat" or counts[n.slug]]
        if counts[NONE]:
            slugs.append(NONE)
        if len(slugs) > MOST_SECTORS:
            ranked = sorted(slugs, key=lambda slug: (-counts[slug], slug))[: MOST_SECTORS - 1]
            slugs = [slug for slug in slugs if slug in set(ranked)] + [OTHER]
        elif any(slug not in slugs for slug in counts):
            slugs.append(OTHER)
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
    """The grids of all pictures for `Revision.grid`, by ``rings-sectors``.

    ``sectors`` in order, how many of them were ``frozen`` (the rest came since), ``rows`` and ``tints`` per sector,
    ``pitch`` of the small circle, ``places``: {sector: {ring: numbers by place, 0 where one is free}}.
    """
    grids: dict[str, Any] = {}
    for rings in RINGS:
        for by in SECTORS:
            a = arrange(rows, frame, day, by=by, rings=rings)
            found = cells(a.items, a.sectors, a.rings)
            places: dict[str, dict[str, list[int]]] = {}
            for (slug, ring), members in found.items():
                if members:
                    places.setdefault(slug, {})[ring] = [item.id for item in members]
            grids[f"{rings}-{by}"] = {
                "sectors": [sector.slug for sector in a.sectors],
                "frozen": len(a.sectors),
                "rows": needed_rows(found, a.sectors, a.rings),
                "tints": {sector.slug: sector.tint for sector in a.sectors},
                "pitch": circle.best_pitch(found, a.sectors, a.rings),
                "places": places,
            }
    return grids


def in_order(rows: Iterable[MeasureRow], arrangement: Arrangement) -> list[int]:
    """The numbers of the measures in the order of the picture: by sector, ring and place, each once."""
    sector = {s.slug: i for i, s in enumerate(arrangement.sectors)}
    ring = {r.slug: i for i, r in enumerate(arrangement.rings)}
    wanted = {row.number for row in rows}
    ordered = sorted(
        (item for item in arrangement.items if item.id in wanted),
        key=lambda item: (sector[item.sector], ring[item.ring], item.place),
    )
    return list(dict.fromkeys(item.id for item in ordered))
