from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from mitstadt.accounts import guests
from mitstadt.accounts.models import Guest
from mitstadt.booking import actions
from mitstadt.booking.models import Places
from mitstadt.kit import clock
from mitstadt.kit.decision import YES
from mitstadt.organisations.models import Organisation
from mitstadt.subjects import kinds
from tests.support.people import make_department


def _rit(_subject: int) -> int | None:
    return Organisation.objects.filter(code="RIT").values_list("pk", flat=True).first()


def make_kind() -> None:
    try:
        kinds.get("meeting")
    except KeyError:
        kinds.register(
            kinds.Kind(
                slug="meeting", label="Treffen", plural="Treffen", can=lambda *_args: YES, department_of=_rit,
                verbs=frozenset({"book"}),
            )
        )  # fmt: skip


@pytest.fixture
def meeting(subject_factory: Any) -> Any:
    """A public meeting of the department RIT."""
    make_kind()
    make_department("RIT")
    return subject_factory(kind="meeting", title="Werkstatt Isarufer", path="/treffen/isarufer/")


@pytest.fixture
def opened(meeting: Any) -> Callable[..., Places]:
    """`opened(seats=2)`: places in ten days, booking until the day before."""

    def make(seats: int | None = 2, **fields: Any) -> Places:
        start = clock.now() + timedelta(days=10)
        values = {
            "starts_at": start,
            "ends_at": start + timedelta(hours=2),
            "closes_at": start - timedelta(days=1),
            "location": "Gasteig, Raum 3",
        }
        return actions.open_places(meeting, seats=seats, **{**values, **fields})

    return make


@pytest.fixture
def a_guest(db: None) -> Callable[[int], Any]:
    def make(number: int = 1) -> Any:
        now = timezone.now()
        return guests.actor_of(Guest.objects.create(email_hash=f"{number:064d}", created_at=now, confirmed_at=now))

    return make
