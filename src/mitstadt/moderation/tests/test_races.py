"""Real parallel connections: one case per text, one decision per case, one appeal, one second decision."""

from __future__ import annotations

from typing import Any

from mitstadt.accounts.actor import NOBODY
from mitstadt.kit.errors import DomainError
from mitstadt.moderation import actions
from mitstadt.moderation.models import Appeal, Case, Decision, Report
from mitstadt.notify.models import Notification
from mitstadt.subjects.models import Subject


def fresh(case: Case) -> Case:
    return Case.objects.select_related("subject").get(pk=case.pk)


def test_eight_reports_at_once_make_one_case(race: Any, alice: Any, wrote: Any) -> None:
    subject = wrote(alice)
    outcome = race(8, lambda number: actions.report(NOBODY, subject, reason="insult", good_faith=True).code)
    assert outcome.errors == []
    assert len(set(outcome.results)) == 8
    assert Case.objects.get().report_count == Report.objects.count() == 8


def test_bob_presses_report_six_times_at_once(race: Any, alice: Any, bob: Any, actor_of: Any, wrote: Any) -> None:
    subject, actor = wrote(alice), actor_of(bob)
    outcome = race(6, lambda number: actions.report(actor, subject, reason="insult", good_faith=True).code)
    assert outcome.errors == []
    assert len(set(outcome.results)) == 1
    assert Case.objects.get().report_count == Report.objects.count() == 1


def test_six_moderators_decide_at_once_and_one_wins(
    race: Any, alice: Any, staff_factory: Any, actor_of: Any, wrote: Any
) -> None:
    subject = wrote(alice)
    case = actions.open_case(subject)
    actors = [actor_of(staff_factory(f"mod{n}", "moderator", function="Moderation")) for n in range(6)]
    copies = [fresh(case) for _ in actors]

    def decide(number: int) -> int:
        values = {"ground": "respect", "facts": f"Nummer {number}"} if number % 2 else {}
        actions.decide(actors[number], copies[number], outcome="restrict" if number % 2 else "keep", **values)
        return number

    outcome = race(6, decide)
    assert len(outcome.results) == 1
    assert all(isinstance(error, DomainError) for error in outcome.errors), outcome.errors
    winner = outcome.results[0]
    assert Decision.objects.get().actor_public_id == actors[winner].public_id
    assert Case.objects.get().decided_by_id == actors[winner].user_id
    assert Subject.objects.get(pk=subject.pk).restricted is bool(winner % 2)
    assert Notification.objects.count() == winner % 2


def test_alice_sends_her_appeal_four_times_at_once(
    race: Any, alice: Any, moderator: Any, actor_of: Any, wrote: Any, hide: Any
) -> None:
    case, actor = hide(moderator, wrote(alice)), actor_of(alice)
    copies = [fresh(case) for _ in range(4)]
    outcome = race(4, lambda number: actions.appeal(actor, copies[number], "Nein.").pk)
    assert len(outcome.results) == 1
    assert all(isinstance(error, DomainError) for error in outcome.errors), outcome.errors
    assert Appeal.objects.count() == 1


def test_two_second_persons_decide_at_once_and_one_wins(
    race: Any, alice: Any, moderator: Any, staff_factory: Any, actor_of: Any, wrote: Any, hide: Any
) -> None:
    case = hide(moderator, wrote(alice))
    actions.appeal(actor_of(alice), case, "Nein.")
    actors = [actor_of(staff_factory(f"mod{n}", "moderator", function="Moderation")) for n in range(4)]
    copies = [fresh(case) for _ in actors]
    outcome = race(4, lambda n: actions.decide_appeal(actors[n], copies[n], lift=n % 2 == 0, facts="x").outcome)
    assert len(outcome.results) == 1
    assert all(isinstance(error, DomainError) for error in outcome.errors), outcome.errors
    found = Case.objects.get()
    assert found.appeal_outcome == outcome.results[0]
    assert found.subject is not None
    assert found.subject.restricted is (found.appeal_outcome == "upheld")
