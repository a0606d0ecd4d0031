"""Viertelblatt: made by itself, read before printing, and what somebody changed is not written over."""

import re
from datetime import datetime

import pytest
from django.utils import timezone

from mitstadt.geo.models import District
from mitstadt.kit.errors import DomainError
from mitstadt.participation import rules, samples
from mitstadt.participation.actions import leaflets as actions
from mitstadt.participation.leaflets import jobs
from mitstadt.participation.models import Leaflet, Process
from mitstadt.participation.report import pdf

from .test_report import unpacked

pytestmark = pytest.mark.django_db


@pytest.fixture
def districts(db):
    return [
        District.objects.create(number=number, name=f"Bezirk {number}", slug=f"b-{number}") for number in (901, 902)
    ]


@pytest.fixture
def may(stopped_clock):
    stopped_clock.set(timezone.make_aware(datetime(2026, 5, 10, 9)))
    return stopped_clock


@pytest.fixture
def process(may, districts):
    made = samples.process("Bänke am Platz", format="debate", settings={"question": "Wo?"}).process
    made.districts.add(districts[0])
    made.contact_phone = "089 4711"
    made.save()
    return made


def entries(district):
    return Leaflet.objects.get(district=district).content


def test_each_district_gets_its_own_sheet_once(process, districts):
    assert jobs.make_due() == District.objects.count()
    assert jobs.make_due() == 0
    assert [entry["title"] for entry in entries(districts[0])] == ["Bänke am Platz"]
    assert "089 4711" in entries(districts[0])[0]["when"]
    assert entries(districts[1]) == []


def test_the_next_month_lies_ready_from_the_twentieth(process, districts, may):
    jobs.make_due()
    may.set(timezone.make_aware(datetime(2026, 5, 20, 6)))
    jobs.make_due()
    months = Leaflet.objects.filter(district=districts[0]).values_list("month", flat=True)
    assert sorted(month.isoformat() for month in months) == ["2026-05-01", "2026-06-01"]


def test_an_answer_and_the_whole_city_stand_there_too(process, districts, coordinator, actor_of):
    from mitstadt.participation.actions import processes

    samples.process("Für alle", format="debate", settings={"question": "Was?"})
    processes.move(actor_of(coordinator), process, rules.ANSWERED, result="Drei Bänke kommen.")
    jobs.make_due()
    assert {entry["title"] for entry in entries(districts[0])} == {"Für alle", "Bänke am Platz"}
    assert "Drei Bänke kommen." in [entry["text"] for entry in entries(districts[0])]
    assert [entry["title"] for entry in entries(districts[1])] == ["Für alle"]


def test_what_staff_changed_stays(process, districts, coordinator, actor_of):
    jobs.make_due()
    sheet = Leaflet.objects.get(district=districts[0])
    actions.change(actor_of(coordinator), sheet, 1, "Neues", "089 1", [{"title": "Fest", "text": "Am Samstag"}])
    process.summary = "Ganz anders."
    process.save()
    jobs.make_due()
    assert entries(districts[0])[0]["title"] == "Fest"
    with pytest.raises(DomainError, match="jemand anderes"):
        actions.change(actor_of(coordinator), sheet, 1, "Zu spät", "", [])
    actions.renew(actor_of(coordinator), sheet, 2)
    assert entries(districts[0])[0]["text"] == "Ganz anders."


def test_staff_edit_it_on_their_screen_and_everybody_reads_the_pdf(process, districts, coordinator, client_for, client):
    jobs.make_due()
    address = "/verwaltung/beteiligung/viertelblatt/901/2026-05/"
    staff = client_for(coordinator)
    assert "Bänke am Platz" in staff.get(address).content.decode()
    refused = staff.post(address, {"revision": 1, "heading": "", "title-1": "Mein Text"})
    assert refused.status_code == 422
    assert "Mein Text" in refused.content.decode()
    assert staff.post(address, {"revision": 1, "heading": "Neu", "title-1": "Mein Text"}).status_code == 302
    assert Leaflet.objects.get(district=districts[0]).content[0]["title"] == "Mein Text"
    assert "2026-05.pdf" in client.get("/beteiligung/viertelblatt/").content.decode()
    answer = client.get("/beteiligung/viertelblatt/901/2026-05.pdf")
    assert answer.content.startswith(b"%PDF-")
    for wrong in ("901/2026-13.pdf", "77/2026-05.pdf", "901/1066-01.pdf", "99999/2026-05.pdf"):
        assert client.get(f"/beteiligung/viertelblatt/{wrong}").status_code == 404, wrong


def test_citizens_do_not_edit(alice, client_for, process):
    assert client_for(alice).get("/verwaltung/beteiligung/viertelblatt/").status_code in (302, 403, 404)


def test_what_belongs_to_the_district_stands_first_answered_or_not(process, districts, coordinator, actor_of):
    from mitstadt.participation.actions import processes

    for number in range(4):
        samples.process(f"Überall {number}", format="debate", settings={"question": "Was?"})
    processes.move(actor_of(coordinator), process, rules.ANSWERED, result="Drei Bänke kommen.")
    jobs.make_due()
    assert entries(districts[0])[0]["title"] == "Bänke am Platz"


def test_long_entries_leave_one_sheet_in_large_print(may, districts):
    words = "Spielplatz für alle Kinder und Familien im Viertel " * 6
    for number in range(4):
        made = samples.process(f"{number} {words}"[:190], format="debate", settings={"question": "Was?"}).process
        Process.objects.filter(pk=made.pk).update(summary=words * 2, contact_phone="089 4711", place=words[:190])
    jobs.make_due()
    sheet = Leaflet.objects.get(district=districts[0])
    assert 1 <= len(sheet.content) < 4
    context = {"leaflet": sheet, "district": sheet.district, "city": "Musterstadt"}
    paper = pdf.render("participation/print/leaflet.html", context)
    assert len(re.findall(rb"/Type /Page\b", b"".join(unpacked(paper)))) == 1


def test_a_telephone_number_at_the_end_is_not_cut_off(process, districts, coordinator, actor_of):
    jobs.make_due()
    sheet = Leaflet.objects.get(district=districts[0])
    when = "\r\n".join(["Fest: 10. Mai 2026, 16:00 Uhr, " + "Am Platz " * 12] * 3 + ["Telefon: 089 4711"])
    actions.change(actor_of(coordinator), sheet, 1, "Neues", "", [{"title": "Fest", "when": when}])
    assert entries(districts[0])[0]["when"].endswith("Telefon: 089 4711")
    with pytest.raises(DomainError, match="zu lang"):
        actions.change(actor_of(coordinator), sheet, 2, "Neues", "", [{"title": "Fest", "text": "x" * 221}])


def test_what_is_invented_says_so(process, districts):
    Process.objects.filter(pk=process.pk).update(is_example=True)
    jobs.make_due()
    assert "Erfundenes Beispiel" in entries(districts[0])[0]["when"]
