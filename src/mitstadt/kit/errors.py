"""What an action raises when the city's rules say no. Views and the API turn these into messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .decision import Decision

if TYPE_CHECKING:
    from django.forms import BaseForm


class DomainError(Exception):
    """A rule was not met. `message` is a translated sentence for the person, `field` the form field it is about,
    `wait` the seconds after which it may work again (0: unknown)."""

    def __init__(self, message: object, field: str = "", code: str = "invalid", wait: int = 0) -> None:
        super().__init__(str(message))
        self.message = str(message)
        self.field = field
        self.code = code
        self.wait = wait


class Refused(DomainError):
    """The actor may not do this now; `decision` says why and what would make it possible."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.reason, code="refused")
        self.decision = decision


def require(decision: Decision) -> None:
    """Raise Refused unless the decision allows it."""
    if not decision:
        raise Refused(decision)


def show(form: BaseForm, error: DomainError) -> None:
    """Put what an action said to its field, or above the form."""
    form.add_error(error.field if error.field in form.fields else None, error.message)
