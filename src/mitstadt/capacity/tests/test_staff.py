"""The overview of the back office: which figures are old, which sources fail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from mitstadt.capacity.models import Capacity, Feed
from mitstadt.kit import clock

from . import factories

URL = reverse("capacity_staff:list")


@pytest.fixture
def page(client_for, administrator):
    keeper = client_for(administrator)
    return lambda query="": keeper.get(URL + query)


def shown(answer) -> list[str]:
    return [capacity.title for capacity, *_rest in answer.context["rows"]]


def test_old_figures_are_found_the_oldest_first(page):
    now = clock.now()
    factories.capacity("Frisch", free=1, interval_hours=24, updated_at=now)
    factories.capacity("Grau", free=1, interval_hours=24, updated_at=now - timedelta(hours=30))
    factories.capacity("Alt", free=1, interval_hours=24, updated_at=now - timedelta(hours=60))
    factories.capacity("Nie", free=None, updated_at=None, created_at=now - timedelta(hours=1))
    factories.capacity("Anderswo", way="link", link="https://example.org/", updated_at=None)
    assert shown(page("?was=alt")) == ["Alt", "Grau", "Nie"]
    assert shown(page("?was=nie")) == ["Nie"]
    assert len(shown(page())) == 5


def test_a_failing_source_and_what_is_hidden_are_found(page):
    one = factories.capacity("Eins")
    Feed.objects.create(
        capacity=one, kind="ical", url="https://example.org/a.ics", created_at=clock.now(), last_error="Antwort 404"
    )
    factories.capacity("Zwei", active=False)
    answer = page("?was=quelle")
    assert shown(answer) == ["Eins"]
    assert "Antwort 404" in answer.content.decode()
    assert shown(page("?was=verborgen")) == ["Zwei"]
    assert shown(page("?q=zwei")) == ["Zwei"]
    assert shown(page("?was=%00&q=%25&p=abc")) == []


def test_its_queries_do_not_grow(page, django_assert_max_num_queries):
    factories.capacity("Nur eine")
    page()
    for number in range(30):
        factories.capacity(f"Platz {number}")
    with django_assert_max_num_queries(25):
        assert len(shown(page())) == 31


def test_a_hidden_capacity_is_not_on_the_public_list(page, client):
    one = factories.capacity("Eins", free=1, updated_at=clock.now())
    assert one.service.name in client.get(reverse("capacity:list")).content.decode()
    Capacity.objects.update(active=False)
    assert client.get(one.get_absolute_url()).status_code == 404


def test_others_read_why_not(client_for, charlie):
    assert client_for(charlie).get(URL).status_code in (302, 403)
