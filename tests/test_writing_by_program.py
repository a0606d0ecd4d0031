"""A program writes in Alice's name: with a token of hers, by the rules of the pages, and never as staff."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from mitstadt.accounts import tokens
from mitstadt.accounts.models import AccessToken
from mitstadt.audit.models import Entry
from mitstadt.comments.models import Comment
from mitstadt.kit import clock
from mitstadt.participation import samples
from mitstadt.participation.models import Contribution, Phase
from mitstadt.participation.rules import Audience

pytestmark = pytest.mark.django_db
IDEA = {"title": "Ein Brunnen", "text": "Im Schatten der Linden.", "category": "Wasser", "key": "k1"}


@pytest.fixture
def ideas():
    return samples.process(format="ideas", categories=["Wasser", "Bänke"])


@pytest.fixture
def send(alice, actor_of):
    """`send("POST", "/api/v1/contributions", {...})` with a token of Alice."""
    _token, secret = tokens.create(actor_of(alice), "Skript", 30)

    def call(verb, path, data=None, secret=secret):
        headers = {"authorization": f"Bearer {secret}"} if secret else {}
        return Client().generic(verb, path, json.dumps(data or {}), content_type="application/json", headers=headers)

    return call


def test_an_idea_is_written_once_with_its_author(send, ideas, alice):
    answer = send("POST", "/api/v1/contributions", {**IDEA, "module": ideas.subject.public_id})
    assert answer.status_code == 201
    again = send("POST", "/api/v1/contributions", {**IDEA, "module": ideas.subject.public_id})
    assert again.json() == answer.json()
    made = Contribution.objects.get()
    assert (made.user_id, made.channel, made.category.name) == (alice.pk, "online", "Wasser")
    assert answer.json() == {"id": made.subject.public_id, "state": "public", "url": answer.json()["url"]}
    assert answer.json()["url"].endswith(made.subject.path)
    shown = Client().get("/api/v1/contributions").json()["items"]
    assert [row["id"] for row in shown] == [made.subject.public_id]
    assert AccessToken.objects.get().last_used_on == clock.today()


@pytest.mark.parametrize("secret", ["", "mst_falsch", "falsch", "Bearer"])
def test_without_a_valid_token_nothing_is_written(send, ideas, secret):
    answer = send("POST", "/api/v1/contributions", {**IDEA, "module": ideas.subject.public_id}, secret=secret)
    assert answer.status_code == 401
    assert not Contribution.objects.exists()


def test_a_session_is_no_token(client_for, alice, ideas):
    answer = client_for(alice).post(
        "/api/v1/contributions",
        json.dumps({**IDEA, "module": ideas.subject.public_id}),
        content_type="application/json",
    )
    assert answer.status_code == 401


def test_an_expired_token_and_one_that_was_ended_are_refused(send, ideas, alice, actor_of):
    AccessToken.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    data = {**IDEA, "module": ideas.subject.public_id}
    assert send("POST", "/api/v1/contributions", data).status_code == 401
    token, secret = tokens.create(actor_of(alice), "Zweites", 1)
    assert tokens.revoke(actor_of(alice), token.pk)
    assert send("POST", "/api/v1/contributions", data, secret=secret).status_code == 401


def test_the_reason_of_the_page_is_the_answer(send):
    residents = samples.process(format="ideas", audience=Audience(trust=2))
    answer = send("POST", "/api/v1/contributions", {**IDEA, "category": "", "module": residents.subject.public_id})
    assert answer.status_code == 403
    assert "hier wohnen" in answer.json()["detail"]
    Phase.objects.update(end=clock.now() - timedelta(minutes=1))
    answer = send("POST", "/api/v1/contributions", {**IDEA, "category": "", "module": residents.subject.public_id})
    assert "konnten Sie bis" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"title": ""}, 422, "title: "),
        ({"text": "x" * 20_001}, 422, "text: "),
        ({"category": "Gibt es nicht"}, 422, "category: "),
        ({"geometry": {"type": "Point", "coordinates": [2.35, 48.85]}}, 422, "geometry: "),
        ({"geometry": "hier"}, 422, ""),
        ({"module": "nichts"}, 404, "module: "),
    ],
)
def test_what_is_wrong_is_named_with_its_field(send, ideas, change, status, words):
    answer = send("POST", "/api/v1/contributions", {**IDEA, "module": ideas.subject.public_id, **change})
    assert answer.status_code == status
    assert words in str(answer.json()["detail"])
    assert not Contribution.objects.exists()


def test_what_the_rules_notice_waits_for_the_moderation(send, ideas):
    text = "Rufen Sie mich an: 0151 23456789, IBAN DE89 3704 0044 0532 0130 00."
    answer = send("POST", "/api/v1/contributions", {**IDEA, "text": text, "module": ideas.subject.public_id})
    assert (answer.status_code, answer.json()["state"]) == (201, "review")


def test_support_is_given_once_and_taken_back(send, ideas):
    made = samples.citizen("bert")
    from mitstadt.formats.ideas import actions

    idea = actions.propose(made, ideas, actions.Words("Bänke", "Am Weg."))
    path = f"/api/v1/contributions/{idea.subject.public_id}/support"
    assert send("PUT", path).json() == {"supported": True, "supporters": 1}
    assert send("PUT", path).json() == {"supported": True, "supporters": 1}
    assert send("DELETE", path).json() == {"supported": False, "supporters": 0}
    assert send("PUT", path, secret="").status_code == 401
    assert send("PUT", "/api/v1/contributions/nichts/support").status_code == 404


def test_a_comment_goes_to_a_debate_and_a_reply_to_it(send, alice):
    debate = samples.process(format="debate", settings={"question": "Was fehlt?"})
    data = {"about": debate.subject.public_id, "text": "Mehr Bänke."}
    first = send("POST", "/api/v1/comments", data)
    assert first.status_code == 201
    second = send("POST", "/api/v1/comments", {**data, "text": "Mit Lehne.", "parent": first.json()["id"]})
    assert second.status_code == 201
    assert Comment.objects.filter(user=alice).count() == 2
    assert send("POST", "/api/v1/comments", {**data, "about": "nichts"}).status_code == 404
    assert send("POST", "/api/v1/comments", {**data, "text": " "}).status_code == 422


def test_a_token_of_staff_writes_as_a_citizen(editor, actor_of, send):
    debate = samples.process(format="debate", settings={"question": "Was fehlt?"})
    _token, secret = tokens.create(actor_of(editor), "Skript", 1)
    assert tokens.actor_of(secret).grants == ()
    send("POST", "/api/v1/comments", {"about": debate.subject.public_id, "text": "Hallo."}, secret=secret)
    assert Comment.objects.get().author_staff is False


def test_alice_makes_a_token_on_her_page_sees_it_once_and_ends_it(client_for, alice, bob):
    page, path = client_for(alice), reverse("accounts:tokens")
    wrong = page.post(path, {"name": "Laptop", "days": "9999"})
    assert wrong.status_code == 422
    assert "Laptop" in wrong.content.decode()
    shown = page.post(path, {"name": "Laptop", "days": "30"}).content.decode()
    token = AccessToken.objects.get()
    assert "mst_" in shown
    assert token.token_hash not in shown
    later = page.get(path).content.decode()
    assert f"{token.shown}…" in later
    assert later.count("mst_") == 1, "only the first signs are left"
    client_for(bob).post(path, {"end": str(token.pk)})
    assert AccessToken.objects.exists(), "nobody ends somebody else's"
    page.post(path, {"end": str(token.pk)})
    assert not AccessToken.objects.exists()
    assert list(
        Entry.objects.filter(action__startswith="accounts.token").order_by("pk").values_list("action", flat=True)
    ) == [
        "accounts.token.create",
        "accounts.token.revoke",
    ]


def test_the_description_names_the_way_to_sign_in(client):
    described = client.get("/api/openapi.json").json()
    assert described["components"]["securitySchemes"]["_Bearer"]["scheme"] == "bearer"
    assert described["paths"]["/api/v1/contributions"]["post"]["security"]
    assert "security" not in described["paths"]["/api/v1/contributions"]["get"]
