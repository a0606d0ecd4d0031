"""What the dry run shows is what publishing does; and nothing that was once public is lost."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import yaml

from mitstadt.accounts.actor import COORDINATOR, EDITOR, Actor, Grant
from mitstadt.audit.models import Entry
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.radar import actions, exporter, queries
from mitstadt.radar.models import (
    FormerAddress,
    Measure,
    MeasureLineage,
    MeasureVersion,
    Revision,
    StagedImport,
    Strategy,
)
from mitstadt.search.models import Document
from mitstadt.subjects.models import Subject

CAROL = Actor(public_id="carol", grants=(Grant(COORDINATOR, 1, "IT-Referat", "Koordination"),))
pytestmark = pytest.mark.django_db

FRAME = {
    "handlungsfelder": [{"slug": "bildung", "name": "Bildung"}, {"slug": "mobilitaet", "name": "Mobilität"}],
    "referate": [{"code": "RIT", "name": "IT-Referat"}, {"code": "MOR", "name": "Mobilitätsreferat"}],
}
START = [
    {"title": "Radweg", "slug": "radweg", "handlungsfeld": "mobilitaet", "status": "geplant", "end_year": 2024},
    {"title": "Busspur", "slug": "busspur", "handlungsfeld": "mobilitaet", "status": "geplant"},
    {"title": "Lernwelt", "slug": "lernwelt", "handlungsfeld": "bildung", "status": "in_umsetzung"},
    {"title": "Tablets", "slug": "tablets", "handlungsfeld": "bildung", "status": "in_umsetzung"},
]


def at(year, month=6):
    return clock.at(datetime(year, month, 1, 12, tzinfo=UTC))


def publish(measures, code, decided, **options):
    data = yaml.safe_dump({**FRAME, "measures": measures}, allow_unicode=True).encode()
    staged = actions.stage_import(
        CAROL, data, "plan.yaml", target={"code": code, "name": f"Fortschreibung {code}", "decided": decided}, **options
    )
    assert staged.problems == []
    actions.publish_revision(CAROL, staged)
    return staged


@pytest.fixture
def city(db):
    with at(2023):
        publish(START, "2023", "2023-05")
    with at(2024):
        yield Strategy.objects.get()


NEXT = [
    {"number": "M-001", "title": "Radschnellweg", "slug": "radschnellweg", "handlungsfeld": "mobilitaet",
     "status": "in_umsetzung", "end_year": 2026, "change_reason": "Der Bau verzögert sich."},
    {"slug": "busspur", "title": "Busspur", "handlungsfeld": "bildung", "status": "geplant"},
    {"slug": "lernwelt", "title": "Lernwelt", "handlungsfeld": "bildung", "status": "in_umsetzung",
     "merged_into": "schulcloud"},
    {"slug": "schulcloud", "title": "Schulcloud", "handlungsfeld": "bildung"},
    {"slug": "werkbank", "title": "Werkbank", "handlungsfeld": "bildung", "split_from": "radschnellweg"},
]  # fmt: skip


def test_the_dry_run_shows_every_difference_and_changes_nothing(city):
    before = exporter.export(city, "yaml")
    data = yaml.safe_dump({**FRAME, "measures": NEXT}).encode()
    staged = actions.stage_import(CAROL, data, "plan.yaml", target={"code": "2024", "decided": "2024-05"})
    shown = {r.slug: (r.verdict, {d["field"]: (d["before"], d["after"]) for d in r.differences})
             for r in staged.rows.all()}  # fmt: skip
    assert shown == {
        "radweg": ("changed", {
            "slug": ("radweg", "radschnellweg"), "title": ("Radweg", "Radschnellweg"), "end": ("2024", "2026"),
            "status": ("geplant", "in_umsetzung")}),
        "busspur": ("changed", {"field": ("mobilitaet", "bildung")}),
        "lernwelt": ("changed", {"merged_into": ("", "schulcloud")}),
        "schulcloud": ("new", {}),
        "werkbank": ("new", {}),
        "tablets": ("retired", {}),
    }  # fmt: skip
    assert exporter.export(Strategy.objects.get(), "yaml") == before
    assert not Revision.objects.filter(code="2024").exists()


def test_publishing_does_what_was_shown(city):
    publish(NEXT, "2024", "2024-05")
    assert {(r.number, r.title, r.field.slug, r.end) for r in queries.rows()} == {
        (1, "Radschnellweg", "mobilitaet", "2026"),
        (2, "Busspur", "bildung", ""),
        (5, "Schulcloud", "bildung", ""),
        (6, "Werkbank", "bildung", ""),
    }
    d = queries.compare("2023", "2024").differences
    assert [(x.number, x.others) for x in d.merged] == [(3, (5,))]
    assert [(x.number, x.others) for x in d.split] == [(1, (6,))]
    assert [x.number for x in d.dropped] == [4]
    assert [x.number for x in d.new] == [5]
    assert [(x.number, x.months) for x in d.postponed] == [(1, 24)]
    assert [(x.number, x.before, x.after) for x in d.moved] == [(2, "mobilitaet", "bildung")]
    assert [x.pieces for x in d.renamed] == [(("removed", "Radweg"), ("added", "Radschnellweg"))]
    assert [x.number for x in d.status] == [1]


def test_nothing_is_deleted_and_old_addresses_lead_on(city):
    subjects = set(Subject.objects.values_list("public_id", flat=True))
    publish(NEXT, "2024", "2024-05")
    assert subjects <= set(Subject.objects.values_list("public_id", flat=True))
    assert list(FormerAddress.objects.values_list("slug", "measure__number")) == [("radweg", 1)]
    assert Subject.objects.get(measure__number=1).path == "/radar/m-001-radschnellweg/"
    gone = Measure.objects.get(slug="tablets")
    assert (gone.live, gone.retired_in.code, gone.subject.published) == (True, "2024", True)
    assert MeasureLineage.objects.filter(kind="merged", revision__code="2024").count() == 1


def test_a_retired_measure_comes_back_when_a_later_revision_names_it(city):
    publish(NEXT, "2024", "2024-05")
    with at(2025):
        publish([*START, *[m for m in NEXT if m["slug"] in ("schulcloud", "werkbank")]][1:], "2025", "2025-05")
    assert Measure.objects.get(slug="tablets").retired_in is None
    assert 4 in {r.number for r in queries.rows()}
    assert 4 not in {r.number for r in queries.rows(revision="2024")}


def test_publishing_is_found_recorded_and_findable(city):
    publish(NEXT, "2024", "2024-05")
    entry = Entry.objects.filter(action="radar.import.published").latest("id")
    assert (entry.actor, entry.actor_label) == ("carol", "IT-Referat, Koordination")
    assert entry.payload["revision"] == "2024"
    assert Document.objects.get(subject__measure__number=1).title == "Radschnellweg"
    version = MeasureVersion.objects.filter(measure__number=1).latest("sequence")
    assert (version.by, version.reason, version.revision.code, version.valid_from) == (
        "IT-Referat, Koordination", "Der Bau verzögert sich.", "2024", date(2024, 5, 31),
    )  # fmt: skip


def test_a_correction_without_a_revision_retires_nothing(city):
    data = yaml.safe_dump({"measures": [{"number": 2, "title": "Busspuren"}]}).encode()
    staged = actions.stage_import(CAROL, data, "plan.yaml")
    actions.publish_revision(CAROL, staged)
    assert {r.number for r in queries.rows()} == {1, 2, 3, 4}
    busspur = Measure.objects.get(number=2)
    # what the file does not speak about stays
    assert (busspur.title, busspur.slug, busspur.field.slug, busspur.status) == (
        "Busspuren", "busspur", "mobilitaet", "geplant",
    )  # fmt: skip


def test_a_partial_revision_leaves_the_others_alone(city):
    publish([{"number": 1, "title": "Radschnellweg"}], "2024", "2024-05", full=False)
    assert len(queries.rows()) == 4


def test_the_same_import_cannot_be_published_twice_or_after_a_change(city):
    data = yaml.safe_dump({**FRAME, "measures": NEXT}).encode()
    first = actions.stage_import(CAROL, data, "plan.yaml", target={"code": "2024", "decided": "2024-05"})
    second = actions.stage_import(CAROL, data, "plan.yaml", target={"code": "2024b", "decided": "2024-05"})
    actions.publish_revision(CAROL, first)
    with pytest.raises(DomainError):
        actions.publish_revision(CAROL, first)
    with pytest.raises(DomainError, match="geändert"):
        actions.publish_revision(CAROL, second)
    second.refresh_from_db()
    assert second.state == StagedImport.State.READY
    assert not Revision.objects.filter(code="2024b").exists()


def test_revisions_are_published_in_order(city):
    data = yaml.safe_dump({**FRAME, "measures": START}).encode()

    def messages(**target):
        return [p["field"] for p in actions.stage_import(CAROL, data, "p.yaml", target=target).problems]

    assert messages(code="2022", decided="2022-05") == ["revision.decided"]
    assert messages(code="2030", decided="2030-05") == ["revision.decided"]
    assert messages(code="2023", decided="2024-05") == ["revision.code"]
    assert messages(decided="2024-05") == ["revision.code"]
    assert messages(code="2024", decided="2024-05") == []


def test_a_forgotten_number_is_hinted_at(city):
    measures = [*START[1:], {"title": "Radwege", "handlungsfeld": "mobilitaet"}]
    data = yaml.safe_dump({"measures": measures}).encode()
    staged = actions.stage_import(CAROL, data, "p.yaml", target={"code": "2024", "decided": "2024-05"})
    assert [(p["level"], p["field"]) for p in staged.problems] == [("warning", "title")]
    assert "M-001" in staged.problems[0]["message"]


def test_a_discarded_import_leaves_no_rows(city):
    staged = actions.stage_import(CAROL, yaml.safe_dump({"measures": NEXT}).encode(), "p.yaml")
    actions.discard_import(CAROL, staged)
    assert staged.rows.count() == 0
    with pytest.raises(DomainError):
        actions.publish_revision(CAROL, staged)


def test_only_the_coordination_publishes(city):
    staged = actions.stage_import(CAROL, yaml.safe_dump({"measures": NEXT}).encode(), "p.yaml")
    eric = Actor(grants=(Grant(EDITOR, 1, "IT-Referat"),))
    with pytest.raises(Refused, match="Koordination"):
        actions.publish_revision(eric, staged)


def test_a_failure_in_the_middle_leaves_everything_as_it_was(city, monkeypatch):
    before = exporter.export(city, "yaml")
    staged = actions.stage_import(
        CAROL, yaml.safe_dump({**FRAME, "measures": NEXT}).encode(), "p.yaml", target={"code": "2024"}
    )

    def broken(*args, **kwargs):
        raise RuntimeError("power cut")

    monkeypatch.setattr("mitstadt.radar.actions.imports.audit.record", broken)
    with pytest.raises(RuntimeError):
        actions.publish_revision(CAROL, staged)
    monkeypatch.undo()
    assert exporter.export(Strategy.objects.get(), "yaml") == before
    staged.refresh_from_db()
    assert staged.state == StagedImport.State.READY


@pytest.mark.race
def test_two_people_who_publish_at_once_publish_once(race, transactional_db):
    with at(2023):
        publish(START, "2023", "2023-05")
    data = yaml.safe_dump({**FRAME, "measures": NEXT}).encode()
    staged = [
        actions.stage_import(CAROL, data, "p.yaml", target={"code": f"2024-{n}", "decided": "2024-05"}).pk for n in "ab"
    ]
    outcome = race(4, lambda n: actions.publish_revision(CAROL, StagedImport.objects.get(pk=staged[n % 2])))
    assert len(outcome.results) == 1
    assert [type(error) for error in outcome.errors] == [DomainError] * 3
    assert Revision.objects.exclude(code="2023").count() == 1
    assert Measure.objects.count() == 6
