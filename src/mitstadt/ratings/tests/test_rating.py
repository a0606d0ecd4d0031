"""Alice, Bob and a guest rate, change their minds and leave."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from mitstadt.accounts import guests
from mitstadt.accounts.actor import NOBODY
from mitstadt.accounts.models import Guest, Trust, User
from mitstadt.accounts.personal import Person
from mitstadt.audit.models import Entry
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.ratings import actions, components, queries
from mitstadt.ratings.models import Origin, Rating, RatingTotal
from mitstadt.subjects.models import Subject


def people(thing: Any) -> int:
    return Subject.objects.get(pk=thing.pk).rating_count


def a_guest(number: int = 1) -> Any:
    now = timezone.now()
    return guests.actor_of(Guest.objects.create(email_hash=f"{number:064d}", created_at=now, confirmed_at=now))


def test_alice_rates_two_of_three_scales(alice: Any, actor_of: Any, thing: Any) -> None:
    actions.rate(actor_of(alice), thing, importance=5, satisfaction=2)
    found = queries.summary(thing.pk)
    assert found.of("importance", Origin.ACCOUNT).counts == (0, 0, 0, 0, 1)
    assert found.of("benefit", Origin.ACCOUNT).counts == (0, 0, 0, 0, 0)
    assert found.of("satisfaction", Origin.ACCOUNT).counts == (0, 1, 0, 0, 0)
    assert found.people == {"account": 1, "email": 0}
    assert people(thing) == 1
    assert Entry.objects.filter(action="ratings.rating.set", object=thing.public_id).count() == 1


def test_the_log_does_not_say_what_she_chose(alice: Any, actor_of: Any, thing: Any) -> None:
    actions.rate(actor_of(alice), thing, importance=5)
    assert Entry.objects.get(action="ratings.rating.set").payload is None


def test_she_changes_her_mind_and_counts_once(alice: Any, actor_of: Any, thing: Any) -> None:
    actor = actor_of(alice)
    actions.rate(actor, thing, importance=5, benefit=1)
    actions.rate(actor, thing, importance=3)
    found = queries.summary(thing.pk)
    assert found.of("importance", Origin.ACCOUNT).counts == (0, 0, 1, 0, 0)
    assert found.of("benefit", Origin.ACCOUNT).votes == 0
    assert people(thing) == 1


def test_she_withdraws(alice: Any, actor_of: Any, thing: Any) -> None:
    actor = actor_of(alice)
    assert not actions.withdraw(actor, thing)
    actions.rate(actor, thing, importance=5)
    assert actions.withdraw(actor, thing)
    assert queries.summary(thing.pk).total == 0
    assert people(thing) == 0
    assert not Rating.objects.exists()


def test_accounts_and_addresses_are_counted_apart(alice: Any, actor_of: Any, thing: Any) -> None:
    actions.rate(actor_of(alice), thing, importance=5)
    guest = a_guest()
    actions.rate(guest, thing, importance=1)
    actions.rate(guest, thing, importance=2)
    found = queries.summary(thing.pk)
    assert found.of("importance", Origin.ACCOUNT).counts == (0, 0, 0, 0, 1)
    assert found.of("importance", Origin.EMAIL).counts == (0, 1, 0, 0, 0)
    assert people(thing) == 2


@pytest.mark.parametrize("value", [0, 6, -1, "5", 2.5, True])
def test_only_one_to_five(alice: Any, actor_of: Any, thing: Any, value: Any) -> None:
    with pytest.raises(DomainError) as error:
        actions.rate(actor_of(alice), thing, benefit=value)
    assert error.value.field == "benefit"
    assert not Rating.objects.exists()


def test_nothing_chosen_is_no_rating(alice: Any, actor_of: Any, thing: Any) -> None:
    with pytest.raises(DomainError):
        actions.rate(actor_of(alice), thing)


def test_the_database_itself_refuses_nonsense(alice: Any, thing: Any) -> None:
    now = timezone.now()
    row = {"about": thing, "user": alice, "origin": "account", "created_at": now, "changed_at": now}
    for wrong in ({"importance": 6}, {"importance": 0}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Rating.objects.create(**row, **wrong)
    Rating.objects.create(**row, importance=3)
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.create(**row, importance=4)


def test_nobody_and_the_unpublished_are_refused_with_a_reason(
    alice: Any, user_factory: Any, actor_of: Any, thing: Any
) -> None:
    with pytest.raises(Refused) as nobody:
        actions.rate(NOBODY, thing, importance=3)
    assert nobody.value.decision.step_up == "login"
    dora = user_factory("dora", trust=Trust.NONE)
    with pytest.raises(Refused) as unconfirmed:
        actions.rate(actor_of(dora), thing, importance=3)
    assert unconfirmed.value.decision.step_up == "email"
    thing.published = False
    with pytest.raises(Refused, match="noch nicht veröffentlicht"):
        actions.rate(actor_of(alice), thing, importance=3)


def test_no_middle_below_the_minimum_and_the_page_says_why(user_factory: Any, actor_of: Any, thing: Any) -> None:
    for number in range(9):
        actions.rate(actor_of(user_factory(f"mensch{number}")), thing, importance=4)
    found = queries.summary(thing.pk)
    assert found.of("importance", Origin.ACCOUNT).spread is None
    html = components.summary_section(thing, found)
    assert "Mitte bei" not in html
    assert "9 Stimmen, für eine Mitte noch zu wenige" in html
    assert "ab 10 Stimmen" in html
    actions.rate(actor_of(user_factory("zehnter")), thing, importance=5)
    html = components.summary_section(thing, queries.summary(thing.pk))
    assert "Mitte bei 4 von 5" in html
    assert "10 Stimmen" in html


def test_guests_do_not_help_accounts_over_the_minimum(user_factory: Any, actor_of: Any, thing: Any) -> None:
    for number in range(6):
        actions.rate(actor_of(user_factory(f"mensch{number}")), thing, importance=4)
        actions.rate(a_guest(number), thing, importance=1)
    found = queries.summary(thing.pk)
    assert found.total == 12
    assert found.of("importance", Origin.ACCOUNT).spread is None
    assert found.of("importance", Origin.EMAIL).spread is None


def test_picture_and_table_say_the_same(alice: Any, bob: Any, actor_of: Any, thing: Any) -> None:
    actions.rate(actor_of(alice), thing, importance=5)
    actions.rate(actor_of(bob), thing, importance=5)
    html = components.summary_section(thing, queries.summary(thing.pk))
    assert "<td>0</td><td>0</td><td>0</td><td>0</td><td>2</td><td>2</td>" in html
    assert html.count("<svg") == 3
    assert " style=" not in html


def test_a_guest_rates_once_per_address(thing: Any) -> None:
    actor = a_guest()
    payload = {"subject": thing.public_id, "title": thing.title}
    path = actions.confirmed(actor, {**payload, "values": {"importance": 2, "benefit": None, "satisfaction": None}})
    assert path.startswith(thing.path)
    actions.confirmed(actor, {**payload, "values": {"importance": 4, "benefit": None, "satisfaction": None}})
    assert queries.summary(thing.pk).of("importance", Origin.EMAIL).counts == (0, 0, 0, 1, 0)
    actions.confirmed(actor, {**payload, "values": {}})
    assert queries.summary(thing.pk).total == 0


@pytest.mark.parametrize("keep", [True, False])
def test_alice_leaves(alice: Any, actor_of: Any, thing: Any, keep: bool) -> None:
    actions.rate(actor_of(alice), thing, importance=5)
    assert actions.forget(Person(public_id=alice.public_id, user_id=alice.pk), keep) == 1
    User.objects.filter(pk=alice.pk).delete()
    assert queries.summary(thing.pk).total == (1 if keep else 0)
    assert people(thing) == (1 if keep else 0)
    assert not Rating.objects.filter(user__isnull=False).exists()


def test_an_accident_can_be_counted_anew(alice: Any, actor_of: Any, thing: Any) -> None:
    actions.rate(actor_of(alice), thing, importance=5)
    assert not actions.recount(thing)
    RatingTotal.objects.update(importance_5=7)
    assert actions.recount(thing)
    assert queries.summary(thing.pk).of("importance", Origin.ACCOUNT).votes == 1


def test_the_summary_is_one_query(alice: Any, actor_of: Any, thing: Any, django_assert_num_queries: Any) -> None:
    actions.rate(actor_of(alice), thing, importance=5)
    with django_assert_num_queries(1):
        components.summary_section(thing, queries.summary(thing.pk))
