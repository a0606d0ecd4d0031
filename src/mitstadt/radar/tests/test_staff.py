"""Edda edits for the RIT, Kim for the KVR; Cora and Carl coordinate. Nobody publishes alone."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from mitstadt.kit import clock
from mitstadt.notify.models import Event
from mitstadt.organisations.models import Organisation
from mitstadt.radar.models import (
    BulkAction,
    CoreArea,
    Field,
    Measure,
    MeasureVersion,
    Milestone,
    StatusRequest,
    Strategy,
)
from mitstadt.radar.staff import requests as asking
from mitstadt.radar.staff.setup import ensure_workflow
from mitstadt.search.models import Document

pytestmark = pytest.mark.django_db


@pytest.fixture
def edda(editor):
    return editor


@pytest.fixture
def kim(other_editor):
    return other_editor


@pytest.fixture
def cora(coordinator):
    return coordinator


@pytest.fixture
def carl(staff_factory):
    return staff_factory("carl", "coordinator", "RIT", "Koordination")


@pytest.fixture
def strategy(db):
    ensure_workflow()
    made = Strategy.objects.create(slug="digitalstrategie", name="Digitalstrategie", is_current=True)
    area = CoreArea.objects.create(strategy=made, slug="stadt", name="Stadt")
    Field.objects.create(strategy=made, slug="bildung", name="Bildung", core_area=area, order=1)
    return made


def make_measure(strategy, title, department, **facts):
    measure = Measure(
        strategy=strategy,
        slug=title.lower(),
        title=title,
        summary=f"Es geht um {title}.",
        field=Field.objects.get(slug="bildung"),
        department=department,
        status="in_umsetzung",
        end="2026",
        **facts,
    )
    measure.save()
    return measure


@pytest.fixture
def tablets(strategy, edda):
    return make_measure(strategy, "Tablets", Organisation.objects.get(code="RIT"))


@pytest.fixture
def ausweis(strategy, kim):
    return make_measure(strategy, "Ausweis", Organisation.objects.get(code="KVR"))


def report(client, measure, **changes):
    data = {
        "status": "abgeschlossen",
        "status_as_of": "2026-01",
        "end": "2026",
        "change_reason": "",
        "source": "Akte 7",
    }
    return client.post(reverse("radar_staff:report", args=[measure.number]), data | changes)


def fields_of(page):
    """What a browser would send back from Wagtail's form, unchanged."""
    form = BeautifulSoup(page, "html.parser").find("form", id="w-editor-form")
    data = {f["name"]: f.get("value", "") for f in form.select("input[name]:not([type=checkbox]):not([type=radio])")}
    data |= {f["name"]: f.text.strip() for f in form.select("textarea[name]")}
    for field in form.select("select[name]"):
        chosen = field.select_one("option[selected]")
        data[field["name"]] = chosen["value"] if chosen else ""
    return data


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"end": "bald"}, "„bald“ ist kein Datum der Form"),
        ({"end": "31.12.26"}, "„31.12.26“ ist kein Datum der Form"),
        ({"start": "2026-13"}, "„2026-13“ ist kein Datum der Form"),
        ({"status_as_of": "٢٠٢٤"}, "ist kein Datum der Form"),
        ({"end": "0026"}, "Das Jahr liegt außerhalb von 1900 bis 2200."),
        ({"start": "2027", "end": "2026"}, "Das Ende liegt vor dem Beginn (2027)."),
        ({"status_as_of": "2126"}, "„2126“ liegt in der Zukunft."),
    ],
)
def test_the_long_form_takes_no_date_that_the_radar_cannot_read(cora, client_for, tablets, client, typed, words):
    """One word in a date field was published, and every page of the radar answered with an error."""
    address = reverse("measures:edit", args=[tablets.pk])
    page = client_for(cora).get(address).content.decode()
    answer = client_for(cora).post(address, fields_of(page) | typed)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    tablets.refresh_from_db()
    assert tablets.latest_revision is None
    sent = client_for(cora).post(address, fields_of(page) | {"end": "2027-03"})
    assert sent.status_code == 302, BeautifulSoup(sent.content, "html.parser").select(".w-field__errors")
    assert client.get("/radar/").status_code == 200


