"""Many people at once, each with a connection of their own; afterwards nothing is oversold and nobody was overtaken."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum

from mitstadt.booking import actions
from mitstadt.booking.models import HOLDING, Booking, Places, State
from mitstadt.kit.errors import DomainError
from tests.support.people import make_user


def assert_true(places: Places) -> Places:
    """The counters are what a fresh count says, and nobody waits who fits."""
    now = Places.objects.get(pk=places.pk)
    holding = now.bookings.filter(state__in=HOLDING).aggregate(n=Sum("persons"))["n"] or 0
    waiting = list(now.bookings.filter(state=State.WAITING).values_list("persons", flat=True))
    assert now.taken == holding
    assert now.waiting == len(waiting)
    assert now.seats is None or now.taken <= now.seats
    assert now.seats is None or not [n for n in waiting if now.taken + n <= now.seats]
    return now


def people(number: int, actor_of: Any) -> list[Any]:
    return [actor_of(make_user(f"mensch{n}")) for n in range(number)]


def try_to(work: Any) -> str:
    """What became of it: the state, or the code of the refusal."""
    try:
        return str(work().state)
    except DomainError as error:
        return error.code


def resize(staff: Any, places: Places, seats: int) -> str:
    """Fewer seats than are taken are refused."""
    try:
        return f"seats {actions.change_seats(staff, places, seats).seats}"
    except DomainError as error:
        return error.code


def test_forty_people_want_ten_seats_and_thirty_wait(race: Any, opened: Any, actor_of: Any) -> None:
    places = opened(seats=10)
    actors = people(40, actor_of)
    outcome = race(40, lambda n: try_to(lambda: actions.book(actors[n], places)), seconds=120)
    assert not outcome.errors
    assert sorted(outcome.results) == ["booked"] * 10 + ["waiting"] * 30
    assert assert_true(places).taken == 10


def test_forty_people_want_ten_seats_and_thirty_are_refused(race: Any, opened: Any, actor_of: Any) -> None:
    places = opened(seats=10, has_waiting_list=False)
    actors = people(40, actor_of)
    outcome = race(40, lambda n: try_to(lambda: actions.book(actors[n], places)), seconds=120)
    assert not outcome.errors
    assert sorted(outcome.results) == ["booked"] * 10 + ["full"] * 30
    assert Booking.objects.count() == 10
    assert assert_true(places).taken == 10


def test_a_waiting_list_takes_no_more_than_its_limit(race: Any, opened: Any, actor_of: Any) -> None:
    places = opened(seats=3, waiting_limit=4)
    actors = people(20, actor_of)
    outcome = race(20, lambda n: try_to(lambda: actions.book(actors[n], places)), seconds=120)
    assert not outcome.errors
    assert sorted(outcome.results) == ["booked"] * 3 + ["full"] * 13 + ["waiting"] * 4
    assert_true(places)


def test_one_person_fifty_times_has_one_booking(race: Any, opened: Any, actor_of: Any) -> None:
    places = opened(seats=60)
    alice = actor_of(make_user("alice"))
    outcome = race(50, lambda n: try_to(lambda: actions.book(alice, places, key=f"reiter{n}")), seconds=120)
    assert not outcome.errors
    assert sorted(outcome.results) == ["already"] * 49 + ["booked"]
    assert assert_true(places).taken == 1


def test_a_double_click_is_one_booking_and_both_see_it(race: Any, opened: Any, actor_of: Any) -> None:
    places = opened(seats=60)
    alice = actor_of(make_user("alice"))
    outcome = race(8, lambda _n: actions.book(alice, places, key="einmal").pk, seconds=120)
    assert not outcome.errors
    assert len(set(outcome.results)) == 1
    assert assert_true(places).taken == 1


def test_staff_click_twice_and_enter_one_person(race: Any, opened: Any, actor_of: Any, editor: Any) -> None:
    places, actor = opened(seats=60), actor_of(editor)
    outcome = race(8, lambda _n: actions.enter(actor, places, name="Frau Huber", key="einmal").pk, seconds=120)
    assert not outcome.errors
    assert len(set(outcome.results)) == 1
    assert assert_true(places).taken == 1


def test_cancelling_and_booking_at_once(race: Any, opened: Any, actor_of: Any) -> None:
    places = opened(seats=10)
    actors = people(40, actor_of)
    first = [actions.book(actor, places) for actor in actors[:10]]

    def work(number: int) -> str:
        if number < 10:
            return try_to(lambda: actions.cancel(first[number]))
        return try_to(lambda: actions.book(actors[number], places))

    outcome = race(40, work, seconds=120)
    assert not outcome.errors
    assert outcome.results[:10] == ["cancelled"] * 10
    now = assert_true(places)
    assert (now.taken, now.waiting) == (10, 20)


def test_giving_back_one_place_many_times_frees_it_once(race: Any, opened: Any, actor_of: Any) -> None:
    places = opened(seats=5)
    first = [actions.book(actor, places) for actor in people(4, actor_of)]
    outcome = race(12, lambda _n: try_to(lambda: actions.cancel(first[0])), seconds=120)
    assert not outcome.errors
    assert assert_true(places).taken == 3


def test_lowering_the_seats_while_people_book(race: Any, opened: Any, actor_of: Any, editor: Any) -> None:
    places, staff = opened(seats=20), actor_of(editor)
    actors = people(30, actor_of)

    def work(number: int) -> str:
        if number < 30:
            return try_to(lambda: actions.book(actors[number], places))
        return resize(staff, places, 5 + number - 30)

    outcome = race(36, work, seconds=120)
    assert not outcome.errors
    now = assert_true(places)
    assert now.taken == outcome.results.count("booked") + now.bookings.filter(moved_up_at__isnull=False).count()
    assert now.taken == now.seats  # thirty people want the places, however many there are in the end
    assert now.taken + now.waiting == 30


def test_moving_up_while_people_cancel(race: Any, opened: Any, actor_of: Any, editor: Any) -> None:
    places, staff = opened(seats=6), actor_of(editor)
    actors = people(24, actor_of)
    bookings = [actions.book(actor, places) for actor in actors]

    def work(number: int) -> Any:
        if number < 12:  # six with a place, six on the list
            return try_to(lambda: actions.cancel(bookings[number]))
        if number < 16:
            return actions.move_up(places.pk)
        return resize(staff, places, 6 + number % 3)

    outcome = race(20, work, seconds=120)
    assert not outcome.errors
    now = assert_true(places)
    assert now.taken + now.waiting == 12
    left = list(now.bookings.filter(state=State.WAITING).order_by("pk").values_list("pk", flat=True))
    assert left == [b.pk for b in bookings[24 - len(left) :]]  # the last in the list, nobody was overtaken


def test_a_message_that_two_workers_send_reaches_everybody_once(race: Any, opened: Any, actor_of: Any) -> None:
    from mitstadt.booking import jobs
    from mitstadt.notify.models import Notification

    places = opened(seats=6)
    for actor in people(5, actor_of):
        actions.book(actor, places)
    outcome = race(4, lambda _n: jobs.tell_all(places.pk, "Bitte durch den Hof.", "k1"), seconds=120)
    assert not outcome.errors
    assert Notification.objects.filter(event__event="booking.place.message").count() == 5
