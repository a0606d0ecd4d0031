"""What can be said about places without asking the database. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Window:
    """When places can be had. Every moment may be None; `cancelled` ends everything."""

    opens_at: datetime | None
    closes_at: datetime | None
    starts_at: datetime | None
    ends_at: datetime | None
    cancelled: bool = False

    @property
    def last_moment(self) -> datetime | None:
        """From then on nobody books or moves up: the named end, else the beginning, else the end of the event."""
        return self.closes_at or self.starts_at or self.ends_at

    def phase(self, now: datetime) -> str:
        """``cancelled``, ``early``, ``open``, ``closed`` (nobody books any more) or ``begun`` (nobody gives back)."""
        if self.cancelled:
            return "cancelled"
        begun = self.starts_at or self.ends_at
        if begun is not None and now >= begun:
            return "begun"
        if self.last_moment is not None and now >= self.last_moment:
            return "closed"
        if self.opens_at is not None and now < self.opens_at:
            return "early"
        return "open"

    def is_over(self, now: datetime) -> bool:
        end = self.ends_at or self.starts_at
        return end is not None and now >= end


def free(seats: int | None, taken: int) -> int | None:
    """Free places; None where there is no limit."""
    return None if seats is None else max(0, seats - taken)


def fits(seats: int | None, taken: int, persons: int) -> bool:
    return seats is None or taken + persons <= seats


def who_moves_up(seats: int | None, taken: int, waiting: Iterable[tuple[int, int]]) -> Iterator[int]:
    """Keys of those in `waiting` (key, persons; in the order of the list) who get a place now.

    Whoever fits moves up: a group that is too large keeps its turn and does not hold up those behind it.
    """
    for key, persons in waiting:
        if fits(seats, taken, persons):
            taken += persons
            yield key
        elif seats is not None and taken >= seats:
            return


def written_code(code: str) -> str:
    """A code as it is read aloud and written on paper: ``abcd efgh jkmn``."""
    return " ".join(code[i : i + 4] for i in range(0, len(code), 4))


def read_code(text: str) -> str:
    """The code in what somebody typed or a scanner read: with blanks, capitals or as the whole address."""
    last = text.strip().rstrip("/").rpartition("/")[2]
    return "".join(c for c in last.lower() if c.isalnum())[:16]
