"""Who stands behind a row that has a `user` and a `guest`: one pair for every room that tells people or counts them."""

from __future__ import annotations

from collections.abc import Iterable

Who = tuple[str, int]  # ("user", id) or ("guest", id)


def behind(user_id: int | None, guest_id: int | None) -> Who | None:
    """None when nobody is behind it (any more)."""
    if user_id is not None:
        return ("user", user_id)
    return ("guest", guest_id) if guest_id is not None else None


def everybody(rows: Iterable[tuple[int | None, int | None]]) -> list[Who]:
    """The people behind rows of (`user_id`, `guest_id`) in their order; rows with nobody are left out."""
    found = (behind(user, guest) for user, guest in rows)
    return [person for person in found if person is not None]


def keys(person: Who | None) -> tuple[int | None, int | None]:
    """Back again: `user_id` and `guest_id`."""
    if person is None:
        return (None, None)
    kind, key = person
    return (key, None) if kind == "user" else (None, key)
