"""Small groups are hidden before numbers leave the house, so that nobody is found in a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")

LEAST = 5  # fewer people than this are never shown as a number


def suppress(counts: Iterable[tuple[T, int]], least: int = LEAST) -> list[tuple[T, int | None]]:
    """(group, how many) with None for groups below `least` (zero stays zero).

    One hidden group alone could be reckoned from the total: then the next smallest group is hidden with it.
    """
    rows = list(counts)
    hidden = {index for index, (_name, n) in enumerate(rows) if 0 < n < least}
    if len(hidden) == 1:
        others = [(n, index) for index, (_name, n) in enumerate(rows) if index not in hidden and n > 0]
        if others:
            hidden.add(min(others)[1])
    return [(name, None if index in hidden else n) for index, (name, n) in enumerate(rows)]
