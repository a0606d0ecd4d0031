from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from mitstadt.formats.meeting import actions, queries
from mitstadt.formats.meeting.models import Meeting
from mitstadt.kit import clock
from mitstadt.notify.models import Notification
from mitstadt.participation import samples
from mitstadt.participation.models import Module
from tests.support.people import make_department


def a_date(module: Module, days: float = 5, seats: int | None = None, **fields: Any) -> Meeting:
    """A date in so many days, two hours long."""
    start = clock.now() + timedelta(days=days)
    wish = actions.Registration(seats=seats, needs_asked=("wheelchair",)) if seats is not None else None
    values = {"title": "Werkstatt", "venue": "Rathaus", "starts_at": start, "ends_at": start + timedelta(hours=2)}
    return actions.add(samples.INSTALLATION, module, registration=wish, **{**values, **fields})


@pytest.fixture
def module(db: None) -> Module:
    """A meeting module of the department RIT, in its phase from a week ago until in two weeks."""
    return samples.process(format="meeting", department=make_department("RIT"))


@pytest.fixture
def plan(module: Module) -> Callable[..., Meeting]:
    """`plan(days=5, seats=2)`: a date of two hours; without `seats` nobody needs to reserve."""

    def make(days: float = 5, seats: int | None = None, **fields: Any) -> Meeting:
        return a_date(module, days, seats, **fields)

    return make


@pytest.fixture
def offer() -> Callable[[Meeting], Any]:
    def find(meeting: Meeting) -> Any:
        found = queries.places(meeting)
        assert found is not None
        return found

    return find


@pytest.fixture
def told() -> Callable[[Any], list[str]]:
    """What a person was told, oldest first."""

    def read(user: Any) -> list[str]:
        rows = Notification.objects.filter(recipient__user=user).order_by("pk")
        return [row.event.title for row in rows.select_related("event")]

    return read
