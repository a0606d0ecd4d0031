"""The answer to "may this person do this now?", with the reason that the person reads."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decision:
    """`reason` is a translated sentence for the person; `step_up` names what would make it possible
    (``login``, ``email``, ``resident``, ``eid``, ``second_factor``) or is empty."""

    allowed: bool
    reason: str = ""
    step_up: str = ""

    def __bool__(self) -> bool:
        return self.allowed


YES = Decision(True)


def no(reason: object, step_up: str = "") -> Decision:
    """A refusal with its reason."""
    return Decision(False, str(reason), step_up)
