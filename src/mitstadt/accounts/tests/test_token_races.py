"""Many programs ask for tokens of one person at the same moment: the database holds the limit of 20."""

from __future__ import annotations

import pytest

from mitstadt.accounts import tokens
from mitstadt.accounts.models import AccessToken
from mitstadt.audit.models import Entry
from mitstadt.kit.errors import DomainError

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_of_eight_at_once_with_five_places_left_five_get_one(alice, bob, actor_of, race):
    actor = actor_of(alice)
    tokens.create(actor_of(bob), "Bobs", 1, ["read"])
    for number in range(15):
        tokens.create(actor, f"Nr. {number}", 1, ["read"])
    run = race(8, lambda number: tokens.create(actor, f"zugleich {number}", 1, ["read"]))
    assert len(run.results) == 5
    assert [type(error) for error in run.errors] == [DomainError] * 3
    assert {error.code for error in run.errors} == {"too_many"}
    assert sorted(AccessToken.objects.filter(user=alice).values_list("slot", flat=True)) == list(range(1, 21))
    assert Entry.objects.filter(action="accounts.token.create").count() == 21, "a refused one leaves no entry"
