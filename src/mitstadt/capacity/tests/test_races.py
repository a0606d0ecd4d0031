"""Many at once, with real parallel connections: no place is given twice, nobody sees an error but "ausgebucht"."""

from __future__ import annotations

import pytest

from mitstadt.capacity.actions import enquiries, slots, telling, waiting
from mitstadt.capacity.models import Ask, Booking, Capacity, Slot, Waiting
from mitstadt.kit.errors import DomainError

from . import factories

pytestmark = pytest.mark.slow


def test_eight_want_three_seats(race):
    slot = factories.slot(seats=3)
    people = [factories.seeker() for _n in range(8)]

    def work(number: int) -> str:
        try:
            slots.book(slot, people[number], key=f"k{number}")
        except DomainError as error:
            return error.code
        return "booked"

    outcome = race(8, work)
    assert sorted(outcome.results) == ["booked"] * 3 + ["full"] * 5
    slot.refresh_from_db()
    assert slot.taken == 3
    assert Booking.objects.filter(state="booked").count() == 3


def test_one_person_clicks_eight_times(race):
    slot = factories.slot(seats=8)
    person = factories.seeker()
    outcome = race(8, lambda _n: slots.book(slot, person, key="same").pk)
    assert len(set(outcome.results)) == 1
    slot.refresh_from_db()
    assert slot.taken == 1


def test_a_group_gets_its_seats_together_or_not_at_all(race):
    slot = factories.slot(seats=5)
    people = [factories.seeker() for _n in range(6)]

    def work(number: int) -> bool:
        try:
            slots.book(slot, people[number], key=f"k{number}", persons=2)
        except DomainError:
            return False
        return True

    assert sum(race(6, work).results) == 2
    slot.refresh_from_db()
    assert slot.taken == 4


def test_two_free_places_are_offered_to_two_however_often_it_is_said(race):
    capacity = factories.capacity(has_waiting_list=True, free=0)
    for _n in range(6):
        waiting.join(capacity, factories.seeker())
    race(6, lambda _n: telling.say(Capacity.objects.get(pk=capacity.pk), telling.Said(free=2, total=10), by="x",
                                   channel="form").pk)  # fmt: skip
    capacity.refresh_from_db()
    offered = Waiting.objects.filter(state="offered").count()
    assert capacity.held == offered
    assert (capacity.free or 0) + capacity.held <= (capacity.total or 0)
    assert offered + Waiting.objects.filter(state="waiting").count() == 6


def test_an_offer_is_accepted_once_while_it_lapses(race):
    capacity = factories.capacity(has_waiting_list=True, free=0)
    person = waiting.join(capacity, factories.seeker())
    telling.say(capacity, telling.Said(free=1), by="x", channel="form")

    def work(number: int) -> bool:
        row = Waiting.objects.select_related("capacity", "seeker", "slot").get(pk=person.pk)
        try:
            waiting.accept(row) if number % 2 else waiting.leave(row)
        except DomainError:
            return False
        return True

    race(6, work)
    capacity.refresh_from_db()
    person.refresh_from_db()
    assert person.state in ("taken", "declined")
    assert (capacity.free, capacity.held) == ((0, 0) if person.state == "taken" else (1, 0))


def test_two_colleagues_answer_one_request(race, actor_of, alice, bob):
    capacity = factories.capacity(free=1)
    factories.member(alice, capacity.service)
    factories.member(bob, capacity.service)
    enquiry = enquiries.enquire(factories.seeker(), [capacity], words={"text": "Mutter, Pflegegrad 3"})
    ask = Ask.objects.select_related("enquiry__seeker", "capacity__service__provider").get(enquiry=enquiry)
    actors = [actor_of(alice), actor_of(bob)]

    def work(number: int) -> str:
        try:
            enquiries.answer(actors[number % 2], ask, number % 2 == 0)
        except DomainError as error:
            return error.code
        return "answered"

    results = race(4, work).results
    assert sorted(results) == ["answered", "gone", "gone", "gone"]


def test_cancelling_and_booking_at_once_never_oversells(race):
    slot = factories.slot(seats=4)
    first = [slots.book(slot, factories.seeker(), key=f"a{n}") for n in range(4)]
    others = [factories.seeker() for _n in range(4)]

    def work(number: int) -> bool:
        try:
            if number < 4:
                slots.cancel(Booking.objects.select_related("slot__capacity", "seeker").get(pk=first[number].pk))
            else:
                slots.book(Slot.objects.get(pk=slot.pk), others[number - 4], key=f"b{number}")
        except DomainError:
            return False
        return True

    race(8, work)
    slot.refresh_from_db()
    assert slot.taken == Booking.objects.filter(state="booked").count() <= 4
