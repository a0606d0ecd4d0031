"""Many at once, each with a connection of their own."""

import pytest

from mitstadt.formats.ideas import actions, merging, together
from mitstadt.formats.ideas.actions import Words
from mitstadt.kit.errors import DomainError
from mitstadt.participation import queries as participation
from mitstadt.participation import samples
from mitstadt.participation.actions import supports
from mitstadt.participation.models import Assessment, Contribution, Module, Support
from mitstadt.participation.samples import citizen

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def test_fifty_parallel_supports_of_one_person_count_once(race):
    module = samples.process(format="ideas", settings={"threshold": 1})
    made = actions.propose(citizen("anna"), module, Words("Ein Brunnen", "Im Schatten."))
    found, actor = participation.of_contribution(made.pk), citizen("bert")
    outcome = race(50, lambda _n: supports.add(actor, found), seconds=120)
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


def two_ideas():
    module = samples.process(format="ideas")
    made = [
        actions.propose(citizen(name), module, Words(f"Brunnen von {name}", "Im Schatten."))
        for name in ("anna", "bert")
    ]
    return [participation.contribution(idea.subject.public_id) for idea in made]


def test_last_answers_at_one_moment_merge_once(race):
    source, target = two_ideas()
    merge = merging.propose(samples.INSTALLATION, source, target)
    people = [citizen("anna"), citizen("bert")]
    outcome = race(2, lambda n: merging.answer(people[n], merge, True).state)
    assert not outcome.errors
    merge.refresh_from_db()
    source.refresh_from_db()
    assert merge.state == "done"
    assert source.merged_into_id == target.pk
    assert Module.objects.get(pk=source.module_id).contribution_count == 1


def test_two_ideas_are_never_merged_into_each_other(race):
    one, other = two_ideas()
    merges = [merging.propose(citizen("anna"), one, other), merging.propose(citizen("anna"), other, one)]
    bert = citizen("bert")

    def agree(number):
        try:
            return merging.answer(bert, merges[number], True).state
        except DomainError as error:
            return error.code

    outcome = race(2, agree)
    assert not outcome.errors
    assert outcome.results.count("done") == 1
    assert Contribution.objects.filter(merged_into__isnull=False).count() == 1


def test_one_link_makes_one_co_author(race):
    idea, _other = two_ideas()
    token = together.invite(citizen("anna"), idea)
    people = [citizen(f"p{n}") for n in range(6)]

    def accept(number):
        try:
            return together.accept(people[number], idea, token).pk
        except DomainError as error:
            return error.code

    outcome = race(6, accept)
    assert not outcome.errors
    assert outcome.results.count("used") == 5
    assert idea.co_authors.count() == 1
