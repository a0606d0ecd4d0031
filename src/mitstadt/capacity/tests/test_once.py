"""A form sent twice is one wish, and what was typed survives a login that ran out."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from mitstadt.capacity import seekers
from mitstadt.capacity.actions import enquiries
from mitstadt.capacity.models import Ask, Booking, Enquiry, Seeker, Waiting
from tests.support.people import sign_in

from . import factories


def key_of(page: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def sent_twice(client, address: str, data: dict[str, object]) -> list[str]:
    key = key_of(client.get(address).content.decode())
    return [client.post(address, {**data, "key": key}).headers["Location"] for _n in range(2)]


def test_a_request_sent_twice_is_one_request_of_one_person(db, client):
    one, two = factories.capacity(), factories.capacity()
    address = f"{reverse('capacity:enquire')}?k={one.public_id}&k={two.public_id}"
    ranks = {f"rank_{one.public_id}": 1, f"rank_{two.public_id}": 2}
    first, second = sent_twice(client, address, {"text": "Für meine Mutter.", "persons": 1, **ranks})
    assert first == second
    assert Seeker.objects.count() == Enquiry.objects.count() == 1
    assert Ask.objects.count() == 2
    assert "Für meine Mutter" not in client.get(first).content.decode()  # read by the asked alone


def test_going_back_and_writing_something_else_is_another_request(db, client):
    one = factories.capacity()
    address = f"{reverse('capacity:enquire')}?k={one.public_id}"
    key = key_of(client.get(address).content.decode())
    for text in ("Für meine Mutter.", "Für meinen Vater."):
        client.post(address, {"text": text, "persons": 1, f"rank_{one.public_id}": 1, "key": key})
    assert Enquiry.objects.count() == 2
    assert Seeker.objects.count() == 1


def test_going_back_and_writing_about_somebody_else_is_another_person_to_a_case_worker(db, client, charlie):
    one = factories.capacity()
    factories.member(charlie, one.service)
    sign_in(client, charlie)
    address = f"{reverse('capacity:refer')}?k={one.public_id}"
    key = key_of(client.get(address).content.decode())
    asked = {"persons": 1, "consent": "on", f"rank_{one.public_id}": 1, "key": key}
    for text in ("Ein Mann, 40.", "Ein Mann, 40.", "Eine Frau, 20."):  # the first one twice
        assert client.post(address, {**asked, "text": text}).status_code == 302
    assert Seeker.objects.count() == Enquiry.objects.count() == 2
    assert all(seeker.enquiries.count() == 1 for seeker in Seeker.objects.all())


def test_a_form_opened_anew_is_another_person(db, client):
    one = factories.capacity()
    address = f"{reverse('capacity:enquire')}?k={one.public_id}"
    pages = []
    for _n in range(2):
        key = key_of(client.get(address).content.decode())
        data = {"text": "Für meine Mutter.", "persons": 1, f"rank_{one.public_id}": 1, "key": key}
        pages.append(client.post(address, data).headers["Location"])
    assert pages[0] != pages[1]
    assert Seeker.objects.count() == 2


def test_a_turn_asked_for_twice_is_one_turn(db, client):
    list_ = factories.capacity(has_waiting_list=True, free=0)
    first, second = sent_twice(client, reverse("capacity:wait", args=[list_.public_id]), {"persons": 1})
    assert first == second
    assert Seeker.objects.count() == Waiting.objects.count() == 1


@pytest.mark.parametrize("seats", [1, 3])
def test_an_appointment_booked_twice_leads_to_the_same_page(db, client, seats):
    """The first click may have taken the last seat."""
    slot = factories.slot(seats=seats)
    address = reverse("capacity:book", args=[slot.capacity.public_id])
    first, second = sent_twice(client, address, {"slot": slot.public_id, "persons": 1})
    assert first == second
    assert Seeker.objects.count() == Booking.objects.count() == 1


@pytest.mark.parametrize("key", ["", "short", "b" * 24])
def test_another_form_finds_no_ones_booking(db, client, key):
    slot = factories.slot()
    address = reverse("capacity:book", args=[slot.capacity.public_id])
    assert client.post(address, {"slot": slot.public_id, "persons": 1, "key": "a" * 24}).status_code == 302
    answer = client.post(address, {"slot": slot.public_id, "persons": 1, "key": key})
    assert answer.status_code == 422
    assert "kein Termin frei" in answer.content.decode()


@pytest.mark.parametrize("key", ["", "short", "x" * 23])
def test_a_key_that_could_be_guessed_leads_to_nobodys_page(db, key):
    assert seekers.create(key=key)[1] != seekers.create(key=key)[1]


def test_the_key_of_a_form_is_not_the_secret_of_the_page(db):
    key = "a" * 24
    _seeker, token = seekers.create(key=key)
    assert seekers.by_token(key) is None
    assert seekers.by_token(token) is not None


@pytest.mark.slow
def test_eight_clicks_at_once_are_one_request(race):
    one = factories.capacity()

    def work(_number: int) -> tuple[int, int]:
        seeker, _token = seekers.create(key="k" * 24)
        return seeker.pk, enquiries.enquire(seeker, [one], words={"text": "Bitte"}, key="k" * 24).pk

    assert len(set(race(8, work).results)) == 1
    assert Seeker.objects.count() == Enquiry.objects.count() == Ask.objects.count() == 1


# -- a login that ran out ---------------------------------------------------------------------------
def test_what_a_case_worker_typed_survives_an_expired_login(db, client, charlie):
    one = factories.capacity()
    factories.member(charlie, one.service)
    address = f"{reverse('capacity:refer')}?k={one.public_id}"
    answer = client.post(address, {"text": "Seit drei Wochen im Wohnheim.", "persons": 2})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["next"] == [address]
    sign_in(client, charlie)
    assert "Seit drei Wochen im Wohnheim." in client.get(address).content.decode()


def test_what_a_provider_typed_survives_an_expired_login(db, client, charlie):
    capacity = factories.capacity(free=2, has_waiting_list=True)
    factories.member(charlie, capacity.service)
    address = reverse("capacity:say", args=[capacity.public_id])
    assert client.post(address, {"what": "say", "free": "7", "total": "9"}).status_code == 302
    sign_in(client, charlie)
    shown = client.get(address).context["form"]
    assert shown["free"].value() == "7"
    assert shown["has_waiting_list"].value() is False  # the tick was taken away before the login ran out
    client.post(address, {"what": "say", "free": "7", "total": "9"})
    assert client.get(address).context["form"]["free"].value() == 7  # sent: what is known counts again
    capacity.refresh_from_db()
    assert capacity.free == 7


def test_a_new_capacity_and_an_answer_survive_an_expired_login(db, client, charlie):
    capacity = factories.capacity()
    factories.member(charlie, capacity.service)
    ask = enquiries.enquire(factories.seeker(), [capacity], words={"text": "Bitte"}).asks.get()
    new, answer = reverse("capacity:new"), reverse("capacity:ask", args=[ask.pk])
    client.post(new, {"title": "Krippe ganztags"})
    client.post(answer, {"text": "Ab dem ersten April", "answer": "yes"})
    sign_in(client, charlie)
    assert "Krippe ganztags" in client.get(new).content.decode()
    assert "Ab dem ersten April" in client.get(answer).content.decode()
    ask.refresh_from_db()
    assert ask.state == Ask.State.ASKED  # nothing was answered by somebody unknown


def test_an_appointment_typed_with_an_outdated_token_is_still_there(db, charlie):
    slot = factories.slot()
    client = Client(enforce_csrf_checks=True)
    address = reverse("capacity:book", args=[slot.capacity.public_id])
    answer = client.post(address, {"name": "Berta", "slot": slot.public_id}, headers={"origin": "http://testserver"})
    assert answer.status_code == 302
    assert "Berta" in client.get(address).content.decode()
