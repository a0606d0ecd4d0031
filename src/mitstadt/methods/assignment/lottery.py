"""One lottery number for each applicant, from a seed that is published after applications closed.

number = SHA-256 of the seed, a line feed and the id, in hexadecimal; the smaller number goes first. Neither the order
of rows nor the moment of arrival has a part in it. Anybody can work it out: ``printf '%s\\n%s' SEED ID | sha256sum``.
Seeds and ids are printable ASCII, so that the same text always has the same bytes.
"""

from __future__ import annotations

import hashlib

RULE = "sha256(seed, line feed, id) in hexadecimal; the smaller number goes first"


def number(seed: str, name: str) -> str:
    """64 hexadecimal digits. `name` is the id of an applicant, or of a group where groups are compared."""
    return hashlib.sha256(f"{seed}\n{name}".encode()).hexdigest()


def line_between(last_in: str, first_out: str) -> str:
    """The shortest text t with last_in < t <= first_out, compared as text.

    Numbers below t are in. It says who got in without giving away the number of the last one.
    """
    return next(first_out[:size] for size in range(1, len(first_out) + 1) if first_out[:size] > last_in)
