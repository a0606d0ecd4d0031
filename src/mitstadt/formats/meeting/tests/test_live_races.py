"""Many at once, each with a connection of their own."""

from __future__ import annotations

from typing import Any

from mitstadt.formats.meeting import questions
from mitstadt.formats.meeting.identity import Voter
from mitstadt.formats.meeting.models import Live, Question, Vote
from mitstadt.formats.meeting.tests.conftest import a_date
from mitstadt.kit.errors import DomainError
from mitstadt.participation import samples
from mitstadt.participation.models import Contribution
from mitstadt.participation.samples import INSTALLATION, citizen


def prepared(count: int = 1) -> tuple[Live, list[Question]]:
    module = samples.process(format="meeting")
    opened = questions.open_live(INSTALLATION, a_date(module))
    live = questions.find(opened.code)
    assert live is not None
    asked = [
        questions.ask(live, device(f"frage{n}"), f"Frage {n}?", actor=citizen("gast"), is_example=True)
        for n in range(count)
    ]
    return live, asked


def device(name: str, person: str = "") -> Voter:
    return Voter(name, person, "", False)


def test_a_hundred_votes_of_one_person_count_once(race: Any) -> None:
    live, (question,) = prepared()

    def tap(number: int) -> None:
        for again in range(2):  # fifty connections, two taps each; every second one from another device of the account
            questions.vote(live, device(f"geraet{number}{again}", "konto"), question.public_id)

    outcome = race(50, tap, seconds=120)
    assert not outcome.errors
    question.refresh_from_db()
    assert question.votes == Vote.objects.count() == 1


def test_a_hundred_taps_on_one_phone_count_once(race: Any) -> None:
    live, (question,) = prepared()
    outcome = race(
        50, lambda _n: [questions.vote(live, device("telefon"), question.public_id) for _tap in range(2)], seconds=120
    )
    assert not outcome.errors
    question.refresh_from_db()
    assert question.votes == Vote.objects.count() == 1


def test_fifty_phones_at_once_lose_no_vote_and_no_question(race: Any) -> None:
    live, (question,) = prepared()
    actor = citizen("gast")

    def join(number: int) -> None:
        questions.vote(live, device(f"telefon{number}"), question.public_id)
        questions.ask(live, device(f"telefon{number}"), f"Was ist mit Baum {number}?", actor=actor)

    outcome = race(50, join, seconds=120)
    assert not outcome.errors
    question.refresh_from_db()
    assert question.votes == Vote.objects.count() == 50
    assert Question.objects.count() == 51
    assert Live.objects.get().version >= 101


def test_two_who_take_over_at_once_make_each_contribution_once(race: Any) -> None:
    live, asked = prepared(5)
    outcome = race(4, lambda _n: questions.take_over(INSTALLATION, live.meeting), seconds=60)
    assert not outcome.errors
    assert sum(outcome.results) == len(asked) == Contribution.objects.count()


def test_two_moderators_put_one_question_on_the_wall(race: Any) -> None:
    live, asked = prepared(2)

    def choose(number: int) -> str:
        try:
            questions.moderate(INSTALLATION, live, asked[number].public_id, "now")
        except DomainError as error:
            return error.code
        return "now"

    outcome = race(2, choose, seconds=60)
    assert not outcome.errors
    assert set(outcome.results) <= {"now", "stale"}
    assert Question.objects.filter(current=True).count() == 1
