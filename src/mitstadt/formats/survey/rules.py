"""Pure decisions about answers: what is asked of whom, what a valid answer is, and how answers add up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SINGLE, MULTIPLE, SCALE, MATRIX, RANKING = "single", "multiple", "scale", "matrix", "ranking"
TEXT, PLACE, FILE = "text", "place", "file"
# Kinds whose answer another question may depend on.
DECIDING = (SINGLE, MULTIPLE, SCALE)
SECONDS = {SINGLE: 15, MULTIPLE: 20, SCALE: 10, MATRIX: 40, RANKING: 40, TEXT: 60, PLACE: 40, FILE: 60}
LEAST = 5  # with fewer answers nothing is shown of an anonymous survey


@dataclass(frozen=True, slots=True)
class Pick:
    """One thing that was said to a question; see `models.Answer`."""

    row: str = ""
    value: str = ""
    number: int | None = None
    text: str = ""
    geometry: dict[str, Any] | None = None
    invalid: bool = False

    def to_json(self) -> list[Any]:
        return [self.row, self.value, self.number, self.text, self.geometry, self.invalid]

    @classmethod
    def read(cls, data: Sequence[Any]) -> Pick:
        """Back from `to_json`, or from a row of the database."""
        row, value, number, text, geometry, invalid = data
        return cls(str(row), str(value), number, str(text), geometry, bool(invalid))


Given = dict[str, list[Pick]]  # key of a question → what was said to it


@dataclass(frozen=True, slots=True)
class Condition:
    """A question is asked if the answer to `key` has one of `values` (steps of a scale as text)."""

    key: str
    values: frozenset[str]

    def holds(self, given: Mapping[str, Sequence[Pick]]) -> bool:
        said = {pick.value or str(pick.number) for pick in given.get(self.key, ()) if not pick.invalid}
        return bool(said & self.values)


def asked(conditions: Sequence[tuple[str, Condition | None]], given: Mapping[str, Sequence[Pick]]) -> set[str]:
    """Which questions are asked, of (key, condition) in their order.

    A question that is not asked has no answer, so what depends on it is not asked either.
    """
    found: set[str] = set()
    for key, condition in conditions:
        if condition is None or (condition.key in found and condition.holds(given)):
            found.add(key)
    return found


def ranks(chosen: Mapping[str, int | None]) -> dict[str, int] | None:
    """The places that were given (option → 1 is first), None when two share one or there is a gap."""
    given = {option: place for option, place in chosen.items() if place}
    return given if sorted(given.values()) == list(range(1, len(given) + 1)) else None


def to_json(given: Given) -> dict[str, list[Any]]:
    return {key: [pick.to_json() for pick in picks] for key, picks in given.items() if picks}


def from_json(data: Mapping[str, Any]) -> Given:
    return {key: [Pick.read(pick) for pick in picks] for key, picks in data.items()}


def differences(first: Given, second: Given) -> list[str]:
    """The keys of questions that two people read differently; spaces and the order of ticks do not matter."""

    def tidy(picks: Sequence[Pick]) -> set[tuple[Any, ...]]:
        return {
            (pick.row, pick.value, pick.number, " ".join(pick.text.split()), str(pick.geometry), pick.invalid)
            for pick in picks
        }

    keys = [*first, *(key for key in second if key not in first)]
    return [key for key in keys if tidy(first.get(key, [])) != tidy(second.get(key, []))]


# -- adding up ------------------------------------------------------------------------------------------------
def median(counts: Mapping[int, int]) -> float | None:
    """The middle of all given numbers (the mean of the two middle ones), None without any."""
    total = sum(counts.values())
    if not total:
        return None
    low, high = (total + 1) // 2, (total + 2) // 2
    found: list[int] = []
    seen = 0
    for number in sorted(counts):
        seen += counts[number]
        while len(found) < 2 and seen >= (low, high)[len(found)]:
            found.append(number)
    return sum(found) / 2


def points(places: Iterable[tuple[str, int, int]], options: int) -> dict[str, int]:
    """Borda points: of `options` options the first place gives options - 1 points, the last none, no place none.

    `places` are (option, place, how often).
    """
    found: dict[str, int] = {}
    for option, place, times in places:
        found[option] = found.get(option, 0) + max(options - place, 0) * times
    return found


def minutes(kinds: Iterable[str]) -> int:
    """About how long it takes to answer questions of these kinds, in whole minutes, at least one."""
    return max(1, round(sum(SECONDS[kind] for kind in kinds) / 60))
