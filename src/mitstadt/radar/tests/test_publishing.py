"""A revision is prepared out of sight and appears at once; a killed process leaves the old state or the new one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mitstadt.accounts.actor import COORDINATOR, Actor, Grant
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError
from mitstadt.kit.jobs.api import run_pending
from mitstadt.notify.models import Event
from mitstadt.radar import actions, exporter, queries, synthetic
from mitstadt.radar.actions import imports
from mitstadt.radar.importer import waiting, write
from mitstadt.radar.models import Measure, MeasureVersion, Milestone, PreparedBatch, Revision, StagedImport, Strategy
from mitstadt.radar.search import sources
from mitstadt.search.actions import documents_for
from mitstadt.search.models import Document
from mitstadt.subjects.models import Subject

CAROL = Actor(public_id="carol", grants=(Grant(COORDINATOR, 1, "IT-Referat", "Koordination"),))
pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The process ends here: nothing after it runs, nothing is tidied up."""


def staged_city(measures):
    """An invented city's first year published, its second one staged."""
    city = synthetic.build(measures=measures, years=2, seed=4)
    first = actions.stage_import(CAROL, exporter.to_csv(city.years[0].measures), "a.csv")
    actions.publish_revision(CAROL, first)
    return actions.stage_import(
        CAROL, exporter.to_csv(city.years[1].measures), "b.csv", target=synthetic.target_of(city.years[1])
    )


@pytest.fixture
def staged(db, stopped_clock):
    stopped_clock.set(datetime(2026, 11, 22, 12, tzinfo=UTC))
    made = staged_city(30)
    assert made.summary["errors"] == 0
    assert all(made.summary[key] for key in ("new", "changed", "retired"))
    return made


def public_state():
    """Everything that a reader can see of a strategy."""
    found = [(r.number, r.title, r.status, r.end, r.field.slug, r.path, r.milestones_all) for r in queries.rows()]
    return (
        sorted(found),
        exporter.export(Strategy.objects.get(), "yaml"),
        Subject.objects.public().count(),
        MeasureVersion.objects.count(),
        sorted(Document.objects.filter(subject__published=True).values_list("subject_id", "title", "text")),
        list(Revision.objects.values_list("code", "state")),
    )


def statements_of_publication(measures, monkeypatch):
    staged = staged_city(measures)
    seen = []
    put = imports._put_in_place

    def counted(*args):
        with CaptureQueriesContext(connection) as found:
            result = put(*args)
        seen.append(len(found))
        return result

    monkeypatch.setattr(imports, "_put_in_place", counted)
    actions.publish_revision(CAROL, staged)
    monkeypatch.undo()
    Strategy.objects.filter(is_current=True).update(is_current=False, slug=f"weg-{measures}")
    return seen[0]


def test_the_last_transaction_takes_as_many_statements_for_many_measures_as_for_few(db, monkeypatch):
    with clock.at(datetime(2026, 11, 22, 12, tzinfo=UTC)):
        few = statements_of_publication(30, monkeypatch)
        many = statements_of_publication(330, monkeypatch)
    assert many == few
    assert few < 80


def test_nothing_of_a_revision_is_seen_before_all_of_it(staged):
    before = public_state()
    seen = []
    actions.publish_revision(CAROL, staged, progress=lambda _step, done, of: seen.append((done < of, public_state())))
    assert len([1 for early, _state in seen if early]) > 5
    assert all(state == before for early, state in seen if early)
    assert public_state() != before
    assert not PreparedBatch.objects.exists()


def kill_at(place, monkeypatch):
    """Make the process die at one place of a publication."""

    def die(*args, **kwargs):
        raise Killed

    monkeypatch.setattr(imports._Claim, "release", lambda self: None)
    if place == "before anything is prepared":
        monkeypatch.setattr(write, "prepare", die)
    elif place == "with new subjects made":
        monkeypatch.setattr(waiting, "keep", die)
    elif place == "in the middle of preparing":
        keep, count = PreparedBatch.objects.create, []

        def create(**values):
            count.append(1)
            return die() if len(count) > 4 else keep(**values)

        monkeypatch.setattr(PreparedBatch.objects, "create", create)
    elif place == "with everything prepared":
        monkeypatch.setattr(imports, "_put_in_place", die)
    elif place == "inside the last transaction":
        monkeypatch.setattr(write, "freeze_earlier", die)
    elif place == "after the last transaction":
        monkeypatch.setattr(StagedImport, "refresh_from_db", die)


PLACES = (
    "before anything is prepared",
    "with new subjects made",
    "in the middle of preparing",
    "with everything prepared",
    "inside the last transaction",
)


