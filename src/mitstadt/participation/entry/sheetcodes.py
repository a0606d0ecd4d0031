"""Short codes on paper forms, pure: six signs that are read aloud without doubt, and one that checks them."""

from __future__ import annotations

from mitstadt.kit.ids import ALPHABET, new_id

LENGTH = 6


def _check(body: str) -> int:
    """The place in the alphabet of the sign behind `body`; 30 where there is none, and then `body` is not used.

    A weighted sum modulo 31: as a prime above the 30 signs it notices every wrong sign and every two neighbours that
    changed places.
    """
    return sum((place + 2) * ALPHABET.index(sign) for place, sign in enumerate(body)) % 31


def new() -> str:
    """A code like ``k7mp3a-q``."""
    while True:
        body = new_id(LENGTH)
        if (check := _check(body)) < len(ALPHABET):
            return f"{body}-{ALPHABET[check]}"


def tidy(text: str) -> str:
    """As it is kept: small letters, one hyphen before the check; anything else stays as it was typed."""
    plain = "".join(text.lower().replace("-", "").split())
    if len(plain) != LENGTH + 1 or not set(plain) <= set(ALPHABET):
        return " ".join(text.split())
    return f"{plain[:LENGTH]}-{plain[LENGTH:]}"


def is_printed(code: str) -> bool:
    """Does it look like one of our codes, right or wrong?"""
    body, _hyphen, check = code.partition("-")
    return len(body) == LENGTH and len(check) == 1 and set(body + check) <= set(ALPHABET)


def is_mistyped(code: str) -> bool:
    """Does it look like one of our codes with a wrong sign?"""
    body, _hyphen, check = code.partition("-")
    return is_printed(code) and _check(body) != ALPHABET.index(check)
