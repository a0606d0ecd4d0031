"""Providers are asked for a fresh figure: by mail, and by a short message where the city has a gateway."""

from __future__ import annotations

import re

import pytest
from django.core import mail

from mitstadt.capacity import reminding
from mitstadt.capacity.forms import CapacityForm
from mitstadt.capacity.models import Capacity
from mitstadt.kit import clock, jobs
from mitstadt.notify.models import Mail

from . import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway(settings):
    settings.MITSTADT_SMS_MAIL = "{number}@sms.example"


def made(title: str = "Krippe", address: str = "", **fields) -> Capacity:
    capacity = factories.capacity(title, **{"updated_at": clock.now(), "free": 2, "interval_hours": 24, **fields})
    provider = capacity.service.provider
    provider.email = address
    provider.save()
    return capacity


def sent() -> list[mail.EmailMessage]:
    jobs.run_pending()
    jobs.run_pending()
    return mail.outbox


def test_once_an_interval_when_the_figure_is_older(stopped_clock):
    made(address="haus@example.org")
    stopped_clock.move(hours=23)
    assert reminding.remind() == 0
    stopped_clock.move(hours=1)
    reminding.remind()
    reminding.remind()
    assert [letter.to for letter in sent()] == [["haus@example.org"]]
    assert "/plaetze/melden/" in mail.outbox[0].body
    stopped_clock.move(hours=24)
    reminding.remind()
    assert len(sent()) == 2


def test_whoever_just_said_and_whoever_is_counted_here_is_left_alone(stopped_clock):
    made("gerade", "haus@example.org")
    made("Termine", "haus@example.org", way="book", kind="appointment", updated_at=None, total=None, free=None)
    made("verborgen", "haus@example.org", active=False, updated_at=None)
    made("ohne Adresse", updated_at=None)
    assert reminding.remind() == 0
    assert not Mail.objects.exists()


def test_the_last_of_many_is_asked_too(stopped_clock, monkeypatch):
    monkeypatch.setattr(reminding, "CHUNK", 2)
    for number in range(5):
        made(f"Krippe {number}", f"haus{number}@example.org", updated_at=None)
    assert reminding.remind() == 5
    assert {letter.to[0] for letter in sent()} == {f"haus{n}@example.org" for n in range(5)}


def test_a_short_message_holds_the_link_and_little_else(gateway, client, stopped_clock):
    capacity = made("Kurzzeitpflege mit einem langen Namen", mobile="+49 (151) 234/567-89")
    stopped_clock.move(days=2)
    assert reminding.remind() == 1
    (letter,) = sent()
    assert letter.to == ["4915123456789@sms.example"]
    assert letter.subject == ""
    assert letter.alternatives == []
    assert len(letter.body) <= 160
    link = re.search(r"/plaetze/melden/\S+", letter.body)
    assert link
    before = capacity.updated_at
    assert client.get(link[0]).status_code == 200
    capacity.refresh_from_db()
    assert capacity.updated_at == before, "opening changes nothing"
    client.post(link[0], {"free": "0"})
    capacity.refresh_from_db()
    assert capacity.free == 0
    row = Mail.objects.get()
    assert (row.address, row.text) == ("", ""), "nothing is kept of it"


def test_without_a_gateway_nobody_is_asked_for_a_number(stopped_clock, settings):
    settings.MITSTADT_SMS_MAIL = ""
    assert "mobile" not in CapacityForm().fields
    made(mobile="+4915123456789", updated_at=None)
    assert reminding.remind() == 0


@pytest.mark.parametrize(
    "number", ["0151 2345678", "+49", "+49abc", "+4915123456789\nBcc: x", "+491512345678@x.example"]
)
def test_what_is_no_number_is_refused(gateway, number):
    form = CapacityForm({"mobile": number})
    assert "mobile" in form.errors


def test_the_provider_finds_the_link_to_send_on(client_for, alice, client):
    capacity = made()
    factories.member(alice, capacity.service)
    page = client_for(alice).get(f"/plaetze/anbieter/{capacity.public_id}/").content.decode()
    link = re.search(r'href="(http[^"]+/plaetze/melden/[^"]+)"', page)
    assert link
    assert client.get(link[1].partition("8000")[2] or re.sub(r"^https?://[^/]+", "", link[1])).status_code == 200


def test_the_number_stands_in_no_answer(gateway, client, client_for, bob):
    capacity = made(mobile="+4915123456789")
    for path in (
        f"/plaetze/{capacity.public_id}/", "/plaetze/", "/api/v1/capacities",
        f"/api/hsds/services/{capacity.service.uuid}", "/daten/capacities.csv", "/daten/capacities.json",
    ):  # fmt: skip
        for reader in (client, client_for(bob)):
            answer = reader.get(path)
            assert answer.status_code == 200, path
            assert b"4915123" not in b"".join(answer), path