@pytest.mark.parametrize(
    "typed",
    ["javascript:alert(1)", "https://anderswo.example/", "//anderswo.example", "/\\anderswo.example", "mitmachen"],
)
def test_taking_part_leads_nowhere_outside(cora, client_for, tablets, typed):
    """The button on the public page took whatever was typed."""
    address = reverse("measures:edit", args=[tablets.pk])
    page = client_for(cora).get(address).content.decode()
    answer = client_for(cora).post(address, fields_of(page) | {"participate_path": typed})
    assert answer.status_code == 200
    field = BeautifulSoup(answer.content, "html.parser").select_one("[id*=participate_path-errors]")
    assert f"„{typed}“ ist keine Adresse dieser Plattform." in field.text
    sent = client_for(cora).post(address, fields_of(page) | {"participate_path": "/beteiligung/radwege/?a=1#b"})
    assert sent.status_code == 302


def test_an_editor_sees_and_reports_only_the_own_departments_measures(edda, client_for, tablets, ausweis):
    page = client_for(edda).get(reverse("radar_staff:measures")).content.decode()
    assert "Tablets" in page
    assert "Ausweis" not in page
    everything = client_for(edda).get(reverse("radar_staff:measures"), {"umfang": "alle", "massnahme": ausweis.number})
    assert "Ausweis" in everything.content.decode()
    assert "gehört einem anderen Referat" in everything.content.decode()
    assert report(client_for(edda), ausweis).status_code in (302, 403)
    ausweis.refresh_from_db()
    assert ausweis.latest_revision is None


def test_no_address_of_the_back_office_lets_an_editor_change_another_departments_measure(
    edda, client_for, tablets, ausweis
):
    """Whatever Wagtail offers for one measure: what changes something is refused, what shows it is allowed."""
    from mitstadt.radar.staff.guard import READING
    from mitstadt.radar.staff.viewset import MeasureViewSet

    revision = ausweis.save_revision()
    client = client_for(edda)
    seen = set()
    for pattern in MeasureViewSet().get_urlpatterns():
        if "pk" not in str(pattern.pattern) or pattern.name in READING:
            continue
        given = {"pk": ausweis.pk, "action_name": "approve"}
        values = {name: given.get(name, revision.pk) for name in pattern.pattern.converters}
        address = reverse(f"measures:{pattern.name}", kwargs=values)
        for answer in (client.get(address), client.post(address, {})):
            assert answer.status_code in (302, 403), (pattern.name, answer.status_code)
            if answer.status_code == 302:
                assert answer["Location"] == reverse("wagtailadmin_home"), pattern.name
        seen.add(pattern.name)
    assert {"edit", "delete", "unpublish", "revisions_revert", "lock"} <= seen
    ausweis.refresh_from_db()
    assert ausweis.live
    assert client.get(reverse("measures:edit", args=[tablets.pk])).status_code == 200


def test_what_an_editor_reports_is_public_only_after_a_second_person_approved(edda, cora, client_for, tablets, client):
    assert report(client_for(edda), tablets).status_code == 302
    tablets.refresh_from_db()
    assert tablets.status == "in_umsetzung"
    assert "In Umsetzung" in client.get(tablets.get_absolute_url()).content.decode()
    state = tablets.current_workflow_state
    assert state.status == "in_progress"
    task = state.current_task_state
    assert task.task.specific.get_actions(tablets, edda) == []
    assert [a[0] for a in task.task.specific.get_actions(tablets, cora)] == ["reject", "approve", "approve"]
    address = reverse("measures:workflow_action", args=[tablets.pk, "approve", task.pk])
    assert client_for(edda).post(address).status_code in (302, 403)
    tablets.refresh_from_db()
    assert tablets.status == "in_umsetzung"
    client_for(cora).post(address)
    tablets.refresh_from_db()
    assert tablets.status == "abgeschlossen"
    newest = MeasureVersion.objects.filter(measure=tablets).order_by("-sequence").first()
    assert newest.facts["status"] == "abgeschlossen"
    assert "Geschäftsstelle Strategie" in newest.by
    assert "editor" not in newest.by


def test_followers_and_the_search_learn_of_an_approved_change_and_not_of_the_draft(edda, cora, client_for, tablets):
    def heard():
        return list(Event.objects.filter(event="radar.measure.changed").values_list("subject_id", flat=True))

    report(client_for(edda), tablets, end="2027-06", change_reason="Lieferzeiten")
    assert heard() == []
    tablets.refresh_from_db()
    task = tablets.current_workflow_state.current_task_state
    client_for(cora).post(reverse("measures:workflow_action", args=[tablets.pk, "approve", task.pk]))
    assert heard() == [tablets.pk]
    assert Document.objects.get(pk=tablets.pk).facets["status"] == "abgeschlossen"


