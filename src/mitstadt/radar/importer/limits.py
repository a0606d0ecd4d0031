"""How much of a strategy is read; what is refused of any table stands in `kit.tables`."""

from __future__ import annotations

from mitstadt.kit.tables import MAX_BYTES, UnreadableError, check_size, check_workbook, text_of

MAX_MEASURES = 10_000
MAX_DEPTH = 20
MAX_NODES = 2_000_000

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_MEASURES",
    "MAX_NODES",
    "UnreadableError",
    "check_size",
    "check_workbook",
    "text_of",
]
