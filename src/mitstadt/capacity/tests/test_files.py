"""A provider reports many places as a table, or a program does: all or nothing, and what is wrong is named."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from mitstadt.accounts import tokens
from mitstadt.audit.models import Entry
from mitstadt.capacity import files
from mitstadt.capacity.models import Capacity, Report
from mitstadt.kit import clock

from . import factories

pytestmark = pytest.mark.django_db
HEAD = "id;free;total;free_from;waiting_list\n"


@pytest.fixture
def house(alice):
    offer = factories.offer("Haus am Park", "Träger A")
    factories.member(alice, offer)
    return [factories.capacity(title, offer) for title in ("Kurzzeitpflege", "Tagespflege")]


def sent(client, text):
    data = text.encode() if isinstance(text, str) else text
    return client.post(reverse("capacity:file"), {"file": SimpleUploadedFile("plaetze.csv", data)})


def figures():
    return list(Capacity.objects.order_by("pk").values_list("free", "total"))


def test_the_template_comes_back_filled_in(house, alice, client_for):
    page = client_for(alice)
    shown = page.get(reverse("capacity:file_template"))
    assert shown["Content-Type"].startswith("text/csv")
    text = shown.content.decode("utf-8-sig")
    assert house[0].public_id in text
    assert "Haus am Park: Kurzzeitpflege" in text
    lines = [line.split(";") for line in text.splitlines()]
    for number, line in enumerate(lines[1:], 1):
        line[1], line[3], line[4] = str(number), "31.01.2027", "ja"
    answer = sent(page, "\r\n".join(";".join(line) for line in lines))
    assert answer.status_code == 302
    assert figures() == [(1, 10), (2, 10)]
    first = Capacity.objects.order_by("pk")[0]
    assert (first.has_waiting_list, first.free_from.isoformat(), first.updated_by) == (True, "2027-01-31", "Träger A")
    assert set(Report.objects.values_list("channel", flat=True)) == {"csv"}
    assert Entry.objects.filter(action="capacity.figure.say").count() == 2


def test_one_wrong_cell_and_nothing_changes(house, alice, client_for):
    a, b = (c.public_id for c in house)
    answer = sent(client_for(alice), f"{HEAD}{a};3;10;;\n{b};viele;10;morgen;vielleicht\n")
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Zeile 3, Spalte free: „viele“ ist keine Zahl." in text
    assert "Zeile 3, Spalte free_from: „morgen“ ist kein Datum." in text
    assert "Zeile 3, Spalte waiting_list: „vielleicht“" in text
    assert figures() == [(None, 10), (None, 10)]
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("{a};11;10;;\n", "Zeile 2, Spalte free: Es können nicht mehr Plätze frei sein"),
        ("{a};9;;;\n", "Zeile 2, Spalte free: So viele Plätze gibt es nicht"),
        ("{a};1;;;\n{a};2;;;\n", "Zeile 3, Spalte id: „{a}“ steht zweimal."),
        ("fremd;1;;;\n", "Zeile 2, Spalte id: „fremd“ gehört nicht zu Ihnen."),
        ("{a};-1;;;\n", "Zeile 2, Spalte free: „-1“ ist keine Zahl."),
        ("{a};;10;;\n", "keine Zahl in der Spalte „free“"),
    ],
)
def test_what_cannot_be_is_named_by_row_and_column(house, rows, words):
    Capacity.objects.filter(pk=house[0].pk).update(held=2)
    house[0].refresh_from_db()
    key = house[0].public_id
    with pytest.raises(files.FileError) as caught:
        files.take((HEAD + rows.replace("{a}", key)).encode(), house, by="Träger A")
    assert words.replace("{a}", key) in caught.value.problems[0]
    assert not Report.objects.exists()


@pytest.mark.parametrize("data", [b"", b"\xff\xff\xff", b"a;b\n1;2\n", b"<html><body>", b"free\n" + b"1\n" * 2001])
def test_what_is_no_table_is_refused(house, alice, client_for, data):
    assert sent(client_for(alice), data).status_code == 422
    assert not Report.objects.exists()


def test_other_peoples_places_cannot_be_reported(house, alice, client_for):
    other = factories.capacity("Fremd", factories.offer("Haus B", "Träger B"))
    answer = sent(client_for(alice), f"{HEAD}{other.public_id};3;10;;\n")
    assert answer.status_code == 422
    assert "gehört nicht zu Ihnen" in answer.content.decode()


def test_only_members_of_a_verified_organisation_see_it(house, bob, client_for):
    for name in ("capacity:file", "capacity:file_template"):
        assert client_for(bob).get(reverse(name)).status_code == 404
        assert Client().get(reverse(name)).status_code == 302


def test_a_name_that_is_a_formula_stays_text(house):
    offer = factories.offer("=1+1", "Träger F")
    line = files.template([factories.capacity("x", offer)]).splitlines()[1]
    assert ";'=1+1" in line


# -- the interface --------------------------------------------------------------------------------
@pytest.fixture
def put(alice, actor_of):
    _token, secret = tokens.create(actor_of(alice), "Programm", 30, ["capacities"])

    def call(capacity, data, secret=secret):
        headers = {"authorization": f"Bearer {secret}"} if secret else {}
        path = f"/api/v1/capacities/{capacity.public_id}"
        return Client().put(path, json.dumps(data), content_type="application/json", headers=headers)

    return call


def read(path="", **query):
    answer = Client().get(f"/api/v1/capacities{path}", query)
    return answer.json() if answer.status_code == 200 else answer.status_code


def test_a_program_says_what_is_free(house, put):
    answer = put(house[0], {"free": 3, "has_waiting_list": False})
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["free"], answer.json()["age"]) == ("free", 3, "fresh")
    assert Report.objects.get().channel == "api"
    assert put(house[0], {}).status_code == 200, "it still holds"
    assert read(f"/{house[0].public_id}")["free"] == 3


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        ({"free": 11}, 422, "free: "),
        ({"free": -1}, 422, ""),
        ({"free": "viele"}, 422, ""),
        ({}, 422, "keine Zahl bekannt"),
    ],
)
def test_what_cannot_be_said_is_refused(house, put, data, status, words):
    answer = put(house[0], data)
    assert answer.status_code == status
    assert words in str(answer.json()["detail"])
    assert not Report.objects.exists()


def test_nobody_else_says_it(house, put, bob, actor_of, editor):
    assert put(house[0], {"free": 1}, secret="").status_code == 401
    for other in (bob, editor):  # a token never carries the rights of staff
        _token, secret = tokens.create(actor_of(other), "Programm", 1, ["capacities"])
        assert put(house[0], {"free": 1}, secret=secret).status_code == 403
    assert not Report.objects.exists()


def test_booked_appointments_are_counted_not_said(house, put):
    counselling = factories.capacity("Beratung", house[0].service, kind="appointment", way="book", total=None)
    assert put(counselling, {"free": 5}).status_code == 422


def test_a_stale_figure_never_says_free(house, put, stopped_clock):
    put(house[0], {"free": 3})
    stopped_clock.move(hours=house[0].interval_hours + 1)
    shown = read(f"/{house[0].public_id}")
    assert (shown["age"], shown["state"]) == ("grey", "free")
    stopped_clock.move(hours=house[0].interval_hours)
    shown = read(f"/{house[0].public_id}")
    assert (shown["age"], shown["state"], shown["free"]) == ("unknown", "unknown", None)
    assert read(free="true")["total"] == 0


def test_the_list_is_narrowed(house, put):
    put(house[0], {"free": 1})
    factories.capacity("Krippe", factories.offer("Kita", "Träger K"), kind="day_care", max_age=3)
    assert read()["total"] == 3
    assert read(kind="day_care")["total"] == 1
    assert [row["id"] for row in read(free="true")["items"]] == [house[0].public_id]
    assert read(near="48.137,11.575", radius="1")["total"] == 3
    assert read(near="48.5,11.575", radius="1")["total"] == 0
    assert read(near="80331")["items"][0]["km"] == 0.0
    assert read(age="70", kind="day_care")["total"] == 0
    for wrong in ({"kind": "x"}, {"near": "Atlantis"}, {"radius": "2"}, {"limit": "0"}, {"near": "nan,nan"}):
        assert read(**wrong) == 422
    assert read("/gibtesnicht") == 404


def test_a_secret_address_has_no_place(house):
    hidden = factories.offer("Frauenhaus", "Träger C", protected=True, places=())
    row = read(f"/{factories.capacity('Zimmer', hidden, kind='shelter').public_id}")
    assert row["place"] is None
    assert row["km"] is None


def test_coming_times_also_as_fhir(house):
    counselling = factories.capacity("Beratung", house[0].service, kind="appointment", way="book", total=None)
    free, full = factories.slot(counselling, seats=2), factories.slot(counselling)
    type(full).objects.filter(pk=full.pk).update(taken=1)
    factories.slot(counselling, cancelled_at=clock.now())
    shown = read(f"/{counselling.public_id}/slots")
    assert [(row["id"], row["free"]) for row in shown["items"]] == [(free.public_id, 2)]
    answer = Client().get(f"/api/v1/capacities/{counselling.public_id}/slots.fhir")
    assert answer["Content-Type"] == "application/fhir+json"
    bundle = answer.json()
    assert (bundle["resourceType"], bundle["type"], bundle["total"]) == ("Bundle", "searchset", 1)
    from mitstadt.capacity.adapters import fhir

    assert fhir.read(answer.content, "", clock.now()).spans[0].starts_at == free.starts_at
    assert read(f"/{counselling.public_id}")["state"] == "free"


def test_the_list_asks_the_database_equally_often(house, assert_constant_queries):
    def more():
        for n in range(4):
            factories.capacity(f"Platz {n} {Capacity.objects.count()}")

    assert_constant_queries(more, lambda: read())