def test_a_coordinator_cannot_approve_what_the_same_person_wrote(cora, carl, client_for, tablets):
    report(client_for(cora), tablets)
    tablets.refresh_from_db()
    task = tablets.current_workflow_state.current_task_state
    address = reverse("measures:workflow_action", args=[tablets.pk, "approve", task.pk])
    client_for(cora).post(address)
    tablets.refresh_from_db()
    assert tablets.status == "in_umsetzung"
    client_for(carl).post(address)
    tablets.refresh_from_db()
    assert tablets.status == "abgeschlossen"


def test_nobody_publishes_directly(edda, cora, administrator, client_for, tablets):
    """The publish button of the editor is a request parameter: it must not help anybody."""
    for person in (edda, cora, administrator):
        client_for(person).post(
            reverse("measures:edit", args=[tablets.pk]), {"title": "Heimlich", "action-publish": "action-publish"}
        )
        tablets.refresh_from_db()
        assert tablets.title == "Tablets"
        assert not person.has_perm("radar.publish_measure")


def test_who_moves_the_end_says_why_and_typed_text_stays(edda, client_for, tablets):
    answer = report(client_for(edda), tablets, end="2027-06", source="Ein langer Satz, der nicht verloren geht")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Bitte nennen Sie den Grund" in page
    assert "Ein langer Satz, der nicht verloren geht" in page
    assert report(client_for(edda), tablets, end="2027-06", change_reason="Lieferzeiten").status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("status_as_of", "gestern", "„gestern“ ist kein Datum"),
        ("status_as_of", "2999", "liegt in der Zukunft"),
        ("end", "31.12.2026", "„31.12.2026“ ist kein Datum"),
        ("end", "2026-13", "„2026-13“ ist kein Datum"),
        ("status", "fertig", "fertig"),
    ],
)
def test_nonsense_is_refused_with_the_value_quoted(edda, client_for, tablets, field, value, words):
    answer = report(client_for(edda), tablets, change_reason="Grund", **{field: value})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    tablets.refresh_from_db()
    assert tablets.latest_revision is None


def test_a_reached_milestone_and_a_new_one_travel_with_the_draft(edda, cora, client_for, tablets):
    Milestone.objects.create(measure=tablets, title="Geräte bestellt", due="2026", order=1)
    report(
        client_for(edda),
        tablets,
        milestone="1",
        milestone_done_on="2026-02",
        new_milestone="Geräte verteilt",
        new_milestone_due="2026-09",
    )
    tablets.refresh_from_db()
    assert [m.done_on for m in Measure.objects.get(pk=tablets.pk).milestones.all()] == [""]
    task = tablets.current_workflow_state.current_task_state
    client_for(cora).post(reverse("measures:workflow_action", args=[tablets.pk, "approve", task.pk]))
    reached = Measure.objects.get(pk=tablets.pk).milestones.all()
    assert [(m.title, m.done_on) for m in reached] == [("Geräte bestellt", "2026-02"), ("Geräte verteilt", "")]


def test_two_people_reporting_at_once_do_not_overwrite_each_other_silently(edda, cora, client_for, tablets):
    tablets.save_revision(user=edda)
    tablets.refresh_from_db()
    seen = tablets.latest_revision_id
    tablets.save_revision(user=cora)
    answer = report(client_for(edda), tablets, seen_revision=seen)
    assert answer.status_code == 422
    assert "Inzwischen hat jemand anderes" in answer.content.decode()


def test_a_request_is_mailed_to_the_department_unless_it_is_taken_back(
    edda, kim, cora, client_for, tablets, ausweis, stopped_clock
):
    client = client_for(cora)
    for measure in (tablets, ausweis):
        client.post(reverse("radar_staff:bulk"), {"was": "anfordern", "nummer": [measure.number]})
    assert StatusRequest.objects.filter(closed_at=None).count() == 2
    client.post(reverse("radar_staff:undo"), {"aktion": BulkAction.objects.latest("pk").public_id})
    assert not StatusRequest.objects.filter(closed_at=None, measure=ausweis).exists()
    assert asking.send_due() == 0  # still time to take it back
    stopped_clock.move(minutes=3)
    assert asking.send_due() == 1
    assert asking.send_due() == 0
    assert [m.to for m in mail.outbox] == [[edda.email]]
    assert reverse("radar_staff:report", args=[tablets.number]) in mail.outbox[0].body
    report(client_for(edda), tablets)
    assert not StatusRequest.objects.filter(closed_at=None).exists()


