"""Munich's own strategy: everything in the file has its place, nothing unproven is shown as certain."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from mitstadt.accounts.actor import COORDINATOR, Actor, Grant
from mitstadt.kit import clock
from mitstadt.radar import actions, demo, exporter, queries
from mitstadt.radar.models import Measure, MeasureVersion, Strategy

ROOT = Path(__file__).resolve().parents[4]
FILE = ROOT / "demo" / "munich" / "strategy.yaml"
COMPILED = datetime(2026, 11, 22, 12, tzinfo=UTC)
CAROL = Actor(grants=(Grant(COORDINATOR, 1, "IT-Referat", "Koordination Digitalstrategie"),))


@pytest.fixture(scope="module")
def source() -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def loaded(module_db: None):
    with clock.at(COMPILED):
        demo.load()


@pytest.fixture
def munich(db: None, loaded: None):
    with clock.at(COMPILED):
        yield Strategy.objects.get()


def leaves(value: Any, path: tuple[Any, ...] = ()):
    """Every single value of a file with the way to it; items of lists by their key where they have one."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            key = next(
                (item[k] for k in ("slug", "id", "code", "no") if isinstance(item, dict) and k in item), position
            )
            yield from leaves(item, (*path, key))
    else:
        yield path, value


def test_every_leaf_of_the_file_comes_out_of_the_export_again(munich, source):
    exported = dict(leaves(yaml.safe_load(exporter.export(munich, "yaml"))))
    missing = {path: value for path, value in leaves(source) if exported.get(path) != value}
    assert missing == {}


def test_empty_lists_of_the_file_stay_lists(munich, source):
    exported = yaml.safe_load(exporter.export(munich, "yaml"))
    by_slug = {m["slug"]: m for m in exported["measures"]}
    assert all(by_slug[m["slug"]]["links"] == m["links"] for m in source["measures"])


def test_measures_are_numbered_in_the_order_of_the_file(munich, source):
    numbered = list(Measure.objects.order_by("number").values_list("number", "slug"))
    assert numbered == [(n, m["slug"]) for n, m in enumerate(source["measures"], start=1)]
    assert len(numbered) == 87


def test_what_a_reader_counts_in_the_file_is_what_the_radar_shows(munich):
    # counted by hand in the file: 48, 18, 12, 8, 1; late: end before 2026 and neither done nor stopped
    rows = queries.rows()
    assert Counter(r.status for r in rows) == {
        "in_umsetzung": 48,
        "unbekannt": 18,
        "abgeschlossen": 12,
        "geplant": 8,
        "eingestellt": 1,
    }
    assert sum(r.is_late for r in rows) == 20
    assert sum("revision" in r.unproven for r in rows) == 33
    assert sum("end" in r.unproven for r in rows) == 61


def test_loading_twice_changes_nothing(munich):
    before = list(MeasureVersion.objects.values_list("id", "facts"))
    changed = list(Measure.objects.values_list("pk", "facts_changed_at"))
    demo.load()
    assert list(MeasureVersion.objects.values_list("id", "facts")) == before
    assert list(Measure.objects.values_list("pk", "facts_changed_at")) == changed


@pytest.mark.parametrize("form", ["yaml", "csv", "xlsx"])
def test_an_export_imported_again_makes_no_difference(munich, form):
    data = exporter.export(munich, form)
    staged = actions.stage_import(CAROL, data, f"strategie.{form}")
    assert staged.problems == []
    assert {k: staged.summary[k] for k in ("new", "changed", "same", "retired")} == {
        "new": 0,
        "changed": 0,
        "same": 87,
        "retired": 0,
    }
    if form == "yaml":
        actions.publish_revision(CAROL, staged)
        assert exporter.export(Strategy.objects.get(), "yaml") == data


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_table_can_found_a_strategy_of_its_own(munich, form):
    data = exporter.export(munich, form)
    staged = actions.stage_import(CAROL, data, f"strategie.{form}", strategy_slug="zweite")
    assert [p for p in staged.problems if p["level"] == "error"] == []
    second = actions.publish_revision(CAROL, staged)
    first_row, second_row = (
        [
            (m.title, m.start, m.end, m.status, m.milestones, m.links, m.related)
            for m in exporter.measures_of(s).values()
        ]
        for s in (munich, second)
    )
    assert first_row == second_row


