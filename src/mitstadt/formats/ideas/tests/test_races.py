"""Many at once, each with a connection of their own."""

import pytest

from mitstadt.formats.ideas import actions
from mitstadt.formats.ideas.actions import Words
from mitstadt.participation import queries as participation
from mitstadt.participation import samples
from mitstadt.participation.actions import contributions
from mitstadt.participation.models import Assessment, Contribution, Module, Support
from mitstadt.participation.samples import citizen

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def test_fifty_parallel_supports_of_one_person_count_once(race):
    module = samples.process(format="ideas", settings={"threshold": 1})
    made = actions.propose(citizen("anna"), module, Words("Ein Brunnen", "Im Schatten."))
    found, actor = participation.of_contribution(made.pk), citizen("bert")
    outcome = race(50, lambda _n: contributions.support(actor, found), seconds=120)
    assert not outcome.errors
    assert outcome.results.count(True) == 1
    made.refresh_from_db()
    assert made.support_count == Support.objects.count() == 1
    assert Assessment.objects.get(pk=made.pk).due_on is not None


def test_ideas_sent_at_once_are_all_there_and_counted(race):
    module = samples.process(format="ideas")
    people = [citizen(f"p{n}") for n in range(12)]

    def send(number):
        return actions.propose(people[number], module, Words(f"Idee {number}", "Text."), key="k").pk

    outcome = race(12, send, seconds=120)
    assert not outcome.errors
    assert len(set(outcome.results)) == Contribution.objects.count() == 12
    assert Module.objects.get(pk=module.pk).contribution_count == 12
