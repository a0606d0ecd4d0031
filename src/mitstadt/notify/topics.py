"""Topics that can be followed beside subjects: ``field:mobilitaet``, ``district:17``, ``search:<query>``.

An upper room registers a prefix in its AppConfig.ready(); publishers name the topics of an event in
`actions.notify(..., topics=[...])`. Where topics cannot be listed beforehand (saved searches), `matches` is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from mitstadt.subjects.models import Subject

LabelOf = Callable[[str], str]
PathOf = Callable[[str], str]
Matches = Callable[[Subject, Sequence[str]], list[str]]
FoundBy = Callable[[str], Collection[int]]


@dataclass(frozen=True, slots=True)
class Topic:
    """A followable topic: its address, what people read, and where it leads (German path without language prefix)."""

    address: str
    label: str
    path: str


@dataclass(frozen=True, slots=True)
class _Prefix:
    label_of: LabelOf
    path_of: PathOf
    matches: Matches | None
    found_by: FoundBy | None


_prefixes: dict[str, _Prefix] = {}


def register(
    prefix: str,
    label_of: LabelOf,
    path_of: PathOf,
    matches: Matches | None = None,
    found_by: FoundBy | None = None,
) -> None:
    """Introduce topics that start with ``prefix:``.

    `label_of(rest)` gives the readable name of the part after the colon, or "" when there is no such thing;
    `path_of(rest)` its German address; `matches(subject, rests)` which of the followed `rests` a subject belongs to;
    `found_by(rest)` the keys of all subjects that belong to it, for the topic's feed.
    Raises ValueError when the prefix holds a colon.
    """
    if ":" in prefix or not prefix:
        raise ValueError(f"topic prefix {prefix!r}: no colon, not empty")
    _prefixes[prefix] = _Prefix(label_of, path_of, matches, found_by)


def find(address: str) -> Topic | None:
    """The topic at `address`, or None when no room knows it."""
    prefix, colon, rest = address.partition(":")
    known = _prefixes.get(prefix)
    if known is None or not colon or not rest or len(address) > 200:
        return None
    label = known.label_of(rest)
    return Topic(address, str(label), known.path_of(rest)) if label else None


def matching(subject: Subject, followed: Sequence[str]) -> list[str]:
    """Those of the `followed` topic addresses whose room says that `subject` belongs to them."""
    found: list[str] = []
    for prefix, known in _prefixes.items():
        if known.matches is None:
            continue
        rests = [address.partition(":")[2] for address in followed if address.startswith(f"{prefix}:")]
        if rests:
            found += [f"{prefix}:{rest}" for rest in known.matches(subject, rests)]
    return found


def subjects_of(address: str) -> Collection[int]:
    """The keys of the subjects that belong to a topic, where its room can say so; else empty."""
    prefix, _colon, rest = address.partition(":")
    known = _prefixes.get(prefix)
    return known.found_by(rest) if known is not None and known.found_by is not None else ()


def with_matcher() -> list[str]:
    """The prefixes whose topics are found by asking."""
    return [prefix for prefix, known in _prefixes.items() if known.matches is not None]
