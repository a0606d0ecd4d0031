"""What other systems say: calendars, FHIR slots and tables are read; nobody is led into the city's own network."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from mitstadt.capacity import feeds, fetching, queries
from mitstadt.capacity.adapters import Reading, Span, UnreadableError, fhir, ical, table
from mitstadt.capacity.models import Capacity, Feed, Report, Slot
from mitstadt.kit import jobs
from mitstadt.kit.errors import DomainError, Refused

from . import factories

DATA = Path(__file__).parent / "data"
NOW = datetime(2027, 1, 2, 12, tzinfo=UTC)
URL = "https://praxis.example/kalender.ics"


def starts(reading):
    return [span.starts_at.astimezone(UTC).strftime("%d %H:%M") for span in reading.spans]


# -- the formats, from files ------------------------------------------------------------------------
def test_free_periods_of_a_freebusy_calendar():
    reading = ical.read((DATA / "freebusy.ics").read_bytes(), "", NOW)
    assert starts(reading) == ["04 08:00", "04 09:00"], "10:00 overlaps a busy hour, 2020 is over"
    assert reading.free == 2
    assert reading.spans[1].ends_at - reading.spans[1].starts_at == timedelta(minutes=45)


def test_events_that_say_they_are_free():
    reading = ical.read((DATA / "events.ics").read_bytes(), "", NOW)
    assert starts(reading) == ["04 08:00", "04 09:00"], "not the birthday, the cancelled one, the one in the holiday"
    assert [span.source_id for span in reading.spans] == ["frei-1", "frei-2"]


def test_a_series_is_refused_rather_than_read_wrongly():
    text = (DATA / "events.ics").read_text().replace("SUMMARY:Urlaub", "SUMMARY:Urlaub\r\nRRULE:FREQ=WEEKLY")
    with pytest.raises(UnreadableError, match="Serien"):
        ical.read(text.encode(), "", NOW)


def test_only_free_slots_of_fhir_are_free():
    reading = fhir.read((DATA / "slots.json").read_bytes(), "", NOW)
    assert starts(reading) == ["04 08:00", "04 15:00"]
    assert [span.source_id for span in reading.spans] == ["s1", "s7"]


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"{", b'{"resourceType": "Patient"}', b'{"resourceType": "Bundle", "entry": 3}',
        b'{"resourceType": "Slot", "status": "vielleicht"}',
        b'{"resourceType": "Slot", "status": "free", "start": "2027-01-04T09:00:00", "end": "2027-01-04T10:00:00"}',
        b'{"resourceType": "Bundle", "link": [{"relation": "next", "url": "https://x/2"}], "entry": []}',
        b'{"resourceType": "Slot", "status": ["free"]}', b'{"resourceType": "Slot", "status": {"code": "free"}}',
    ],
)  # fmt: skip
def test_what_is_no_fhir_is_refused(content):
    with pytest.raises(UnreadableError):
        fhir.read(content, "", NOW)


def slot_of_fhir(**fields):
    whole = {"start": "2027-01-04T09:00:00Z", "end": "2027-01-04T10:00:00Z", **fields}
    return json.dumps({"resourceType": "Slot", "status": "free", **whole}).encode()


def test_a_bundle_whose_links_are_none_is_read():
    assert fhir.read(b'{"resourceType": "Bundle", "link": 5, "entry": []}', "", NOW).free == 0


@pytest.mark.parametrize("zone", ["Z", "-12:00", "+14:00"])
def test_the_end_of_time_is_no_appointment(zone):
    content = slot_of_fhir(start=f"9999-12-31T23:00:00{zone}", end=f"9999-12-31T23:59:00{zone}")
    assert fhir.read(content, "", NOW).spans == ()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["a\x00b", "a\ud800b"])
def test_a_name_that_no_database_takes_is_cleaned(practice, alice, actor_of, says, stopped_clock, name):
    stopped_clock.set(NOW)
    says(slot_of_fhir(id=name))
    feed = connect(alice, actor_of, practice, kind="fhir")
    assert feeds.read_one(feed.pk)
    assert Slot.objects.get().source_id == "ab"


def test_a_period_that_never_ends_is_refused():
    period = b"FREEBUSY;FBTYPE=FREE:99991231T230000Z/P1D\r\n"
    lines = b"BEGIN:VCALENDAR\r\nBEGIN:VFREEBUSY\r\n" + period + b"END:VFREEBUSY\r\nEND:VCALENDAR\r\n"
    with pytest.raises(UnreadableError):
        ical.read(lines, "", NOW)


@pytest.mark.parametrize("content", [b"", b"<html></html>", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", b"\x00\xff"])
def test_what_is_no_calendar_is_refused(content):
    with pytest.raises(UnreadableError):
        ical.read(content, "", NOW)


def test_the_row_of_a_table():
    many = b"id;free;total;free_from;waiting_list\nabc;2;5;2027-02-01;ja\nxyz;4;;;\n"
    assert table.read(many, "abc", NOW) == Reading(2, 5, datetime(2027, 2, 1).date(), True)
    assert table.read(b"free\n3\n", "abc", NOW).free == 3
    for wrong in (b"free\n3\n4\n", b"id;free\nandere;3\n", b"free\n-3\n", b"id;free\nabc;1\nabc;2\n"):
        with pytest.raises(UnreadableError):
            table.read(wrong, "abc", NOW)


def test_a_long_calendar_is_read_quickly():
    import time

    line = "FREEBUSY;FBTYPE={}:2027010{}T{:02}{:02}00Z/PT1M"
    rows = [
        line.format("BUSY" if m % 2 else "FREE", d, h, m) for d in range(3, 8) for h in range(24) for m in range(60)
    ]
    text = "BEGIN:VCALENDAR\r\nBEGIN:VFREEBUSY\r\n" + "\r\n".join(rows) + "\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n"
    before = time.process_time()
    assert len(ical.read(text.encode(), "", NOW).spans) == 2_000
    assert time.process_time() - before < 5


# -- reading an address ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.8", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:10.0.0.8",
        "64:ff9b::a00:8", "2002:0a00:0008::1", "kein",
    ],
)  # fmt: skip
def test_addresses_of_the_inside_are_no_public_addresses(address):
    assert not fetching.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2a00:1450:4001::1"])
def test_addresses_of_the_internet_are(address):
    assert fetching.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://praxis.example/", "ftp://praxis.example/", "file:///etc/passwd", "https://", "https://u:p@praxis.example/",
        "https://praxis.example:8443/", "https://praxis.example:x/", "https://pra xis.example/",
        "https://praxis.example/\r\nX: y", "//praxis.example/", "https://[::1/", "https://praxis.example/ä",
    ],
)  # fmt: skip
def test_only_plain_https_addresses_are_taken(url):
    with pytest.raises(fetching.UnreachableError):
        fetching.check_url(url)


class Answer:
    def __init__(self, status=200, parts=(b"hallo",)):
        self.status, self._parts = status, [*parts, b""]

    def read1(self, _size):
        return self._parts.pop(0)


@pytest.fixture
def internet(monkeypatch):
    """`internet(answer, addresses)`; the connections that were opened."""
    opened = []

    def here(answer=None, addresses=("8.8.8.8",)):
        class Connection:
            def __init__(self, host, address):
                opened.append((host, address))

            def request(self, *_args, **_more):
                if isinstance(answer, Exception):
                    raise answer

            def getresponse(self):
                return answer

            def close(self):
                pass

        rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: rows)
        monkeypatch.setattr(fetching, "connection", Connection)
        return opened

    return here


def test_the_checked_address_is_the_one_connected_to(internet):
    opened = internet(Answer())
    assert fetching.fetch(URL) == b"hallo"
    assert opened == [("praxis.example", "8.8.8.8")]


@pytest.mark.parametrize("addresses", [("10.0.0.1",), ("8.8.8.8", "127.0.0.1"), ()])
def test_one_inner_address_spoils_all(internet, addresses):
    opened = internet(Answer(), addresses)
    with pytest.raises(fetching.UnreachableError):
        fetching.fetch(URL)
    assert opened == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(302), "leitet weiter"),
        (Answer(500), "antwortet mit 500"),
        (Answer(200, [b"x" * 65_536] * 40), "größer als 2 MB"),
        (TimeoutError(), "antwortet nicht"),
    ],
)
def test_what_goes_wrong_is_said(internet, answer, words):
    internet(answer)
    with pytest.raises(fetching.UnreachableError, match=words):
        fetching.fetch(URL)


def test_a_slow_answer_is_given_up(internet, monkeypatch):
    internet(Answer(200, [b"x"] * 100))
    ticks = iter(range(0, 1000, 5))
    monkeypatch.setattr(fetching.time, "monotonic", lambda: float(next(ticks)))
    with pytest.raises(fetching.UnreachableError, match="zu langsam"):
        fetching.fetch(URL)


# -- sources ----------------------------------------------------------------------------------------
@pytest.fixture
def practice(alice, actor_of):
    offer = factories.offer("Praxis", "Träger P")
    factories.member(alice, offer)
    return factories.capacity("Sprechstunde", offer, kind="appointment", way="call", total=None, interval_hours=24)


@pytest.fixture
def says(monkeypatch):
    """`says(b"…")` or `says(error)`: what every address answers from now on."""
    answer = {}

    def fetch(url):
        if isinstance(answer["is"], Exception):
            raise answer["is"]
        return answer["is"]

    monkeypatch.setattr(fetching, "fetch", fetch)
    return lambda content: answer.update({"is": content})


def connect(alice, actor_of, capacity, **fields):
    alice.refresh_from_db()
    return feeds.connect(actor_of(alice), capacity, **{"kind": "ical", "url": URL, **fields})


@pytest.mark.django_db
def test_a_calendar_is_read_and_its_times_are_shown(practice, alice, actor_of, says, stopped_clock):
    stopped_clock.set(NOW)
    says((DATA / "freebusy.ics").read_bytes())
    connect(alice, actor_of, practice)
    jobs.run_pending()
    practice.refresh_from_db()
    assert practice.free == 2
    assert Report.objects.get().channel == "ical"
    feed = Feed.objects.get()
    assert (feed.last_error, feed.last_at) == ("", NOW)
    shown = Client().get(f"/api/v1/capacities/{practice.public_id}/slots").json()["items"]
    assert [row["starts_at"][:16] for row in shown] == ["2027-01-04T08:00", "2027-01-04T09:00"]


@pytest.mark.django_db
def test_times_come_move_and_go_with_the_source(practice, alice, actor_of, says, stopped_clock):
    stopped_clock.set(NOW)
    says((DATA / "slots.json").read_bytes())
    feed = connect(alice, actor_of, practice, kind="fhir")
    assert feeds.read_one(feed.pk)
    first = Slot.objects.order_by("starts_at").first()
    span = Span(first.starts_at, first.ends_at + timedelta(minutes=15), "neu")
    feeds.take(feed, Reading(1, spans=(span,)))
    slot = Slot.objects.get()
    assert (slot.pk, slot.ends_at, slot.source_id) == (first.pk, span.ends_at, "neu")
    feeds.disconnect(actor_of(alice), feed)
    assert not Slot.objects.exists()
    practice.refresh_from_db()
    assert practice.free == 1, "the last figure stays and grows old"


@pytest.mark.django_db
@pytest.mark.parametrize("answer", [fetching.UnreachableError("Die andere Seite antwortet nicht."), b"<html>"])
def test_a_failing_source_leaves_the_figure_to_grow_old(practice, alice, actor_of, says, stopped_clock, answer):
    stopped_clock.set(NOW)
    says((DATA / "freebusy.ics").read_bytes())
    feed = connect(alice, actor_of, practice)
    feeds.read_one(feed.pk)
    says(answer)
    stopped_clock.move(hours=30)
    assert feeds.read_one(feed.pk) is False
    feed.refresh_from_db()
    practice.refresh_from_db()
    assert feed.last_error
    assert (feed.last_at, practice.updated_at, practice.free) == (NOW, NOW, 2)
    assert queries.row_of(practice).age == "grey"
    stopped_clock.move(hours=20)
    assert queries.row_of(practice).light == "unknown"
    assert Client().get(f"/api/v1/capacities/{practice.public_id}/slots").json()["items"] == []
    says((DATA / "freebusy.ics").read_bytes())
    assert feeds.read_one(feed.pk)
    feed.refresh_from_db()
    assert feed.last_error == ""


@pytest.mark.django_db
def test_each_source_is_read_when_it_is_due(practice, alice, actor_of, says, stopped_clock):
    stopped_clock.set(NOW)
    says((DATA / "freebusy.ics").read_bytes())
    connect(alice, actor_of, practice, interval_minutes=60)
    jobs.run_pending()
    reports = Report.objects.count
    assert reports() == 1
    feeds.periodic()
    jobs.run_pending()
    assert reports() == 1, "not due yet"
    stopped_clock.move(minutes=61)
    feeds.periodic()
    feeds.periodic()
    jobs.run_pending()
    assert reports() == 2


@pytest.mark.django_db
def test_who_may_connect_what(practice, alice, bob, actor_of, says):
    with pytest.raises(Refused):
        feeds.connect(actor_of(bob), practice, kind="ical", url=URL)
    for wrong in ({"url": "http://praxis.example/"}, {"kind": "xml"}, {"interval_minutes": 1}):
        with pytest.raises(DomainError):
            connect(alice, actor_of, practice, **wrong)
    Capacity.objects.update(way="book")
    practice.refresh_from_db()
    with pytest.raises(DomainError, match="hier gebucht"):
        connect(alice, actor_of, practice)
    assert not Feed.objects.exists()


@pytest.mark.django_db
def test_times_booked_here_are_never_overwritten(practice, alice, actor_of, says, stopped_clock):
    stopped_clock.set(NOW)
    says((DATA / "freebusy.ics").read_bytes())
    feed = connect(alice, actor_of, practice)
    Capacity.objects.update(way="book")
    assert feeds.read_one(feed.pk) is False
    assert not Slot.objects.exists()


@pytest.mark.django_db
def test_provider_and_staff_see_what_is_broken(practice, alice, bob, editor, actor_of, client_for, says):
    page, path = client_for(alice), reverse("capacity:feeds")
    assert page.get(path).status_code == 200
    wrong = page.post(
        path, {"capacity": practice.public_id, "kind": "ical", "url": "http://x.example", "interval_minutes": "60"}
    )
    assert wrong.status_code == 422
    done = page.post(path, {"capacity": practice.public_id, "kind": "ical", "url": URL, "interval_minutes": "60"})
    assert done.status_code == 302
    says(fetching.UnreachableError("Die andere Seite antwortet nicht."))
    jobs.run_pending()
    for person in (alice, editor):
        assert "Die andere Seite antwortet nicht." in client_for(person).get(path).content.decode()
    assert client_for(bob).get(path).status_code == 404
    feed = Feed.objects.get()
    assert client_for(bob).post(reverse("capacity:feed_end", args=[feed.pk])).status_code == 404
    assert page.post(reverse("capacity:feed_end", args=[feed.pk])).status_code == 302
    assert not Feed.objects.exists()


@pytest.mark.django_db
def test_an_address_in_an_open_book_is_not_public(practice, alice, actor_of):
    """The source's address may hold a secret of the provider's calendar."""
    connect(alice, actor_of, practice, url="https://praxis.example/geheim-123.ics")
    for path in (f"/plaetze/{practice.public_id}/", f"/api/v1/capacities/{practice.public_id}"):
        assert "geheim-123" not in Client().get(path).content.decode()
