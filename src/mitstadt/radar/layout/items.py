"""What a layout is given, and the grid that keeps it still. Pure data."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any


@dataclass(frozen=True, slots=True)
class Item:
    """One mark. `id` is the permanent number, `place` its seat in the cell, from 0; -1: the first free one by number.

    `suffix` is a quiet word after the name (a year), `earlier` the ring it was in before, if proven and
    different; its own ring where it moved within it.
    """

    id: int
    sector: str
    ring: str
    label: str
    suffix: str = ""
    flagged: bool = False
    earlier: str = ""
    place: int = -1


@dataclass(frozen=True, slots=True)
class Sector:
    """A band. `tint` 1 to 4 chooses its colour."""

    slug: str
    title: str
    tint: int = 1


@dataclass(frozen=True, slots=True)
class Ring:
    """A ring and how many columns of names it gets in the wide picture."""

    slug: str
    title: str
    columns: int = 1


Cells = dict[tuple[str, str], list[Item]]
MIN_ROWS = 2
# A band taller than a screen is no picture any more: what does not fit is counted ("+n weitere") and in the table.
MOST_ROWS = 60


def cells(items: Iterable[Item], sectors: Sequence[Sector], rings: Sequence[Ring]) -> Cells:
    """Items by (sector, ring), each by place. Items of unknown sectors or rings raise KeyError."""
    found: Cells = {(sector.slug, ring.slug): [] for sector in sectors for ring in rings}
    for item in items:
        found[item.sector, item.ring].append(item)
    for members in found.values():
        if any(item.place < 0 for item in members):
            members[:] = _seated(members)
        members.sort(key=lambda item: item.place)
    return found


def _seated(members: Sequence[Item]) -> list[Item]:
    taken = {item.place for item in members}
    free = (place for place in count() if place not in taken)
    by_number = sorted(members, key=lambda item: item.id)
    return [item if item.place >= 0 else replace(item, place=next(free)) for item in by_number]


def settle(
    stored: Sequence[int], here: Collection[int], known: Collection[int], usable: int | None = None
) -> list[int]:
    """Who sits where in a cell: numbers by place, 0 where a place is free.

    `stored` is how it was, `here` are the numbers that belong into the cell now, `known` those whose cell is known: who
    is in `stored` and not known (hidden by moderation, say) keeps the place. Nobody moves. Who comes takes the first
    free place, those who waited before those who are new, these by number. Beyond the first `usable` places (None: any
    number) they wait, in that order.
    """
    kept = [number if number in here or number not in known else 0 for number in stored]
    seats = kept[:usable]
    waiting = [number for number in kept[len(seats) :] if number]
    waiting += sorted(set(here).difference(kept))
    free = [place for place, number in enumerate(seats) if not number]
    for place, number in zip(free, waiting, strict=False):
        seats[place] = number
    seats += waiting[len(free) :]
    while seats and not seats[-1]:
        seats.pop()
    return seats


def needed_rows(found: Cells, sectors: Sequence[Sector], rings: Sequence[Ring], scale: int = 1) -> dict[str, int]:
    """Rows per sector: the fullest cell and one free place, at least two and at most sixty. `found` without gaps."""
    return {
        sector.slug: min(
            MOST_ROWS, max([MIN_ROWS, *(_rows(found[sector.slug, r.slug], r.columns * scale) for r in rings)])
        )
        for sector in sectors
    }


def _rows(members: Sequence[Item], columns: int) -> int:
    return -(-(len(members) + 1) // columns)


def frozen_rows(
    grid: Mapping[str, Any] | None, found: Cells, sectors: Sequence[Sector], rings: Sequence[Ring], scale: int = 1
) -> dict[str, int]:
    """The rows of a frozen grid (``{"rows": {sector: n}}``); without one, those needed now.

    A sector that the grid does not know gets the least, never more: it must not push the others around as it fills.
    """
    stored = grid.get("rows") if grid else None
    if not isinstance(stored, Mapping):
        return needed_rows(found, sectors, rings, scale)
    return {sector.slug: max(MIN_ROWS, -(-int(stored.get(sector.slug, MIN_ROWS)) // scale)) for sector in sectors}
