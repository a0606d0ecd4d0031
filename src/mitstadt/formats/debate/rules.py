"""Pure decisions about summaries."""

from __future__ import annotations

from datetime import date

TEXT_LIMIT = 5_000  # characters; a summary that needs more is no summary
REASON_LIMIT = 300


def day_problem(covers_until: date, today: date, begun: date) -> str:
    """What is wrong with the day up to which a summary reads: ``future``, ``early`` (before the debate was there) or
    an empty string."""
    if covers_until > today:
        return "future"
    if covers_until < begun:
        return "early"
    return ""


def shares(counts: dict[str, int]) -> list[tuple[str, int, int]]:
    """(side, how many, of how many), in the order given, for a report."""
    total = sum(counts.values())
    return [(side, count, total) for side, count in counts.items()]
