"""The synthetic city's history is known by construction: every day, every revision, every comparison."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import yaml

from mitstadt.accounts.actor import COORDINATOR, Actor, Grant
from mitstadt.kit import clock
from mitstadt.radar import actions, queries, synthetic
from mitstadt.radar.exporter import as_mapping
from mitstadt.radar.models import FormerAddress, Measure, Strategy
from tests.support.database import rolled_back

CAROL = Actor(grants=(Grant(COORDINATOR, 1, "Musterreferat 1", "Koordination"),))
SIZE, YEARS = 60, 10


def noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def city():
    return synthetic.build(SIZE, YEARS, seed=7)


AFTERWARDS = 200  # days after the last revision: today, for the tests


def write(city):
    """With bulk operations."""
    with clock.at(noon(city.years[-1].decided + timedelta(days=AFTERWARDS))):
        synthetic.make_city(SIZE, YEARS, seed=7)


def publish(city):
    """Year by year through the importer, as a city would."""
    for year in city.years:
        with clock.at(noon(year.decided)):
            frame = city.frame if year is city.years[0] else {}
            measures = [{**as_mapping(m), "revision": None} for m in year.measures]
            data = yaml.safe_dump({**frame, "measures": measures}, allow_unicode=True).encode()
            staged = actions.stage_import(
                CAROL, data, "jahr.yaml", strategy_slug="musterstrategie", target=synthetic.target_of(year)
            )
            assert staged.problems == [], staged.problems[:3]
            actions.publish_revision(CAROL, staged)


@pytest.fixture(scope="module", params=[write, publish], ids=["written", "published"])
def history(request, module_db, city):
    with rolled_back():
        request.param(city)
        yield


@pytest.fixture
def strategy(db, history, city):
    with clock.at(noon(city.years[-1].decided + timedelta(days=AFTERWARDS))):
        yield Strategy.objects.get(slug="musterstrategie")


def facts(rows):
    return {
        r.number: {"title": r.title, "field": r.field.slug, "status": r.status, "start": r.start, "end": r.end}
        for r in rows
    }


def test_the_city_has_everything_that_can_happen(city):
    later = city.years[1:]
    assert all(
        any(getattr(y, name) for y in later)
        for name in ("new", "dropped", "renamed", "moved", "postponed", "status", "merged", "split")
    )


def test_every_revision_is_shown_as_it_was(strategy, city):
    for year in city.years:
        assert facts(queries.rows(strategy, revision=year.code)) == year.truth(), year.code


def test_every_day_shows_the_revision_in_force(strategy, city):
    day = city.years[0].decided - timedelta(days=1)
    assert queries.rows(strategy, day=day) == []
    for year in city.years:
        for shift in (-1, 0, 1, 100):
            day = year.decided + timedelta(days=shift)
            there = city.year_on(day)
            assert facts(queries.rows(strategy, day=day)) == (there.truth() if there else {}), day


def test_today_is_the_last_revision(strategy, city):
    assert facts(queries.rows(strategy)) == city.years[-1].truth()


def test_the_trail_starts_at_the_revision_before(strategy, city):
    before, last = city.years[-2].truth(), city.years[-1].truth()
    expected = {n: before[n]["status"] for n in last if n in before and before[n]["status"] != last[n]["status"]}
    assert expected
    assert {r.number: r.earlier_status for r in queries.rows(strategy) if r.earlier_status} == expected


def test_a_moved_end_is_kept_for_the_trail(strategy, city):
    before, last = city.years[-2].truth(), city.years[-1].truth()
    expected = {
        n: before[n]["end"]
        for n in last
        if n in before and before[n]["end"] and last[n]["end"] and before[n]["end"] != last[n]["end"]
    }
    assert expected
    assert {r.number: r.earlier_end for r in queries.rows(strategy) if r.earlier_end} == expected
    # the same on a past day: what the revision before that one said
    day = city.years[-2].decided + timedelta(days=1)
    earlier, shown = city.years[-3].truth(), before
    assert {r.number: r.earlier_end for r in queries.rows(strategy, day=day) if r.earlier_end} == {
        n: earlier[n]["end"]
        for n in shown
        if n in earlier and earlier[n]["end"] and shown[n]["end"] and earlier[n]["end"] != shown[n]["end"]
    }


def test_neighbouring_revisions_differ_by_what_happened(strategy, city):
    for before, year in zip(city.years, city.years[1:], strict=False):
        d = queries.compare(before.code, year.code, strategy=strategy).differences
        assert {x.number for x in d.new} == year.new
        assert {x.number for x in d.dropped} == year.dropped
        assert {x.number: x.others[0] for x in d.merged} == year.merged
        assert {x.number: x.others for x in d.split} == year.split
        assert {x.number: (x.before, x.after) for x in d.renamed} == year.renamed
        assert {x.number: (x.before, x.after) for x in d.moved} == year.moved
        assert {x.number: x.months for x in d.postponed} == year.postponed
        assert {x.number: (x.before, x.after) for x in d.status} == year.status
        assert d.unprovable == []
        assert d.earlier == []


@pytest.mark.parametrize("history", [write], indirect=True, ids=["written"])
def test_any_two_revisions_differ_by_the_truth_of_both(strategy, city):
    for i, a in enumerate(city.years):
        for b in city.years[i + 2 :: 3]:
            old, new = a.truth(), b.truth()
            d = queries.compare(b.code, a.code, strategy=strategy).differences  # the order does not matter
            born = {x.number for x in d.new} | {n for x in d.split for n in x.others}
            assert born >= {n for n in new if n not in old} - {
                n for y in city.years for parts in y.split.values() for n in parts
            }
            assert {x.number for x in d.dropped} | {x.number for x in d.merged} | {
                x.number for x in d.split if x.number not in new
            } == {n for n in old if n not in new}
            both = old.keys() & new.keys()
            assert {x.number for x in d.renamed} == {n for n in both if old[n]["title"] != new[n]["title"]}
            assert {x.number for x in d.moved} == {n for n in both if old[n]["field"] != new[n]["field"]}
            assert {x.number for x in d.postponed} == {n for n in both if old[n]["end"] < new[n]["end"]}


def test_the_time_line_tells_each_change_once_with_its_day_and_reason(strategy, city):
    renamed = next((n, y) for y in city.years[2:] for n in y.renamed)
    number, year = renamed
    key = Measure.objects.get(strategy=strategy, number=number).pk
    told = [c for c in queries.timeline(key) if c.what == "title" and c.day == year.decided.isoformat()]
    assert len(told) == 1
    assert (told[0].old, told[0].new) == year.renamed[number]
    assert told[0].why == "Der neue Name sagt besser, worum es geht."
    assert told[0].who == "Musterreferat 1, Koordination"
    assert "".join(t for op, t in told[0].pieces if op != "added") == told[0].old


def test_postponements_are_counted_over_all_years(strategy, city):
    counted = {}
    for year in city.years:
        for number in year.postponed:
            counted[number] = counted.get(number, 0) + 1
    last = city.years[-1].truth()
    shown = {r.number: next((f.number for f in r.flags if f.slug == "postponed"), 0) for r in queries.rows(strategy)}
    assert shown == {n: counted.get(n, 0) for n in last}


def test_the_time_line_tells_how_far_an_end_moved(strategy, city):
    number, months, year = next((n, m, y) for y in city.years[1:] for n, m in y.postponed.items())
    key = Measure.objects.get(strategy=strategy, number=number).pk
    told = [c.shift for c in queries.timeline(key) if c.what == "end" and c.day == year.decided.isoformat()]
    assert told == [months]


def test_renamed_measures_keep_their_number_and_their_old_address(strategy, city):
    expected = sum(len(y.renamed) for y in city.years)
    assert FormerAddress.objects.filter(strategy=strategy).count() == expected
    slugs = set(Measure.objects.filter(strategy=strategy).values_list("slug", flat=True))
    former = FormerAddress.objects.filter(strategy=strategy).values_list("slug", flat=True)
    assert not slugs & set(former)


def test_dropped_and_merged_measures_stay_in_the_database(strategy, city):
    gone = {n for y in city.years for n in (*y.dropped, *y.merged)}
    assert (
        set(Measure.objects.filter(strategy=strategy).exclude(retired_in=None).values_list("number", flat=True)) == gone
    )


def test_two_cities_of_one_seed_are_the_same():
    assert synthetic.build(20, 4, seed=3).years[-1].truth() == synthetic.build(20, 4, seed=3).years[-1].truth()
    assert synthetic.build(20, 4, seed=3).years[-1].truth() != synthetic.build(20, 4, seed=4).years[-1].truth()
