"""What people and staff open."""

from __future__ import annotations

import csv
import io
from typing import Any

from mitstadt.booking import actions, queries
from mitstadt.booking.models import Booking, Places
from mitstadt.kit import clock
from mitstadt.kit import jobs as kit_jobs
from mitstadt.notify.models import Notification


def test_alice_reserves_on_the_form_and_gives_back_on_her_page(alice: Any, client_for: Any, opened: Any) -> None:
    places = opened(seats=3, max_persons=3, note_question="Was möchten Sie fragen?", needs_asked=["wheelchair"])
    client = client_for(alice)
    page = client.get(f"/platz/{places.public_id}/")
    assert page.status_code == 200
    assert "noch 3 von 3 Plätzen frei" in page.content.decode()
    data = {"persons": "2", "name": "Alice", "needs": ["wheelchair"], "note": "Wo?", "key": "k1"}
    answer = client.post(f"/platz/{places.public_id}/", data)
    booking = Booking.objects.get()
    assert answer.url == f"/platz/buchung/{booking.code}/"
    assert (booking.persons, booking.needs, booking.note) == (2, ["wheelchair"], "Wo?")
    assert client.post(f"/platz/{places.public_id}/", data).url == answer.url  # the double click
    assert client.get(f"/platz/{places.public_id}/").url == answer.url
    page = client.get(answer.url).content.decode()
    assert "Ihr Platz ist reserviert" in page
    assert "Platz für einen Rollstuhl" in page
    assert "Werkstatt Isarufer" in client.get("/konto/plaetze/").content.decode()
    client.get(answer.url)
    assert Booking.objects.get().state == "booked"  # looking changes nothing
    assert client.post(answer.url).status_code == 302
    assert Booking.objects.get().state == "cancelled"


def test_what_was_typed_survives_a_refusal(alice: Any, client_for: Any, opened: Any) -> None:
    places = opened(seats=3, max_persons=2, note_question="Was möchten Sie fragen?")
    page = client_for(alice).post(f"/platz/{places.public_id}/", {"persons": "9", "note": "Wie hoch ist der Damm?"})
    assert page.status_code == 422
    assert "Wie hoch ist der Damm?" in page.content.decode()
    assert Booking.objects.count() == 0


def test_somebody_else_was_quicker(alice: Any, bob: Any, client_for: Any, actor_of: Any, opened: Any) -> None:
    places = opened(seats=1)
    client = client_for(alice)
    client.get(f"/platz/{places.public_id}/")
    actions.book(actor_of(bob), places)
    page = client.post(f"/platz/{places.public_id}/", {"name": "Alice", "key": "k"})  # full now: the button says so
    assert page.status_code == 302
    assert Booking.objects.get(user=alice).state == "waiting"


def test_the_secret_page_is_for_nobody_else(client: Any, alice: Any, actor_of: Any, opened: Any) -> None:
    booking = actions.book(actor_of(alice), opened())
    page = client.get(f"/platz/buchung/{booking.code}/")
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert 'content="noindex"' in page.content.decode()
    assert client.get("/platz/buchung/abcdefghjkmn/").status_code == 404


def test_a_ticket_has_a_picture_and_the_written_code(client: Any, alice: Any, actor_of: Any, opened: Any) -> None:
    booking = actions.book(actor_of(alice), opened())
    page = client.get(f"/platz/buchung/{booking.code}/karte/").content.decode()
    assert "<svg" in page
    assert f"{booking.code[:4]} {booking.code[4:8]} {booking.code[8:]}" in page
    assert "style=" not in page.partition("ms-ticket")[2].partition("</article>")[0]


def test_who_waits_reads_how_many_are_before_them(
    client: Any, alice: Any, bob: Any, charlie: Any, actor_of: Any, opened: Any
) -> None:
    places = opened(seats=1)
    for user in (alice, bob):
        actions.book(actor_of(user), places)
    third = actions.book(actor_of(charlie), places)
    assert "Warteliste: 1 vor Ihnen" in client.get(f"/platz/buchung/{third.code}/").content.decode()
    assert client.get(f"/platz/buchung/{third.code}/karte/").status_code == 302


def test_closed_pages_say_why(client: Any, opened: Any, alice: Any, actor_of: Any, stopped_clock: Any) -> None:
    places = opened(seats=1, has_waiting_list=False)
    actions.book(actor_of(alice), places)
    page = client.get(f"/platz/{places.public_id}/")
    assert (page.status_code, "Alle Plätze sind vergeben." in page.content.decode()) == (200, True)
    stopped_clock.move(days=9, hours=1)
    page = client.get(f"/platz/{places.public_id}/")
    assert page.status_code == 403
    assert "Reservieren ging bis" in page.content.decode()


def test_programs_read_the_free_places(client: Any, opened: Any, meeting: Any, alice: Any, actor_of: Any) -> None:
    actions.book(actor_of(alice), opened(seats=4))
    found = client.get(f"/api/v1/places/{meeting.public_id}").json()["places"][0]
    assert (found["seats"], found["taken"], found["free"], found["phase"]) == (4, 1, 3, "open")
    meeting.published = False
    meeting.save()
    assert client.get(f"/api/v1/places/{meeting.public_id}").status_code == 404


def test_open_data_counts_and_names_nobody(client: Any, opened: Any, alice: Any, actor_of: Any, meeting: Any) -> None:
    actions.book(actor_of(alice), opened(seats=4), name="Alice Geheim")
    body = b"".join(client.get("/daten/plaetze.csv").streaming_content).decode()
    row = next(csv.DictReader(io.StringIO(body.lstrip("\ufeff"))))
    assert (row["subject"], row["seats"], row["taken"]) == (meeting.public_id, "4", "1")
    assert "Geheim" not in body
    meeting.restricted = True
    meeting.save()
    assert meeting.public_id not in b"".join(client.get("/daten/plaetze.csv").streaming_content).decode()