def test_the_database_allows_one_open_request_per_measure(cora, tablets):
    now = clock.now()
    values = {"measure": tablets, "by": "x", "requested_at": now, "due_on": clock.today() + timedelta(days=1)}
    StatusRequest.objects.create(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        StatusRequest.objects.create(**values)
    StatusRequest.objects.update(closed_at=now)
    StatusRequest.objects.create(**values)


def test_an_editor_cannot_ask_other_departments(edda, client_for, tablets):
    client_for(edda).post(reverse("radar_staff:bulk"), {"was": "anfordern", "nummer": [tablets.number]})
    assert not StatusRequest.objects.exists()


def test_citizens_and_moderators_do_not_get_in(alice, moderator, client_for, client, tablets):
    for who in (client, client_for(alice), client_for(moderator)):
        for name in ("measures", "imports", "export"):
            assert who.get(reverse(f"radar_staff:{name}")).status_code in (302, 403)


def test_the_list_needs_the_same_number_of_queries_for_many_measures(
    cora, client_for, strategy, tablets, django_assert_max_num_queries
):
    client = client_for(cora)
    client.get(reverse("radar_staff:measures"))

    def count() -> int:
        with django_assert_max_num_queries(40) as found:
            assert client.get(reverse("radar_staff:measures")).status_code == 200
        return len(found)

    few = count()
    for number in range(12):
        make_measure(strategy, f"weitere-{number}", tablets.department)
    assert count() == few


def test_the_exported_selection_opens_without_formulas(cora, client_for, strategy, tablets):
    Measure.objects.filter(pk=tablets.pk).update(title="=1+1")
    answer = client_for(cora).get(reverse("radar_staff:export"), {"nummer": tablets.number})
    assert "'=1+1" in answer.content.decode()


def upload(client, text, name="neu.csv", **fields):
    file = io.BytesIO(text if isinstance(text, bytes) else text.encode())
    file.name = name
    return client.post(reverse("radar_staff:imports"), {"file": file, **fields}, follow=True)


def test_a_coordinator_sees_what_a_file_would_change_and_publishes_it(cora, client_for, tablets, ausweis):
    client = client_for(cora)
    text = "Nummer;Titel;Handlungsfeld;Status;Beschreibung\nM-001;Tablets für alle;Bildung;abgeschlossen;Neu\n"
    page = upload(client, text, code="2027", full="on")
    words = page.content.decode()
    assert page.status_code == 200
    assert "Tablets für alle" in words
    assert "entfällt 1" in " ".join(words.split())
    tablets.refresh_from_db()
    assert tablets.title == "Tablets"
    address = page.redirect_chain[-1][0]
    client.post(address + "entscheiden/", {"was": "veroeffentlichen"})
    tablets.refresh_from_db()
    ausweis.refresh_from_db()
    assert tablets.title == "Tablets für alle"
    assert ausweis.retired_in is not None


def test_a_broken_file_changes_nothing_and_says_where(cora, client_for, tablets):
    page = upload(client_for(cora), "Nummer;Titel;Status\nM-001;Tablets;vielleicht\n")
    words = page.content.decode()
    assert "vielleicht" in words
    assert "fehlerhaft" in words
    client_for(cora).post(page.redirect_chain[-1][0] + "entscheiden/", {"was": "veroeffentlichen"})
    tablets.refresh_from_db()
    assert tablets.status == "in_umsetzung"


def test_editors_do_not_import(edda, client_for, tablets):
    assert upload(client_for(edda), "x").status_code in (302, 403, 200)
    from mitstadt.radar.models import StagedImport

    assert not StagedImport.objects.exists()


def test_the_template_can_be_read_back(cora, client_for, tablets):
    for form in ("csv", "xlsx"):
        answer = client_for(cora).get(reverse("radar_staff:template", args=[form]))
        assert answer.status_code == 200
        assert len(answer.content) > 100
