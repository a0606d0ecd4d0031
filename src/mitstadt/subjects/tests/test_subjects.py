"""The keystone stays narrow, counts without a race, and leaves moderation's word alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from mitstadt.accounts.actor import NOBODY
from mitstadt.kit.decision import YES, no
from mitstadt.subjects import actions, kinds
from mitstadt.subjects.models import Link, Subject

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def test_a_subject_is_identity_and_counters_and_nothing_else():
    """Whoever needs another column needs another table: this row is read on every page."""
    assert {f.column for f in Subject._meta.concrete_fields} == {
        "id",
        "public_id",
        "kind",
        "title",
        "path",
        "district_id",
        "published",
        "restricted",
        "comment_count",
        "rating_count",
        "follower_count",
        "is_example",
        "created_at",
        "changed_at",
    }


def test_what_is_restricted_or_a_draft_is_not_public(db):
    shown = actions.create("thing", "Gezeigt", "/a/", published=True)
    draft = actions.create("thing", "Entwurf", "/b/")
    hidden = actions.create("thing", "Verborgen", "/c/", published=True)
    Subject.objects.filter(pk=hidden.pk).update(restricted=True)
    assert list(Subject.objects.public()) == [shown]
    assert not draft.is_public


def test_the_owner_cannot_undo_moderation_or_reset_a_counter_by_publishing(db):
    subject = actions.create("thing", "Alt", "/a/")
    Subject.objects.filter(pk=subject.pk).update(restricted=True, comment_count=7)
    actions.mirror(subject, title="Neu", published=True)
    stored = Subject.objects.get(pk=subject.pk)
    assert (stored.title, stored.published, stored.restricted, stored.comment_count) == ("Neu", True, True, 7)


def test_a_very_long_title_is_cut_not_refused(db):
    assert len(actions.create("thing", "x" * 1000, "/a/").title) == 300


def test_linking_twice_is_linking_once_and_nothing_links_to_itself(db):
    one, two = (actions.create("thing", name, f"/{name}/") for name in ("eins", "zwei"))
    actions.link(one, two, Link.Kind.CAUSED, "weil")
    actions.link(one, two, Link.Kind.CAUSED, "noch einmal")
    assert [link.note for link in Link.objects.all()] == ["weil"]
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.link(one, one, Link.Kind.RELATED)


@pytest.mark.django_db(transaction=True)
def test_fifty_people_counting_at_once_lose_no_count(race):
    subject = actions.create("thing", "Beliebt", "/a/", published=True)
    race(50, lambda number: actions.count(subject.pk, "follower_count", 1))
    assert Subject.objects.get(pk=subject.pk).follower_count == 50


@pytest.fixture
def bench(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", {})
    kind = kinds.Kind(
        "bench",
        "Bank",
        "Bänke",
        can=lambda actor, verb, subject, now: YES if verb == "sit" else no("Nur zum Sitzen.", "login"),
    )
    kinds.register(kind)
    return kind


def test_two_rooms_cannot_claim_one_kind(bench):
    kinds.register(bench)  # the same one again is fine: apps start twice in tests
    with pytest.raises(ValueError, match="bench"):
        kinds.register(kinds.Kind("bench", "Andere", "Andere", can=bench.can))


def test_a_refusal_carries_the_reason_that_the_person_reads(bench, db):
    subject = actions.create("bench", "Bank am Fluss", "/a/", published=True)
    assert kinds.can(NOBODY, "sit", subject, NOW)
    decision = kinds.can(NOBODY, "paint", subject, NOW)
    assert not decision
    assert (decision.reason, decision.step_up) == ("Nur zum Sitzen.", "login")
    assert [bool(d) for d in kinds.can_many(NOBODY, "sit", [subject, subject], NOW)] == [True, True]


def test_an_unknown_kind_is_an_error_not_a_yes(bench, db):
    with pytest.raises(KeyError):
        kinds.can(NOBODY, "sit", actions.create("ghost", "Geist", "/g/"), NOW)
