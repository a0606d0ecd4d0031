"""Many measures at once: each through its own draft and approval, and taken back for a while."""

from __future__ import annotations

import pytest
from django.urls import reverse

from mitstadt.audit.models import Entry
from mitstadt.organisations.models import Organisation
from mitstadt.radar.models import BulkAction, Measure, StatusRequest
from mitstadt.radar.staff.requests import send_due

from .test_staff import ausweis, carl, cora, edda, kim, make_measure, report, strategy, tablets  # noqa: F401

# ruff: noqa: F811 - fixtures of the neighbouring file
pytestmark = pytest.mark.django_db
BULK, UNDO = "radar_staff:bulk", "radar_staff:undo"
STATUS = {"status": "abgeschlossen", "status_as_of": "2026-01", "reason": "Gemeinsame Abnahme."}


@pytest.fixture
def more(strategy, tablets):
    return [tablets, *(make_measure(strategy, f"weitere-{n}", tablets.department) for n in range(3))]


def do(client, what, measures, **fields):
    sent = {"was": what, "nummer": [m.number for m in measures], **fields}
    return client.post(reverse(BULK), {**sent, "senden": "1"} if fields else sent)


def fresh(measures):
    return [Measure.objects.get(pk=m.pk) for m in measures]


def test_one_status_for_many_measures_is_a_draft_of_each_and_can_be_taken_back(edda, client_for, more):
    client = client_for(edda)
    page = do(client, "melden", more)
    assert page.status_code == 200
    assert all(m.title in page.content.decode() for m in more)
    assert do(client, "melden", more, **STATUS).status_code == 302
    for measure in fresh(more):
        assert (measure.status, measure.workflow_in_progress) == ("in_umsetzung", True)
        draft = measure.get_latest_revision_as_object()
        assert (draft.status, draft.end, draft.change_reason) == ("abgeschlossen", "2026", "Gemeinsame Abnahme.")
    done = BulkAction.objects.get()
    assert done.public_id in client.get(reverse("radar_staff:measures")).content.decode()
    client.post(reverse(UNDO), {"aktion": done.public_id})
    for measure in fresh(more):
        state = (measure.latest_revision, measure.has_unpublished_changes, measure.workflow_in_progress)
        assert state == (None, False, False)
    logged = Entry.objects.filter(action__startswith="radar.bulk").values_list("action", flat=True)
    assert sorted(logged) == ["radar.bulk.do", "radar.bulk.undo"]


def test_without_a_reason_nothing_is_sent_and_what_was_typed_stays(edda, client_for, more):
    answer = do(client_for(edda), "melden", more, **{**STATUS, "reason": " ", "status_as_of": "gestern"})
    assert answer.status_code == 422
    assert "„gestern“" in answer.content.decode()
    assert not BulkAction.objects.exists()
    assert all(m.latest_revision is None for m in fresh(more))


def test_other_departments_and_waiting_drafts_are_left_out(edda, client_for, more, ausweis):
    client = client_for(edda)
    report(client, more[1], source="Einzeln gemeldet")
    waiting = fresh(more)[1].latest_revision_id
    do(client, "melden", [*more, ausweis], **STATUS)
    done = BulkAction.objects.get()
    assert [i["measure"] for i in done.items] == [m.pk for m in (more[0], *more[2:])]
    assert done.left_out == 2
    assert fresh(more)[1].latest_revision_id == waiting
    assert fresh([ausweis])[0].latest_revision is None


def test_what_was_approved_meanwhile_stays_when_the_rest_is_taken_back(edda, cora, client_for, more):
    client = client_for(edda)
    do(client, "melden", more, **STATUS)
    first = fresh(more)[0]
    task = first.current_workflow_state.current_task_state
    client_for(cora).post(reverse("measures:workflow_action", args=[first.pk, "approve", task.pk]))
    client.post(reverse(UNDO), {"aktion": BulkAction.objects.get().public_id})
    assert [m.status for m in fresh(more)] == ["abgeschlossen", *["in_umsetzung"] * 3]
    assert [m.has_unpublished_changes for m in fresh(more)] == [False] * 4
    assert [m.workflow_in_progress for m in fresh(more)] == [False] * 4


def test_the_coordination_hands_measures_to_another_department_with_approval(cora, carl, kim, client_for, more):
    there = Organisation.objects.get(code="KVR")
    do(client_for(cora), "zuweisen", more, department=there.pk, reason="Neuer Zuschnitt.")
    assert {m.department.code for m in fresh(more)} == {"RIT"}
    first = fresh(more)[0]
    task = first.current_workflow_state.current_task_state
    client_for(carl).post(reverse("measures:workflow_action", args=[first.pk, "approve", task.pk]))
    assert fresh(more)[0].department == there
    assert Entry.objects.filter(action="radar.measure.assign").count() == 4


def test_an_editor_assigns_nothing(edda, kim, client_for, more):
    there = Organisation.objects.get(code="KVR")
    do(client_for(edda), "zuweisen", more, department=there.pk, reason="Weg damit.")
    assert not BulkAction.objects.exists()
    assert all(m.latest_revision is None for m in fresh(more))


def test_only_whoever_did_it_takes_it_back_and_in_time(edda, cora, client_for, more, stopped_clock):
    client = client_for(edda)
    do(client, "melden", more[:2], **STATUS)
    done = BulkAction.objects.get()
    client_for(cora).post(reverse(UNDO), {"aktion": done.public_id})
    assert all(m.workflow_in_progress for m in fresh(more[:2]))
    stopped_clock.move(minutes=11)
    client.post(reverse(UNDO), {"aktion": done.public_id})
    assert all(m.workflow_in_progress for m in fresh(more[:2]))
    assert done.public_id not in client.get(reverse("radar_staff:measures")).content.decode()


def test_a_request_answered_by_a_report_that_is_taken_back_is_open_again(edda, cora, client_for, more):
    do(client_for(cora), "anfordern", more[:1])
    client = client_for(edda)
    do(client, "melden", more[:1], **STATUS)
    assert not StatusRequest.objects.filter(closed_at=None).exists()
    client.post(reverse(UNDO), {"aktion": BulkAction.objects.latest("pk").public_id})
    assert StatusRequest.objects.filter(closed_at=None, answered=False).count() == 1


def test_requests_cannot_be_taken_back_once_mailed(edda, kim, cora, client_for, tablets, ausweis, stopped_clock):
    client = client_for(cora)
    do(client, "anfordern", [tablets, ausweis])
    stopped_clock.move(minutes=3)
    assert send_due() == 2
    client.post(reverse(UNDO), {"aktion": BulkAction.objects.get().public_id})
    assert StatusRequest.objects.filter(closed_at=None).count() == 2
