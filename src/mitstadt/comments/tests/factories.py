"""A kind of subject that belongs to nobody else, owned by whatever department a test says."""

from __future__ import annotations

from typing import Any

from mitstadt.kit.decision import YES, no
from mitstadt.subjects import kinds

DEPARTMENT: dict[str, int | None] = {"id": None}
CLOSED = {"reason": ""}


def _can(actor: Any, verb: str, subject: Any, now: Any) -> Any:
    return no(CLOSED["reason"]) if CLOSED["reason"] and verb in ("comment", "rate") else YES


def test_kind() -> str:
    """The slug of a kind on which everything is allowed until `CLOSED["reason"]` says otherwise."""
    try:
        kinds.get("testthing")
    except KeyError:
        kinds.register(
            kinds.Kind(
                slug="testthing",
                label="Ding",
                plural="Dinge",
                can=_can,
                department_of=lambda _subject_id: DEPARTMENT["id"],
                verbs=frozenset({"comment", "rate", "follow"}),
            )
        )
    DEPARTMENT["id"] = None
    CLOSED["reason"] = ""
    return "testthing"


test_kind.__test__ = False  # type: ignore[attr-defined]
