"""Everything that changes a discussion: writing, and answering for the city."""

from .answering import answer, bundle, correct, forward, interim, link_outcome, open_question, unbundle
from .visibility import count_in, count_out, follow_restriction, publish
from .writing import add, edit, forget_author, redact, request_from_guest, take_back_entered, withdraw

__all__ = [
    "add",
    "answer",
    "bundle",
    "correct",
    "count_in",
    "count_out",
    "edit",
    "follow_restriction",
    "forget_author",
    "forward",
    "interim",
    "link_outcome",
    "open_question",
    "publish",
    "redact",
    "request_from_guest",
    "take_back_entered",
    "unbundle",
    "withdraw",
]