# -- staff -------------------------------------------------------------------------------------------
def office(places: Places, rest: str = "") -> str:
    return f"/verwaltung/plaetze/{places.public_id}/{rest}"


def test_only_the_own_department_sees_who_comes(
    opened: Any, client_for: Any, editor: Any, other_editor: Any, coordinator: Any, moderator: Any, alice: Any
) -> None:
    places = opened()
    for rest in ("", "eintragen/", "nachricht/", "absagen/", "liste/", "buchungen.csv"):
        assert client_for(editor).get(office(places, rest)).status_code == 200, rest
        assert client_for(coordinator).get(office(places, rest)).status_code == 200
        assert client_for(other_editor).get(office(places, rest)).status_code == 403
        assert client_for(moderator).get(office(places, rest)).status_code == 404
        assert client_for(alice).get(office(places, rest)).status_code == 403
    assert "Werkstatt Isarufer" in client_for(editor).get("/verwaltung/plaetze/").content.decode()
    assert "Werkstatt Isarufer" not in client_for(other_editor).get("/verwaltung/plaetze/").content.decode()


def test_the_editor_enters_a_caller_prints_and_marks(opened: Any, client_for: Any, editor: Any) -> None:
    places = opened(seats=2, starts_at=clock.now(), ends_at=None, closes_at=None)
    client = client_for(editor)
    Places.objects.update(starts_at=None)
    data = {"name": "Frau Huber", "phone": "089 1234", "channel": "phone", "wait": "on", "key": "k"}
    answer = client.post(office(places, "eintragen/"), data)
    booking = Booking.objects.get()
    assert answer.url == office(places, f"karte/{booking.public_id}/")
    assert "Frau Huber" in client.get(answer.url).content.decode()
    assert "Frau Huber" in client.get(office(places, "liste/")).content.decode()
    client.post(office(places), {"verb": "code", "code": booking.code.upper()})
    assert Booking.objects.get().state == "attended"
    client.post(office(places), {"verb": "booked", "booking": booking.public_id})
    client.post(office(places), {"verb": "no_show", "booking": booking.public_id})
    assert Booking.objects.get().state == "no_show"
    assert client.post(office(places), {"verb": "code", "code": "nichts"}).status_code == 422


def test_a_booking_of_another_offer_cannot_be_marked_here(
    opened: Any, meeting: Any, client_for: Any, editor: Any, alice: Any, actor_of: Any
) -> None:
    places = opened()
    elsewhere = actions.open_places(meeting, seats=3, label="Gruppe B")
    booking = actions.book(actor_of(alice), elsewhere)
    page = client_for(editor).post(office(places), {"verb": "cancel", "booking": booking.public_id})
    assert page.status_code == 422
    assert Booking.objects.get().state == "booked"


def test_seats_cannot_fall_below_what_is_taken(
    opened: Any, client_for: Any, editor: Any, alice: Any, bob: Any, actor_of: Any
) -> None:
    places = opened(seats=2)
    for user in (alice, bob):
        actions.book(actor_of(user), places)
    page = client_for(editor).post(office(places), {"verb": "seats", "seats": "1"})
    assert page.status_code == 422
    assert "Es sind schon 2 Plätze vergeben" in page.content.decode()
    assert client_for(editor).post(office(places), {"verb": "seats", "seats": "5"}).status_code == 302
    assert Places.objects.get().seats == 5


def test_the_spreadsheet_runs_no_formula(opened: Any, client_for: Any, editor: Any, actor_of: Any) -> None:
    places = opened()
    actions.enter(actor_of(editor), places, name='=HYPERLINK("http://x")', phone="+49 89 1")
    body = client_for(editor).get(office(places, "buchungen.csv")).content.decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(body), delimiter=";"))
    assert row["Name"].startswith("'=")
    assert row["Telefonnummer"] == "'+49 89 1"


def test_a_message_to_all_says_whom_to_call(
    opened: Any, client_for: Any, editor: Any, alice: Any, actor_of: Any
) -> None:
    places = opened()
    actions.book(actor_of(alice), places)
    actions.enter(actor_of(editor), places, name="Frau Huber", phone="089 1234")
    client = client_for(editor)
    assert "089 1234" in client.get(office(places, "nachricht/")).content.decode()
    for _click in range(2):
        client.post(office(places, "nachricht/"), {"text": "Bitte durch den Hof.", "key": "k1"})
        kit_jobs.run_pending()
    events = Notification.objects.filter(recipient__user=alice, event__event="booking.place.message")
    assert [n.event.text for n in events.select_related("event")] == ["Bitte durch den Hof."]


def test_the_list_costs_the_same_for_many(
    opened: Any, client_for: Any, editor: Any, actor_of: Any, user_factory: Any, assert_constant_queries: Any
) -> None:
    places = opened(seats=50, needs_asked=["wheelchair"])
    actions.book(actor_of(user_factory("first")), places)
    client = client_for(editor)

    def more() -> None:
        for n in range(6):
            actions.book(actor_of(user_factory(f"m{n}")), places, needs=["wheelchair"])
            actions.enter(actor_of(editor), places, name=f"Frau {n}")

    assert_constant_queries(more, lambda: client.get(office(places)))
    assert_constant_queries(more_offers(places), lambda: client.get("/verwaltung/plaetze/"))
    assert queries.totals(places).needs == [("Platz für einen Rollstuhl", 6)]


def more_offers(places: Places) -> Any:
    def more() -> None:
        for n in range(4):
            actions.open_places(places.about, seats=3, label=f"Gruppe {n}")

    return more
