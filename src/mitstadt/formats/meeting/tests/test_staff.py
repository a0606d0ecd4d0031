"""What staff do: make, copy, move and cancel dates, see who comes, count at the door, publish what came of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from mitstadt.booking import actions as booking
from mitstadt.booking.models import Booking, Places
from mitstadt.formats.meeting.models import Meeting
from mitstadt.kit import clock
from mitstadt.participation import samples
from mitstadt.participation.actions import processes

BASE = "/verwaltung/beteiligung/treffen/"


def typed(**fields: Any) -> dict[str, Any]:
    start = timezone.localtime(clock.now() + timedelta(days=5)).replace(second=0, microsecond=0)
    return {
        "title": "Werkstatt",
        "starts_at": f"{start:%Y-%m-%dT%H:%M}",
        "ends_at": f"{start + timedelta(hours=2):%Y-%m-%dT%H:%M}",
        "venue": "Rathaus",
        "agenda": "18:00 Beginn",
        "access": ["step_free"],
        "registers": "on",
        "seats": "12",
        "max_persons": "2",
        "has_waiting_list": "on",
        "needs_asked": ["wheelchair"],
        **fields,
    }


def test_an_editor_makes_a_date_copies_it_and_moves_it(module: Any, editor: Any, client_for: Any) -> None:
    client = client_for(editor)
    page = client.get(f"/verwaltung/beteiligung/{module.process.number}/").content.decode()
    assert f"{BASE}{module.subject.public_id}/" in page
    answer = client.post(f"{BASE}{module.subject.public_id}/neu/", typed())
    meeting = Meeting.objects.get()
    assert answer.url == f"{BASE}termin/{meeting.subject.public_id}/"
    assert (Places.objects.get().seats, meeting.access) == (12, ["step_free"])
    copy = client.get(f"{BASE}{module.subject.public_id}/neu/?wie={meeting.subject.public_id}").content.decode()
    assert "Rathaus" in copy
    moved = typed(venue="Gasteig", revision="1", reason="Wasserschaden", seats="20")
    assert client.post(f"{BASE}termin/{meeting.subject.public_id}/aendern/", moved).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.venue, meeting.move_reason) == ("Gasteig", "Wasserschaden")
    assert (Places.objects.get().seats, Places.objects.get().location) == (20, "Gasteig")
    stale = client.post(f"{BASE}termin/{meeting.subject.public_id}/aendern/", typed(venue="Olympiapark", revision="1"))
    assert stale.status_code == 422
    assert "inzwischen geändert" in stale.content.decode()
    assert "Olympiapark" in stale.content.decode()
    assert "Gasteig" in client.get(f"{BASE}{module.subject.public_id}/").content.decode()


def test_a_refused_date_keeps_what_was_typed(module: Any, editor: Any, client_for: Any) -> None:
    page = client_for(editor).post(f"{BASE}{module.subject.public_id}/neu/", typed(link="http://alt.example"))
    assert page.status_code == 422
    assert "beginnt mit https://" in page.content.decode()
    assert "http://alt.example" in page.content.decode()
    assert not Meeting.objects.exists()


def test_fewer_seats_than_are_taken_are_refused(plan: Any, offer: Any, editor: Any, client_for: Any) -> None:
    meeting = plan(seats=5)
    for name in ("Frau Huber", "Herr Meier"):
        booking.enter(samples.INSTALLATION, offer(meeting), name=name)
    page = client_for(editor).post(f"{BASE}termin/{meeting.subject.public_id}/aendern/", typed(seats="1", revision="1"))
    assert page.status_code == 422
    assert "schon 2 Plätze vergeben" in page.content.decode()
    meeting.refresh_from_db()
    assert meeting.revision == 1  # nothing half-written


@pytest.mark.parametrize("path", ["", "neu/"])
def test_another_department_reads_why_not(module: Any, other_editor: Any, client_for: Any, path: str) -> None:
    page = client_for(other_editor).get(f"{BASE}{module.subject.public_id}/{path}")
    assert page.status_code == 403
    assert "gehört einem anderen Referat" in page.content.decode()


def test_names_are_for_staff_of_the_process(
    plan: Any, offer: Any, module: Any, other_editor: Any, moderator: Any, client_for: Any
) -> None:
    meeting = plan(seats=3)
    places = offer(meeting)
    booking.enter(samples.INSTALLATION, places, name="Frau Huber")
    listing = f"/verwaltung/plaetze/{places.public_id}/"
    assert client_for(other_editor).get(listing).status_code == 403
    assert client_for(moderator).get(listing).status_code == 404
    processes.assign(samples.INSTALLATION, module.process, moderator, "colleague")
    moderator.refresh_from_db()
    client = client_for(moderator)
    for address in (listing, f"{listing}liste/", f"{listing}buchungen.csv"):
        assert "Frau Huber" in client.get(address).content.decode()
    assert f"{BASE}termin/{meeting.subject.public_id}/" in client.get(listing).content.decode()


def test_the_door_counts_who_comes_with_and_without_a_name(
    plan: Any, offer: Any, alice: Any, actor_of: Any, editor: Any, client_for: Any
) -> None:
    meeting = plan(days=0.02, seats=3)
    booking.book(actor_of(alice), offer(meeting), persons=2)
    client, page = client_for(editor), f"{BASE}termin/{meeting.subject.public_id}/"
    with clock.at(meeting.starts_at):
        code = Booking.objects.get().code
        client.post(f"/verwaltung/plaetze/{offer(meeting).public_id}/", {"verb": "code", "code": code})
        for by in ("1", "1", "-1"):
            client.post(f"{page}zaehlen/", {"by": by})
        shown = client.get(page).content.decode()
    assert "Da sind 2 von 2 mit Platz." in shown
    assert "Ohne Anmeldung: 1." in shown
    assert "Zusammen: 3" in shown


def test_nobody_is_counted_before_the_day(plan: Any, editor: Any, client_for: Any) -> None:
    meeting = plan(days=3)
    page = client_for(editor).post(f"{BASE}termin/{meeting.subject.public_id}/zaehlen/", {"by": "1"}, follow=True)
    assert "erst am Tag selbst" in page.content.decode()
    meeting.refresh_from_db()
    assert meeting.walk_ins == 0


def test_minutes_are_a_draft_until_they_are_published(plan: Any, editor: Any, client_for: Any, client: Any) -> None:
    meeting = plan(days=-1)
    staff, page = client_for(editor), f"{BASE}termin/{meeting.subject.public_id}/protokoll/"
    empty = staff.post(page, {"verb": "publish", "minutes": "", "result": " "})
    assert empty.status_code == 422
    staff.post(page, {"verb": "save", "minutes": "Alle waren da.", "result": "Mehr Schatten."})
    assert "Mehr Schatten." not in client.get(meeting.subject.path).content.decode()
    staff.post(page, {"verb": "publish", "minutes": "Alle waren da.", "result": "Mehr Schatten."})
    assert "Mehr Schatten." in client.get(meeting.subject.path).content.decode()
    staff.post(page, {"verb": "hide"})
    assert "Mehr Schatten." not in client.get(meeting.subject.path).content.decode()


def test_calling_off_happens_at_the_date_and_takes_the_places_along(
    plan: Any, offer: Any, editor: Any, client_for: Any
) -> None:
    meeting = plan(seats=3)
    client, page = client_for(editor), f"{BASE}termin/{meeting.subject.public_id}/"
    assert client.get(f"/verwaltung/plaetze/{offer(meeting).public_id}/absagen/").url == page
    assert client.post(f"{page}absagen/", {"reason": ""}).status_code == 422
    client.post(f"{page}absagen/", {"reason": "Sturm"})
    assert Meeting.objects.get().cancel_reason == offer(meeting).cancel_reason == "Sturm"
    assert "Sturm" in client.get(page).content.decode()


def test_a_mistake_can_be_taken_away(plan: Any, editor: Any, client_for: Any) -> None:
    meeting = plan(seats=3)
    answer = client_for(editor).post(f"{BASE}termin/{meeting.subject.public_id}/entfernen/")
    assert answer.url == f"{BASE}{meeting.module.subject.public_id}/"
    assert not Meeting.objects.exists()
    assert not Places.objects.exists()
