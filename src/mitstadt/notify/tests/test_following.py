"""Alice, Bob and a guest follow things; the counters know."""

from __future__ import annotations

from typing import Any

import pytest

from mitstadt.accounts.actor import NOBODY
from mitstadt.kit.errors import DomainError
from mitstadt.notify import actions, queries
from mitstadt.notify.models import Follow, Recipient

pytestmark = pytest.mark.django_db


def test_alice_follows_a_measure_and_it_counts_her(alice: Any, actor_of: Any, subject_factory: Any) -> None:
    measure = subject_factory(title="Radentscheid", path="/radar/radentscheid/")
    actions.follow(actor_of(alice), subject=measure, cadence="weekly")
    measure.refresh_from_db()
    assert measure.follower_count == 1
    assert [(f.label, f.path, f.cadence) for f in queries.follows_of(actor_of(alice))] == [
        ("Radentscheid", "/radar/radentscheid/", "weekly")
    ]


def test_following_again_changes_the_cadence_and_counts_once(alice: Any, actor_of: Any, subject_factory: Any) -> None:
    measure = subject_factory()
    for cadence in ("daily", "at_once"):
        actions.follow(actor_of(alice), subject=measure, cadence=cadence)
    measure.refresh_from_db()
    assert measure.follower_count == 1
    assert [f.cadence for f in queries.follows_of(actor_of(alice))] == ["at_once"]


def test_unfollowing_twice_counts_down_once(alice: Any, bob: Any, actor_of: Any, subject_factory: Any) -> None:
    measure = subject_factory()
    for person in (alice, bob):
        actions.follow(actor_of(person), subject=measure)
    assert actions.unfollow(actor_of(alice), subject=measure) is True
    assert actions.unfollow(actor_of(alice), subject=measure) is False
    measure.refresh_from_db()
    assert measure.follower_count == 1


def test_nobody_cannot_follow(subject_factory: Any) -> None:
    with pytest.raises(DomainError):
        actions.follow(NOBODY, subject=subject_factory())
    assert Follow.objects.count() == 0


@pytest.mark.parametrize("hidden", [{"published": False}, {"restricted": True}])
def test_what_is_not_public_cannot_be_followed(
    hidden: dict[str, bool], alice: Any, actor_of: Any, subject_factory: Any
) -> None:
    with pytest.raises(DomainError) as error:
        actions.follow(actor_of(alice), subject=subject_factory(**hidden))
    assert error.value.code == "not_public"


def test_a_topic_that_no_room_knows_cannot_be_followed(alice: Any, actor_of: Any, known_topics: None) -> None:
    for topic in ("field:gibtesnicht", "unsinn:1", "field:", "field", ""):
        with pytest.raises(DomainError):
            actions.follow(actor_of(alice), topic=topic)


def test_bob_follows_a_field(bob: Any, actor_of: Any, known_topics: None) -> None:
    actions.follow(actor_of(bob), topic="field:mobilitaet")
    assert [(f.label, f.path) for f in queries.follows_of(actor_of(bob))] == [("Mobilität", "/radar/feld/mobilitaet/")]


def test_a_guest_is_written_to_by_mail_only(guest_factory: Any, subject_factory: Any) -> None:
    gerda, measure = guest_factory("gerda@example.org"), subject_factory()
    with pytest.raises(DomainError):
        actions.follow(gerda, subject=measure, cadence="in_app", email="gerda@example.org")
    with pytest.raises(DomainError):
        actions.follow(gerda, subject=measure, cadence="daily")
    actions.follow(gerda, subject=measure, cadence="daily", email="gerda@example.org")
    assert Recipient.objects.get().email == "gerda@example.org"


def test_a_guests_address_is_forgotten_with_the_last_follow(guest_factory: Any, subject_factory: Any) -> None:
    gerda, one, two = guest_factory("gerda@example.org"), subject_factory(), subject_factory()
    for measure in (one, two):
        actions.follow(gerda, subject=measure, email="gerda@example.org")
    actions.unfollow(gerda, subject=one)
    assert Recipient.objects.get().email == "gerda@example.org"
    actions.unfollow(gerda, subject=two)
    assert Recipient.objects.get().email == ""


def test_a_guest_who_wrote_something_stays_reachable_for_a_while(
    guest_factory: Any, subject_factory: Any, stopped_clock: Any
) -> None:
    from mitstadt.notify import jobs

    gerda, measure = guest_factory("gerda@example.org"), subject_factory()
    actions.reachable(gerda, "gerda@example.org", days=30)
    actions.follow(gerda, subject=measure, email="gerda@example.org")
    actions.unfollow(gerda, subject=measure)
    jobs.purge()
    assert Recipient.objects.get().email == "gerda@example.org"
    stopped_clock.move(days=31)
    jobs.purge()
    assert Recipient.objects.get().email == ""


def test_the_title_of_a_hidden_measure_leaves_the_list_of_follows(
    alice: Any, actor_of: Any, subject_factory: Any
) -> None:
    measure = subject_factory(title="Geheim")
    actions.follow(actor_of(alice), subject=measure)
    type(measure).objects.update(restricted=True)
    assert [f.label for f in queries.follows_of(actor_of(alice))] == [""]


def test_bob_cannot_change_or_stop_what_alice_follows(
    alice: Any, bob: Any, actor_of: Any, subject_factory: Any
) -> None:
    follow = actions.follow(actor_of(alice), subject=subject_factory(), cadence="daily")
    assert actions.change_cadence(actor_of(bob), follow.public_id, "weekly") is False
    assert actions.stop_own(actor_of(bob), follow.public_id) is False
    assert actions.change_cadence(actor_of(alice), follow.public_id, "weekly") is True


def test_leaving_takes_the_follows_along_and_the_counters_stay_true(
    alice: Any, bob: Any, actor_of: Any, subject_factory: Any
) -> None:
    from mitstadt.accounts import personal

    measure = subject_factory(title="Radweg")
    for person in (alice, bob):
        actions.follow(actor_of(person), subject=measure)
    who = personal.Person(public_id=alice.public_id, user_id=alice.pk)
    mine = [kind for kind in personal.kinds() if kind.model._meta.app_label == "notify"]
    exported = {kind.key: list(kind.export(who)) for kind in mine}
    assert exported["notify.follow"][0]["subject__title"] == "Radweg"
    for kind in mine:
        kind.erase(who, False)
    measure.refresh_from_db()
    assert measure.follower_count == 1
    assert not Recipient.objects.filter(user=alice).exists()
    assert Recipient.objects.filter(user=bob).exists()
