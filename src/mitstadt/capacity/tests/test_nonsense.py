"""Nonsense in every field of every form ends in a page that says so and keeps what was typed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from mitstadt.audit.models import Entry
from mitstadt.capacity.actions import enquiries, slots
from mitstadt.capacity.models import Ask, Booking, Enquiry, Seeker, Waiting
from mitstadt.directory import actions as directory
from tests.support.people import sign_in

from . import factories

pytestmark = pytest.mark.django_db

NONSENSE = {
    "long": "ä" * 20_000,
    "nul": "a\x00b",
    "turned": "\u202eabc\u2066",
    "markup": "<script>alert(1)</script>\"'><img src=x>",
    "letters": "١٢٣",
    "number": "9" * 400,
    "minus": "-1",
    "nan": "NaN",
}


@pytest.fixture
def forms(charlie):
    """Address, whether it needs a login, and the fields of each form."""
    one = factories.capacity(has_waiting_list=True, free=0)
    slot = factories.slot()
    factories.member(charlie, one.service)
    ask = enquiries.enquire(factories.seeker(), [one], words={"text": "Bitte"}).asks.get()
    person = {"name": "Berta", "email": "b@example.org", "phone": "089 1", "key": "k" * 24}
    asked = {"text": "Bitte", "persons": "1", "wanted_from": "2027-01-01", f"rank_{one.public_id}": "1", **person}
    return {
        "enquire": (f"{reverse('capacity:enquire')}?k={one.public_id}", False, asked),
        "refer": (f"{reverse('capacity:refer')}?k={one.public_id}", True, {**asked, "consent": "on"}),
        "book": (
            reverse("capacity:book", args=[slot.capacity.public_id]), False,
            {"slot": slot.public_id, "persons": "1", "text": "Bitte", **person},
        ),
        "wait": (reverse("capacity:wait", args=[one.public_id]), False, {"persons": "1", **person}),
        "agent": (
            reverse("capacity:agent"), False,
            {"email": "b@example.org", "art": "nursing", "q": "Pflege", "ort": "80331", "umkreis": "3", "alter": "80"},
        ),
        "say": (
            reverse("capacity:say", args=[one.public_id]), True, {"what": "say", "free": "1", "total": "3",
                                                                 "free_from": "2027-01-01"},
        ),
        "slots": (
            reverse("capacity:say", args=[slot.capacity.public_id]), True,
            {"what": "slots", "day": "2027-01-01", "first": "09:00", "last": "10:00", "minutes": "30", "seats": "1",
             "weeks": "1"},
        ),
        "ask": (reverse("capacity:ask", args=[ask.pk]), True, {"answer": "yes", "text": "Ja"}),
        "new": (
            reverse("capacity:new"), True,
            {"service": str(one.service.pk), "title": "Neu", "kind": "nursing", "way": "call", "note": "x",
             "min_age": "1", "max_age": "2", "total": "3", "interval_hours": "24", "answer_hours": "24", "link": "",
             "link_name": ""},
        ),
    }  # fmt: skip


FORMS = ("enquire", "refer", "book", "wait", "agent", "say", "slots", "ask", "new")


@pytest.mark.parametrize("name", FORMS)
def test_no_field_breaks_its_form(client, charlie, forms, name):
    address, needs_login, fields = forms[name]
    if needs_login:
        sign_in(client, charlie)
    for field in fields:
        for kind, text in NONSENSE.items():
            answer = client.post(address, {**fields, field: text})
            assert answer.status_code in (200, 302, 404, 422), (field, kind, answer.status_code)
            if answer.status_code == 422 and kind == "markup":
                assert "<script>alert(1)" not in answer.content.decode()


@pytest.mark.parametrize(("name", "field"), [("enquire", "text"), ("book", "text"), ("refer", "text"), ("ask", "text")])
def test_a_text_that_is_too_long_is_named_and_stays(client, charlie, forms, name, field):
    address, needs_login, fields = forms[name]
    if needs_login:
        sign_in(client, charlie)
    before = Seeker.objects.count(), Enquiry.objects.count(), Booking.objects.count(), Waiting.objects.count()
    long = "Wort " * 4_000
    assert "maxlength" not in re.search(r"<textarea[^>]*>", client.get(address).content.decode()).group()
    answer = client.post(address, {**fields, field: long})
    assert answer.status_code == 422
    assert long.strip() in answer.content.decode()
    after = Seeker.objects.count(), Enquiry.objects.count(), Booking.objects.count(), Waiting.objects.count()
    assert after == before
    assert Ask.objects.filter(state="asked").count() == 1


def test_a_title_that_an_offer_has_already_is_named(client, charlie, forms):
    address, _login, fields = forms["new"]
    sign_in(client, charlie)
    assert client.post(address, fields).status_code == 302
    answer = client.post(address, fields)
    assert answer.status_code == 422
    assert "Dieses Angebot hat schon Plätze, die so heißen." in answer.content.decode()


def test_fewer_places_than_were_given_are_refused_at_their_field(client, charlie, forms):
    _address, _login, fields = forms["new"]
    one = factories.capacity("Zimmer", free=4, held=1)
    factories.member(charlie, one.service)
    sign_in(client, charlie)
    address = reverse("capacity:edit", args=[one.public_id])
    changed = {**fields, "service": str(one.service.pk), "title": "Zimmer", "total": "4"}
    page = client.post(address, changed).content.decode()
    assert "So wenige können es nicht sein: 5 Plätze" in page
    assert "die so heißen" not in page
    assert client.post(address, {**changed, "total": "5"}).status_code == 302


@pytest.mark.parametrize("name", ["title", "note"])
def test_the_places_of_a_secret_offer_name_no_street(client, charlie, forms, name):
    address, _login, fields = forms["new"]
    shelter = factories.offer("Frauenhaus", "Schutz e.V.", protected=True, places=())
    factories.member(charlie, shelter)
    sign_in(client, charlie)
    fields = {**fields, "service": str(shelter.pk)}
    answer = client.post(address, {**fields, name: "Zimmer im Rosenweg 12"})
    assert answer.status_code == 422
    assert "steht eine Straße mit Nummer" in answer.content.decode()
    assert client.post(address, fields).status_code == 302


def test_an_address_that_becomes_secret_leaves_the_texts_of_its_places():
    house = factories.offer("Haus", "Schutz e.V.")
    one = factories.capacity("Zimmer, Rosenweg 12", house, note="Am Rosengarten 7", kind="shelter")
    two = factories.capacity("Rosenweg 12", house, kind="shelter")
    directory.save_entry(replace(house.entry, protected=True, places=()), house, actor=None)
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.title, one.note) == ("Zimmer", "")
    assert two.title == "Unterkunft"


def test_neither_log_nor_list_hold_what_a_member_calls_themselves(client, charlie):
    one = factories.capacity()
    factories.member(charlie, one.service)
    sign_in(client, charlie)
    client.post(reverse("capacity:say", args=[one.public_id]), {"what": "say", "free": "1", "total": "3"})
    one.refresh_from_db()
    assert one.free == 1
    said = Entry.objects.get(action="capacity.figure.say")
    assert {said.actor_label, one.updated_by} == {str(one.service.provider)}


def test_whoever_opens_times_stands_in_the_log_without_a_name(charlie, actor_of):
    slot = factories.slot()
    factories.member(charlie, slot.capacity.service)
    starts = slot.starts_at + timedelta(days=1)
    assert slots.open_slots(actor_of(charlie), slot.capacity, [(starts, starts + timedelta(hours=1))], 1) == 1
    assert Entry.objects.get(action="capacity.slots.open").actor_label == ""
