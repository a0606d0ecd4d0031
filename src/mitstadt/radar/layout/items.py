"""What a layout is given, and the grid that keeps it still. Pure data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Item:
    """One mark. `id` is the permanent number and alone decides the order within a cell.

    `suffix` is a quiet word after the name (a year), `earlier` the ring it was in before, if proven and different.
    """

    id: int
    sector: str
    ring: str
    label: str
    suffix: str = ""
    flagged: bool = False
    earlier: str = ""


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
    """Items by (sector, ring), each by permanent id. Items of unknown sectors or rings raise KeyError."""
    found: Cells = {(sector.slug, ring.slug): [] for sector in sectors for ring in rings}
    for item in sorted(items, key=lambda item: item.id):
        found[item.sector, item.ring].append(item)
    return found


def needed_rows(found: Cells, sectors: Sequence[Sector], rings: Sequence[Ring], scale: int = 1) -> dict[str, int]:
    """Rows per sector: the fullest cell and one free place, at least two and at most sixty."""
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
