"""The columns of one file by the names that a mapping uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def fold(text: str) -> str:
    """How texts are compared with a table: without upper case and double spaces."""
    return " ".join(text.split()).casefold()


def names_of(columns: Sequence[str]) -> dict[str, str]:
    """Columns by what they are found by: as they stand, and without regard to upper case."""
    folded = [fold(column) for column in columns]
    once = {name: column for name, column in zip(folded, columns, strict=True) if folded.count(name) == 1}
    return {**once, **{column: column for column in columns}}


def resolve(name: str, here: Mapping[str, str]) -> str | None:
    """The column's name as the file writes it, or None; ``adressen.0.ort`` goes by its first step."""
    if found := here.get(name) or here.get(fold(name)):
        return found
    first, dot, rest = name.partition(".")
    start = here.get(first) or here.get(fold(first)) if dot else None
    return f"{start}.{rest}" if start else None


def find(values: Mapping[str, Any], name: str) -> Any:
    """The value at a column or path: ``adressen.0.ort``; a list without a number is gone through (``themen.name``)."""
    if name in values:
        return values[name]
    found: Any = values
    for step in name.split("."):
        found = _step(found, step)
        if found is None:
            return None
    return found


def _step(value: Any, step: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, list):
        if step.isdigit():
            return value[int(step)] if int(step) < len(value) else None
        if step == "*":
            return value
        inner = [found for item in value if (found := _step(item, step)) is not None]
        return [item for found in inner for item in (found if isinstance(found, list) else [found])]
    return None
