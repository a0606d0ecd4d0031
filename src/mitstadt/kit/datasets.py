"""What the city publishes as open data: each room declares its sets in `datasets.py`, registers them when it starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Rows = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `kind` is text, number, date, datetime, bool or url; `meaning` is a sentence for people."""

    name: str
    kind: str
    meaning: Any


@dataclass(frozen=True, slots=True)
class Dataset:
    """One published set.

    `rows(since)` yields mappings with exactly the column names, in a stable order, only public facts; with `since`
    only what changed from that moment on. `modified()` is the moment of the last change, or None when it is empty.
    `geometry` names a column that holds a GeoJSON geometry, if any. `shows_past` says that the rows are those of the
    past day that is shown (`kit.past`); a set without it has no history.
    """

    slug: str
    title: Any
    description: Any
    columns: tuple[Column, ...]
    rows: Callable[[datetime | None], Rows]
    modified: Callable[[], datetime | None]
    keywords: tuple[str, ...] = ()
    geometry: str = ""
    frequency: str = "DAILY"
    shows_past: bool = False

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


_datasets: dict[str, Dataset] = {}


def register(dataset: Dataset) -> None:
    """Declare a set. Raises ValueError when its slug is taken by another one."""
    known = _datasets.get(dataset.slug)
    if known is not None and known is not dataset:
        raise ValueError(f"data set {dataset.slug!r} is registered twice")
    _datasets[dataset.slug] = dataset


def all_datasets() -> list[Dataset]:
    return sorted(_datasets.values(), key=lambda dataset: dataset.slug)


def get(slug: str) -> Dataset:
    """Raises KeyError for an unknown slug."""
    return _datasets[slug]


@dataclass(frozen=True, slots=True)
class FlatFile:
    """One thing of a set as a file for other tools, e.g. one process: ``<name>.csv`` and ``<name>.json`` with its card.

    `rows()` yields rows of `dataset`, `card()` what stands on top of the JSON.
    """

    name: str
    dataset: Dataset
    rows: Callable[[], Rows]
    card: Callable[[], Mapping[str, Any]]


_flat: dict[str, Callable[[str], FlatFile | None]] = {}


def register_flat(kind: str, find: Callable[[str], FlatFile | None]) -> None:
    """Let `find(id)` give the flat file of one thing, for `mitstadt export --<kind> ID`; None when it is not public."""
    _flat[kind] = find


def flat_file(kind: str, key: str) -> FlatFile | None:
    """Raises KeyError for a kind that no room registered."""
    return _flat[kind](key)
