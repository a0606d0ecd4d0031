"""Who is signed in sees in the header how many messages wait; nobody else's page knows of it."""

from __future__ import annotations

from typing import Any

import pytest

from mitstadt.notify.actions import mark_read, notify

pytestmark = pytest.mark.django_db


def tell(person: Any, subject: Any, key: str) -> None:
    notify(
        "test.thing.done",
        subject=subject,
        title="Neu",
        path="/x/",
        key=key,
        recipients=[("user", person.pk)],
        followers=False,
    )


def test_alice_sees_how_many_wait_until_she_has_read_them(
    alice: Any, bob: Any, actor_of: Any, client_for: Any, subject_factory: Any
) -> None:
    thing = subject_factory()
    tell(alice, thing, "a")
    tell(alice, thing, "b")
    page = client_for(alice).get("/suche/").content.decode()
    assert 'class="ms-unread" href="/konto/nachrichten/" aria-label="2 neue Nachrichten">2 neu<' in page
    assert "2 new messages" in client_for(alice).get("/en/suche/").content.decode()
    assert "ms-unread" not in client_for(bob).get("/suche/").content.decode()
    mark_read(actor_of(alice))
    assert "ms-unread" not in client_for(alice).get("/suche/").content.decode()


def test_a_page_for_everybody_asks_nothing(alice: Any, client: Any, subject_factory: Any) -> None:
    tell(alice, subject_factory(), "a")
    answer = client.get("/suche/")
    assert b"ms-unread" not in answer.content
    assert not answer.cookies