@pytest.mark.parametrize("place", PLACES)
def test_a_killed_publication_leaves_the_old_state_and_can_be_taken_up(staged, monkeypatch, stopped_clock, place):
    before = public_state()
    with monkeypatch.context() as patch:
        kill_at(place, patch)
        with pytest.raises(Killed):
            actions.publish_revision(CAROL, staged)
    assert public_state() == before
    with pytest.raises(DomainError) as refused:  # for all we know it is still at work
        actions.publish_revision(CAROL, staged)
    assert refused.value.code == "busy"
    stopped_clock.move(minutes=2)
    actions.publish_revision(CAROL, StagedImport.objects.get(pk=staged.pk))
    assert Revision.objects.filter(code=staged.target["code"], state="published").exists()
    assert Subject.objects.filter(kind="measure").count() == Measure.objects.count()
    assert not PreparedBatch.objects.exists()


@pytest.mark.parametrize("place", PLACES)
def test_a_killed_publication_can_be_thrown_away(staged, monkeypatch, place):
    before, subjects = public_state(), Subject.objects.count()
    with monkeypatch.context() as patch:
        kill_at(place, patch)
        with pytest.raises(Killed):
            actions.publish_revision(CAROL, staged)
    actions.discard_import(CAROL, staged)
    assert public_state() == before
    assert Subject.objects.count() == subjects
    assert not PreparedBatch.objects.exists()


def test_a_publication_killed_at_its_very_end_is_whole_and_the_worker_finishes_it(staged, monkeypatch):
    with monkeypatch.context() as patch:
        kill_at("after the last transaction", patch)
        with pytest.raises(Killed):
            actions.publish_revision(CAROL, staged)
    revision = Revision.objects.get(code=staged.target["code"])
    assert len(queries.rows()) == Measure.objects.filter(retired_in=None).count()
    assert revision.grid == {}
    run_pending()
    revision.refresh_from_db()
    assert revision.grid
    assert not PreparedBatch.objects.exists()
    told = Event.objects.filter(event="radar.revision.published")
    assert told.count() == staged.summary["new"] + staged.summary["changed"] + staged.summary["retired"]


def test_whoever_was_taken_for_dead_cannot_publish_any_more(staged, stopped_clock):
    slow = imports._claim(staged)
    stopped_clock.move(minutes=2)
    actions.publish_revision(CAROL, staged)
    with pytest.raises(DomainError):
        slow.renew()
    order = write.Order(new=[], changed={})
    with pytest.raises(DomainError):
        imports._put_in_place(CAROL, staged, slow, order, None)


def test_a_number_given_out_meanwhile_makes_a_publication_stale(staged, monkeypatch):
    prepare = write.prepare

    def overtaken(*args, **kwargs):
        found = prepare(*args, **kwargs)
        Strategy.objects.update(next_number=1_000)
        return found

    monkeypatch.setattr(write, "prepare", overtaken)
    before = len(queries.rows())
    for row in staged.rows.filter(verdict="new"):
        row.payload = {**row.payload, "number": 0}
        row.save()
    with pytest.raises(DomainError, match="geändert"):
        actions.publish_revision(CAROL, staged)
    monkeypatch.undo()
    assert len(queries.rows()) == before
    staged.refresh_from_db()
    assert (staged.state, staged.claim) == (StagedImport.State.READY, "")


def test_what_is_published_is_searchable_at_once_and_says_what_a_rebuild_would_say(staged):
    actions.publish_revision(CAROL, staged)
    kept = {d.subject_id: (d.title, d.text, d.state, d.facets, d.weight) for d in Document.objects.all()}
    anew = {s.subject_id: (s.title, s.text, s.state, s.facets, s.weight) for s in documents_for(sources())}
    assert kept == anew


def test_changes_carry_the_moment_at_which_they_became_visible(staged, monkeypatch, stopped_clock):
    """Who asks "what changed since" every minute must not miss what was prepared before and published after."""
    put = imports._put_in_place

    def later(*args):
        stopped_clock.move(minutes=3)
        return put(*args)

    monkeypatch.setattr(imports, "_put_in_place", later)
    asked = clock.now() + timedelta(minutes=2)
    actions.publish_revision(CAROL, staged)
    revision = Revision.objects.get(code=staged.target["code"])
    for version in revision.versions.select_related("measure__subject"):
        assert version.recorded_at > asked
        assert version.measure.facts_changed_at > asked
        assert version.measure.subject.changed_at > asked


def test_lists_that_a_file_does_not_change_stay(staged):
    steps = {m.pk: [s.title for s in m.milestones.all()] for m in Measure.objects.all()}
    actions.publish_revision(CAROL, staged)
    for pk, titles in steps.items():
        assert list(Milestone.objects.filter(measure=pk).values_list("title", flat=True)) == titles
