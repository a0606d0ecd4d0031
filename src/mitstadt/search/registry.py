"""Where rooms say what of theirs is searchable, so that a rebuild can ask each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True)
class Source:
    """The searchable text of one subject; the same fields as `actions.index` takes."""

    subject_id: int
    title: str
    text: str = ""
    state: str = ""
    facets: dict[str, Any] = field(default_factory=dict)
    weight: int = 0


@dataclass(frozen=True, slots=True)
class First:
    """What a room puts before the hits: `html(query)` is markup or nothing; `styles` and `scripts` are static names."""

    html: Callable[[str], SafeString]
    styles: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()


TextOf = Callable[[], Iterable[Source]]
_sources: dict[str, TextOf] = {}
_firsts: list[First] = []


def register(kind: str, text_of: TextOf) -> None:
    """`text_of()` yields a Source for every subject of `kind`, drafts too; called in `AppConfig.ready()`."""
    _sources[kind] = text_of


def put_first(first: First) -> None:
    """Where a query shows that somebody is in need, help stands before everything else; called in `ready()`."""
    _firsts.append(first)


def firsts(query: str) -> list[tuple[First, SafeString]]:
    """What has something to say to this query."""
    return [(first, html) for first in _firsts if (html := first.html(query))]


def sources() -> dict[str, TextOf]:
    return dict(sorted(_sources.items()))
