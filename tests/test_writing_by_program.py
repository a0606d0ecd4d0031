"""A program writes in Alice's name: with a token of hers, by the rules of the pages, and never as staff."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse_lazy

from mitstadt.accounts import tokens
from mitstadt.accounts.models import AccessToken
from mitstadt.audit.models import Entry
from mitstadt.comments.models import Comment
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError
from mitstadt.participation import samples
from mitstadt.participation.models import Contribution, Phase
from mitstadt.participation.rules import Audience
from tests.support.people import PASSWORD

pytestmark = pytest.mark.django_db
IDEA = {"title": "Ein Brunnen", "text": "Im Schatten der Linden.", "category": "Wasser", "key": "k1"}


def problem(answer):
    """The body of an error, checked to be one as RFC 9457 wants it."""
    assert answer["Content-Type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == answer.status_code
    assert said["type"] == "about:blank" or said["type"].startswith("urn:problem-type:mitstadt:")
    assert said["title"]
    assert isinstance(said["detail"], str)
    return said


@pytest.fixture
def ideas():
    return samples.process(format="ideas", categories=["Wasser", "Bänke"])


@pytest.fixture
def send(alice, actor_of):
    """`send("POST", "/api/v1/contributions", {...})` with a token of Alice."""
    _token, secret = tokens.create(actor_of(alice), "Skript", 30, tokens.SCOPES)

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
    assert problem(answer)["type"] == "urn:problem-type:mitstadt:unauthorized"
    assert answer["WWW-Authenticate"] == "Bearer"
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
    token, secret = tokens.create(actor_of(alice), "Zweites", 1, ["contributions"])
    assert tokens.revoke(actor_of(alice), token.pk)
    assert send("POST", "/api/v1/contributions", data, secret=secret).status_code == 401


def test_the_reason_of_the_page_is_the_answer(send):
    residents = samples.process(format="ideas", audience=Audience(trust=2))
    answer = send("POST", "/api/v1/contributions", {**IDEA, "category": "", "module": residents.subject.public_id})
    assert answer.status_code == 403
    assert "hier wohnen" in problem(answer)["detail"]
    assert answer.json()["type"] == "urn:problem-type:mitstadt:refused"
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
        ({"geometry": "hier"}, 422, "geometry: "),
        ({"module": "nichts"}, 404, "module: "),
    ],
)
def test_what_is_wrong_is_named_with_its_field(send, ideas, change, status, words):
    answer = send("POST", "/api/v1/contributions", {**IDEA, "module": ideas.subject.public_id, **change})
    assert answer.status_code == status
    assert words in problem(answer)["detail"]
    if status == 422:
        assert [row["field"] for row in answer.json()["errors"]] == list(change)
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
    _token, secret = tokens.create(actor_of(editor), "Skript", 1, ["comments"])
    assert tokens.actor_of(secret).grants == ()
    send("POST", "/api/v1/comments", {"about": debate.subject.public_id, "text": "Hallo."}, secret=secret)
    assert Comment.objects.get().author_staff is False


PAGE = reverse_lazy("accounts:tokens")
FILLED = {"name": "Laptop", "days": "30", "scopes": ["contributions", "read"]}


def prove(page):
    """Alice types her password once more."""
    answer = page.post("/konto/reauthenticate/", {"password": PASSWORD, "next": str(PAGE)})
    assert answer.status_code in (200, 302)
    return answer


def test_a_new_token_asks_for_the_password_again_and_keeps_what_was_filled_in(client_for, alice):
    page = client_for(alice)
    assert page.get(PAGE).status_code == 200
    asked = page.post(PAGE, FILLED)
    assert asked["Location"].startswith("/konto/reauthenticate/")
    assert not AccessToken.objects.exists()
    page.post("/konto/reauthenticate/", {"password": "falsch", "next": str(PAGE)})
    assert not AccessToken.objects.exists()
    shown = prove(page).content.decode()
    token = AccessToken.objects.get()
    assert (token.name, token.scopes) == ("Laptop", "read contributions")
    assert token.shown in shown


def test_a_stolen_session_makes_no_token_five_minutes_after_the_password(client_for, alice, monkeypatch):
    page = client_for(alice)
    prove(page)
    later = time.time() + 301
    monkeypatch.setattr("allauth.account.internal.flows.reauthentication.time.time", lambda: later)
    assert page.post(PAGE, FILLED)["Location"].startswith("/konto/reauthenticate/")
    assert not AccessToken.objects.exists()


def test_alice_makes_a_token_on_her_page_sees_it_once_and_ends_it(client_for, alice, bob):
    page = client_for(alice)
    prove(page)
    wrong = page.post(PAGE, {**FILLED, "days": "9999"})
    assert wrong.status_code == 422
    assert "Laptop" in wrong.content.decode()
    nothing_ticked = page.post(PAGE, {"name": "Laptop", "days": "30"})
    assert nothing_ticked.status_code == 422
    shown = page.post(PAGE, FILLED).content.decode()
    token = AccessToken.objects.get()
    assert "mst_" in shown
    assert token.token_hash not in shown
    later = page.get(PAGE).content.decode()
    assert f"{token.shown}…" in later
    assert later.count("mst_") == 1, "only the first signs are left"
    assert "lesen, was Sie geschrieben haben, Beiträge schreiben" in later
    client_for(bob).post(PAGE, {"end": str(token.pk)})
    assert AccessToken.objects.exists(), "nobody ends somebody else's"
    client_for(alice).post(PAGE, {"end": str(token.pk)})
    assert not AccessToken.objects.exists(), "ending needs no password: who lost a token is in a hurry"
    actions = Entry.objects.filter(action__startswith="accounts.token").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == ["accounts.token.create", "accounts.token.revoke"]


def test_the_twenty_first_token_is_refused_until_one_ends(alice, actor_of):
    made = [tokens.create(actor_of(alice), f"Nr. {n}", 1, ["read"])[0] for n in range(20)]
    with pytest.raises(DomainError) as refused:
        tokens.create(actor_of(alice), "Nr. 21", 1, ["read"])
    assert refused.value.code == "too_many"
    assert tokens.revoke(actor_of(alice), made[7].pk)
    assert tokens.create(actor_of(alice), "Nr. 21", 1, ["read"])[0].slot == 8


def test_the_database_itself_refuses_a_twenty_first(alice, actor_of):
    token, _secret = tokens.create(actor_of(alice), "Eins", 1, ["read"])
    for slot in (0, 21, token.slot):
        twin = AccessToken(
            user=alice,
            name="x",
            token_hash=f"x{slot}",
            shown="x",
            created_at=token.created_at,
            expires_at=token.expires_at,
            slot=slot,
            scopes="read",
        )
        with pytest.raises(IntegrityError), transaction.atomic():
            twin.save()


# -- scopes -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("scope", tokens.SCOPES)
def test_a_token_does_what_was_ticked_and_says_what_it_lacks(scope, send, ideas, alice, actor_of):
    from mitstadt.formats.ideas import actions

    idea = actions.propose(samples.citizen("bert"), ideas, actions.Words("Bänke", "Am Weg."))
    debate = samples.process(format="debate", settings={"question": "Was fehlt?"})
    support = f"/api/v1/contributions/{idea.subject.public_id}/support"
    ways = [
        ("read", "GET", "/api/v1/contributions/mine", {}),
        ("read", "GET", "/api/v1/comments/mine", {}),
        ("contributions", "POST", "/api/v1/contributions", {**IDEA, "module": ideas.subject.public_id}),
        ("comments", "POST", "/api/v1/comments", {"about": debate.subject.public_id, "text": "Mehr Bänke."}),
        ("support", "PUT", support, {}),
        ("support", "DELETE", support, {}),
    ]
    _token, secret = tokens.create(actor_of(alice), "Wenig", 1, [scope])
    for needed, verb, path, data in ways:
        answer = send(verb, path, data, secret=secret)
        if needed == scope:
            assert answer.status_code in (200, 201), (verb, path)
            continue
        assert answer.status_code == 403, (verb, path)
        said = problem(answer)
        assert said["type"] == "urn:problem-type:mitstadt:scope"
        assert said["scope"] == needed
        assert f"„{needed}“" in said["detail"]
    assert Contribution.objects.filter(user=alice, kind="idea").count() == (scope == "contributions")
    assert Comment.objects.filter(user=alice).count() == (scope == "comments")


def test_somebody_reads_what_is_theirs_whatever_its_state(send, ideas, alice):
    held = {**IDEA, "key": "k2", "text": "IBAN DE89 3704 0044 0532 0130 00."}
    for data in (IDEA, held):
        send("POST", "/api/v1/contributions", {**data, "module": ideas.subject.public_id})
    first = send("GET", "/api/v1/contributions/mine?limit=1").json()
    second = send("GET", f"/api/v1/contributions/mine?limit=1&after={first['next']}").json()
    assert [row["state"] for row in first["items"] + second["items"]] == ["review", "public"]
    assert second["next"] is None
    about = ideas.contributions.get(held="").subject.public_id
    for text in ("Gut.", "Mehr davon."):
        assert send("POST", "/api/v1/comments", {"about": about, "text": text}).status_code == 201
    mine = send("GET", "/api/v1/comments/mine").json()["items"]
    assert [(row["text"], row["state"]) for row in mine] == [("Gut.", "public"), ("Mehr davon.", "public")]
    from mitstadt.formats.ideas import actions

    actions.propose(samples.citizen("bert"), ideas, actions.Words("Bänke", "Am Weg."))
    assert len(send("GET", "/api/v1/contributions/mine").json()["items"]) == 2, "nothing of Bert"


# -- too much -----------------------------------------------------------------------------------------------
def test_too_much_in_a_while_is_a_429_that_says_when_to_come_back(stopped_clock, send, ideas):
    from mitstadt.participation.actions.contributions import RATE

    times, seconds = RATE[0]
    data = {**IDEA, "module": ideas.subject.public_id}
    for number in range(times):
        assert send("POST", "/api/v1/contributions", {**data, "key": f"n{number}"}).status_code == 201
    answer = send("POST", "/api/v1/contributions", {**data, "key": "zu viel"})
    said = problem(answer)
    assert (answer.status_code, said["status"]) == (429, 429)
    assert said["type"] == "urn:problem-type:mitstadt:too-many"
    assert 1 <= int(answer["Retry-After"]) <= seconds
    again = send("POST", "/api/v1/contributions", {**data, "key": "n0"})
    assert again.status_code == 201, "what was written already is no new attempt"
    assert Contribution.objects.count() == times
    stopped_clock.move(seconds=int(answer["Retry-After"]))
    assert send("POST", "/api/v1/contributions", {**data, "key": "später"}).status_code == 201


def test_the_description_names_the_way_to_sign_in(client):
    described = client.get("/api/openapi.json").json()
    assert described["components"]["securitySchemes"]["_Bearer"]["scheme"] == "bearer"
    assert described["paths"]["/api/v1/contributions"]["post"]["security"]
    assert "security" not in described["paths"]["/api/v1/contributions"]["get"]
