"""Real parallel connections: an author takes a suggestion back while moderation decides about it."""

from __future__ import annotations

from mitstadt.moderation import actions as moderation
from mitstadt.moderation.models import Case
from mitstadt.toolkit import suggesting
from mitstadt.toolkit.models import Suggestion


def test_taking_back_and_deciding_at_once_have_one_winner(race, alice, moderator, actor_of):
    person, judge = actor_of(alice), actor_of(moderator)
    for number in range(5):
        made = suggesting.suggest(person, {"name": f"Format {number}", "text": "Menschen erzählen einander."})
        case = Case.objects.select_related("subject").get(subject=made.subject)
        copy = Suggestion.objects.select_related("subject").get(pk=made.pk)
        outcome = race(
            2,
            lambda who, copy=copy, case=case: (
                suggesting.withdraw(person, copy) if who else moderation.decide(judge, case, outcome="keep")
            ),
        )
        assert len(outcome.results) == len(outcome.errors) == 1, outcome
        stands = Suggestion.objects.select_related("subject").get(pk=made.pk)
        assert bool(stands.text) is stands.subject.published is Case.objects.filter(pk=case.pk).exists()
