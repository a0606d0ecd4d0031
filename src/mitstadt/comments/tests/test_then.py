"""A question on the days of its life: asked, forwarded, overdue, answered, corrected."""

from __future__ import annotations

from datetime import date
from typing import Any

from mitstadt.comments import actions, components, outcomes, queries
from mitstadt.kit import past
from mitstadt.ratings import actions as ratings
from mitstadt.ratings import queries as opinions

from .test_answering import ask


def on(day: date, thing: Any) -> str:
    with past.showing(day):
        return components.discussion(thing, queries.threads(thing.pk, sort="beantwortet"))


def test_every_day_shows_where_the_question_lay_and_what_the_answer_said(
    alice: Any, bob: Any, editor: Any, other_editor: Any, actor_of: Any, owned: Any, stopped_clock: Any, department: Any
) -> None:
    question = ask(actor_of(alice), owned, "Wann wird gebaut?")  # 3 March, due on the 31st
    stopped_clock.move(days=7)
    actions.forward(actor_of(editor), question, department("KVR"), "Das KVR weiß es.")
    stopped_clock.move(days=30)  # 9 April
    question.refresh_from_db()
    given = actions.answer(actor_of(other_editor), question, "Im Mai.")
    stopped_clock.move(days=10)  # 19 April
    given.refresh_from_db()
    actions.correct(actor_of(other_editor), given, "Im Juni.", "Verschoben")
    actions.add(actor_of(bob), owned, "Danke!", parent=question.comment)
    stopped_clock.move(days=1)
    owned.refresh_from_db()

    assert "Wann wird gebaut?" not in on(date(2026, 3, 2), owned)
    asked = on(date(2026, 3, 4), owned)
    assert "liegt beim Referat RIT" in asked
    assert "noch 19 von 20 Arbeitstagen" in asked
    assert "Im Mai" not in asked
    forwarded = on(date(2026, 3, 11), owned)
    assert "liegt beim Referat KVR" in forwarded
    assert "Das KVR weiß es." in forwarded
    assert "Antwort überfällig" in on(date(2026, 4, 8), owned)
    answered = on(date(2026, 4, 10), owned)
    assert "Im Mai." in answered
    assert "Im Juni." not in answered
    assert "Danke!" not in answered
    assert "berichtigt" not in answered
    corrected = on(date(2026, 4, 19), owned)
    assert "Im Juni." in corrected
    assert "Danke!" in corrected

    def counted(day: date) -> tuple[int, int, int]:
        with past.showing(day):
            found = outcomes.figures(outcomes.public_questions())
        return found.asked, found.answered, found.overdue

    days = (date(2026, 3, 2), date(2026, 3, 4), date(2026, 4, 8), date(2026, 4, 9))
    assert [counted(day) for day in days] == [(0, 0, 0), (1, 0, 0), (1, 0, 1), (1, 1, 0)]


def test_what_was_taken_back_since_stays_away(alice: Any, actor_of: Any, owned: Any, stopped_clock: Any) -> None:
    comment = actions.add(actor_of(alice), owned, "Meine Adresse ist Rosenweg 3.")
    stopped_clock.move(days=3)
    actions.withdraw(actor_of(alice), comment)
    assert "Rosenweg" not in on(date(2026, 3, 4), owned)


def test_a_rating_changed_since_counts_as_a_person_without_a_value(
    alice: Any, bob: Any, actor_of: Any, owned: Any, stopped_clock: Any
) -> None:
    ratings.rate(actor_of(alice), owned, importance=5)
    ratings.rate(actor_of(bob), owned, importance=2)
    stopped_clock.move(days=5)
    ratings.rate(actor_of(bob), owned, importance=1)
    with past.showing(date(2026, 3, 4)):
        then = opinions.summary(owned.pk)
    assert (then.total, then.unproven) == (2, 1)
    assert then.of("importance", "account").counts == (0, 0, 0, 0, 1)
    with past.showing(date(2026, 3, 2)):
        assert opinions.summary(owned.pk).total == 0
    assert opinions.summary(owned.pk).of("importance", "account").counts == (1, 0, 0, 0, 1)
