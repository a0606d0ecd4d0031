from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mitstadt.accounts.actor import Actor
from mitstadt.comments import actions as comments
from mitstadt.comments.models import Comment
from mitstadt.notify.models import Notification
from mitstadt.participation import samples
from mitstadt.participation.models import Module
from tests.support.people import make_department

QUESTION = "Soll die Brücke auch nachts offen sein?"


@pytest.fixture
def debate(db: None, settings: Any) -> Module:
    """A running debate of the department RIT that asks for sides."""
    settings.MITSTADT_COMMENT_RATES = ()
    return samples.process(
        "Die Brücke", format="debate", settings={"question": QUESTION}, department=make_department("RIT")
    )


@pytest.fixture
def plain(db: None) -> Module:
    """One that does not ask."""
    return samples.process("Was fehlt", format="debate", settings={"question": "Was fehlt?", "sides": False})


@pytest.fixture
def say(debate: Module) -> Callable[..., Comment]:
    """`say(actor, "Ja.", "pro")`"""

    def write(actor: Actor, text: str, side: str = "", **more: Any) -> Comment:
        return comments.add(actor, debate.subject, text, side=side, **more)

    return write


@pytest.fixture
def told() -> Callable[[Any], list[str]]:
    """What a person was told, oldest first."""

    def read(user: Any) -> list[str]:
        rows = Notification.objects.filter(recipient__user=user).order_by("pk")
        return [row.event.title for row in rows.select_related("event")]

    return read
