"""Many at once: one draw, one application per person, and no application that comes between closing and counting."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta

import pytest

from mitstadt.accounts.actor import ADMINISTRATOR, MEMBER, Actor, Grant
from mitstadt.capacity import seekers
from mitstadt.capacity.rounds import actions, places
from mitstadt.capacity.rounds.actions import Wishes
from mitstadt.capacity.rounds.models import Application, Child, File, Outcome, Place, Programme, Round
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


def published(quota: int, families: int) -> Round:
    """One house with `quota` places that all of `families` want; nobody has any points."""
    round_ = rounds.made(CITY, quotas={"sonne": quota})
    for _n in range(families):
        rounds.apply(round_, ["sonne"])
    with clock.at(clock.now() + timedelta(days=15)):
        actions.close(CITY, round_)
        actions.enter_seed(CITY, round_, rounds.SEED)
        actions.draw(CITY, round_)
        actions.publish(CITY, round_)
    return round_


def loaded(place: Place) -> Place:
    return Place.objects.select_related("programme__round", "programme__capacity", "child__application__seeker").get(
        pk=place.pk
    )


def held() -> int:
    return Place.objects.filter(state__in=places.HELD).count()


def test_eight_decline_at_once_and_each_place_goes_to_one_of_the_line_in_its_order(race):
    """Eight places, twenty children: eight say no, the next eight of the line are asked, four go on waiting."""
    round_ = published(8, 20)
    offered = list(Place.objects.filter(state="offered"))
    line = list(Place.objects.filter(state="waiting").order_by("rank"))
    outcome = race(8, lambda number: places.decline(loaded(offered[number])))
    assert outcome.errors == []
    asked = Place.objects.filter(state="offered").order_by("rank")
    assert [place.pk for place in asked] == [place.pk for place in line[:8]]
    assert Place.objects.filter(state="waiting").count() == 4
    assert Programme.objects.get(round=round_).taken == 8


def test_a_yes_in_the_last_second_and_four_workers_after_it_give_nothing_twice(race):
    """Four say yes just before the deadline while four workers look for who did not: a place is kept or goes on."""
    published(4, 12)
    offered = [loaded(place) for place in Place.objects.filter(state="offered")]
    until = offered[0].answer_until

    def work(number: int) -> str:
        if number >= 4:
            with clock.at(until):
                return f"lapsed {places.lapse()}"
        try:
            with clock.at(until - timedelta(seconds=1)):
                places.accept(loaded(offered[number]))
        except DomainError as error:
            return error.code
        return "accepted"

    outcome = race(8, work)
    assert outcome.errors == []
    kept = outcome.results.count("accepted")
    assert outcome.results.count("late") == 4 - kept
    assert sum(int(found.split()[1]) for found in outcome.results if found.startswith("lapsed")) == 4 - kept
    assert Place.objects.filter(state="accepted").count() == kept
    assert (held(), Programme.objects.get().taken) == (4, 4)


def test_eight_tabs_accept_one_place_once(race):
    published(1, 3)
    offered = Place.objects.get(state="offered")

    def work(_number: int) -> str:
        try:
            places.accept(loaded(offered))
        except DomainError as error:
            return error.code
        return "accepted"

    assert sorted(race(8, work).results) == ["accepted"] + ["late"] * 7
    assert (held(), Programme.objects.get().taken) == (1, 1)


def test_families_who_swap_houses_at_once_do_not_wait_for_each_other_forever(race):
    """Sixteen places at two houses; eight families accept the better of two offers or decline, in opposite orders."""
    round_ = rounds.made(CITY, quotas={"sonne": 4, "mond": 4})
    for number in range(20):
        rounds.apply(round_, ["sonne", "mond"] if number % 2 else ["mond", "sonne"])
    with clock.at(clock.now() + timedelta(days=15)):
        actions.close(CITY, round_)
        actions.enter_seed(CITY, round_, rounds.SEED)
        actions.draw(CITY, round_)
        actions.publish(CITY, round_)
        offered = list(Place.objects.filter(state="offered"))
        assert len(offered) == 8
        outcome = race(8, lambda n: (places.decline if n % 2 else places.accept)(loaded(offered[n])))
    assert outcome.errors == []
    for programme in Programme.objects.all():
        assert programme.taken == 4
        assert Place.objects.filter(programme=programme, state__in=places.HELD).count() == 4


def test_eight_of_a_house_free_one_erased_place_once(race):
    """Two places are held by families that are erased; eight colleagues say at once that one is empty."""
    round_ = published(2, 6)
    for row in list(Place.objects.filter(state="offered")):
        places.accept(loaded(row))
        seekers.erase(loaded(row).child.application.seeker)
    programme = Programme.objects.select_related("round", "capacity__service__provider").get(round=round_)
    provider = programme.capacity.service.provider
    provider.verified_at = clock.now()
    provider.save()
    member = Actor(user_id=1, grants=(Grant(MEMBER, provider.pk, "Haus"),))

    def work(_number: int) -> str:
        try:
            places.free_gone(member, programme)
        except DomainError as error:
            return error.code
        return "freed"

    assert sorted(race(8, work).results) == ["freed"] * 2 + ["late"] * 6
    assert Place.objects.filter(state="offered").count() == 2
    assert (held(), Programme.objects.get().taken) == (2, 2)
