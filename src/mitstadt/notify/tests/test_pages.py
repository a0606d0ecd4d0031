"""Pages: following with and without an account, the inbox, the list of follows."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail

from mitstadt.kit.jobs import run_pending
from mitstadt.notify import actions, queries
from mitstadt.notify.models import Follow, Notification

pytestmark = pytest.mark.django_db


def test_alice_follows_a_measure_on_its_page(alice: Any, client_for: Any, actor_of: Any, subject_factory: Any) -> None:
    measure = subject_factory(title="Radweg")
    client = client_for(alice)
    page = client.get(f"/folgen/{measure.public_id}/")
    assert "Radweg" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    response = client.post(f"/folgen/{measure.public_id}/", {"cadence": "at_once"}, follow=True)
    assert "Sie hören ab jetzt von „Radweg“" in response.content.decode()
    assert [f.cadence for f in queries.follows_of(actor_of(alice))] == ["at_once"]


def test_a_guest_follows_after_opening_the_link(client: Any, subject_factory: Any) -> None:
    measure = subject_factory(title="Radweg")
    response = client.post(f"/folgen/{measure.public_id}/", {"cadence": "daily", "email": "gerda@example.org"})
    assert response.status_code == 302
    assert Follow.objects.count() == 0
    run_pending()
    (letter,) = mail.outbox
    assert "Ihr Abonnement von „Radweg“" in letter.body
    link = re.search(r"http://127\.0\.0\.1:8000(\S+)", letter.body)
    assert link is not None
    client.get(link.group(1))
    assert Follow.objects.count() == 0  # opening is not yet confirming: mail scanners open links
    client.post(link.group(1))
    follow = Follow.objects.get()
    assert follow.recipient.email == "gerda@example.org"
    measure.refresh_from_db()
    assert measure.follower_count == 1


def test_a_guest_is_not_offered_what_needs_an_account(client: Any, subject_factory: Any) -> None:
    measure = subject_factory()
    assert 'value="in_app"' not in client.get(f"/folgen/{measure.public_id}/").content.decode()
    response = client.post(f"/folgen/{measure.public_id}/", {"cadence": "in_app", "email": "gerda@example.org"})
    assert response.status_code == 200
    assert mail.outbox == []


def test_following_a_topic_by_its_address(alice: Any, client_for: Any, actor_of: Any, known_topics: None) -> None:
    client = client_for(alice)
    assert "Mobilität" in client.get("/folgen/?thema=field:mobilitaet").content.decode()
    client.post("/folgen/?thema=field:mobilitaet", {"cadence": "weekly"})
    assert [f.topic for f in queries.follows_of(actor_of(alice))] == ["field:mobilitaet"]
    assert client.get("/folgen/?thema=field:unbekannt").status_code == 404
    assert client.get("/folgen/").status_code == 404


def test_hidden_things_have_no_follow_page(client: Any, subject_factory: Any) -> None:
    hidden = subject_factory(restricted=True)
    assert client.get(f"/folgen/{hidden.public_id}/").status_code == 404


def test_alice_reads_her_messages(alice: Any, client_for: Any, subject_factory: Any) -> None:
    measure = subject_factory(title="Radweg")
    actions.notify("t", subject=measure, title="<b>Neu</b>", path="/x/", key="k", recipients=[("user", alice.pk)])
    client = client_for(alice)
    text = client.get("/konto/nachrichten/").content.decode()
    assert "&lt;b&gt;Neu&lt;/b&gt;" in text
    assert "1 ungelesene Nachricht" in text
    client.post("/konto/nachrichten/gelesen/", {"id": Notification.objects.get().pk})
    assert "0 ungelesene Nachrichten" in client.get("/konto/nachrichten/?nur=ungelesen").content.decode()


def test_bob_cannot_mark_alices_message(alice: Any, bob: Any, client_for: Any, subject_factory: Any) -> None:
    measure = subject_factory()
    actions.notify("t", subject=measure, title="Neu", path="/x/", key="k", recipients=[("user", alice.pk)])
    client_for(bob).post("/konto/nachrichten/gelesen/", {"id": Notification.objects.get().pk})
    assert Notification.objects.get().read_at is None


@pytest.mark.parametrize("nonsense", ["", "x", "-1", "9" * 40, "1; DROP TABLE"])
def test_nonsense_ids_do_no_harm(nonsense: str, alice: Any, client_for: Any) -> None:
    assert client_for(alice).post("/konto/nachrichten/gelesen/", {"id": nonsense}).status_code == 302


def test_the_inbox_needs_an_account(client: Any) -> None:
    for address in ("/konto/nachrichten/", "/konto/nachrichten/abos/"):
        assert client.get(address).status_code == 302


def test_changing_and_ending_on_the_list(
    alice: Any, bob: Any, client_for: Any, actor_of: Any, subject_factory: Any
) -> None:
    follow = actions.follow(actor_of(alice), subject=subject_factory(), cadence="daily")
    client = client_for(alice)
    client.post("/konto/nachrichten/abos/takt/", {"what": follow.public_id, "cadence": "weekly"})
    assert [f.cadence for f in queries.follows_of(actor_of(alice))] == ["weekly"]
    assert client_for(bob).post("/konto/nachrichten/abos/beenden/", {"what": follow.public_id}).status_code == 404
    client.post("/konto/nachrichten/abos/beenden/", {"what": follow.public_id})
    assert Follow.objects.count() == 0


def test_personal_news_have_a_cadence_too(alice: Any, client_for: Any, actor_of: Any) -> None:
    client_for(alice).post("/konto/nachrichten/abos/takt/", {"what": "", "cadence": "weekly"})
    assert queries.personal_cadence(actor_of(alice)) == "weekly"


def test_the_inbox_costs_the_same_for_one_and_for_thirty_messages(
    alice: Any, client_for: Any, actor_of: Any, subject_factory: Any, assert_constant_queries: Any
) -> None:
    client = client_for(alice)

    def add(name: str) -> None:
        measure = subject_factory()
        actions.follow(actor_of(alice), subject=measure)
        actions.notify("t", subject=measure, title=name, path="/x/", key=name, recipients=[("user", alice.pk)])

    add("first")

    def more() -> None:
        for number in range(25):
            add(f"more{number}")

    assert_constant_queries(more, lambda: client.get("/konto/nachrichten/"), at_most=12)
    assert_constant_queries(lambda: add("last"), lambda: client.get("/konto/nachrichten/abos/"), at_most=12)


def test_the_follow_page_in_english(client: Any, subject_factory: Any) -> None:
    measure = subject_factory()
    text = client.get(f"/en/folgen/{measure.public_id}/").content.decode()
    assert "How often would you like to hear about it?" in text
