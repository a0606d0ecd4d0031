"""Fifty connections change their ratings at once; afterwards the totals are what a fresh count says."""

from __future__ import annotations

import random
from typing import Any

from mitstadt.kit.decision import YES
from mitstadt.ratings import actions
from mitstadt.ratings.models import SCALES, VALUES, Rating, RatingTotal
from mitstadt.subjects import kinds
from mitstadt.subjects.models import Subject
from tests.support.people import make_user


def assert_totals_are_true(thing: Any) -> None:
    """Compare with a count over the single rows, done here by hand."""
    rows = list(Rating.objects.filter(about=thing).values(*SCALES))
    total = RatingTotal.objects.get(about=thing, origin="account")
    assert total.ratings == len(rows)
    for scale in SCALES:
        for value in VALUES:
            assert getattr(total, f"{scale}_{value}") == sum(row[scale] == value for row in rows), (scale, value)
    assert Subject.objects.get(pk=thing.pk).rating_count == len(rows)


def make_thing(subject_factory: Any) -> Any:
    try:
        kinds.get("rated")
    except KeyError:
        kinds.register(kinds.Kind(slug="rated", label="Ding", plural="Dinge", can=lambda *_args: YES))
    return subject_factory(kind="rated", title="Platz")


def test_fifty_people_change_their_minds_at_once(race: Any, subject_factory: Any, actor_of: Any) -> None:
    thing = make_thing(subject_factory)
    actors = [actor_of(make_user(f"mensch{n}")) for n in range(50)]

    def change(number: int) -> None:
        chance = random.Random(number)
        for _turn in range(4):
            values = {scale: chance.choice([*VALUES, None]) for scale in SCALES}
            values["importance"] = chance.choice(VALUES)
            actions.rate(actors[number], Subject.objects.get(pk=thing.pk), **values)
        if number % 10 == 0:
            actions.withdraw(actors[number], thing)

    outcome = race(50, change, seconds=120)
    assert not outcome.errors
    assert Rating.objects.count() == 45
    assert_totals_are_true(thing)


def test_one_person_with_many_tabs_counts_once(race: Any, subject_factory: Any, actor_of: Any) -> None:
    thing = make_thing(subject_factory)
    alice = actor_of(make_user("alice"))

    def click(number: int) -> None:
        actions.rate(alice, Subject.objects.get(pk=thing.pk), importance=number % 5 + 1, benefit=(number + 2) % 5 + 1)

    outcome = race(20, click, seconds=120)
    assert not outcome.errors
    assert Rating.objects.count() == 1
    assert_totals_are_true(thing)
