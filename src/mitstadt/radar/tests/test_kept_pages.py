"""A measure's page keeps what it says about the measure, and nothing that changes otherwise."""

from __future__ import annotations

import pytest
from django.test import Client

from mitstadt.kit import clock
from mitstadt.radar.models import Measure, MeasureLineage
from mitstadt.radar.synthetic import make_city
from mitstadt.radar.views import kept
from mitstadt.subjects.models import Subject

pytestmark = pytest.mark.django_db


@pytest.fixture
def measure(settings):
    settings.MITSTADT_SNAPSHOT_SECONDS = 30
    kept._pages.clear()
    make_city(measures=5, years=2)
    yield Measure.objects.filter(subject__published=True).select_related("subject").order_by("pk")[0]
    kept._pages.clear()


def test_kept_pages_ask_less_and_look_the_same(measure, django_assert_max_num_queries):
    client, address = Client(), measure.subject.path
    first = client.get(address)
    with django_assert_max_num_queries(9):
        second = client.get(address)
    assert first.status_code == second.status_code == 200
    assert first.content == second.content


def test_new_counts_and_new_words_show_at_once(measure):
    client, address = Client(), measure.subject.path
    client.get(address)
    Subject.objects.filter(pk=measure.subject_id).update(comment_count=4711)
    assert "4711" in client.get(address).content.decode()
    Measure.objects.filter(pk=measure.pk).update(summary="Ein ganz neuer Satz.", facts_changed_at=clock.now())
    assert "Ein ganz neuer Satz." in client.get(address).content.decode()


def test_a_measure_that_is_taken_down_is_gone_at_once(measure):
    client, address = Client(), measure.subject.path
    client.get(address)
    Subject.objects.filter(pk=measure.subject_id).update(restricted=True)
    assert client.get(address).status_code == 404


def test_a_hidden_neighbour_is_not_named_any_more(measure):
    other = Measure.objects.exclude(pk=measure.pk).filter(subject__published=True).order_by("pk")[0]
    MeasureLineage.objects.create(before=measure, after=other, kind=MeasureLineage.Kind.RELATED)
    client, address = Client(), measure.subject.path
    assert f'href="{other.subject.path}"' in client.get(address).content.decode()
    Subject.objects.filter(pk=other.subject_id).update(restricted=True)
    assert f'href="{other.subject.path}"' not in client.get(address).content.decode()


def test_days_and_languages_do_not_meet(measure):
    client, address = Client(), measure.subject.path
    german = client.get(address).content
    assert client.get("/en" + address).content != german
    past = client.get(address + "?stand=2020-01-01")
    assert past.status_code == 200
    assert past.content != german
    assert client.get(address).content == german
