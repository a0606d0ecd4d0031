"""What other systems say, read from their files: pure functions from bytes to `Reading`, no network, no database."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

MOST_SPANS = 2_000


class UnreadableError(Exception):
    """The answer is not what its format says; the message is for the provider."""


@dataclass(frozen=True, slots=True)
class Span:
    """A free time, with time zone; `source_id` is what the other system calls it, or empty."""

    starts_at: datetime
    ends_at: datetime
    source_id: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """`free` places; `spans` the free times, None where the format has none (a table)."""

    free: int
    total: int | None = None
    free_from: date | None = None
    has_waiting_list: bool | None = None
    spans: tuple[Span, ...] | None = None


Reader = Callable[[bytes, str, datetime], Reading]


def of_spans(spans: Iterable[Span], now: datetime) -> Reading:
    """Coming times only, the soonest first, each beginning once."""
    coming = {span.starts_at: span for span in spans if span.starts_at > now and span.ends_at > span.starts_at}
    kept = tuple(coming[start] for start in sorted(coming))[:MOST_SPANS]
    return Reading(free=len(kept), spans=kept)
