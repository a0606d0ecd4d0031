"""Followable things, and letters that arrived."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import translation

from mitstadt.accounts.guests import actor_of
from mitstadt.accounts.models import Guest
from mitstadt.kit import clock
from mitstadt.notify import topics


@pytest.fixture(autouse=True)
def german() -> Iterator[None]:
    """A page in English that an earlier test asked for leaves its language behind in the thread."""
    with translation.override("de"):
        yield


@pytest.fixture
def known_topics(monkeypatch: pytest.MonkeyPatch) -> None:
    """`field:mobilitaet` and `district:17` exist; `search:` matches titles that hold the query."""
    monkeypatch.setattr(topics, "_prefixes", {})
    fields = {"mobilitaet": "Mobilität"}
    topics.register("field", lambda rest: fields.get(rest, ""), lambda rest: f"/radar/feld/{rest}/")
    topics.register("district", lambda rest: f"Bezirk {rest}" if rest.isdecimal() else "", lambda rest: f"/b/{rest}/")
    topics.register(
        "search",
        lambda rest: f"Suche nach {rest}",
        lambda rest: f"/suche/?q={rest}",
        matches=lambda subject, rests: [rest for rest in rests if rest in subject.title.lower()],
    )


@pytest.fixture
def guest_factory(db: None) -> Callable[..., Any]:
    """`guest_factory("gerda@example.org")` is the Actor of a guest whose address was confirmed."""

    def make(email: str) -> Any:
        from mitstadt.accounts.keyed import email_hash

        now = clock.now()
        guest = Guest.objects.create(email_hash=email_hash(email), created_at=now, confirmed_at=now)
        return actor_of(guest)

    return make


@pytest.fixture
def link_in() -> Callable[[Any], str]:
    """The path of the unsubscribe link in a letter."""

    def find(letter: Any) -> str:
        found = re.fullmatch(r"<https?://[^/]+(/.+)>", letter.extra_headers["List-Unsubscribe"])
        assert found is not None
        return found.group(1)

    return find
