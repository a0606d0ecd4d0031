"""What a program reads: the same facts as the pages, with plain errors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mitstadt.accounts.actor import COORDINATOR, Actor, Grant
from mitstadt.kit import clock
from mitstadt.radar import demo, synthetic
from mitstadt.radar.models import Measure, Revision
from mitstadt.radar.tests.changing import change, retire

CAROL = Actor(grants=(Grant(COORDINATOR, 1, "IT-Referat", "Koordination"),))


COMPILED = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def loaded(module_db):
    with clock.at(COMPILED):
        demo.load()


@pytest.fixture
def munich(db, loaded):
    with clock.at(COMPILED):
        yield


def get(client, path, **query):
    answer = client.get(f"/api/v1/{path}", query)
    return answer.status_code, answer.json()


def test_a_program_walks_through_all_pages(client, munich):
    seen, address = [], "/api/v1/measures?limit=40"
    while address:
        page = client.get(address.replace("http://127.0.0.1:8000", "")).json()
        assert page["total"] == 87
        seen += [m["number"] for m in page["items"]]
        address = page["next"]
    assert seen == list(range(1, 88))


@pytest.mark.parametrize(
    ("query", "total"),
    [
        # counted in the file with a text editor
        ({"status": "abgeschlossen"}, 12),
        ({"status": ["abgeschlossen", "eingestellt"]}, 13),
        ({"late": "true"}, 20),
        ({"revision": "2022"}, 3),
        ({"stand": "2019-07-23", "revision": "2019"}, 0),
    ],
)
def test_filters_count_as_a_reader_of_the_file_would(client, munich, query, total):
    assert get(client, "measures", **query)[1]["total"] == total


def test_the_day_is_chosen_by_date_or_revision(client, munich):
    status, by_code = get(client, "measures", stand="2022")
    assert (status, by_code["as_of"]) == (200, "2022-12-21")
    assert get(client, "measures", stand="2022-12-21")[1]["items"] == by_code["items"]


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({"field": "gibtsnicht"}, "gibtsnicht"),
        ({"stand": "gestern"}, "gestern"),
        ({"stand": "2099-01-01"}, "Zukunft"),
        ({"changed_since": "bald"}, "bald"),
    ],
)
def test_what_means_nothing_is_answered_with_its_value(client, munich, query, word):
    status, answer = get(client, "measures", **query)
    assert status == 422
    assert word in answer["detail"]


def test_a_measure_is_found_by_id_code_and_former_name(client, munich):
    measure = Measure.objects.get(number=1)
    with clock.at(datetime(2026, 11, 23, 9, tzinfo=UTC)):
        change(measure, slug="elektronische-akte", title="Elektronische Akte")
    for name in (measure.subject.public_id, "M-001", "m-1", "elektronische-akte", "e-akte"):
        status, found = get(client, f"measures/{name}")
        assert (status, found["code"], found["title"]) == (200, "M-001", "Elektronische Akte"), name
    assert get(client, "measures/M-999")[0] == 404


def test_the_detail_carries_what_the_file_says_about_the_e_akte(client, munich):
    _status, found = get(client, "measures/M-001")
    assert found["progress_reports"] == [
        {"percent": 23, "end": "2025", "as_of": "", "confidence": "medium"},
        {"percent": 58, "end": "2026", "as_of": "", "confidence": "medium"},
    ]
    assert found["source"] == "radar-Projektseite (zwei Stände), Digitalisierungsbericht 2025, Presse 01/2020"
    assert [f["slug"] for f in found["flags"]] == ["postponed", "stale"]
    assert all(f["rule"] for f in found["flags"])
    assert 12 in [c["shift"] for c in found["history"]]


def test_what_the_e_akte_was_on_a_day_ends_its_history_there(client, munich):
    _status, found = get(client, "measures/M-001", stand="2022-06-01")
    assert (found["status"], found["end"]) == ("nicht-belegt", "")
    assert {"status", "end", "department"} <= set(found["unproven"])
    assert all(c["day"] <= "2022-06-01" for c in found["history"])
    assert get(client, "measures/M-001", stand="2020-01-01")[0] == 404


def test_the_frame_is_complete(client, munich):
    _status, found = get(client, "strategy")
    counted = {name: len(found[name]) for name in
               ("fields", "core_areas", "principles", "departments", "revisions", "timeline", "reports", "vision",
                "mission", "citizen_needs")}  # fmt: skip
    assert counted == {
        "fields": 9, "core_areas": 3, "principles": 7, "departments": 17, "revisions": 6, "timeline": 12,
        "reports": 6, "vision": 2, "mission": 2, "citizen_needs": 3,
    }  # fmt: skip
    assert found["measures"] == 87
    assert {r["code"]: r["measures"] for r in found["revisions"]}["2021"] == 23
    assert found["fields"][0]["reported_counts"]["total"] == 27
    assert found["participations"][0]["figures"]["comments"] == 150


def test_without_a_strategy_there_is_nothing_and_it_says_so(client, db):
    assert get(client, "measures")[1]["total"] == 0
    assert get(client, "strategy")[0] == 404


def test_changed_since_names_what_was_dropped(client, munich):
    with clock.at(datetime(2026, 12, 1, 12, tzinfo=UTC)):
        revision = Revision.objects.get(code="2023")
        retire(Measure.objects.get(number=3), revision, reason="Ersetzt durch die BayernID.")
        answer = get(client, "measures", changed_since="2026-11-30")[1]
        assert (answer["total"], answer["retired"]) == (0, ["M-003"])
        assert get(client, "measures/M-003")[1]["retired"] == "2023"


def test_more_measures_need_no_more_queries(client, db, django_assert_max_num_queries):
    with clock.at(datetime(2030, 1, 1, 12, tzinfo=UTC)):
        synthetic.make_city(30, 3, seed=1)
        with django_assert_max_num_queries(20):
            client.get("/api/v1/measures")
        with django_assert_max_num_queries(20):
            client.get("/api/v1/measures/M-001")
        with django_assert_max_num_queries(20):
            client.get("/api/v1/strategy")


def test_unpublished_and_restricted_measures_are_not_there(client, munich):
    first, second = Measure.objects.get(number=1), Measure.objects.get(number=2)
    first.live = False
    first.save()
    second.subject.restricted = True
    second.subject.save()
    assert get(client, "measures")[1]["total"] == 85
    assert get(client, "measures/M-001")[0] == 404
    assert get(client, "measures/M-002")[0] == 404
    assert get(client, "measures", stand="2025-12-31")[1]["items"][0]["number"] == 3


def test_tomorrow_is_not_asked(client, munich):
    tomorrow = (datetime(2026, 11, 22, tzinfo=UTC) + timedelta(days=1)).date().isoformat()
    assert get(client, "measures", stand=tomorrow)[0] == 422
