"""What the demo city shows of a finished round."""

from __future__ import annotations

import pytest

from mitstadt.capacity.models import Demand
from mitstadt.capacity.rounds.models import Place, Programme, Round

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("demo_city")]


def test_most_families_have_said_yes_some_no_and_a_few_have_time_left(db):
    assert Round.objects.get(state="published").answer_days == 21
    states = list(Place.objects.filter(offered_at__isnull=False).values_list("state", flat=True))
    assert states.count("accepted") > len(states) * 0.6
    assert states.count("declined") >= 2
    assert 2 <= states.count("offered") <= 20
    assert all(place.is_open() for place in Place.objects.filter(state="offered"))
    assert Place.objects.filter(moved_up=True).exists()
    for programme in Programme.objects.filter(round__state="published"):
        held = Place.objects.filter(programme=programme, state__in=("offered", "accepted")).count()
        assert held == programme.taken <= programme.quota


def test_the_round_leaves_the_invented_demand_of_the_months_before(db):
    assert Demand.objects.filter(outcome="searched").values("month").distinct().count() == 6
