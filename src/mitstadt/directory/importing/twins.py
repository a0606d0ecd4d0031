"""Which entries may be the same thing: name and place, compared the way people would. Pure.

Names are compared without legal form, upper case and umlauts; numbers in them must agree ("100. Schule" is not "120.
Schule", number 43 not 43 a). Places agree when street and number do, or when two points lie within 150 metres.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rapidfuzz import fuzz

NEAR = 150.0  # metres
SAME_PLACE = 88.0  # of 100: names at one place
NO_PLACE = 94.0  # of 100: names where one of the two has no place
CELL = 0.002  # degrees
MOST = 200  # candidates per block: a word that hundreds share says nothing
MOST_TWINS = 3
_LEGAL = re.compile(
    r"\b(?:e\s?\.?\s?v|gemeinnuetzige|gemeinn|g?gmbh|ggmbh|ug|haftungsbeschraenkt|ag|kg|eg|stiftung des buergerlichen"
    r" rechts|kdoer|eingetragener verein|verein|der|die|das|und|fuer|in|im|am|an|von|des)\b\.?"
)
_FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "&": " und "})


class Point(NamedTuple):
    """A place to compare: street as `street_key` makes it, postcode, degrees."""

    street: str
    postcode: str
    lat: float | None
    lon: float | None


@dataclass(frozen=True, slots=True)
class Thing:
    """Something with names and places; `key` is whatever the caller knows it by."""

    key: Hashable
    names: tuple[str, ...]  # as `name_key` makes them
    places: tuple[Point, ...]


def name_key(name: str) -> str:
    flat = name.casefold().translate(_FOLD).replace("strasse", "str").replace("straße", "str")
    flat = re.sub(r"\be\.\s?v\b\.?", " ", flat)
    flat = _LEGAL.sub(" ", flat)
    return " ".join(re.findall(r"[a-z0-9]+", flat)) or " ".join(re.findall(r"\w+", name.casefold()))


def street_key(street: str) -> str:
    flat = street.casefold().translate(_FOLD)
    flat = re.sub(r"str(?:asse|\.)?(?=\W|\d|$)", "str", flat)
    return re.sub(r"[^a-z0-9]+", "", flat)


def _numbers(name: str) -> list[str]:
    return sorted(re.findall(r"\d+(?: ?[a-z]\b)?", name))


def metres(a: Point, b: Point) -> float:
    """Distance in metres, flat earth; infinite where one has no point."""
    if a.lat is None or b.lat is None or a.lon is None or b.lon is None:
        return math.inf
    across = (a.lon - b.lon) * math.cos(math.radians(a.lat))
    return math.hypot(a.lat - b.lat, across) * 111_195


def at_one_place(a: Sequence[Point], b: Sequence[Point]) -> bool | None:
    """None where one of them has no place at all."""
    if not a or not b:
        return None
    return any(
        (p.street and p.street == q.street and (not p.postcode or not q.postcode or p.postcode == q.postcode))
        or metres(p, q) <= NEAR
        for p in a
        for q in b
    )


def alike(a: Thing, b: Thing, *, one_source: bool = False) -> float:
    """0 to 100: how much the names agree, 0 for what cannot be the same. What `one_source` tells apart by its own ids
    is only taken for the same when the names are all but equal."""
    place = at_one_place(a.places, b.places)
    if place is False:
        return 0.0
    best = 0.0
    for one in a.names:
        for other in b.names:
            if _numbers(one) != _numbers(other):
                continue
            score = fuzz.token_sort_ratio(one, other)
            if place and not one_source and min(len(one), len(other)) >= 4:  # "ADFC" at the house of "ADFC Leipzig"
                score = max(score, 0.95 * fuzz.token_set_ratio(one, other))
            best = max(best, score)
    return best if best >= (SAME_PLACE if place and not one_source else NO_PLACE) else 0.0


class Index:
    """Things in blocks, so that each is only compared with what shares a place or a telling word."""

    def __init__(self, things: Iterable[Thing] = ()) -> None:
        self.blocks: dict[Hashable, list[Thing]] = {}
        for thing in things:
            self.add(thing)

    def add(self, thing: Thing) -> None:
        for key in set(_blocks(thing)):
            self.blocks.setdefault(key, []).append(thing)

    def twins(self, thing: Thing, one_source: Callable[[Thing], bool]) -> list[tuple[float, Thing]]:
        """The most alike first, three at most. `one_source(other)`: does the same source tell the two apart?"""
        seen: dict[Hashable, Thing] = {}
        for key in set(_blocks(thing, around=True)):
            for other in self.blocks.get(key, ())[:MOST]:
                seen[other.key] = other
        found = [
            (score, other) for other in seen.values() if (score := alike(thing, other, one_source=one_source(other)))
        ]
        return sorted(found, key=lambda pair: -pair[0])[:MOST_TWINS]


def _blocks(thing: Thing, *, around: bool = False) -> Iterator[Hashable]:
    for name in thing.names:
        tokens = sorted(set(name.split()), key=lambda word: (-len(word), word))
        yield ("name", " ".join(sorted(name.split())))
        for token in tokens[:2]:
            yield ("word", token, tuple(_numbers(name)))
    for place in thing.places:
        if place.street:
            yield ("street", place.street)
        if place.lat is not None and place.lon is not None:
            row, column = math.floor(place.lat / CELL), math.floor(place.lon / CELL)
            reach = (-1, 0, 1) if around else (0,)
            for x in reach:
                for y in reach:
                    yield ("cell", row + x, column + y)
