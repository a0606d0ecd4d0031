"""Who hears of what, and who does not."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from mitstadt.notify import actions, jobs, queries
from mitstadt.notify.models import Cadence, Event, Mail, Notification
from mitstadt.notify.sayings import Saying
from mitstadt.subjects.models import Subject

pytestmark = pytest.mark.django_db


def tell(subject: Any, key: str = "k1", **more: Any) -> Event:
    values = {"title": "Neuer Stand", "text": "In Umsetzung", "path": subject.path, **more}
    return actions.notify("radar.measure.changed", subject=subject, key=key, **values)


def titles(actor: Any) -> list[str]:
    return [news.title for news in queries.news(queries.inbox(actor))]


def test_followers_hear_of_a_change(alice: Any, bob: Any, actor_of: Any, subject_factory: Any) -> None:
    measure = subject_factory()
    actions.follow(actor_of(alice), subject=measure)
    tell(measure)
    assert titles(actor_of(alice)) == []  # followers are the worker's business
    jobs.fan_out_pending()
    assert titles(actor_of(alice)) == ["Neuer Stand"]
    assert titles(actor_of(bob)) == []


def test_the_one_who_did_it_is_not_told(alice: Any, bob: Any, actor_of: Any, subject_factory: Any) -> None:
    measure = subject_factory()
    for person in (alice, bob):
        actions.follow(actor_of(person), subject=measure)
    tell(measure, actor_public_id=alice.public_id, recipients=[("user", alice.pk), ("user", bob.pk)])
    jobs.fan_out_pending()
    assert titles(actor_of(alice)) == []
    assert titles(actor_of(bob)) == ["Neuer Stand"]


def test_the_same_key_reaches_nobody_twice(alice: Any, actor_of: Any, subject_factory: Any) -> None:
    measure = subject_factory()
    actions.follow(actor_of(alice), subject=measure)
    for _ in range(3):
        tell(measure)
        jobs.fan_out_pending()
    assert Event.objects.count() == 1
    assert titles(actor_of(alice)) == ["Neuer Stand"]


def test_an_author_who_also_follows_reads_the_personal_wording_only(
    alice: Any, bob: Any, actor_of: Any, subject_factory: Any
) -> None:
    measure = subject_factory()
    for person in (alice, bob):
        actions.follow(actor_of(person), subject=measure)
    tell(measure, title="Ihre Frage wurde beantwortet", recipients=[("user", alice.pk)], followers=False)
    tell(measure, title="Eine Frage wurde beantwortet")
    jobs.fan_out_pending()
    assert titles(actor_of(alice)) == ["Ihre Frage wurde beantwortet"]
    assert titles(actor_of(bob)) == ["Eine Frage wurde beantwortet"]


def test_whoever_follows_subject_field_and_district_hears_once_and_as_soon_as_chosen(
    alice: Any, actor_of: Any, subject_factory: Any, known_topics: None
) -> None:
    measure = subject_factory()
    actions.follow(actor_of(alice), subject=measure, cadence="weekly")
    actions.follow(actor_of(alice), topic="field:mobilitaet", cadence="at_once")
    actions.follow(actor_of(alice), topic="district:17", cadence="in_app")
    tell(measure, topics=["field:mobilitaet", "district:17", "field:mobilitaet"])
    jobs.fan_out_pending()
    assert [n.cadence for n in Notification.objects.all()] == [Cadence.AT_ONCE]
    assert Mail.objects.count() == 1


def test_a_topic_brings_only_its_own_events(
    alice: Any, actor_of: Any, subject_factory: Any, known_topics: None
) -> None:
    actions.follow(actor_of(alice), topic="district:17")
    tell(subject_factory(), key="there", title="Bezirk 17", topics=["district:17"])
    tell(subject_factory(), key="elsewhere", title="Bezirk 1", topics=["district:1"])
    jobs.fan_out_pending()
    assert titles(actor_of(alice)) == ["Bezirk 17"]


def test_a_saved_search_is_asked_whether_it_matches(
    alice: Any, actor_of: Any, subject_factory: Any, known_topics: None
) -> None:
    actions.follow(actor_of(alice), topic="search:radweg")
    tell(subject_factory(title="Radweg am Fluss"), key="yes", title="passt")
    tell(subject_factory(title="Kita"), key="no", title="passt nicht")
    jobs.fan_out_pending()
    assert titles(actor_of(alice)) == ["passt"]


def test_nobody_is_told_of_what_was_hidden_meanwhile(alice: Any, actor_of: Any, subject_factory: Any) -> None:
    measure = subject_factory()
    actions.follow(actor_of(alice), subject=measure)
    tell(measure)
    Subject.objects.update(restricted=True)
    jobs.fan_out_pending()
    assert Notification.objects.count() == 0


def test_a_hidden_comment_takes_its_quotation_along(alice: Any, actor_of: Any, subject_factory: Any) -> None:
    measure, comment = subject_factory(), subject_factory(kind="comment")
    actions.follow(actor_of(alice), subject=measure)
    tell(measure, title="Neuer Beitrag", source=comment)
    jobs.fan_out_pending()
    assert titles(actor_of(alice)) == ["Neuer Beitrag"]
    Subject.objects.filter(pk=comment.pk).update(restricted=True)
    assert titles(actor_of(alice)) == []
    assert list(queries.public()) == []
    Subject.objects.filter(pk=comment.pk).update(restricted=False)
    assert titles(actor_of(alice)) == ["Neuer Beitrag"]


def test_a_hidden_answer_leaves_the_inbox_of_the_one_it_was_for(
    alice: Any, actor_of: Any, subject_factory: Any
) -> None:
    measure, comment = subject_factory(), subject_factory(kind="comment")
    tell(
        measure, title="Jemand hat Ihnen geantwortet", source=comment, recipients=[("user", alice.pk)], followers=False
    )
    assert titles(actor_of(alice)) == ["Jemand hat Ihnen geantwortet"]
    Subject.objects.filter(pk=comment.pk).update(restricted=True)
    assert titles(actor_of(alice)) == []
    actions.withdraw(comment)
    assert Event.objects.count() == 0


def test_what_an_author_took_back_is_gone_everywhere(alice: Any, actor_of: Any, subject_factory: Any) -> None:
    measure, comment = subject_factory(), subject_factory(kind="comment")
    actions.follow(actor_of(alice), subject=measure)
    tell(measure, source=comment)
    jobs.fan_out_pending()
    actions.withdraw(comment)
    assert titles(actor_of(alice)) == []
    assert Event.objects.count() == 0


def test_a_personal_notice_is_in_no_feed_and_tells_no_follower(
    alice: Any, bob: Any, actor_of: Any, subject_factory: Any
) -> None:
    measure = subject_factory()
    actions.follow(actor_of(bob), subject=measure)
    tell(measure, title="Nur für Alice", recipients=[("user", alice.pk)], followers=False)
    jobs.fan_out_pending()
    assert list(queries.public()) == []
    assert titles(actor_of(bob)) == []
    assert titles(actor_of(alice)) == ["Nur für Alice"]


def test_a_change_that_is_rolled_back_tells_nobody(alice: Any, actor_of: Any, subject_factory: Any) -> None:
    from django.db import transaction

    measure = subject_factory()
    actions.follow(actor_of(alice), subject=measure)

    def change_that_fails() -> None:
        with transaction.atomic():
            tell(measure)
            raise RuntimeError("the change failed")

    with pytest.raises(RuntimeError):
        change_that_fails()
    assert jobs.fan_out_pending() == 0
    assert Event.objects.count() == 0


def test_everybody_reads_in_their_own_language(alice: Any, actor_of: Any, subject_factory: Any) -> None:
    measure = subject_factory()
    tell(
        measure,
        title=Saying("Entscheidung über Ihren Beitrag"),
        recipients=[("user", alice.pk)],
        followers=False,
    )
    assert titles(actor_of(alice)) == ["Entscheidung über Ihren Beitrag"]
    with translation.override("en"):
        assert titles(actor_of(alice)) == ["Decision about your contribution"]


def test_reading_marks_only_ones_own(alice: Any, bob: Any, actor_of: Any, subject_factory: Any) -> None:
    measure = subject_factory()
    tell(measure, recipients=[("user", alice.pk), ("user", bob.pk)], followers=False)
    everything = list(Notification.objects.values_list("pk", flat=True))
    assert actions.mark_read(actor_of(bob), everything) == 1
    assert queries.unread_count(actor_of(alice)) == 1
    assert queries.unread_count(actor_of(bob)) == 0
