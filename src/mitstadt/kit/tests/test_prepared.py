"""Queries whose SQL is worked out once, against the same queries asked the usual way."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from mitstadt.kit.prepared import Prepared
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
