"""Many at once, on real connections."""

from __future__ import annotations

from typing import Any

import pytest

from mitstadt.comments import actions
from mitstadt.comments.models import Answer, Comment, Question
from mitstadt.kit.errors import DomainError
from mitstadt.subjects.models import Subject
from tests.support.people import make_department, make_staff, make_user

from .factories import DEPARTMENT, test_kind


@pytest.fixture
def place(race: Any, subject_factory: Any, settings: Any) -> Any:
    settings.MITSTADT_COMMENT_RATES = ()
    subject = subject_factory(kind=test_kind(), title="Platz")
    DEPARTMENT["id"] = make_department("RIT").pk
    return subject


def test_fifty_people_write_at_once_and_all_are_counted(race: Any, place: Any, actor_of: Any) -> None:
    actors = [actor_of(make_user(f"mensch{n}")) for n in range(50)]
    root = actions.add(actors[0], place, "Anfang")

    def write(number: int) -> int:
        parent = root if number % 2 else None
        comment = actions.add(actors[number], Subject.objects.get(pk=place.pk), f"Beitrag {number}", parent=parent)
        if number % 5 == 0:
            actions.withdraw(actors[number], comment)
        return comment.pk

    outcome = race(50, write)
    assert not outcome.errors
    assert len(set(outcome.results)) == 50
    place.refresh_from_db()
    assert place.comment_count == 51 - 10
    # odd numbers answered the root; 5, 15, 25, 35, 45 of them were withdrawn again
    assert Comment.objects.get(pk=root.pk).reply_count == 25 - 5


def test_the_same_form_sent_ten_times_at_once_is_one_contribution(race: Any, place: Any, actor_of: Any) -> None:
    alice = actor_of(make_user("alice"))
    outcome = race(10, lambda _n: actions.add(alice, Subject.objects.get(pk=place.pk), "Hallo", key="formular").pk)
    assert not outcome.errors
    assert len(set(outcome.results)) == 1
    place.refresh_from_db()
    assert place.comment_count == 1
    assert Subject.objects.filter(kind="comment").count() == 1, "no empty shells stay behind"


def test_of_two_answers_at_once_one_counts(race: Any, place: Any, actor_of: Any) -> None:
    alice = actor_of(make_user("alice"))
    staff = [actor_of(make_staff(f"person{n}", "editor", "RIT", "Geschäftsstelle")) for n in range(8)]
    comment = actions.add(alice, place, "Warum?", wants_answer=True)
    question = Question.objects.get(pk=comment.pk)

    def reply(number: int) -> str:
        try:
            actions.answer(staff[number], Question.objects.get(pk=question.pk), f"Antwort {number}", revision=1)
        except DomainError as error:
            return error.code
        return "won"

    outcome = race(8, reply)
    assert not outcome.errors
    assert sorted(outcome.results) == ["answered"] * 7 + ["won"]
    assert Answer.objects.count() == 1
    winner = outcome.results.index("won")
    assert Question.objects.get().answer.text == f"Antwort {winner}"


def test_two_questions_bundled_under_each_other_at_once_make_no_circle(race: Any, place: Any, actor_of: Any) -> None:
    alice = actor_of(make_user("alice"))
    staff = actor_of(make_staff("person", "editor", "RIT", "Geschäftsstelle"))
    one, two = (actions.add(alice, place, text, wants_answer=True).pk for text in ("eins", "zwei"))

    def join(number: int) -> str:
        first, second = (one, two) if number % 2 else (two, one)
        try:
            actions.bundle(staff, Question.objects.get(pk=first), Question.objects.get(pk=second), revision=1)
        except DomainError as error:
            return error.code
        return "won"

    outcome = race(2, join)
    assert not outcome.errors
    leads = dict(Question.objects.values_list("pk", "lead_id"))
    assert sorted(leads.values(), key=str) in ([one, None], [two, None])


def test_an_answer_and_a_bundle_at_once_leave_nobody_without(race: Any, place: Any, actor_of: Any) -> None:
    alice = actor_of(make_user("alice"))
    staff = actor_of(make_staff("person", "editor", "RIT", "Geschäftsstelle"))
    one, two = (actions.add(alice, place, text, wants_answer=True).pk for text in ("eins", "zwei"))

    def work(number: int) -> None:
        if number:
            actions.answer(staff, Question.objects.get(pk=one), "Antwort")
        else:
            actions.bundle(staff, Question.objects.get(pk=two), Question.objects.get(pk=one))

    outcome = race(2, work)
    assert not outcome.errors
    assert set(Question.objects.values_list("state", flat=True)) == {"answered"}


def test_withdrawing_and_restricting_at_once_counts_once(race: Any, place: Any, actor_of: Any) -> None:
    alice = actor_of(make_user("alice"))
    comment = actions.add(alice, place, "Hallo")

    def work(number: int) -> None:
        if number:
            actions.withdraw(alice, Comment.objects.select_related("subject").get(pk=comment.pk))
        else:
            Subject.objects.filter(pk=comment.pk).update(restricted=True)
            actions.follow_restriction(Subject.objects.get(pk=comment.pk), True)

    outcome = race(2, work)
    assert not outcome.errors
    place.refresh_from_db()
    assert place.comment_count == 0
