"""Reads of the radar. What is public is decided here, once, for page, API, feed and export alike."""

from .compare import Comparison, Point, compare, point
from .current import current_strategy, marks, public, revisions, row, rows
from .flags import words_of
from .time import day_of_revision
from .timeline import Change, timeline

__all__ = [
    "Change",
    "Comparison",
    "Point",
    "compare",
    "current_strategy",
    "day_of_revision",
    "marks",
    "point",
    "public",
    "revisions",
    "row",
    "rows",
    "timeline",
    "words_of",
]
