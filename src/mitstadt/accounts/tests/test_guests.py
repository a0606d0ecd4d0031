"""Charlie takes part without an account."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client

from mitstadt.accounts import guests
from mitstadt.accounts.models import Guest, PendingConfirmation
from mitstadt.kit import jobs
from mitstadt.kit.errors import DomainError

PURPOSE = "tests.say"


@pytest.fixture
def said(db):
    """What was confirmed, as (guest id, text)."""
    heard = []

    def on_confirmed(actor, payload):
        if payload["text"] == "verboten":
            raise DomainError("Das geht heute nicht.")
        heard.append((actor.guest_id, payload["text"]))
        return "/konto/post/"

    guests._purposes.pop(PURPOSE, None)
    guests.register_purpose(PURPOSE, on_confirmed, describe=lambda payload: f"Ihr Satz „{payload['text']}“")
    yield heard
    guests._purposes.pop(PURPOSE, None)


def ask(email="charlie@example.org", text="hallo", language="de"):
    """Ask for a confirmation; returns the path of the link in the mail."""
    before = len(mail.outbox)
    guests.request_confirmation(email, PURPOSE, {"text": text}, language, client="192.0.2.1")
    jobs.run_pending()
    assert len(mail.outbox) == before + 1
    return re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)[1]


def test_a_mail_scanner_that_follows_the_link_changes_nothing(said):
    path = ask()
    for method in ("get", "head"):
        assert getattr(Client(), method)(path).status_code == 200
    assert said == []
    assert not Guest.objects.exists()


def test_a_forged_link_changes_nothing(said):
    ask()
    response = Client().post("/konto/bestaetigen/ganz-anders/")
    assert response.status_code == 410
    assert said == []


def test_a_link_without_csrf_token_changes_nothing(said):
    path = ask()
    assert Client(enforce_csrf_checks=True).post(path).status_code == 403
    assert said == []


def test_charlie_confirms_once(said):
    path = ask()
    page = Client().get(path)
    assert "Ihr Satz „hallo“" in page.content.decode()
    first = Client().post(path)
    assert (first.status_code, first["Location"]) == (302, "/konto/post/")
    assert Client().post(path).status_code == 410
    assert len(said) == 1


def test_the_link_dies_after_two_days(said, stopped_clock):
    guests.request_confirmation("charlie@example.org", PURPOSE, {"text": "spät"})
    token = _token_from_job()
    stopped_clock.move(hours=48)
    with pytest.raises(DomainError) as error:
        guests.confirm(token)
    assert error.value.code == "gone"
    assert said == []


def _token_from_job():
    from mitstadt.kit.jobs.models import Job

    return re.search(r"/bestaetigen/([^/]+)/", Job.objects.latest("pk").arguments[2])[1]


def test_a_refused_action_keeps_the_link(said):
    path = ask(text="verboten")
    refused = Client().post(path)
    assert refused.status_code == 409
    assert "Das geht heute nicht." in refused.content.decode()
    assert PendingConfirmation.objects.get().used_at is None
    assert not Guest.objects.exists()  # the transaction went back as a whole


def test_the_address_is_stored_nowhere(said):
    Client().post(ask("Charlie.Geheim@example.org"))
    for model in (Guest, PendingConfirmation):
        for row in model.objects.values():
            assert "geheim" not in repr(row).lower()


def test_one_guest_per_address_however_it_is_written(said):
    Client().post(ask("charlie@example.org", "eins"))
    Client().post(ask(" Charlie@Example.ORG", "zwei"))
    Client().post(ask("dora@example.org", "drei"))
    (first, _a), (second, _b), (third, _c) = said
    assert first == second != third


def test_known_and_unknown_addresses_get_the_same_answer(said, alice):
    assert guests.request_confirmation(alice.email, PURPOSE, {"text": "a"}) is None
    assert guests.request_confirmation("neu@example.org", PURPOSE, {"text": "a"}) is None


def test_too_many_mails_to_one_address_are_refused(said):
    for _number in range(5):
        ask()
    with pytest.raises(DomainError) as error:
        ask("CHARLIE@example.org")
    assert error.value.code == "too_many"


def test_a_malformed_address_is_the_fields_error(said):
    with pytest.raises(DomainError) as error:
        guests.request_confirmation("charlie", PURPOSE, {"text": "a"})
    assert error.value.field == "email"


def test_the_mail_speaks_the_guests_language_and_is_plain_text(said):
    ask(language="en")
    message = mail.outbox[-1]
    assert "/en/konto/bestaetigen/" in message.body
    assert message.alternatives == []
    assert "Guten Tag" not in message.body


@pytest.mark.race
def test_two_tabs_confirm_at_once(race):
    heard = []
    guests._purposes.pop("tests.race", None)
    guests.register_purpose("tests.race", lambda actor, payload: heard.append(actor.guest_id))
    guests.request_confirmation("charlie@example.org", "tests.race", {})
    token = _token_from_job()
    outcome = race(6, lambda number: guests.confirm(token))
    assert len(outcome.results) == 1
    assert len(outcome.errors) == 5
    assert len(heard) == 1


def test_charlie_takes_his_data_along_and_is_forgotten(said):
    Client().post(ask())
    Client().post("/konto/gast/", {"email": "charlie@example.org", "wish": "accounts.guest_export"})
    jobs.run_pending()
    link = re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)[1]
    assert Guest.objects.count() == 1
    reply = Client().post(link)
    download = Client().get(reply["Location"])
    assert download["Content-Type"] == "application/zip"
    Client().post("/konto/gast/", {"email": "charlie@example.org", "wish": "accounts.guest_erase"})
    jobs.run_pending()
    Client().post(re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)[1])
    assert not Guest.objects.exists()
    assert Client().get(reply["Location"]).status_code == 410
