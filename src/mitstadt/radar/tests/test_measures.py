"""Single measures: numbers, addresses, versions on every publication, who may do what."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from mitstadt.accounts.actor import COORDINATOR, EDITOR, Actor, Grant, actor_for
from mitstadt.kit import clock
from mitstadt.radar import history, queries, synthetic
from mitstadt.radar.importer import state, write
from mitstadt.radar.models import FormerAddress, Measure, MeasureVersion, Revision, Strategy
from mitstadt.radar.tests.changing import change, retire
from mitstadt.search.models import Document
from mitstadt.subjects import kinds
from mitstadt.subjects.models import Subject

DAY = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def strategy(db):
    with clock.at(DAY):
        yield synthetic.make_city(12, 3, seed=5)


@pytest.fixture
def carol(strategy):
    return Actor(public_id="carol", grants=(Grant(COORDINATOR, 0, "Musterreferat 1", "Koordination"),))


@pytest.fixture
def measure(strategy):
    return Measure.objects.filter(strategy=strategy, retired_in=None).exclude(status="abgeschlossen").first()


def editor_of(measure):
    return Actor(public_id="eric", grants=(Grant(EDITOR, measure.department_id, "Musterreferat", "Geschäftsstelle"),))


def last(measure):
    return MeasureVersion.objects.filter(measure=measure).latest("sequence")


def test_a_new_measure_gets_the_next_number_and_numbers_are_never_used_again(strategy):
    highest = Measure.objects.filter(strategy=strategy).latest("number").number

    def new(title, slug):
        made = Measure(strategy=strategy, title=title, slug=slug, summary="x", field=strategy.fields.first())
        made.save()
        return made

    first = new("Nachtbus", "nachtbus")
    assert (first.number, first.subject.path) == (highest + 1, f"/radar/m-{highest + 1:03d}-nachtbus/")
    Measure.objects.filter(pk=first.pk).delete()
    assert new("Tagbus", "tagbus").number == highest + 2


@pytest.mark.race
def test_eight_people_at_once_get_eight_numbers(race, transactional_db):
    with clock.at(DAY):
        strategy = synthetic.make_city(3, 1, seed=1)
    field_id, key = strategy.fields.first().pk, strategy.pk

    def create(n):
        measure = Measure(strategy_id=key, title=f"M{n}", slug=f"m{n}", summary="x", field_id=field_id, live=True)
        measure.save()
        return measure.number

    outcome = race(8, create)
    assert outcome.errors == []
    assert sorted(outcome.results) == list(range(4, 12))


def test_every_published_change_is_a_version_with_who_when_and_why(measure, strategy):
    before = last(measure)
    change(measure, reason="Lieferengpass.", by="Musterreferat, Geschäftsstelle", end="2031")
    after = last(measure)
    assert (after.sequence, after.valid_from, after.by, after.reason, after.facts["end"]) == (
        before.sequence + 1, date(2026, 11, 22), "Musterreferat, Geschäftsstelle", "Lieferengpass.", "2031",
    )  # fmt: skip
    before.refresh_from_db()
    assert before.valid_to == date(2026, 11, 22)
    row = next(r for r in queries.rows(strategy) if r.id == measure.pk)
    assert row.end == "2031"
    yesterday = next(r for r in queries.rows(strategy, day=date(2026, 11, 21)) if r.id == measure.pk)
    assert yesterday.end == before.facts["end"]


def test_saving_without_a_change_writes_no_version(measure):
    count = MeasureVersion.objects.count()
    measure.save()
    assert MeasureVersion.objects.count() == count


def test_a_draft_is_no_history_until_it_is_published(measure, editor):
    count = MeasureVersion.objects.count()
    title = measure.title
    measure.title = "Ganz anders"
    revision = measure.save_revision(user=editor)
    assert MeasureVersion.objects.count() == count
    assert Subject.objects.get(pk=measure.pk).title == title
    revision.publish()
    assert last(measure).facts["title"] == "Ganz anders"
    assert last(measure).by == actor_for(editor).label
    assert Subject.objects.get(pk=measure.pk).title == "Ganz anders"


def test_a_new_name_keeps_the_old_address(measure):
    old = measure.slug
    change(measure, title="Neu benannt", slug="neu-benannt")
    assert FormerAddress.objects.filter(measure=measure, slug=old).exists()
    assert Subject.objects.get(pk=measure.pk).path.endswith("-neu-benannt/")


def test_facts_of_a_row_and_of_a_file_are_the_same(strategy):
    for pk, m in state.measures_of(strategy).items():
        from_row = history.facts_of(Measure.objects.get(pk=pk), ends=[])
        assert {**from_row, "postponed": 0} == {**write.facts_of(m), "postponed": 0}


def test_a_search_finds_what_was_just_renamed(measure):
    change(measure, title="Seilbahn zum Olympiapark", slug="seilbahn")
    assert Document.objects.get(pk=measure.pk).title == "Seilbahn zum Olympiapark"


def test_what_is_gone_can_be_read_but_not_rated(measure, strategy):
    actor, now = Actor(), clock.now()
    kind = kinds.get("measure")
    assert kind.can(actor, "rate", measure.subject, now)
    revision = Revision.objects.filter(strategy=strategy).last()
    target = Measure.objects.filter(strategy=strategy, retired_in=None).exclude(pk=measure.pk).first()
    retire(measure, revision, reason="Zusammengelegt.", merged_into=target)
    subject = Subject.objects.get(pk=measure.pk)
    decision = kind.can(actor, "rate", subject, now)
    assert not decision
    assert "aufgegangen" in decision.reason
    assert kind.can(actor, "read", subject, now)
    assert kind.can(actor, "comment", subject, now)
    subject.published = False
    assert [bool(d) for d in kind.can_many(actor, "read", [subject, target.subject], now)] == [False, True]
    assert kind.department_of(target.pk) == target.department_id


def test_the_kind_costs_two_queries_for_a_whole_list(strategy, django_assert_max_num_queries):
    subjects = list(Subject.objects.filter(kind="measure"))
    with django_assert_max_num_queries(2):
        kinds.get("measure").can_many(Actor(), "rate", subjects, clock.now())


def test_three_hundred_rows_cost_no_more_queries_than_twelve(db, django_assert_max_num_queries):
    with clock.at(DAY):
        strategy = synthetic.make_city(60, 1, seed=2)
        with django_assert_max_num_queries(3):
            queries.rows(strategy)
        with django_assert_max_num_queries(8):
            queries.rows(strategy, day=date(2020, 1, 1))
        measure = Strategy.objects.get().measures.first()
        with django_assert_max_num_queries(9):
            queries.timeline(measure.pk)
        codes = [r.code for r in queries.revisions(strategy)]
        with django_assert_max_num_queries(8):
            queries.compare(codes[0], "2026-11-22", strategy=strategy)
