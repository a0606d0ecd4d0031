"""One code at the same moment, online and on paper: one person, counted once. Real connections."""

from datetime import timedelta

import pytest

from mitstadt.accounts.actor import Actor
from mitstadt.accounts.models import Guest, Trust
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError
from mitstadt.participation import queries, samples
from mitstadt.participation.actions import codes, contributions, supports
from mitstadt.participation.entry import actions, sheetcodes
from mitstadt.participation.models import Contribution, PrintedSheet, Support

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def module():
    made = samples.process(format="debate", settings={"question": "Was fehlt dem Platz?"})
    made.phases.update(allows=["comment", "support"])
    return samples.loaded(made)


@pytest.fixture
def code(module):
    group = codes.invite(samples.INSTALLATION, module.process, "Schule", clock.now() + timedelta(days=9))
    return codes.issue(samples.INSTALLATION, group, 1)[0]


def test_the_same_code_used_twice_at_once_is_one_person(module, code, race):
    batch = actions.open_batch(samples.INSTALLATION, module, "paper", clock.today())

    def enter(number):
        data = {"text": f"Bank {number}", "name": ""}
        return actions.enter(samples.INSTALLATION, batch, data, code=code, key=str(number))

    outcome = race(6, enter)
    assert not outcome.errors
    assert Contribution.objects.count() == 6
    assert Contribution.objects.values("guest").distinct().count() == 1
    assert Guest.objects.count() == 1


def test_one_form_sent_twice_at_once_is_entered_once(module, race):
    batch = actions.open_batch(samples.INSTALLATION, module, "paper", clock.today())
    data = {"text": "Eine Bank.", "name": ""}
    outcome = race(4, lambda _number: actions.enter(samples.INSTALLATION, batch, data, key="same").pk)
    assert not outcome.errors
    assert len(set(outcome.results)) == 1
    assert Contribution.objects.count() == 1


def test_paper_and_online_with_one_code_at_one_moment_count_once(module, code, race):
    made = contributions.add(
        samples.citizen("anna"), module, "idea", "comment", title="Mehr Bänke", text="Drei Bänke unter den Linden."
    )

    def stand_behind(number):
        person = codes.holder(codes.find(code))
        idea = queries.of_contribution(made.pk)
        if number % 2:
            return supports.enter(samples.INSTALLATION, idea, person, channel="paper", sheet="B-7")
        guest = Guest.objects.get(pk=person[1])
        return supports.add(Actor(guest_id=guest.pk, public_id=guest.public_id, trust=Trust.EMAIL), idea)

    outcome = race(6, stand_behind)
    assert not outcome.errors
    assert sorted(outcome.results) == [False] * 5 + [True]
    assert Support.objects.count() == 1
    assert Contribution.objects.get(pk=made.pk).support_count == 1


def test_one_printed_sheet_that_several_type_in_at_once_is_entered_once(module, race):
    code = PrintedSheet.objects.create(module=module, code=sheetcodes.new(), at=clock.now()).code
    batch = actions.open_batch(samples.INSTALLATION, module, "paper", clock.today())

    def enter(number):
        try:
            actions.enter(
                samples.INSTALLATION, batch, {"text": f"Bank {number}", "name": ""}, sheet=code, key=str(number)
            )
        except DomainError as error:
            return error.code
        return "entered"

    outcome = race(6, enter)
    assert not outcome.errors
    assert sorted(outcome.results) == ["entered", *["used"] * 5]
    assert Contribution.objects.count() == 1
