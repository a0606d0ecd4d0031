"""A department is reminded five working days before an answer falls due, and when it is overdue; once each."""

from __future__ import annotations

from typing import Any

from mitstadt.comments import actions, reminders
from mitstadt.notify.models import Notification


def titles(person: Any) -> list[str]:
    rows = Notification.objects.filter(recipient__user=person, event__event__startswith="comments.question.")
    rows = rows.exclude(event__event="comments.question.owed").order_by("pk")
    return [n.event.title for n in rows.select_related("event")]


def test_the_editors_hear_five_working_days_before_and_when_it_is_late(
    alice: Any, editor: Any, other_editor: Any, actor_of: Any, owned: Any, stopped_clock: Any
) -> None:
    actions.add(actor_of(alice), owned, "Warum?", wants_answer=True)  # Tuesday 3 March, due Tuesday 31 March
    stopped_clock.move(days=20)  # Monday 23 March: six working days before
    assert reminders.send() == 0
    stopped_clock.move(days=1)
    assert reminders.send() == 1
    assert reminders.send() == 0
    assert titles(editor) == ["Bald fällig: die Antwort zu „Radweg an der Isar“, bis 31.03.2026"]
    stopped_clock.move(days=7)  # the day itself: still in time
    assert reminders.send() == 0
    stopped_clock.move(days=1)
    assert reminders.send() == 1
    stopped_clock.move(days=1)
    assert reminders.send() == 0
    assert titles(editor)[1:] == ["Überfällig: die Antwort zu „Radweg an der Isar“ war bis 31.03.2026 versprochen"]
    assert titles(other_editor) == []
    assert titles(alice) == []


def test_what_is_answered_is_not_reminded_of(
    alice: Any, editor: Any, actor_of: Any, owned: Any, stopped_clock: Any
) -> None:
    from mitstadt.comments.models import Question

    comment = actions.add(actor_of(alice), owned, "Warum?", wants_answer=True)
    actions.answer(actor_of(editor), Question.objects.select_related("comment__subject").get(pk=comment.pk), "Darum.")
    stopped_clock.move(days=60)
    assert reminders.send() == 0


def test_the_coordination_is_reminded_of_what_nobody_owns(
    alice: Any, coordinator: Any, actor_of: Any, thing: Any, stopped_clock: Any
) -> None:
    actions.add(actor_of(alice), thing, "Wer ist zuständig?", wants_answer=True)
    stopped_clock.move(days=40)
    assert reminders.send() == 1
    assert len(titles(coordinator)) == 1
