"""Real parallel connections: one follow, one notification, one mail per person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core import mail

from mitstadt.kit import clock
from mitstadt.notify import actions, jobs
from mitstadt.notify.models import Event, Follow, Mail, Notification


def test_alice_presses_follow_eight_times_at_once(race: Any, alice: Any, actor_of: Any, subject_factory: Any) -> None:
    measure, actor = subject_factory(), actor_of(alice)
    outcome = race(8, lambda number: actions.follow(actor, subject=measure).pk)
    assert outcome.errors == []
    assert len(set(outcome.results)) == 1
    measure.refresh_from_db()
    assert (Follow.objects.count(), measure.follower_count) == (1, 1)


def test_unfollowing_in_parallel_counts_down_once(race: Any, alice: Any, actor_of: Any, subject_factory: Any) -> None:
    measure, actor = subject_factory(), actor_of(alice)
    actions.follow(actor, subject=measure)
    outcome = race(6, lambda number: actions.unfollow(actor, subject=measure))
    assert outcome.errors == []
    measure.refresh_from_db()
    assert measure.follower_count == 0
    assert outcome.results.count(True) == 1


def test_six_workers_tell_each_follower_once(race: Any, user_factory: Any, actor_of: Any, subject_factory: Any) -> None:
    measure = subject_factory()
    for name in ("dora", "emil", "fatma"):
        actions.follow(actor_of(user_factory(name)), subject=measure, cadence="at_once")
    actions.notify("test.happened", subject=measure, title="Neu", path="/x/", key="k")
    outcome = race(6, lambda number: jobs.fan_out_pending())
    assert outcome.errors == []
    assert Notification.objects.count() == 3
    assert Mail.objects.count() == 3
    assert Notification.objects.filter(mail__isnull=True).count() == 0


def test_one_happening_said_six_times_at_once_is_one_event(race: Any, alice: Any, subject_factory: Any) -> None:
    measure = subject_factory()

    def say(number: int) -> int:
        recipients = [("user", alice.pk)]
        return actions.notify("t", subject=measure, title="Neu", path="/x/", key="k", recipients=recipients).pk

    outcome = race(6, say)
    assert outcome.errors == []
    assert Event.objects.count() == 1
    assert Notification.objects.count() == 1
    assert Mail.objects.count() == 1


def test_four_workers_send_each_mail_once(race: Any, user_factory: Any, subject_factory: Any) -> None:
    measure = subject_factory()
    people = [("user", user_factory(f"person{n}").pk) for n in range(10)]
    actions.notify("t", subject=measure, title="Neu", path="/x/", key="k", recipients=people, followers=False)
    outcome = race(4, lambda number: jobs.deliver())
    assert outcome.errors == []
    assert sum(outcome.results) == 10
    assert len({letter.to[0] for letter in mail.outbox}) == len(mail.outbox) == 10


def test_four_workers_build_one_digest(race: Any, alice: Any, actor_of: Any, subject_factory: Any) -> None:
    measure = subject_factory()
    actions.follow(actor_of(alice), subject=measure, cadence="daily")
    actions.notify("t", subject=measure, title="Neu", path="/x/", key="k")
    jobs.fan_out_pending()
    Notification.objects.update(created_at=clock.now() - timedelta(days=2))
    outcome = race(4, lambda number: jobs.build_digests())
    assert outcome.errors == []
    assert Mail.objects.count() == 1
    assert Notification.objects.get().mail_id == Mail.objects.get().pk
