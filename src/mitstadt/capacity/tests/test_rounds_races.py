"""Many at once: one draw, one application per person, and no application that comes between closing and counting."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta

import pytest

from mitstadt.accounts.actor import ADMINISTRATOR, Actor, Grant
from mitstadt.capacity.rounds import actions
from mitstadt.capacity.rounds.actions import Wishes
from mitstadt.capacity.rounds.models import Application, Child, File, Outcome, Round
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError

from . import rounds

pytestmark = pytest.mark.slow
CITY = Actor(user_id=0, second_factor=True, grants=(Grant(ADMINISTRATOR, 0, "Stadt"),))


def test_eight_draw_at_once_and_one_result_stands(race):
    round_ = rounds.made(CITY)
    for _n in range(5):
        rounds.apply(round_, ["sonne", "mond"])
    now = clock.now()
    with clock.at(now + timedelta(days=15)):
        actions.close(CITY, round_)
        actions.enter_seed(CITY, round_, rounds.SEED)

    def work(_number: int) -> str:
        try:
            actions.draw(CITY, Round.objects.get(pk=round_.pk))
        except DomainError as error:
            return error.code
        return "drawn"

    outcome = race(8, work)
    assert sorted(outcome.results) == ["drawn"] + ["step"] * 7
    assert File.objects.filter(kind="result").count() == 1
    assert Outcome.objects.count() == 5


def test_eight_publish_at_once_and_it_happens_once(race):
    round_ = rounds.made(CITY)
    rounds.apply(round_, ["sonne"])
    with clock.at(clock.now() + timedelta(days=15)):
        actions.close(CITY, round_)
        actions.enter_seed(CITY, round_, rounds.SEED)
        actions.draw(CITY, round_)

    def work(_number: int) -> str:
        try:
            actions.publish(CITY, Round.objects.get(pk=round_.pk))
        except DomainError as error:
            return error.code
        return "published"

    assert sorted(race(8, work).results) == ["published"] + ["step"] * 7


def test_a_double_click_from_eight_tabs_is_one_application(race):
    round_ = rounds.made(CITY)
    outcome = race(8, lambda _n: actions.apply(round_, Wishes(["sonne"]), key="k" * 32)[1])
    assert len(set(outcome.results)) == 1
    assert (Application.objects.count(), Child.objects.count()) == (1, 1)


def test_who_was_told_to_be_in_is_in_what_is_drawn_from(race):
    """Families apply while the city closes: each is either refused or frozen with the others, never lost between."""
    round_ = rounds.made(CITY)
    closing = round_.closes_at

    def work(number: int) -> str:
        if number == 7:
            with clock.at(closing):
                actions.close(CITY, Round.objects.get(pk=round_.pk))
            return ""
        try:
            with clock.at(closing - timedelta(seconds=1)):
                application, _token = actions.apply(round_, Wishes(["sonne"]), key=secrets.token_urlsafe(24))
        except DomainError as error:
            return "" if error.code == "closed" else f"wrong: {error}"
        return application.children.get().reference

    told = {reference for reference in race(8, work).results if reference}
    entries = json.loads(File.objects.get(kind="entries").text)
    assert {row["id"] for row in entries["applicants"]} == told
