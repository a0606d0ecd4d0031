"""What another city's catalogue would change here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from .entries import Catalogue


@dataclass(frozen=True, slots=True)
class Change:
    """`kind`: new, changed, same, absent (only here). `what`: method, combination, experience. `differing` are
    (field, here, there)."""

    kind: str
    entry: str
    name: str
    what: str = "method"
    differing: tuple[tuple[str, Any, Any], ...] = ()


def compare(here: Catalogue, there: Catalogue) -> list[Change]:
    """What taking `there` over would change `here`, entry by entry; nothing is ever removed by it."""
    changes: list[Change] = []
    pairs: list[tuple[Sequence[Any], Sequence[Any], str]] = [
        (here.methods, there.methods, "method"),
        (here.combinations, there.combinations, "combination"),
        (here.experiences, there.experiences, "experience"),
    ]
    for ours, theirs, what in pairs:
        known = {one.slug: one for one in ours}
        for one in theirs:
            mine = known.pop(one.slug, None)
            if mine is None:
                changes.append(Change("new", one.slug, one.name_de, what))
                continue
            different = tuple(
                (f.name, getattr(mine, f.name), getattr(one, f.name))
                for f in fields(one)
                if getattr(mine, f.name) != getattr(one, f.name)
            )
            changes.append(Change("changed" if different else "same", one.slug, one.name_de, what, different))
        changes += [Change("absent", one.slug, one.name_de, what) for one in known.values()]
    return changes
