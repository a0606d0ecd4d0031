"""Figures that age, and the ways to a place as people go them: by form, by link, without an account."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from mitstadt.audit.models import Entry as AuditEntry
from mitstadt.capacity import cleaning, links, queries, rules, seekers
from mitstadt.capacity.actions import enquiries, slots, telling, waiting
from mitstadt.capacity.models import Ask, Booking, Capacity, Enquiry, Look, Report, Seeker, Waiting
from mitstadt.directory import actions as directory_actions
from mitstadt.directory import actions as offers
from mitstadt.directory.models import Provider
from mitstadt.directory.tests import factories as directory
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.notify.models import Mail

from . import factories


def light(capacity: Capacity) -> str:
    return queries.row_of(Capacity.objects.get(pk=capacity.pk)).light


# -- figures ----------------------------------------------------------------------------------------
def test_a_figure_greys_and_then_is_unknown_never_free(db, client, stopped_clock):
    capacity = factories.capacity(interval_hours=24)
    telling.say(capacity, telling.Said(free=3), by="Haus", channel="form")
    assert light(capacity) == "free"
    stopped_clock.move(hours=25)
    row = queries.row_of(Capacity.objects.get(pk=capacity.pk))
    assert (row.light, row.age) == ("free", rules.Age.GREY)
    assert "überfällig" in client.get(capacity.get_absolute_url()).content.decode()
    stopped_clock.move(hours=24)
    assert light(capacity) == "unknown"
    page = client.get(capacity.get_absolute_url()).content.decode()
    assert "3 frei" not in page
    assert "zu alt, um etwas zu sagen" in page
    assert queries.rows(queries.Choice(only_free=True)) == []


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"free": 2}, "free"), ({"free": 1}, "few"), ({"free": 0}, "full"), ({"free": 0, "has_waiting_list": True},
        "waitlist"),
        ({"free": 2, "needs_assessment": True}, "assessment"), ({"free": None}, "unknown"),
    ],
)  # fmt: skip
def test_the_word_for_a_figure(db, fields, word):
    assert light(factories.capacity(updated_at=clock.now(), **fields)) == word


@pytest.mark.parametrize(
    ("said", "field"),
    [({"free": 11}, "free"), ({"free": 1, "total": 0}, "free"), ({"free": 100_001}, "free"), ({"free": -1}, "free")],
)
def test_what_cannot_be_is_refused_and_nothing_changes(db, said, field):
    capacity = factories.capacity(free=2)
    with pytest.raises(DomainError) as refused:
        telling.say(capacity, telling.Said(**said), by="x", channel="form")
    assert refused.value.field == field
    capacity.refresh_from_db()
    assert capacity.free == 2
    assert not Report.objects.exists()


def test_an_emergency_place_never_has_a_waiting_list(db):
    shelter = factories.capacity(kind="shelter", emergency=True)
    with pytest.raises(DomainError, match="nie eine Warteliste"):
        telling.say(shelter, telling.Said(has_waiting_list=True), by="x", channel="form")
    with pytest.raises(DomainError, match="nie eine Warteliste"):
        waiting.join(shelter, factories.seeker())
    with pytest.raises(IntegrityError), transaction.atomic():
        Capacity.objects.filter(pk=shelter.pk).update(has_waiting_list=True)


def test_the_link_from_a_mail_changes_nothing_until_a_button_is_pressed(db, client):
    capacity = factories.capacity(free=2, updated_at=clock.now() - timedelta(days=3))
    address = reverse("capacity:tell", args=[links.token(capacity)])
    for _scan in range(3):
        page = client.get(address).content.decode()
        client.head(address)
    assert "0 frei" in page
    assert "unverändert" in page
    assert not Report.objects.exists()
    assert "Danke, gemeldet" in client.post(address, {"free": "0"}).content.decode()
    capacity.refresh_from_db()
    assert capacity.free == 0
    client.post(address, {"free": "same"})
    assert [r.free for r in Report.objects.order_by("pk")] == [0, 0]
    assert client.post(address, {"free": "viele"}).status_code == 422
    assert client.get("/plaetze/melden/falsch/").status_code == 404


# -- booking ----------------------------------------------------------------------------------------
def book(client, slot, **more):
    data = {"slot": slot.public_id, "persons": "1", "key": "k1", "text": "", "name": "", "email": "", "phone": ""}
    return client.post(reverse("capacity:book", args=[slot.capacity.public_id]), {**data, **more})


def test_somebody_without_a_name_books_and_gives_it_back(db, client):
    slot = factories.slot()
    answer = book(client, slot, text="Ich bringe alle Briefe mit.")
    page = client.get(answer["Location"]).content.decode()
    assert "Absagen" in page
    slot.refresh_from_db()
    assert slot.taken == 1
    booking = Booking.objects.get()
    client.post(answer["Location"] + "tun/", {"verb": "cancel", "id": booking.public_id})
    slot.refresh_from_db()
    booking.refresh_from_db()
    assert (slot.taken, booking.state, booking.sealed) == (0, "cancelled", "")


def test_a_full_time_is_said_and_what_was_typed_stays(db, client):
    slot = factories.slot()
    factories.slot(slot.capacity, days=4)
    slots.book(slot, factories.seeker(), key="other")
    answer = book(client, slot, text="Meine Frage", name="Erna")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "ausgebucht" in page
    assert "Meine Frage" in page
    assert "Erna" in page


def test_a_past_or_cancelled_time_cannot_be_booked(db, alice, actor_of):
    slot = factories.slot()
    booking = slots.book(slot, factories.seeker(email="p@example.org"), key="a")
    assert slots.call_off(actor_of(alice), slot) == 1
    booking.refresh_from_db()
    assert booking.state == "cancelled"
    assert Mail.objects.filter(address="p@example.org").count() == 2
    slot.refresh_from_db()
    with pytest.raises(DomainError, match="vorbei oder abgesagt"):
        slots.book(slot, factories.seeker(), key="b")


def test_mails_say_nothing_in_their_subject(db):
    slots.book(factories.slot(), factories.seeker(email="p@example.org"), key="a")
    assert Mail.objects.get().title == "Nachricht für Sie"


# -- waiting ----------------------------------------------------------------------------------------
def test_a_position_is_true_and_what_becomes_free_is_offered_in_turn(db, client, stopped_clock):
    capacity = factories.capacity(free=0, has_waiting_list=True)
    first = client.post(reverse("capacity:wait", args=[capacity.public_id]), {"persons": "1"})["Location"]
    rows = [waiting.join(capacity, factories.seeker()) for _n in range(2)]
    assert [waiting.position(row) for row in rows] == [2, 3]
    assert "an Stelle 1" in client.get(first).content.decode()
    telling.say(capacity, telling.Said(free=1), by="Haus", channel="form")
    capacity.refresh_from_db()
    assert (capacity.free, capacity.held) == (0, 1)
    assert "Für Sie frei" in client.get(first).content.decode()
    stopped_clock.move(hours=25)
    assert waiting.lapse() == 1
    rows[0].refresh_from_db()
    assert rows[0].state == "offered"
    waiting.accept(rows[0])
    capacity.refresh_from_db()
    assert (capacity.free, capacity.held) == (0, 0)
    rows[1].refresh_from_db()
    assert waiting.position(rows[1]) == 1
    with pytest.raises(DomainError, match="gilt nicht mehr"):
        waiting.accept(Waiting.objects.select_related("capacity", "seeker", "slot").order_by("pk")[0])


def test_parent_and_child_together_or_not_at_all(db):
    capacity = factories.capacity(free=0, has_waiting_list=True)
    pair = waiting.join(capacity, factories.seeker(), persons=2)
    single = waiting.join(capacity, factories.seeker())
    telling.say(capacity, telling.Said(free=1), by="Haus", channel="form")
    pair.refresh_from_db()
    single.refresh_from_db()
    assert (pair.state, single.state) == ("waiting", "offered")
    assert waiting.position(pair) == 1
    waiting.leave(single)
    telling.say(Capacity.objects.get(pk=capacity.pk), telling.Said(free=2), by="Haus", channel="form")
    pair.refresh_from_db()
    assert pair.state == "offered"
    capacity.refresh_from_db()
    assert capacity.held == 2


def test_a_cancelled_appointment_goes_to_whoever_waits(db):
    slot = factories.slot()
    Capacity.objects.filter(pk=slot.capacity_id).update(has_waiting_list=True)
    capacity = Capacity.objects.get(pk=slot.capacity_id)
    booking = slots.book(slot, factories.seeker(), key="a")
    turn = waiting.join(capacity, factories.seeker())
    slots.cancel(Booking.objects.select_related("slot__capacity", "seeker").get(pk=booking.pk))
    turn.refresh_from_db()
    slot.refresh_from_db()
    assert (turn.state, turn.slot_id, slot.held, slot.taken) == ("offered", slot.pk, 1, 0)
    waiting.accept(Waiting.objects.select_related("capacity", "seeker", "slot").get(pk=turn.pk))
    slot.refresh_from_db()
    assert (slot.held, slot.taken) == (0, 1)


def test_nobody_stands_twice_in_one_line(db):
    capacity = factories.capacity(free=0, has_waiting_list=True)
    person = factories.seeker()
    waiting.join(capacity, person)
    with pytest.raises(DomainError, match="schon auf der Liste"):
        waiting.join(capacity, person)


# -- enquiries --------------------------------------------------------------------------------------
@pytest.fixture
def houses(db, alice, bob):
    found = [factories.capacity("Kurzzeitpflege", answer_hours=72) for _n in range(3)]
    for user, capacity in zip((alice, bob), found, strict=False):
        factories.member(user, capacity.service)
        Provider.objects.filter(pk=capacity.service.provider_id).update(email=f"{user.pseudonym}@example.org".lower())
    return [Capacity.objects.select_related("service__provider").get(pk=c.pk) for c in found]


def asks(enquiry: Enquiry) -> list[str]:
    return list(enquiry.asks.order_by("rank").values_list("state", flat=True))


def send(client, houses, **more):
    query = "&".join(f"k={h.public_id}" for h in houses)
    ranks = {f"rank_{h.public_id}": str(n) for n, h in enumerate(houses, 1)}
    data = {
        "text": "Mutter, 84, Pflegegrad 3, ein Wochenende",
        "persons": "1",
        "name": "Tochter",
        "email": "t@example.org",
    }
    return client.post(f"{reverse('capacity:enquire')}?{query}", {**data, **ranks, **more})


def test_the_daughter_asks_three_and_takes_the_second(houses, client, client_for, alice, bob, actor_of):
    mine = send(client, houses)["Location"]
    enquiry = Enquiry.objects.get()
    assert asks(enquiry) == ["asked", "waiting", "waiting"]
    first, second, _third = enquiry.asks.order_by("rank")
    assert client_for(bob).get(reverse("capacity:ask", args=[second.pk])).status_code == 403
    page = client_for(alice).get(reverse("capacity:ask", args=[first.pk])).content.decode()
    assert "Pflegegrad 3" in page
    assert "Tochter" not in page
    client_for(alice).post(reverse("capacity:ask", args=[first.pk]), {"answer": "no", "text": "Leider belegt."})
    assert asks(enquiry) == ["declined", "asked", "waiting"]
    assert client_for(alice).get(reverse("capacity:ask", args=[first.pk])).status_code == 403
    client_for(bob).post(reverse("capacity:ask", args=[second.pk]), {"answer": "yes", "text": "Ab Freitag."})
    page = client.get(mine).content.decode()
    assert "Leider belegt." in page
    assert "Ab Freitag." in page
    client.post(mine + "tun/", {"verb": "accept", "id": str(second.pk)})
    enquiry.refresh_from_db()
    assert asks(enquiry) == ["declined", "accepted", "withdrawn"]
    assert enquiry.state == "placed"
    page = client_for(bob).get(reverse("capacity:ask", args=[second.pk])).content.decode()
    assert "Tochter" in page
    looks = client.get(mine).content.decode()
    assert looks.count("Anfrage gelesen") >= 2
    assert AuditEntry.objects.filter(action="capacity.seeker.read").count() == Look.objects.count() > 0


def test_whoever_does_not_answer_in_time_is_passed_over_and_the_end_is_told(houses, client, stopped_clock):
    send(client, houses[:2])
    enquiry = Enquiry.objects.get()
    stopped_clock.move(hours=71)
    assert enquiries.pass_on() == 0
    stopped_clock.move(hours=2)
    assert enquiries.pass_on() == 1
    assert asks(enquiry) == ["passed", "asked"]
    stopped_clock.move(hours=73)
    enquiries.pass_on()
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.sealed, asks(enquiry)) == ("ended", "", ["passed", "passed"])
    assert Mail.objects.filter(address="t@example.org", text__contains="Keiner der Gefragten").count() == 1


def test_what_was_written_is_sealed_and_no_key_leads_to_a_person(houses, client_for, charlie, alice, actor_of):
    send(client_for(charlie), houses)
    with connection.cursor() as cursor:
        for table in ("capacity_enquiry", "capacity_seeker", "capacity_ask"):
            cursor.execute(f"SELECT * FROM {table}")
            text = str(cursor.fetchall())
            for word in ("Pflegegrad", "Tochter", "t@example.org", charlie.public_id, charlie.email):
                assert word not in text, (table, word)
    for model in (Seeker, Enquiry, Ask, Booking, Waiting, Look):
        for field in model._meta.get_fields():
            related = getattr(field, "related_model", None)
            assert related is None or related._meta.app_label == "capacity", (model, field)
    enquiries.withdraw(Enquiry.objects.get())
    ask = Ask.objects.select_related("enquiry__seeker", "capacity__service__provider").order_by("rank")[0]
    with pytest.raises(Refused):
        enquiries.read(actor_of(alice), ask)


def test_the_citys_staff_cannot_read_what_was_written(houses, client, client_for, administrator, coordinator):
    send(client, houses)
    ask = Ask.objects.order_by("rank")[0]
    for user in (administrator, coordinator):
        assert client_for(user).get(reverse("capacity:ask", args=[ask.pk])).status_code == 404


def test_a_case_worker_refers_with_consent_and_sees_the_state_only(houses, client_for, client, bob):
    worker = client_for(bob)
    query = f"{reverse('capacity:refer')}?k={houses[0].public_id}"
    data = {"text": "Klientin, 34, zwei Kinder", "persons": "3", f"rank_{houses[0].public_id}": "1"}
    refused = worker.post(query, data)
    assert refused.status_code == 422
    assert "Klientin, 34" in refused.content.decode()
    assert not Seeker.objects.exists()
    worker.post(query, {**data, "consent": "on"})
    seeker = Seeker.objects.get()
    page = worker.get(reverse("capacity:referrals")).content.decode()
    assert seeker.reference in page
    assert "Klientin" not in page
    assert client.get(reverse("capacity:refer")).status_code == 403
    link = seekers.link_of(seeker)
    assert "Für Sie angefragt hat" in client.get(link).content.decode()


# -- forgetting -------------------------------------------------------------------------------------
def test_everything_about_somebody_goes_after_its_time_and_places_become_free(houses, client, stopped_clock):
    mine = send(client, houses)["Location"]
    capacity = factories.capacity("Mit Liste", free=0, has_waiting_list=True)
    turn = waiting.join(capacity, seekers.by_token(re.search(r"mein/([^/]+)/", mine)[1]))
    telling.say(capacity, telling.Said(free=1), by="x", channel="form")
    stopped_clock.move(days=seekers.KEEP_DAYS - 1)
    assert cleaning.purge() == 0
    stopped_clock.move(days=2)
    assert cleaning.purge() == 1
    assert not any(model.objects.exists() for model in (Seeker, Enquiry, Ask, Booking, Waiting, Look))
    capacity.refresh_from_db()
    assert (capacity.free, capacity.held) == (1, 0)
    assert client.get(mine).status_code == 404
    assert turn.pk


def test_the_person_erases_everything_at_once(houses, client):
    mine = send(client, houses)["Location"]
    client.post(mine + "tun/", {"verb": "erase"})
    assert not Seeker.objects.exists()
    assert client.get(mine).status_code == 404


@pytest.mark.parametrize("verb", ["cancel", "accept", "take", "withdraw", "unsinn", ""])
def test_nonsense_on_ones_own_page_is_not_found(db, client, verb):
    seeker, token = seekers.create()
    for key in ("", "1", "x" * 500, "'; --"):
        assert client.post(f"/plaetze/mein/{token}/tun/", {"verb": verb, "id": key}).status_code == 404
    assert client.get("/plaetze/mein/geraten/").status_code == 404
    assert seeker.pk


def test_the_list_needs_as_many_queries_with_more_rows(db, client, assert_constant_queries):
    def more() -> None:
        for _n in range(4):
            factories.capacity(free=2, updated_at=clock.now())
            factories.slot()

    more()
    assert_constant_queries(more, lambda: client.get("/plaetze/?frei=on&ort=80331"))


@pytest.mark.parametrize(
    "query", ["?art=x", "?alter=-1", "?seite=0", "?k=x&k=y", "?q=%00", "?ort=Nirgends", "?umkreis=7"]
)
def test_nonsense_in_the_address_is_answered(db, client, query):
    factories.capacity()
    for path in ("/plaetze/", "/plaetze/anfragen/"):
        assert client.get(path + query).status_code == 200


def test_who_deletes_their_account_is_forgotten_here_too(houses, client_for, charlie):
    send(client_for(charlie), houses)
    assert Seeker.objects.count() == 1
    cleaning.forget_account("somebody-else")
    assert Seeker.objects.count() == 1
    cleaning.forget_account(charlie.public_id)
    assert not Seeker.objects.exists()


def test_somebody_signed_in_is_one_seeker_and_finds_the_page_by_their_account(houses, client_for, charlie, alice):
    mine = client_for(charlie)
    first = send(mine, houses[:1])["Location"]
    second = send(mine, houses[1:2])["Location"]
    assert first == second
    assert mine.get(reverse("capacity:own"))["Location"] == first
    assert "Noch nichts gebucht" in client_for(alice).get(reverse("capacity:own")).content.decode()


@pytest.mark.parametrize("fields", [{"protected": True, "places": ()}, {"emergency": True}])
def test_the_title_of_a_sheltered_place_tells_nothing(db, client, fields):
    service = factories.offer("Frauenhaus Morgenrot", "Morgenrot e.V.", **fields)
    page = client.get(factories.capacity("Zimmer", service, kind="shelter").get_absolute_url()).content.decode()
    assert "<title>Freie Plätze" in page
    assert "Frauenhaus Morgenrot</h1>" in page


def test_a_place_for_people_in_need_has_the_numbers(db, client):
    directory.everyday()
    service = factories.offer("Frauenhaus Morgenrot", "Morgenrot e.V.", protected=True, places=())
    page = client.get(factories.capacity("Zimmer", service, kind="shelter").get_absolute_url()).content.decode()
    assert page.index('href="tel:116016"') < page.index("<h1>")
    assert "data-exit" in page


def test_an_offer_that_becomes_an_emergency_one_loses_its_waiting_lists(db):
    service = factories.offer("Haus Abend", "Abend e.V.")
    capacity = factories.capacity("Bett", service, kind="shelter", free=0, has_waiting_list=True)
    turn = waiting.join(capacity, factories.seeker(email="b@example.org"))
    told = Mail.objects.count()
    entry = replace(service.entry, emergency=True)
    offers.save_entry(entry, service, actor=None)
    capacity.refresh_from_db()
    turn.refresh_from_db()
    assert (capacity.emergency, capacity.has_waiting_list, turn.state) == (True, False, Waiting.State.LEFT)
    assert Mail.objects.count() == told + 1
    with pytest.raises(DomainError, match="Notplätze"):
        waiting.join(capacity, factories.seeker())
    offers.save_entry(replace(entry, emergency=False), service, actor=None)
    capacity.refresh_from_db()
    assert not capacity.emergency


def test_a_provider_that_is_not_public_any_more_is_not_asked(db):
    one, two, three = (factories.capacity() for _n in range(3))
    enquiry = enquiries.enquire(factories.seeker(), [one, two, three], words={"text": "Bitte"})
    Capacity.objects.filter(pk=two.pk).update(active=False)
    directory.put(three.service, state="withdrawn")
    first = enquiry.asks.get(rank=1)
    Ask.objects.filter(pk=first.pk).update(due_at=clock.now())
    enquiries.pass_on()
    enquiry.refresh_from_db()
    assert enquiry.state == Enquiry.State.ENDED
    assert enquiry.sealed == ""
    assert set(enquiry.asks.values_list("state", flat=True)) == {Ask.State.PASSED}
    assert not enquiry.asks.exclude(pk=first.pk).exclude(asked_at=None).exists()


@pytest.mark.parametrize("key", ["²", "٣", "9" * 40, "-1", "x"])
def test_no_answer_to_something_that_is_not_there(db, client, key):
    _seeker, token = seekers.create()
    assert client.post(reverse("capacity:act", args=[token]), {"verb": "accept", "id": key}).status_code == 404


def test_a_capacity_moves_with_its_offer(db):
    """The provider corrects the street, then drops the place, then names two: the row of the list stays the same."""
    capacity = factories.capacity("Krippe", factories.offer("Haus", "Träger"))
    entry, row = capacity.service.entry, capacity.at_id
    assert entry.places
    for streets in (("Neue Straße 7",), (), ("Neue Straße 7", "Zweite Straße 8")):
        places = tuple(replace(entry.places[0], street=street) for street in streets)
        directory_actions.save_entry(replace(entry, places=places), capacity.service, actor=None)
        capacity.refresh_from_db()
        assert capacity.at_id == row, streets
        assert getattr(capacity.at.location, "street", None) == (streets[0] if streets else None)
