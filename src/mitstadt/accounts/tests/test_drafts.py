"""What Alice typed survives a login that ran out."""

from __future__ import annotations

import pytest
from django.contrib.messages.storage.fallback import FallbackStorage
from django.test import Client

from mitstadt.accounts import drafts
from mitstadt.accounts.actor import NOBODY, actor_for
from mitstadt.accounts.models import Draft

PATH = "/radar/e-akte/mitreden/"


@pytest.fixture
def request_of(rf, db):
    """A request with a session that can be taken over by the next one."""

    def make(method, actor=NOBODY, session=None, **data):
        from django.contrib.sessions.backends.db import SessionStore

        request = getattr(rf, method)(PATH, data)
        request.session = session if session is not None else SessionStore()
        request.COOKIES["sessionid"] = "x"
        request.actor = actor
        request._messages = FallbackStorage(request)
        return request

    return make


def test_the_text_waits_behind_the_login(request_of, alice):
    late = request_of("post", text="Ein langer Gedanke", tags="a")
    response = drafts.login_to_continue(late)
    assert response["Location"] == "/konto/login/?next=%2Fradar%2Fe-akte%2Fmitreden%2F"
    back = request_of("get", actor=actor_for(alice), session=late.session)
    assert drafts.restore(back)["text"] == "Ein langer Gedanke"
    drafts.done(back)
    assert drafts.restore(back) == {}
    assert not Draft.objects.exists()


def test_passwords_and_tokens_are_never_kept(request_of):
    drafts.stash(request_of("post", text="x", password1="geheim", csrfmiddlewaretoken="t", code="1"))
    assert set(Draft.objects.get().fields) == {"text"}


def test_another_browser_and_another_person_see_nothing(request_of, alice, bob):
    mine = request_of("post", actor=actor_for(alice), text="meins")
    drafts.stash(mine)
    assert drafts.restore(request_of("get", actor=actor_for(alice))) == {}
    assert drafts.restore(request_of("get", actor=actor_for(bob), session=mine.session)) == {}


def test_a_draft_lives_one_day(request_of, stopped_clock):
    late = request_of("post", text="x")
    drafts.stash(late)
    stopped_clock.move(hours=24)
    assert drafts.restore(request_of("get", session=late.session)) == {}


def test_a_replaced_csrf_token_costs_no_text_on_registered_forms(alice):
    drafts.register_form("accounts:letter")
    client = Client(enforce_csrf_checks=True)
    host = {"HTTP_ORIGIN": "http://testserver", "HTTP_HOST": "testserver"}
    own = client.post("/konto/nachweis/brief/", {"note": "Text"}, **host)
    assert (own.status_code, own["Location"]) == (302, "/konto/nachweis/brief/")
    assert Draft.objects.get().fields == {"note": ["Text"]}
    foreign = client.post("/konto/nachweis/brief/", {"note": "X"}, HTTP_ORIGIN="https://evil.example")
    assert foreign.status_code == 403
    assert Draft.objects.count() == 1
    drafts._forms.discard("accounts:letter")


def test_other_forms_are_refused_and_keep_nothing(db):
    response = Client(enforce_csrf_checks=True).post("/konto/nachweis/schalter/")
    assert response.status_code == 403
    assert not Draft.objects.exists()
