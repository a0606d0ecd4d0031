"""Numbers of a distribution over 1 to 5. Pure; `counts` are five numbers, how many chose 1, 2, 3, 4, 5."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """`median` and the quartiles of a distribution; the middle half of all votes lies from `low` to `high`."""

    median: float
    low: float
    high: float


def total(counts: Sequence[int]) -> int:
    return sum(counts)


def _at(counts: Sequence[int], place: int) -> int:
    """The value at `place` (from 0) when all votes stand in order."""
    seen = 0
    for value, number in enumerate(counts, start=1):
        seen += number
        if place < seen:
            return value
    raise IndexError(place)


def _median(counts: Sequence[int], start: int, stop: int) -> float:
    """The median of the places from `start` up to, not including, `stop`."""
    number = stop - start
    return (_at(counts, start + (number - 1) // 2) + _at(counts, start + number // 2)) / 2


def median(counts: Sequence[int]) -> float | None:
    """The middle vote; between two values when the two middle votes differ. None without votes."""
    number = sum(counts)
    return _median(counts, 0, number) if number else None


def spread(counts: Sequence[int]) -> Spread | None:
    """Median and quartiles (medians of the lower and upper half; with an odd number the middle vote belongs to neither:
    the method of Moore and McCabe). None below two votes."""
    number = sum(counts)
    if number < 2:
        return None
    half = number // 2
    return Spread(_median(counts, 0, number), _median(counts, 0, half), _median(counts, number - half, number))
