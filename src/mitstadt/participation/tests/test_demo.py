"""The demo's processes can be told, once, and read like a city that is at it."""

import pytest

from mitstadt.comments.models import Comment
from mitstadt.kit import clock
from mitstadt.participation import demo, queries, rules
from mitstadt.participation.models import Process

pytestmark = [pytest.mark.usefixtures("demo_city"), pytest.mark.slow]


def test_every_state_is_shown_and_everything_is_marked(db):
    now = clock.now()
    states = {process.state(now) for process in Process.objects.filter(is_example=True).prefetch_related("phases")}
    assert {rules.ANNOUNCED, rules.RUNNING, rules.ANSWERED, rules.IMPLEMENTED} <= states
    assert not queries.public_contributions().filter(process__is_example=True, is_example=False).exists()


def test_nothing_is_told_in_the_future(db):
    assert not Comment.objects.filter(created_at__gt=clock.now()).exists()
    spread = Comment.objects.filter(subject__contribution__process__is_example=True).dates("created_at", "day")
    assert len(spread) > 5


def test_telling_again_changes_nothing(db, settings):
    settings.MITSTADT_DEMO = True
    before = (Process.objects.count(), Comment.objects.count())
    demo.load()
    assert (Process.objects.count(), Comment.objects.count()) == before


def test_every_channel_is_heard_and_none_of_it_looks_like_the_citys_own_words(db):
    told = queries.public_contributions().filter(process__is_example=True)
    assert set(told.values_list("channel", flat=True)) == {"online", "paper", "phone", "event"}
    assert not told.exclude(channel="online").filter(author_staff=True).exists()
