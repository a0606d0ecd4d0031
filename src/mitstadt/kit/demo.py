"""What the demo city brings along: rooms register loading steps and logins here, `mitstadt demo` runs them in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """`load()` is idempotent: loading twice changes nothing. It may return a short text for the person who watches."""

    order: int
    label: str
    load: Callable[[], str | None]


@dataclass(frozen=True, slots=True)
class Login:
    """A demo account as shown at the end of `make run`. `note` tells what the person can do, or how to sign in."""

    role: str
    email: str
    password: str
    note: str = ""


_steps: dict[str, Step] = {}
_logins: dict[str, Login] = {}


def register(order: int, label: str, function: Callable[[], str | None]) -> None:
    """Add a loading step; lower `order` runs first. Rooms count by floor: accounts 100, …, radar 600, comments 700."""
    _steps[label] = Step(order, label, function)


def login(role: str, email: str, password: str, note: str = "") -> None:
    """Name a demo account; registered in `AppConfig.ready`, shown in this order."""
    _logins[email] = Login(role, email, password, note)


def steps() -> list[Step]:
    return sorted(_steps.values(), key=lambda step: (step.order, step.label))


def logins() -> list[Login]:
    return list(_logins.values())
