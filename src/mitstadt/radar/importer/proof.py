"""What a compiled file proves for earlier days. Pure.

A file that was put together later says how things stand, and in which revision a measure appears at the latest. For
the day of that revision it proves that the measure belonged to the strategy, and what its confidence allows; for the
day of its dated status it proves the status. Everything else counts from the day on which the file was compiled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mitstadt.radar import dates

from .shape import MeasureIn


@dataclass(frozen=True, slots=True)
class RevisionFacts:
    """What is known of a revision: its place in the order, its day (None: no source names one)."""

    code: str
    order: int
    day: date | None


@dataclass(frozen=True, slots=True)
class State:
    """A state from `day` on (None: unknown since when). `proven` None: everything in it is proven."""

    day: date | None
    revision: str
    proven: tuple[str, ...] | None


def scheme_since(changes: Sequence[tuple[int, Sequence[str]]]) -> int:
    """The order of the last revision that says it changed the action fields; 0 when none does.

    Before it a measure's present field proves nothing.
    """
    return max((order for order, texts in changes if any("handlungsfelder" in t.casefold() for t in texts)), default=0)


def states(measure: MeasureIn, revisions: Mapping[str, RevisionFacts], *, scheme: int, compiled: date) -> list[State]:
    """The states that a file proves for a measure, oldest first; the last one is as the file says it."""
    revision = revisions.get(measure.revision)
    first_day = revision.day if revision and revision.day and revision.day <= compiled else None
    result = []
    if revision is not None and first_day is not None:
        result.append(State(first_day, revision.code, _proven(measure, revision, first_day, scheme)))
    elif revision is not None:
        result.append(State(None, revision.code, _proven(measure, revision, None, scheme)))
    else:
        result.append(State(None, "", ()))
    if measure.status_as_of:
        day = dates.last_day(measure.status_as_of)
        if day < compiled and (first_day is None or day > first_day):
            before = result[-1].proven or ()
            begun = ("start",) if measure.start and dates.last_day(measure.start) <= day else ()
            extra = ("status", "status_as_of", *begun)
            result.append(State(day, "", tuple(dict.fromkeys((*before, *extra)))))
    last_day = result[-1].day
    if last_day is None or last_day < compiled:
        result.append(State(compiled, "", None))
    else:
        result[-1] = State(last_day, result[-1].revision, None)
    return result


def _proven(measure: MeasureIn, revision: RevisionFacts, day: date | None, scheme: int) -> tuple[str, ...]:
    proven = ["revision"]
    if measure.confidence in ("high", "medium"):
        proven.append("title")
    if measure.confidence == "high":
        proven.append("kind")
        if revision.order >= scheme:
            proven.append("field")
    if measure.core_area_basis == "source" and measure.core_area:
        proven.append("core_area")
    if day is not None:
        if measure.start and dates.last_day(measure.start) <= day:
            proven.append("start")
        if measure.status_as_of and dates.last_day(measure.status_as_of) <= day:
            proven += ["status", "status_as_of"]
    return tuple(proven)
