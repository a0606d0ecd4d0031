"""Permanent public identifiers."""

from __future__ import annotations

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"  # no 0 o 1 i l u: readable aloud and on paper


def new_id(length: int = 12) -> str:
    """A random identifier of `length` characters (58 bits at 12), safe in addresses and on paper."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
