"""Queries whose SQL is worked out once, against the same queries asked the usual way."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from mitstadt.kit.prepared import Prepared, PreparedObjects
from mitstadt.subjects.models import Subject

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 22, 8, 30, tzinfo=ZoneInfo("Europe/Berlin"))


def _subject(title: str) -> Subject:
    return Subject.objects.create(
        kind="thing", title=title, path="/x/", published=True, created_at=MORNING, changed_at=MORNING
    )


def test_a_second_key_meets_its_own_row_and_times_and_truths_come_back_as_such():
    one, two = _subject("Brunnen"), _subject("Bank")
    query = Prepared(lambda key: Subject.objects.filter(pk=key).values_list("title", "published", "created_at"))
    assert query.rows(one.pk) == [("Brunnen", True, MORNING)]
    assert query.rows(two.pk) == [("Bank", True, MORNING)]
    assert query.rows(two.pk + 1000) == []


def test_lists_of_any_length_and_none():
    keys = [_subject(f"Nummer {n}").pk for n in range(4)]
    query = Prepared(lambda of: Subject.objects.filter(pk__in=of).order_by("pk").values_list("pk"))
    assert query.rows(tuple(keys[:1])) == [(keys[0],)]
    assert query.rows(tuple(keys[1:])) == [(key,) for key in keys[1:]]
    assert query.rows(()) == []


def test_order_and_limit_are_shapes():
    for title in ("Anna", "Berta", "Carla"):
        _subject(title)
    query = Prepared(lambda order, most: Subject.objects.order_by(order).values_list("title")[:most])
    assert query.rows(order="title", most=1) == [("Anna",)]
    assert query.rows(order="-title", most=2) == [("Carla",), ("Berta",)]


def test_a_key_that_the_query_changes_is_refused():
    query = Prepared(lambda key: Subject.objects.filter(pk=key + 1).values_list("title"))
    with pytest.raises(ValueError, match="prepared"):
        query.rows(1)


def test_objects_come_with_what_was_joined_and_new_each_time(django_assert_num_queries):
    first, second = _subject("Anna"), _subject("Berta")
    by_id = PreparedObjects(lambda key: Subject.objects.select_related("district").filter(public_id=key), "")
    by_key = PreparedObjects(lambda key: Subject.objects.filter(pk=key))
    with django_assert_num_queries(3):
        found = by_id.one(first.public_id)
        again = by_id.one(first.public_id)
        other = by_key.one(second.pk)
    assert (found, found.title, found.published, found.created_at) == (first, "Anna", True, first.created_at)
    assert found.district is None
    assert found is not again
    assert other == second
    assert by_id.one("nobody") is None
    found.title = "Anne"
    found.save(update_fields=["title"])
    assert by_id.one(first.public_id).title == "Anne"


def test_objects_are_refused_for_a_key_that_is_not_there_once():
    query = PreparedObjects(lambda key: Subject.objects.filter(title=key, public_id=key), "")
    with pytest.raises(ValueError, match="prepared"):
        query.one("x")


@pytest.mark.parametrize("key", [2**31, 2**63, -(2**63) - 1, 10**30])
def test_a_number_larger_than_any_key_finds_nothing(key):
    _subject("Anna")
    assert PreparedObjects(lambda key: Subject.objects.filter(pk=key)).one(key) is None
