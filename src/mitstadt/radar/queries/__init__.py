"""Reads of the radar. What is public is decided here, once, for page, API, feed and export alike."""

from .current import current_strategy, public, revisions, rows
from .flags import words_of

__all__ = ["current_strategy", "public", "revisions", "rows", "words_of"]
