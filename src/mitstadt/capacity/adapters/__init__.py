"""What other systems say, read from their files: pure functions from bytes to `Reading`, no network, no database."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

MOST_SPANS = 2_000
LAST = timedelta(days=5 * 366)


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
    """Coming times only, the soonest first, each beginning once; what is further away than `LAST` is no appointment."""
    last = now + LAST
    coming = {span.starts_at: span for span in spans if now < span.starts_at < span.ends_at < last}
    kept = tuple(_printable(coming[start]) for start in sorted(coming))[:MOST_SPANS]
    return Reading(free=len(kept), spans=kept)


def _printable(span: Span) -> Span:
    """No control character or half of a letter, which a database would refuse."""
    return replace(span, source_id="".join(filter(str.isprintable, span.source_id)))
