"""The city owes answers: clock, forwarding, notes, bundles, corrections, and what became of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mitstadt.audit.models import Entry
from mitstadt.comments import actions, components, outcomes, queries
from mitstadt.comments.models import AnswerVersion, Comment, Question, State
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.notify import jobs
from mitstadt.notify.actions import follow
from mitstadt.notify.models import Event, Notification

from .factories import DEPARTMENT


def ask(actor: Any, thing: Any, text: str = "Warum?") -> Question:
    comment = actions.add(actor, thing, text, wants_answer=True)
    return Question.objects.select_related("comment__subject", "comment__about", "department").get(pk=comment.pk)


def shown(thing: Any) -> str:
    thing.refresh_from_db()
    return components.discussion(thing, queries.threads(thing.pk))


def test_alice_asks_and_the_department_owes_an_answer_in_20_working_days(
    alice: Any, actor_of: Any, owned: Any, stopped_clock: Any, department: Any
) -> None:
    question = ask(actor_of(alice), owned)  # Tuesday 3 March 2026; no holiday until Good Friday
    assert question.department == department("RIT")
    assert question.due_on == date(2026, 3, 31)
    html = shown(owned)
    assert "Antwort fällig bis 31. März 2026" in html
    assert "noch 20 von 20 Arbeitstagen" in html
    assert "liegt beim Referat RIT" in html


def test_without_a_department_the_coordination_owes_it(alice: Any, actor_of: Any, thing: Any, coordinator: Any) -> None:
    question = ask(actor_of(alice), thing)
    assert question.department is None
    assert "liegt bei der Koordination" in shown(thing)
    given = actions.answer(actor_of(coordinator), question, "Darum.")
    assert given.label == "Referat RIT, Koordination Digitalstrategie"


def test_the_answer_shows_function_and_days_but_no_name(
    alice: Any, editor: Any, actor_of: Any, owned: Any, stopped_clock: Any
) -> None:
    question = ask(actor_of(alice), owned)
    stopped_clock.move(days=17)  # Friday 20 March: 13 working days
    actions.answer(actor_of(editor), question, "Weil es <i>so</i> ist.")
    html = shown(owned)
    assert "Antwort der Stadt" in html
    assert "Referat RIT, Geschäftsstelle Strategie" in html
    assert "nach 13 Arbeitstagen" in html
    assert "Weil es &lt;i&gt;so&lt;/i&gt; ist." in html
    assert "Editor" not in html
    entry = Entry.objects.get(action="comments.question.answer")
    assert entry.actor == editor.public_id, "the name's way back is in the log only"
    assert [n.recipient.user_id for n in Notification.objects.filter(event__event="comments.question.answered")] == [
        alice.pk
    ]


def test_only_the_owing_department_and_the_coordination_answer(
    alice: Any, bob: Any, other_editor: Any, moderator: Any, coordinator: Any, actor_of: Any, owned: Any
) -> None:
    question = ask(actor_of(alice), owned)
    for person in (bob, other_editor, moderator):
        with pytest.raises(Refused):
            actions.answer(actor_of(person), question, "Nein.")
        with pytest.raises(Refused):
            actions.interim(actor_of(person), question, "Nein.")
    actions.answer(actor_of(coordinator), question, "Ja.")


def test_staff_without_second_factor_do_not_answer(alice: Any, editor: Any, actor_of: Any, owned: Any) -> None:
    from mitstadt.accounts.actor import actor_for

    question = ask(actor_of(alice), owned)
    with pytest.raises(Refused) as refused:
        actions.answer(actor_for(editor), question, "Ja.")
    assert refused.value.decision.step_up == "second_factor"


def test_the_second_answer_loses_with_a_sentence(
    alice: Any, editor: Any, coordinator: Any, actor_of: Any, owned: Any
) -> None:
    question = ask(actor_of(alice), owned)
    actions.answer(actor_of(editor), question, "Erste")
    with pytest.raises(DomainError) as error:
        actions.answer(actor_of(coordinator), question, "Zweite")
    assert error.value.code == "answered"
    html = shown(owned)
    assert "Erste" in html
    assert "Zweite" not in html


def test_forwarding_shows_reason_and_day_and_does_not_stop_the_clock(
    alice: Any, editor: Any, other_editor: Any, actor_of: Any, owned: Any, department: Any, stopped_clock: Any
) -> None:
    mobility = department("MOR", "Mobilitätsreferat")
    stopped_clock.move(days=-14)
    question = ask(actor_of(alice), owned)
    due = question.due_on
    stopped_clock.move(days=14)
    actions.forward(actor_of(editor), question, mobility, "Der Weg gehört zum Radwegenetz.")
    html = shown(owned)
    assert "Seit 3. März 2026 beim Mobilitätsreferat:" in html
    assert "Der Weg gehört zum Radwegenetz." in html
    question = Question.objects.get(pk=question.pk)
    assert (question.due_on, question.state, question.department) == (due, State.FORWARDED, mobility)
    with pytest.raises(Refused):
        actions.answer(actor_of(editor), question, "Nicht mehr meins.")


def test_the_same_question_is_not_forwarded_twice_at_once(
    alice: Any, editor: Any, coordinator: Any, actor_of: Any, owned: Any, department: Any
) -> None:
    question = ask(actor_of(alice), owned)
    seen_by_both = question.revision
    mobility, building = department("MOR", "Mobilitätsreferat"), department("BAU", "Baureferat")
    actions.forward(actor_of(editor), question, mobility, "Radweg", revision=seen_by_both)
    with pytest.raises(DomainError) as error:
        actions.forward(actor_of(coordinator), question, building, "Baustelle", revision=seen_by_both)
    assert error.value.code == "stale"
    assert "Mobilitätsreferat" in error.value.message
    fresh = Question.objects.get(pk=question.pk)
    with pytest.raises(DomainError):
        actions.forward(actor_of(coordinator), fresh, mobility, "Noch einmal")


def test_a_reason_is_needed(alice: Any, editor: Any, actor_of: Any, owned: Any, department: Any) -> None:
    question = ask(actor_of(alice), owned)
    with pytest.raises(DomainError) as error:
        actions.forward(actor_of(editor), question, department("MOR"), "  ")
    assert error.value.field == "reason"


def test_an_interim_note_is_public_and_moves_nothing(
    alice: Any, editor: Any, actor_of: Any, owned: Any, stopped_clock: Any
) -> None:
    question = ask(actor_of(alice), owned)
    actions.interim(actor_of(editor), question, "Wir warten auf das Gutachten.")
    html = shown(owned)
    assert "Zwischennachricht vom 3. März 2026, Referat RIT, Geschäftsstelle Strategie:" in html
    assert "Wir warten auf das Gutachten." in html
    assert Question.objects.get(pk=question.pk).due_on == question.due_on


def test_equal_questions_get_one_answer(alice: Any, bob: Any, editor: Any, actor_of: Any, owned: Any) -> None:
    first, second = ask(actor_of(alice), owned, "Wann?"), ask(actor_of(bob), owned, "Wann denn?")
    actions.bundle(actor_of(editor), second, first)
    actions.answer(actor_of(editor), Question.objects.get(pk=second.pk), "Im Mai.")
    assert list(Question.objects.order_by("pk").values_list("state", flat=True)) == [State.ANSWERED, State.ANSWERED]
    assert Question.objects.values("answer").distinct().count() == 1
    told = Notification.objects.filter(event__event="comments.question.answered")
    assert {n.recipient.user_id for n in told} == {alice.pk, bob.pk}


def test_a_question_joins_an_answer_that_was_given(
    alice: Any, bob: Any, editor: Any, actor_of: Any, owned: Any
) -> None:
    first, second = ask(actor_of(alice), owned, "Wann?"), ask(actor_of(bob), owned, "Wann denn?")
    actions.answer(actor_of(editor), first, "Im Mai.")
    actions.bundle(actor_of(editor), second, Question.objects.get(pk=first.pk))
    assert Question.objects.get(pk=second.pk).answer.text == "Im Mai."


def test_bundles_do_not_go_in_circles(alice: Any, editor: Any, actor_of: Any, owned: Any) -> None:
    one, two, three = (ask(actor_of(alice), owned, text) for text in ("eins", "zwei", "drei"))
    actions.bundle(actor_of(editor), two, one)
    actions.bundle(actor_of(editor), three, Question.objects.get(pk=two.pk))
    assert Question.objects.get(pk=three.pk).lead_id == one.pk
    with pytest.raises(DomainError):
        actions.bundle(actor_of(editor), Question.objects.get(pk=one.pk), Question.objects.get(pk=two.pk))


def test_unbundled_questions_are_answered_alone(alice: Any, editor: Any, actor_of: Any, owned: Any) -> None:
    one, two = (ask(actor_of(alice), owned, text) for text in ("eins", "zwei"))
    actions.bundle(actor_of(editor), two, one)
    actions.unbundle(actor_of(editor), Question.objects.get(pk=two.pk))
    actions.answer(actor_of(editor), Question.objects.get(pk=one.pk), "Antwort")
    assert Question.objects.get(pk=two.pk).state == State.OPEN


def test_a_corrected_answer_shows_its_earlier_version_and_why(
    alice: Any, editor: Any, actor_of: Any, owned: Any
) -> None:
    question = ask(actor_of(alice), owned)
    given = actions.answer(actor_of(editor), question, "Im Mai 2026.")
    actions.correct(actor_of(editor), given, "Im Juni 2026.", "Baubeginn verschoben", version=1)
    with pytest.raises(DomainError) as error:
        actions.correct(actor_of(editor), given, "Im Juli.", "Nochmal", version=1)
    assert error.value.code == "stale"
    assert list(AnswerVersion.objects.values_list("text", "reason")) == [("Im Mai 2026.", "Baubeginn verschoben")]
    page = components.thread_list(queries.thread(question.pk))
    assert "Im Juni 2026." in page
    assert "Im Mai 2026." in page
    assert "Grund der Berichtigung: Baubeginn verschoben" in page
    assert "Im Mai 2026." not in shown(owned)
    assert "berichtigt am" in shown(owned)


def test_an_answered_question_stays_when_its_author_withdraws(
    alice: Any, editor: Any, actor_of: Any, owned: Any
) -> None:
    question = ask(actor_of(alice), owned, "Geheime Frage")
    actions.answer(actor_of(editor), question, "Öffentliche Antwort")
    with pytest.raises(Refused, match="schon auf diesen Text geantwortet"):
        actions.edit(
            actor_of(alice), Comment.objects.select_related("subject", "question").get(pk=question.pk), "Anders"
        )
    actions.withdraw(actor_of(alice), question.comment)
    html = shown(owned)
    assert "Geheime" not in html
    assert "Öffentliche Antwort" in html


def test_a_withdrawn_question_is_owed_no_more(alice: Any, bob: Any, editor: Any, actor_of: Any, owned: Any) -> None:
    lead, other = ask(actor_of(alice), owned), ask(actor_of(bob), owned)
    actions.bundle(actor_of(editor), other, lead)
    actions.withdraw(actor_of(alice), lead.comment)
    with pytest.raises(DomainError) as error:
        actions.answer(actor_of(editor), Question.objects.get(pk=lead.pk), "Zu spät")
    assert error.value.code == "withdrawn"
    assert Question.objects.get(pk=other.pk).state == State.OPEN, "the other one is owed on its own again"
    assert outcomes.figures(outcomes.public_questions()).asked == 1


def test_what_became_of_it_is_shown_at_both_ends_and_told(
    alice: Any, editor: Any, other_editor: Any, actor_of: Any, owned: Any, subject_factory: Any, department: Any
) -> None:
    comment = actions.add(actor_of(alice), owned, "Der Grund fehlt auf der Seite.")
    changed = subject_factory(kind="testthing", title="Verschiebungen", path="/radar/verschiebungen/")
    with pytest.raises(Refused):
        actions.link_outcome(actor_of(other_editor), comment, changed, "Jede Verschiebung nennt ihren Grund.")
    actions.link_outcome(
        actor_of(editor), comment, changed, "Jede Verschiebung nennt ihren Grund.", on=date(2026, 2, 14)
    )
    html = shown(owned)
    assert "Daraus wurde: Jede Verschiebung nennt ihren Grund." in html
    assert "14. Februar 2026" in html
    assert 'href="/radar/verschiebungen/"' in html
    assert "Der Grund fehlt auf der Seite." in components.effects_on(changed)
    assert Notification.objects.get(event__event="comments.comment.outcome").recipient.user_id == alice.pk


def test_overdue_questions_are_counted_in_public(
    alice: Any, editor: Any, actor_of: Any, owned: Any, stopped_clock: Any
) -> None:
    late = ask(actor_of(alice), owned, "Spät")
    answered = ask(actor_of(alice), owned, "Beantwortet")
    actions.answer(actor_of(editor), answered, "Gleich.")
    stopped_clock.move(days=28)  # Tuesday 31 March, the last day
    assert outcomes.figures(outcomes.public_questions()).overdue == 0
    stopped_clock.move(days=1)
    found = outcomes.figures(outcomes.public_questions())
    assert (found.asked, found.answered, found.overdue, found.median_days) == (2, 1, 1, 0.0)
    assert "Antwort überfällig seit 31. März 2026" in shown(owned)
    assert "seit 1 Arbeitstag " in shown(owned)
    assert late.pk in [row["pk"] for row in outcomes.waiting(outcomes.public_questions(), overdue=True)]


@pytest.mark.parametrize(
    ("pairs", "median"),
    [
        ([], None),
        ([(7, 1)], 7),
        ([(1, 1), (2, 1)], 1.5),
        ([(1, 2), (5, 3)], 5),
        ([(1, 2), (5, 2)], 3),
        ([(0, 9), (20, 1)], 0),
    ],
)
def test_medians_of_counted_days(pairs: Any, median: Any) -> None:
    assert outcomes.median_of_counts(pairs) == median


def test_a_question_held_for_a_look_starts_its_clock_when_it_appears(
    alice: Any, actor_of: Any, owned: Any, stopped_clock: Any, monkeypatch: Any
) -> None:
    from mitstadt.comments.actions import writing
    from mitstadt.moderation.rules import Finding

    finding = object.__new__(Finding)
    monkeypatch.setattr(writing.moderation, "check_text", lambda text, actor, earlier=(): [finding])
    monkeypatch.setattr(writing.moderation, "open_case", lambda subject, findings=(): None)
    comment = actions.add(actor_of(alice), owned, "Verdächtig", wants_answer=True)
    assert "Verdächtig" not in shown(owned)
    assert owned.comment_count == 0
    assert not Question.objects.exists()
    stopped_clock.move(days=1)
    actions.publish(comment)
    actions.publish(comment)
    assert "Verdächtig" in shown(owned)
    assert owned.comment_count == 1
    assert Question.objects.get().asked_on == date(2026, 3, 4)


def test_department_is_asked_from_the_subject(thing: Any) -> None:
    from mitstadt.comments.actions.answering import department_of

    DEPARTMENT["id"] = 7
    assert department_of(thing) == 7


def news(person: Any) -> list[str]:
    """Paths of what a person was told about answers, oldest first."""
    jobs.fan_out_pending()
    found = Notification.objects.filter(recipient__user=person, event__event__startswith="comments.question.")
    found = found.exclude(event__event__in=["comments.question.owed", "comments.question.moved"])
    return list(found.order_by("pk").values_list("event__path", flat=True))


def test_followers_of_equal_questions_hear_of_their_answer_once(
    alice: Any, bob: Any, charlie: Any, editor: Any, actor_of: Any, owned: Any, subject_factory: Any
) -> None:
    """Charlie follows both subjects, Alice and Bob asked; four questions, one answer, one piece of news for each."""
    other = subject_factory(kind=owned.kind, title="Noch ein Radweg")
    for thing in (owned, other):
        follow(actor_of(charlie), subject=thing)
        follow(actor_of(alice), subject=thing)
    lead = ask(actor_of(alice), owned)
    equal = [ask(actor_of(alice), other), ask(actor_of(bob), owned), ask(actor_of(bob), other)]
    for one in equal:
        actions.bundle(actor_of(editor), one, Question.objects.get(pk=lead.pk))
    given = actions.answer(actor_of(editor), Question.objects.get(pk=lead.pk), "Im Mai.")
    assert [len(news(person)) for person in (alice, bob, charlie)] == [1, 1, 1]
    public = Event.objects.filter(event="comments.question.answered", public=True)
    assert sorted(public.values_list("subject_id", flat=True)) == sorted([owned.pk, other.pk])
    actions.correct(actor_of(editor), given, "Im Juni.", "Verschoben.")
    assert [len(news(person)) for person in (alice, bob, charlie)] == [2, 2, 2]


def test_a_question_that_joins_an_answer_later_is_news_for_whoever_asked_it_only(
    alice: Any, bob: Any, charlie: Any, editor: Any, actor_of: Any, owned: Any
) -> None:
    for person in (bob, charlie):
        follow(actor_of(person), subject=owned)
    lead = ask(actor_of(alice), owned)
    late = ask(actor_of(bob), owned)
    actions.answer(actor_of(editor), lead, "Im Mai.")
    assert [len(news(person)) for person in (alice, bob, charlie)] == [1, 1, 1]
    actions.bundle(actor_of(editor), late, Question.objects.get(pk=lead.pk))
    assert [len(news(person)) for person in (alice, bob, charlie)] == [1, 2, 1]
    assert news(bob)[-1] == late.comment.subject.path
