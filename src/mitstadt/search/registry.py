"""Where rooms say what of theirs is searchable, so that a rebuild can ask each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Source:
    """The searchable text of one subject; the same fields as `actions.index` takes."""

    subject_id: int
    title: str
    text: str = ""
    state: str = ""
    facets: dict[str, Any] = field(default_factory=dict)
    weight: int = 0


TextOf = Callable[[], Iterable[Source]]
_sources: dict[str, TextOf] = {}


def register(kind: str, text_of: TextOf) -> None:
    """`text_of()` yields a Source for every subject of `kind`, drafts too; called in `AppConfig.ready()`."""
    _sources[kind] = text_of


def sources() -> dict[str, TextOf]:
    return dict(sorted(_sources.items()))
