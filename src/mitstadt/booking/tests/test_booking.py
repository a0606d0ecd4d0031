"""Alice, Bob and a guest want places; staff help somebody at the telephone; time passes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from mitstadt.accounts import guests
from mitstadt.accounts.actor import NOBODY
from mitstadt.accounts.models import PendingConfirmation
from mitstadt.accounts.personal import Person
from mitstadt.audit.models import Entry
from mitstadt.booking import actions, components, ics, jobs, queries
from mitstadt.booking.models import Booking, Places, State
from mitstadt.kit import jobs as kit_jobs
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.notify import outbox
from mitstadt.notify.models import Notification
from tests.support.people import make_user


def state_of(booking: Booking) -> str:
    return Booking.objects.get(pk=booking.pk).state


def counters(places: Places) -> tuple[int, int]:
    return Places.objects.values_list("taken", "waiting").get(pk=places.pk)


def told(user: Any) -> list[str]:
    rows = Notification.objects.filter(recipient__user=user).order_by("pk")
    return [name.rpartition(".")[2] for name in rows.values_list("event__event", flat=True)]


def test_the_database_refuses_to_oversell(opened: Any) -> None:
    places = opened(seats=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Places.objects.filter(pk=places.pk).update(taken=3)


def test_alice_books_and_bob_waits_and_moves_up(alice: Any, bob: Any, actor_of: Any, opened: Any) -> None:
    places = opened(seats=1)
    hers = actions.book(actor_of(alice), places)
    his = actions.book(actor_of(bob), places)
    assert (hers.state, his.state) == ("booked", "waiting")
    assert queries.ahead_of(his) == 0
    assert counters(places) == (1, 1)
    actions.cancel(hers)
    assert (state_of(hers), state_of(his)) == ("cancelled", "booked")
    assert counters(places) == (1, 0)
    assert told(alice) == ["booked", "cancelled"]
    assert told(bob) == ["waiting", "moved_up"]
    assert set(Entry.objects.filter(action__startswith="booking.booking").values_list("action", flat=True)) == {
        "booking.booking.book", "booking.booking.wait", "booking.booking.cancel", "booking.booking.move_up",
    }  # fmt: skip


def test_bob_declines_the_place_he_moved_up_to(alice: Any, bob: Any, charlie: Any, actor_of: Any, opened: Any) -> None:
    places = opened(seats=1)
    hers = actions.book(actor_of(alice), places)
    his = actions.book(actor_of(bob), places)
    third = actions.book(actor_of(charlie), places)
    assert queries.ahead_of(third) == 1
    actions.cancel(hers)
    actions.cancel(his, actor=actor_of(bob))
    assert state_of(third) == "booked"
    assert counters(places) == (1, 0)


def test_a_group_that_does_not_fit_keeps_its_turn(user_factory: Any, actor_of: Any, opened: Any) -> None:
    places = opened(seats=4, max_persons=4)
    first = actions.book(actor_of(user_factory("a")), places, persons=2)
    actions.book(actor_of(user_factory("b")), places, persons=2)
    group = actions.book(actor_of(user_factory("c")), places, persons=3)
    single = actions.book(actor_of(user_factory("d")), places, persons=1)
    actions.cancel(first)  # two places: not for three, but for one
    assert (state_of(group), state_of(single)) == ("waiting", "booked")
    assert counters(places) == (3, 1)
    actions.cancel(single)
    assert state_of(group) == "waiting"
    newcomer = actions.book(actor_of(user_factory("e")), places, persons=2)
    assert newcomer.state == "booked"  # nobody who waits is overtaken: three would not have fitted


def test_whoever_cancelled_may_book_again(alice: Any, actor_of: Any, opened: Any) -> None:
    places = opened()
    actions.cancel(actions.book(actor_of(alice), places))
    assert actions.book(actor_of(alice), places).state == "booked"
    with pytest.raises(DomainError) as refused:
        actions.book(actor_of(alice), places)
    assert refused.value.code == "already"


def test_cancelling_twice_frees_one_place(alice: Any, bob: Any, actor_of: Any, opened: Any) -> None:
    places = opened()
    hers = actions.book(actor_of(alice), places)
    actions.book(actor_of(bob), places)
    actions.cancel(hers)
    actions.cancel(hers)
    assert counters(places) == (1, 0)


def test_without_waiting_list_and_with_a_full_one(user_factory: Any, actor_of: Any, opened: Any) -> None:
    places = opened(seats=1, has_waiting_list=False)
    actions.book(actor_of(user_factory("a")), places)
    with pytest.raises(DomainError, match="kein Platz mehr frei"):
        actions.book(actor_of(user_factory("b")), places)
    actions.open_places(places.about, seats=1, waiting_limit=0, starts_at=places.starts_at)
    with pytest.raises(DomainError, match="Auch die Warteliste ist voll"):
        actions.book(actor_of(user_factory("c")), places)


def test_refusals_are_sentences(
    alice: Any, bob: Any, actor_of: Any, opened: Any, meeting: Any, stopped_clock: Any
) -> None:
    start = datetime(2026, 3, 20, 17, 0, tzinfo=UTC)  # 18:00 in Berlin
    places = opened(
        opens_at=datetime(2026, 3, 4, 9, 0, tzinfo=UTC),
        closes_at=datetime(2026, 3, 19, 17, 0, tzinfo=UTC),
        starts_at=start,
        ends_at=start + timedelta(hours=2),
    )
    with pytest.raises(Refused, match=r"Plätze gibt es ab 4\. März 2026, 10:00 Uhr"):
        actions.book(actor_of(alice), places)
    stopped_clock.set(datetime(2026, 3, 5, 9, 0, tzinfo=UTC))
    hers = actions.book(actor_of(alice), places)
    stopped_clock.set(datetime(2026, 3, 19, 17, 0, tzinfo=UTC))
    with pytest.raises(Refused, match=r"Reservieren ging bis 19\. März 2026, 18:00 Uhr"):
        actions.book(actor_of(bob), places)
    stopped_clock.set(start)
    with pytest.raises(Refused, match="Das hat schon begonnen"):
        actions.cancel(hers)
    stopped_clock.set(datetime(2026, 3, 5, 9, 0, tzinfo=UTC))
    with pytest.raises(Refused, match="E-Mail-Adresse oder melden sich an"):
        actions.book(NOBODY, places)
    meeting.restricted = True
    meeting.save()
    with pytest.raises(Refused, match="ausgeblendet"):
        actions.book(actor_of(bob), Places.objects.select_related("about").get(pk=places.pk))


def test_a_place_can_be_given_back_after_booking_closed_but_nobody_moves_up(
    alice: Any, bob: Any, actor_of: Any, editor: Any, opened: Any, stopped_clock: Any
) -> None:
    places = opened(seats=1)
    hers = actions.book(actor_of(alice), places)
    his = actions.book(actor_of(bob), places)
    stopped_clock.move(days=9, hours=1)
    actions.cancel(hers)
    assert state_of(his) == "waiting"
    assert counters(places) == (0, 1)
    at_the_door = actions.enter(actor_of(editor), places, name="Herr Kaya", channel="event")
    assert at_the_door.state == "booked"


def test_wrong_answers_are_named(alice: Any, actor_of: Any, opened: Any) -> None:
    places = opened(max_persons=2, needs_asked=["wheelchair"])
    for answers, field in (
        ({"persons": 3}, "persons"),
        ({"persons": 0}, "persons"),
        ({"needs": ["childcare"]}, "needs"),
        ({"name": "x" * 81}, "name"),
        ({"note": "x" * 1001}, "note"),
    ):
        with pytest.raises(DomainError) as error:
            actions.book(actor_of(alice), places, **answers)
        assert error.value.field == field
    assert counters(places) == (0, 0)


def test_a_note_that_was_not_asked_for_is_not_kept(alice: Any, actor_of: Any, opened: Any) -> None:
    assert actions.book(actor_of(alice), opened(), note="Ich bin krank").note == ""


def test_more_seats_let_people_move_up_and_fewer_say_why_not(
    user_factory: Any, actor_of: Any, editor: Any, other_editor: Any, opened: Any
) -> None:
    places = opened(seats=1)
    made = [actions.book(actor_of(user_factory(f"m{n}")), places) for n in range(4)]
    actions.change_seats(actor_of(editor), places, 3)
    assert [state_of(b) for b in made] == ["booked"] * 3 + ["waiting"]
    with pytest.raises(DomainError, match="Es sind schon 3 Plätze vergeben"):
        actions.change_seats(actor_of(editor), places, 2)
    actions.change_seats(actor_of(editor), places, None)
    assert state_of(made[3]) == "booked"
    with pytest.raises(Refused, match="anderen Referat"):
        actions.change_seats(actor_of(other_editor), places, 9)


def test_a_long_list_moves_up_with_the_workers_help(
    user_factory: Any, actor_of: Any, editor: Any, opened: Any, monkeypatch: Any
) -> None:
    from mitstadt.booking.actions import turns

    monkeypatch.setattr(turns, "AT_ONCE", 2)
    places = opened(seats=0)
    made = [actions.book(actor_of(user_factory(f"m{n}")), places) for n in range(5)]
    actions.change_seats(actor_of(editor), places, 6)
    assert counters(places) == (2, 3)
    late = actions.book(actor_of(user_factory("late")), places)  # seats are free, but others were here before
    assert late.state == "waiting"
    kit_jobs.run_pending()
    assert counters(places) == (6, 0)
    assert {state_of(b) for b in [*made, late]} == {"booked"}


def test_staff_enter_somebody_without_an_account(actor_of: Any, editor: Any, other_editor: Any, opened: Any) -> None:
    places = opened(seats=1)
    made = actions.enter(actor_of(editor), places, name="Frau Huber", phone="089 123", channel="phone")
    assert (made.state, made.channel, made.user_id, made.guest_id) == ("booked", "phone", None, None)
    second = actions.enter(actor_of(editor), places, name="Frau Huber", channel="paper")
    assert second.state == "waiting"
    assert [b.name for b in queries.unreachable(places)] == ["Frau Huber", "Frau Huber"]
    with pytest.raises(DomainError, match="Namen"):
        actions.enter(actor_of(editor), places, name=" ")
    with pytest.raises(Refused):
        actions.enter(actor_of(other_editor), places, name="Herr Kaya")


def test_attendance_is_marked_on_the_day_and_can_be_taken_back(
    alice: Any, bob: Any, actor_of: Any, editor: Any, opened: Any, stopped_clock: Any
) -> None:
    places = opened(seats=1)
    hers = actions.book(actor_of(alice), places)
    his = actions.book(actor_of(bob), places)
    with pytest.raises(DomainError, match="am Tag selbst"):
        actions.mark_attended(actor_of(editor), hers)
    stopped_clock.move(days=10)
    for state in (State.ATTENDED, State.NO_SHOW, State.BOOKED):
        assert actions.mark_attended(actor_of(editor), hers, state).state == state
    assert counters(places) == (1, 1)
    with pytest.raises(DomainError, match="keinen Platz"):
        actions.mark_attended(actor_of(editor), his)


def test_calling_it_off_tells_everybody_once(
    alice: Any, bob: Any, charlie: Any, actor_of: Any, editor: Any, opened: Any
) -> None:
    places = opened(seats=1)
    actions.book(actor_of(alice), places)
    actions.book(actor_of(bob), places)
    actions.cancel_all(actor_of(editor), places, "Sturmwarnung")
    actions.cancel_all(actor_of(editor), places, "Noch einmal")
    kit_jobs.run_pending()
    jobs.tell_called_off(places.pk)
    assert counters(places) == (0, 0)
    assert told(alice) == ["booked", "called_off"]
    assert told(bob) == ["waiting", "called_off"]
    with pytest.raises(Refused, match="abgesagt: Sturmwarnung"):
        actions.book(actor_of(charlie), Places.objects.select_related("about").get(pk=places.pk))


def test_the_reminder_comes_once_the_day_before(
    alice: Any, bob: Any, charlie: Any, actor_of: Any, opened: Any, stopped_clock: Any
) -> None:
    places = opened(closes_at=None)
    actions.book(actor_of(alice), places)
    gone = actions.book(actor_of(bob), places)
    actions.cancel(gone)
    stopped_clock.move(days=8, hours=23)
    assert jobs.remind() == 0
    stopped_clock.move(hours=2)
    actions.book(actor_of(charlie), places)  # knows about it anyway
    assert jobs.remind() == 1
    assert jobs.remind() == 0
    assert told(alice) == ["booked", "reminder"]


def test_after_the_date_moved_the_reminder_comes_for_the_new_one(
    alice: Any, actor_of: Any, opened: Any, stopped_clock: Any
) -> None:
    places = opened(closes_at=None)
    actions.book(actor_of(alice), places)
    stopped_clock.move(days=9, hours=1)
    assert jobs.remind() == 1
    later = places.starts_at + timedelta(days=7)
    actions.change_places(places, starts_at=later, ends_at=later + timedelta(hours=2))
    assert jobs.remind() == 0
    stopped_clock.move(days=7)
    assert jobs.remind() == 1
    assert told(alice) == ["booked", "reminder", "reminder"]


def test_the_mail_brings_the_date_for_the_calendar(alice: Any, actor_of: Any, opened: Any, settings: Any) -> None:
    settings.MITSTADT_BASE_URL = "https://stadt.example"
    places = opened()
    booking = actions.book(actor_of(alice), places)
    outbox.deliver()
    letter = mail.outbox[-1]
    assert letter.subject == "Ihr Platz ist reserviert: Werkstatt Isarufer"
    assert f"/platz/buchung/{booking.code}/" in letter.body
    part = next(p for p in letter.message().walk() if p.get_content_type() == "text/calendar")
    assert part.get_filename() == "termin.ics"
    event = icalendar.Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")[0]
    assert event.decoded("dtstart") == places.starts_at.replace(microsecond=0)
    assert event.decoded("dtend") == places.ends_at.replace(microsecond=0)
    assert str(event["location"]) == "Gasteig, Raum 3"
    assert str(event["status"]) == "CONFIRMED"
    assert str(event["url"]) == f"https://stadt.example/platz/buchung/{booking.code}/"


def test_a_cancelled_place_leaves_the_calendar(alice: Any, actor_of: Any, opened: Any, stopped_clock: Any) -> None:
    booking = actions.book(actor_of(alice), opened())
    before = icalendar.Calendar.from_ical(ics.event_file(booking, booking.places)).walk("VEVENT")[0]
    stopped_clock.move(minutes=5)
    actions.cancel(booking)
    booking.refresh_from_db()
    after = icalendar.Calendar.from_ical(ics.event_file(booking, Places.objects.get(pk=booking.places_id)))
    event = after.walk("VEVENT")[0]
    assert str(after["method"]) == "CANCEL"
    assert str(event["status"]) == "CANCELLED"
    assert event["uid"] == before["uid"]
    assert int(event["sequence"]) > int(before["sequence"])


def test_a_guest_gets_the_place_when_the_address_is_confirmed(client: Any, opened: Any) -> None:
    places = opened(seats=1, max_persons=1)
    page = client.get(f"/platz/{places.public_id}/")
    answer = client.post(page.request["PATH_INFO"], {"email": "gregor@example.org", "wait": "on", "key": "k"})
    assert answer.url == "/konto/post/"
    assert counters(places) == (0, 0)
    assert PendingConfirmation.objects.count() == 1
    kit_jobs.run_pending()
    link = next(word for word in mail.outbox[-1].body.split() if "/konto/bestaetigen/" in word)
    path = link.partition("://")[2].partition("/")[2]
    assert client.get(f"/{path}").status_code == 200
    assert counters(places) == (0, 0)  # a mail scanner opened the link
    answer = client.post(f"/{path}")
    booking = Booking.objects.get()
    assert answer.url == f"/platz/buchung/{booking.code}/"
    assert (booking.state, booking.guest is not None) == ("booked", True)
    outbox.deliver()
    assert mail.outbox[-1].to == ["gregor@example.org"]
    assert booking.code in mail.outbox[-1].body


def test_a_guest_who_books_again_is_led_to_the_first_booking(a_guest: Any, opened: Any) -> None:
    places = opened()
    answers = {"persons": 1, "name": "", "note": "", "needs": [], "wait": True, "key": "k"}
    payload = {"places": places.public_id, "title": "T", "email": "g@example.org", "answers": answers}
    guest = a_guest()
    first = actions.confirmed(guest, payload)
    assert actions.confirmed(guest, {**payload, "answers": {**answers, "key": "other"}}) == first
    assert counters(places) == (1, 0)
    assert guests.purpose(actions.PURPOSE).says(payload) == "Ihr Platz bei „T“"


def test_who_leaves_gives_the_place_back(alice: Any, bob: Any, actor_of: Any, opened: Any) -> None:
    places = opened(seats=1, note_question="Was sollen wir wissen?", needs_asked=["wheelchair"])
    hers = actions.book(actor_of(alice), places, name="Alice A.", note="Rampe?", needs=["wheelchair"])
    his = actions.book(actor_of(bob), places)
    assert actions.forget(Person(alice.public_id, user_id=alice.pk), keep_without_name=True) == 1
    hers.refresh_from_db()
    assert (hers.user, hers.name, hers.note, hers.needs, hers.state) == (None, "", "", [], "cancelled")
    assert state_of(his) == "booked"
    assert queries.by_code(hers.code) is None


def test_names_and_needs_go_a_month_after_the_event_and_the_number_stays(
    alice: Any, actor_of: Any, editor: Any, opened: Any, stopped_clock: Any
) -> None:
    places = opened(needs_asked=["childcare"])
    actions.book(actor_of(alice), places, name="Alice A.", needs=["childcare"])
    actions.enter(actor_of(editor), places, name="Frau Huber", phone="089 1")
    stopped_clock.move(days=10 + 29)
    assert jobs.purge() == 0
    stopped_clock.move(days=2)
    assert jobs.purge() == 2
    assert jobs.purge() == 0
    rows = list(Booking.objects.values_list("user", "name", "phone", "needs", "state"))
    assert rows == [(None, "", "", [], "booked")] * 2
    assert counters(places) == (2, 0)


def test_words_for_other_rooms_pages(user_factory: Any, actor_of: Any, opened: Any, meeting: Any) -> None:
    places = opened(seats=2)

    def words() -> tuple[str, str]:
        found = queries.state_of([meeting])[meeting.pk][0]
        return components.free_words(found), components.waiting_words(found)

    assert words() == ("noch 2 von 2 Plätzen frei", "")
    actions.book(actor_of(user_factory("a")), places)
    assert words() == ("noch 1 von 2 Plätzen frei", "")
    actions.book(actor_of(user_factory("b")), places)
    assert words() == ("ausgebucht", "Warteliste: niemand vor Ihnen")
    actions.book(actor_of(user_factory("c")), places)
    assert words() == ("ausgebucht", "Warteliste: 1 vor Ihnen")
    box = components.places_box(queries.state_of([meeting])[meeting.pk])
    assert f'href="/platz/{places.public_id}/"' in box
    assert "Auf die Warteliste" in box


def test_a_list_of_subjects_costs_one_query(
    subject_factory: Any, meeting: Any, opened: Any, assert_constant_queries: Any
) -> None:
    subjects = [meeting]
    opened()

    def more() -> None:
        for _n in range(5):
            subjects.append(subject_factory(kind="meeting"))
            actions.open_places(subjects[-1], seats=3)

    assert assert_constant_queries(more, lambda: queries.state_of(subjects), at_most=1) == 1


def test_people_at_the_door_say_the_code_as_they_like(alice: Any, actor_of: Any, opened: Any) -> None:
    booking = actions.book(actor_of(alice), opened())
    code = booking.code
    for said in (
        code,
        code.upper(),
        f"{code[:4]} {code[4:8]}-{code[8:]}",
        f"https://stadt.example/platz/buchung/{code}/",
    ):
        assert queries.by_code(said) == booking
    assert queries.by_code(code[:-1]) is None


def test_sixty_tries_in_an_hour_are_enough(actor_of: Any, opened: Any) -> None:
    places, actor = opened(), actor_of(make_user("eilig"))
    actions.book(actor, places)
    for _n in range(59):
        with pytest.raises(DomainError, match="schon einen Platz"):
            actions.book(actor, places)
    with pytest.raises(DomainError, match="viele Versuche"):
        actions.book(actor, places)
