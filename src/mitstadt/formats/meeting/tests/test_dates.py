"""Dates: reserving in every way, moving, cancelling, minutes, calendars."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from icalendar import Calendar

from mitstadt.audit.models import Entry
from mitstadt.booking import actions as booking
from mitstadt.booking import jobs as booking_jobs
from mitstadt.booking.models import Booking, Places
from mitstadt.formats.meeting import actions, queries, rules
from mitstadt.formats.meeting.models import Meeting
from mitstadt.geo.models import District
from mitstadt.kit import clock, jobs
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.notify import actions as notify
from mitstadt.notify import outbox
from mitstadt.participation import samples
from mitstadt.participation.actions import processes, structure
from mitstadt.participation.leaflets import build
from mitstadt.participation.models import Phase
from mitstadt.subjects.models import Subject

from .conftest import a_date


def test_alice_reserves_from_the_page_and_brings_the_ticket(plan: Any, alice: Any, client_for: Any) -> None:
    meeting = plan(seats=3, access=["step_free"], agenda="18:00 Beginn\n\n19:00 Rundgang")
    client = client_for(alice)
    page = client.get(meeting.subject.path).content.decode()
    assert "noch 3 von 3 Plätzen frei" in page
    assert "Ohne Stufen erreichbar" in page
    assert "<strong>19:00</strong> <span>Rundgang</span>" in page
    form = re.search(r'href="(/platz/[a-z0-9]+/)"', page)
    assert form is not None
    answer = client.post(form[1], {"persons": "1", "key": "k1"})
    assert Booking.objects.get(user=alice).state == "booked"
    assert "Rathaus" in client.get(f"{answer.url}karte/").content.decode()
    assert "noch 2 von 3 Plätzen frei" in client.get(meeting.module.subject.path).content.decode()


def test_somebody_without_an_account_reserves_by_email_and_gives_back_by_the_link(
    plan: Any, client: Any, offer: Any
) -> None:
    places = offer(plan(seats=3))
    client.post(f"/platz/{places.public_id}/", {"persons": "1", "email": "gast@example.org", "key": "k2"})
    assert not Booking.objects.exists()  # the address is not confirmed yet
    jobs.run_pending()
    link = next(word for word in mail.outbox[-1].body.split() if "/konto/bestaetigen/" in word)
    client.post("/" + link.partition("://")[2].partition("/")[2])
    made = Booking.objects.get(guest__isnull=False)
    assert made.state == "booked"
    client.post(f"/platz/buchung/{made.code}/")
    assert Booking.objects.get(pk=made.pk).state == "cancelled"


def test_a_colleague_of_the_process_enters_a_caller_and_others_may_not(
    plan: Any, offer: Any, editor: Any, other_editor: Any, staff_factory: Any, actor_of: Any, module: Any
) -> None:
    places = offer(plan(seats=3))
    assert booking.enter(actor_of(editor), places, name="Frau Huber", phone="089 1").state == "booked"
    with pytest.raises(Refused):
        booking.enter(actor_of(other_editor), places, name="Herr Meier")
    processes.assign(samples.INSTALLATION, module.process, other_editor, "colleague")
    other_editor.refresh_from_db()
    assert booking.enter(actor_of(other_editor), places, name="Herr Meier").state == "booked"


def test_who_waits_moves_up_when_somebody_gives_back(
    plan: Any, offer: Any, alice: Any, bob: Any, actor_of: Any, told: Any
) -> None:
    places = offer(plan(seats=1))
    first = booking.book(actor_of(alice), places)
    assert booking.book(actor_of(bob), places).state == "waiting"
    booking.cancel(first)
    assert Booking.objects.get(user=bob).state == "booked"
    assert told(bob)[-1] == "Sie haben jetzt einen Platz: Werkstatt"


def test_the_last_place_goes_to_one_of_many(plan: Any, race: Any, user_factory: Any, actor_of: Any) -> None:
    places = queries.places(plan(seats=1))
    assert places is not None
    actors = [actor_of(user_factory(f"mensch{n}")) for n in range(8)]
    outcome = race(8, lambda n: booking.book(actors[n], places).state, seconds=60)
    assert not outcome.errors
    assert sorted(map(str, outcome.results)) == ["booked"] + ["waiting"] * 7


@pytest.mark.parametrize(("start", "end", "word"), [(2, 9, "ab"), (-9, -1, "bis")])
def test_outside_of_its_phase_nobody_reserves_and_the_page_says_when(
    plan: Any, offer: Any, client: Any, alice: Any, actor_of: Any, start: int, end: int, word: str
) -> None:
    meeting = plan(seats=3)
    now = clock.now()
    Phase.objects.update(start=now + timedelta(days=start), end=now + timedelta(days=end))
    with pytest.raises(Refused) as refused:
        booking.book(actor_of(alice), offer(meeting))
    assert f" {word} " in refused.value.message
    page = client.get(meeting.subject.path).content.decode()
    assert refused.value.message in page
    assert "Platz reservieren" not in page


def test_a_moved_date_keeps_everybody_and_tells_each_once(
    plan: Any, offer: Any, alice: Any, bob: Any, charlie: Any, actor_of: Any, told: Any, client: Any
) -> None:
    meeting = plan(seats=1)
    places = offer(meeting)
    booking.change_places(places, closes_at=meeting.starts_at - timedelta(days=1))
    booking.book(actor_of(alice), places)
    booking.book(actor_of(bob), places)
    for user in (alice, charlie):
        notify.follow(actor_of(user), subject=meeting.module.process.subject)
        notify.follow(actor_of(user), subject=meeting.subject)
    start = meeting.starts_at + timedelta(days=2)
    moved = actions.change(
        samples.INSTALLATION,
        meeting,
        starts_at=start,
        ends_at=start + timedelta(hours=3),
        venue="Gasteig",
        reason="Im Rathaus ist Wasserschaden.",
    )
    actions.change(samples.INSTALLATION, moved, text="Ein Tippfehler weniger.")  # before the worker has run
    jobs.run_pending()
    assert sorted(Booking.objects.values_list("state", flat=True)) == ["booked", "waiting"]
    now = offer(meeting)
    assert (now.starts_at, now.location) == (start, "Gasteig")
    assert now.closes_at == start - timedelta(days=1)
    assert [title for title in told(alice) if "erlegt" in title] == ["Verlegt: Werkstatt"]
    assert [title for title in told(bob) if "erlegt" in title] == ["Verlegt: Werkstatt"]
    assert len([title for title in told(charlie) if title.startswith("Verlegt auf")]) == 1
    page = client.get(meeting.subject.path).content.decode()
    assert "Im Rathaus ist Wasserschaden." in page
    assert "Vorher: " in page


def test_the_mail_of_a_moved_date_brings_the_new_calendar_file(
    plan: Any, offer: Any, alice: Any, actor_of: Any
) -> None:
    meeting = plan(seats=1)
    booking.book(actor_of(alice), offer(meeting))
    actions.change(samples.INSTALLATION, meeting, venue="Gasteig")
    jobs.run_pending()
    outbox.deliver()
    letter = next(m for m in mail.outbox if m.subject.endswith("Verlegt: Werkstatt"))
    part = next(part for part in letter.message().walk() if part.get_content_type() == "text/calendar")
    event = Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")[0]
    assert event["LOCATION"] == "Gasteig"


def test_a_cancelled_date_stays_readable_and_tells_each_once(
    plan: Any, offer: Any, alice: Any, actor_of: Any, told: Any, client: Any
) -> None:
    meeting = plan(seats=3)
    booking.book(actor_of(alice), offer(meeting))
    notify.follow(actor_of(alice), subject=meeting.subject)
    with pytest.raises(DomainError) as refused:
        actions.call_off(samples.INSTALLATION, meeting, " ")
    assert refused.value.field == "reason"
    actions.call_off(samples.INSTALLATION, meeting, "Zu wenige Anmeldungen.")
    actions.call_off(samples.INSTALLATION, meeting, "Noch einmal.")
    jobs.run_pending()
    assert [title for title in told(alice) if "bgesagt" in title] == ["Abgesagt: Werkstatt"]
    assert Booking.objects.get().state == "cancelled"
    assert "Zu wenige Anmeldungen." in client.get(meeting.subject.path).content.decode()
    event = Calendar.from_ical(client.get(f"{meeting.subject.path}termin.ics").content).walk("VEVENT")[0]
    assert event["STATUS"] == "CANCELLED"


def test_minutes_reach_those_who_came_and_followers_once(
    plan: Any, offer: Any, alice: Any, bob: Any, actor_of: Any, told: Any, client: Any
) -> None:
    meeting = plan(days=0.01, seats=5)
    booking.book(actor_of(alice), offer(meeting))
    for user in (alice, bob):
        notify.follow(actor_of(user), subject=meeting.module.subject)
    with pytest.raises(DomainError):
        actions.write_minutes(samples.INSTALLATION, meeting, "Protokoll", "", publish=True)
    with clock.at(meeting.ends_at + timedelta(hours=1)):
        booking.mark_attended(samples.INSTALLATION, Booking.objects.select_related("places__about").get())
        actions.count_walk_in(samples.INSTALLATION, meeting, 1)
        actions.write_minutes(samples.INSTALLATION, meeting, "Entwurf", "", publish=False)
        assert "Entwurf" not in client.get(meeting.subject.path).content.decode()
        for text in ("Mehr Schatten.", "Viel mehr Schatten."):
            actions.write_minutes(samples.INSTALLATION, meeting, "Alle waren da.", text, publish=True)
        jobs.run_pending()
        page = client.get(meeting.subject.path).content.decode()
    assert "Viel mehr Schatten." in page
    assert "2 Menschen waren da" in page
    for user in (alice, bob):
        assert [title for title in told(user) if title.startswith("Was herauskam")] == ["Was herauskam: Werkstatt"]


def test_a_new_date_is_told_once_to_whoever_follows_process_and_module(
    module: Any, plan: Any, bob: Any, actor_of: Any, told: Any
) -> None:
    notify.follow(actor_of(bob), subject=module.subject)
    notify.follow(actor_of(bob), subject=module.process.subject)
    plan()
    jobs.run_pending()
    assert len([title for title in told(bob) if title.startswith("Neuer Termin")]) == 1


def test_two_people_who_change_at_once_notice_each_other(plan: Any) -> None:
    meeting = plan()
    old = queries.of_subject(meeting.pk)
    actions.change(samples.INSTALLATION, meeting, revision=1, title="Werkstatt am Brunnen")
    with pytest.raises(DomainError) as stale:
        actions.change(samples.INSTALLATION, old, revision=1, title="Etwas anderes")
    assert stale.value.code == "stale"
    assert Meeting.objects.get().title == "Werkstatt am Brunnen"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": "  "}, "title"),
        ({"venue": "", "link": ""}, "venue"),
        ({"venue": "", "link": "http://unsicher.example"}, "link"),
        ({"ends_at": "before"}, "ends_at"),
        ({"access": ["levitation"]}, "access"),
        ({"agenda": "x" * 5001}, "agenda"),
    ],
)
def test_bad_input_is_named_by_its_field_and_writes_nothing(plan: Any, fields: dict[str, Any], field: str) -> None:
    if fields.get("ends_at"):
        fields = {"ends_at": clock.now()}
    with pytest.raises(DomainError) as refused:
        plan(**fields)
    assert refused.value.field == field
    assert not Meeting.objects.exists()
    assert not Subject.objects.filter(kind="meeting_date").exists()


def test_registration_cannot_end_after_the_beginning(plan: Any) -> None:
    meeting = plan()
    wish = actions.Registration(seats=3, closes_at=meeting.starts_at + timedelta(hours=1))
    with pytest.raises(DomainError) as refused:
        actions.change(samples.INSTALLATION, meeting, registration=wish)
    assert refused.value.field == "closes_at"
    assert not Places.objects.exists()


def test_an_unpublished_process_hides_its_dates_everywhere(module: Any, plan: Any, client: Any) -> None:
    meeting = plan()
    assert meeting.title in client.get("/beteiligung/kalender/").content.decode()
    processes.move(samples.INSTALLATION, module.process, "draft")
    assert client.get(meeting.subject.path).status_code == 404
    assert client.get(f"{meeting.subject.path}termin.ics").status_code == 404
    assert not Subject.objects.get(pk=meeting.pk).published
    processes.move(samples.INSTALLATION, module.process, "open")
    assert client.get(meeting.subject.path).status_code == 200


def test_calendars_hold_dates_of_the_district_in_order(plan: Any, client: Any, module: Any) -> None:
    late, soon = plan(days=6, title="Später"), plan(days=3, title="Bald")
    page = client.get("/beteiligung/kalender/").content.decode()
    assert page.index("Bald") < page.index("Später")
    assert "Bald" in client.get("/beteiligung/").content.decode()
    events = Calendar.from_ical(client.get("/beteiligung/kalender.ics").content).walk("VEVENT")
    found = {str(event["UID"]).partition("@")[0]: event for event in events}
    assert found[f"termin-{soon.subject.public_id}"].decoded("DTSTART") == soon.starts_at.replace(microsecond=0)
    feed = Calendar.from_ical(client.get(f"{module.subject.path}termine.ics").content).walk("VEVENT")
    assert [str(event["SUMMARY"]) for event in feed] == [soon.title, late.title]


def test_a_date_by_mistake_goes_but_not_when_somebody_reserved(
    plan: Any, offer: Any, alice: Any, actor_of: Any, module: Any
) -> None:
    kept, gone = plan(seats=2), plan(seats=2)
    booking.book(actor_of(alice), offer(kept))
    actions.remove(samples.INSTALLATION, gone)
    with pytest.raises(DomainError):
        actions.remove(samples.INSTALLATION, kept)
    assert [found.pk for found in queries.of_module(module)] == [kept.pk]
    with pytest.raises(DomainError):
        structure.remove_module(samples.INSTALLATION, module)


@pytest.mark.parametrize(
    ("begins", "ends", "cancelled", "state"),
    [(1, 2, False, "coming"), (0, 1, False, "now"), (-2, 0, False, "over"), (1, 2, True, "cancelled")],
)
def test_a_date_lasts_up_to_its_end(begins: int, ends: int, cancelled: bool, state: str) -> None:
    now = clock.now()
    found = Meeting(
        starts_at=now + timedelta(hours=begins),
        ends_at=now + timedelta(hours=ends),
        cancelled_at=now if cancelled else None,
    )
    assert rules.state(found, now) == state


def test_a_date_is_found_by_what_is_on_its_agenda(plan: Any) -> None:
    from mitstadt.search.models import Document

    meeting = plan(agenda="18:00 Trinkwasserleitung ansehen")
    assert "Trinkwasserleitung" in Document.objects.get(subject=meeting.subject).text


def test_the_data_set_has_dates_with_places_and_attendance(plan: Any) -> None:
    from mitstadt.formats.meeting import open_data

    plan(seats=4)
    was = plan(days=-2)
    actions.count_walk_in(samples.INSTALLATION, was, 1)
    actions.write_minutes(samples.INSTALLATION, was, "", "Schatten.", publish=True)
    coming, over = open_data.rows(None)
    assert set(coming) == set(open_data.MEETINGS.names)
    assert (coming["seats"], coming["taken"], coming["came"]) == (4, 0, None)
    assert (over["seats"], over["came"], over["result"]) == (None, 1, "Schatten.")


def test_an_agenda_puts_the_time_in_front() -> None:
    text = "18:00 Ankommen\n\n 19.30 Uhr: Rundgang\nSchluss gegen 21:00 Uhr"
    assert rules.agenda(text) == [("18:00", "Ankommen"), ("19:30", "Rundgang"), ("", "Schluss gegen 21:00 Uhr")]


def test_the_front_page_shows_where_people_meet_next(plan: Any, client: Any) -> None:
    from mitstadt.participation import dates

    for days in (1, 2, 3, 4):
        plan(days=days, title=f"Treffen {days}")
    assert [row["title"] for row in dates.rows(clock.now(), limit=3)] == ["Treffen 1", "Treffen 2", "Treffen 3"]


def test_an_archived_process_is_frozen(plan: Any, module: Any) -> None:
    meeting = plan(days=-1)
    for stage in ("answered", "archived"):
        processes.move(samples.INSTALLATION, module.process, stage, result="Fertig.")
    frozen = queries.of_subject(meeting.pk)
    assert frozen is not None
    for attempt in (
        lambda: actions.change(samples.INSTALLATION, frozen, title="Anders"),
        lambda: actions.write_minutes(samples.INSTALLATION, frozen, "Neu", "", publish=True),
        lambda: actions.count_walk_in(samples.INSTALLATION, frozen, 1),
        lambda: actions.add(
            samples.INSTALLATION, frozen.module, venue="Rathaus", starts_at=clock.now(), ends_at=meeting.starts_at
        ),
    ):
        with pytest.raises(DomainError) as refused:
            attempt()
        assert refused.value.code == "archived"


def test_people_with_a_place_are_reminded_the_day_before_once(
    plan: Any, offer: Any, alice: Any, actor_of: Any, told: Any
) -> None:
    meeting = plan(days=3, seats=3)
    booking.book(actor_of(alice), offer(meeting))
    with clock.at(meeting.starts_at - timedelta(hours=20)):
        for _run in range(2):
            booking_jobs.remind()
    assert told(alice).count("Bald ist es so weit: Werkstatt") == 1


def test_what_staff_do_with_a_date_stands_in_the_audit(plan: Any, coordinator: Any, actor_of: Any) -> None:
    actor, meeting = actor_of(coordinator), plan(seats=2)
    actions.change(actor, meeting, venue="Gasteig", reason="Wasserschaden")
    actions.call_off(actor, meeting, "Sturm")
    rows = Entry.objects.filter(object=meeting.subject.public_id, actor=coordinator.public_id).order_by("pk")
    assert [row.action.rpartition(".")[2] for row in rows] == ["change", "call_off"]
    assert rows[0].payload["was"] == {"venue": "Rathaus"}


def test_on_the_sheet_of_a_district_two_processes_of_one_title_keep_their_own_dates(db):
    district, _new = District.objects.get_or_create(number=1, defaults={"name": "Altstadt", "slug": "altstadt"})
    first, _second = (samples.process("Bürgerhaushalt", format="meeting", verbs=("meet",)) for _n in range(2))
    found = a_date(first, days=1, venue="Nur im ersten")
    entries = build.entries(district, build.month_of(found.starts_at.date()))
    assert [entry["when"].count("Nur im ersten") for entry in entries] == [1, 0]
