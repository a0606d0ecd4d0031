"""The chain through two rooms that do not know each other: an idea led to a measure, and the measure moves."""

import pytest

from mitstadt.kit.jobs import run_pending
from mitstadt.notify.models import Notification
from mitstadt.participation import queries, samples
from mitstadt.participation.actions import contributions, evaluation
from mitstadt.participation.report import chain
from mitstadt.radar import synthetic
from mitstadt.radar.models import Measure
from mitstadt.radar.tests.changing import change

pytestmark = pytest.mark.django_db


def test_whoever_had_the_idea_hears_when_the_measure_gets_a_new_status(alice, coordinator, actor_of):
    synthetic.make_city(measures=12, years=1)
    measure = Measure.objects.filter(status="geplant", subject__published=True).order_by("number").first()
    module = samples.process(format="debate", settings={"question": "Was fehlt?"}, verbs=("comment",))
    made = contributions.add(actor_of(alice), module, "idea", "comment", title="Mehr Bänke", text="Bitte.")
    idea = queries.contribution(made.subject.public_id)
    evaluation.connect(actor_of(coordinator), idea, measure.subject, "Die Bänke sind dabei.")
    run_pending()
    change(measure, status="in_umsetzung")
    run_pending()
    run_pending()
    told = Notification.objects.filter(recipient__user=alice, event__event="participation.contribution.moved")
    assert [row.event.path for row in told] == [measure.subject.path]
    assert [(effect.title, effect.state) for effect in chain.effects([idea.pk])[idea.pk]] == [
        (measure.title, "In Umsetzung")
    ]