def test_a_measure_of_2021_is_not_part_of_the_revision_before(munich):
    numbers = {
        code: {r.number for r in queries.rows(revision=code) if "revision" not in r.unproven}
        for code in ("2019", "2020", "2021", "2022", "2023")
    }
    # proven per revision in the file: 20, 4, 23, 3, 4
    assert [len(numbers[c]) for c in ("2019", "2020", "2021", "2022", "2023")] == [20, 24, 47, 50, 54]
    assert 1 not in numbers["2020"]
    assert 1 in numbers["2021"]


def test_a_status_counts_only_from_the_day_for_which_a_source_names_it(munich):
    # E-Akte: "in_umsetzung", as of 2025-04
    e_akte = next(r for r in queries.rows(day=date(2025, 4, 29)) if r.number == 1)
    assert (e_akte.status, "status" in e_akte.unproven) == ("nicht-belegt", True)
    e_akte = next(r for r in queries.rows(day=date(2025, 4, 30)) if r.number == 1)
    assert (e_akte.status, "status" in e_akte.unproven, "end" in e_akte.unproven) == ("in_umsetzung", False, True)


def test_fields_of_2021_prove_nothing_about_2019(munich):
    # the revision of 2021 says "neun Handlungsfelder"; before there were others
    rows = [r for r in queries.rows(revision="2019") if "revision" not in r.unproven]
    assert all("field" in r.unproven for r in rows)
    assert any("field" not in r.unproven for r in queries.rows(revision="2021"))


def test_the_end_of_the_e_akte_was_postponed_once_without_an_invented_day(munich):
    e_akte = next(r for r in queries.rows() if r.number == 1)
    assert [f.number for f in e_akte.flags if f.slug == "postponed"] == [1]
    moved = [c for c in queries.timeline(e_akte.id) if c.what == "end"]
    assert [(c.day, c.old, c.new, c.shift) for c in moved] == [("", "2025", "2026", 12)]


def test_the_time_line_tells_decisions_and_milestones_with_their_days(munich):
    digitalrat = Measure.objects.get(slug="digitalrat")
    told = [(c.day, c.what) for c in queries.timeline(digitalrat.pk) if c.what in ("milestone", "council")]
    assert told == [
        ("2024-07-24", "milestone"),
        ("2024-01-17", "milestone"),
        ("2023-07-26", "milestone"),
        ("2021-02-10", "milestone"),
    ]
    portal = queries.timeline(Measure.objects.get(slug="portal-der-zukunft").pk)
    assert [c.text for c in portal if c.what == "council"] == ["Beschluss: 20-26 / V 04375 (Vollversammlung)"]


def test_what_went_into_another_measure_says_so_on_both_sides(munich):
    before = Measure.objects.get(slug="social-community-plattform")
    after = Measure.objects.get(slug="be-community-plattform")
    assert [c.url for c in queries.timeline(before.pk) if c.what == "merged"] == [after.get_absolute_url()]
    assert [c.url for c in queries.timeline(after.pk) if c.what == "merged"] == [before.get_absolute_url()]


def test_comparing_munich_says_what_nobody_can_prove(munich):
    found = queries.compare("2021", "2022")
    # proven in 2022 first: three measures in the file
    assert len(found.differences.new) == 3
    doubtful = {d.number for d in found.differences.unprovable if "revision" in d.facts}
    assert doubtful
    assert doubtful.isdisjoint({d.number for d in found.differences.new})


def test_rows_of_today_and_of_this_day_are_the_same(munich):
    by_day = {r.number: r for r in queries.rows(day=date(2026, 11, 22))}
    for row in queries.rows():
        other = by_day[row.number]
        assert (row.title, row.status, row.start, row.end, row.field, row.core_area, row.principles, row.flags) == (
            other.title, other.status, other.start, other.end, other.field, other.core_area, other.principles,
            other.flags,
        )  # fmt: skip
        assert row.unproven == other.unproven
        assert row.short_name == other.short_name


def test_rows_cost_few_queries(munich, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        queries.rows()
    with django_assert_max_num_queries(10):
        queries.rows(revision="2022")
