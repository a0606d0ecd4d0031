"""What is learned: at every process, asked for once when it is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from mitstadt.kit import clock
from mitstadt.notify.models import Notification
from mitstadt.participation import samples
from mitstadt.participation.models import Process
from mitstadt.toolkit import demo, reminders
from mitstadt.toolkit.models import Use
from tests.support.people import make_department


@pytest.fixture(scope="module")
def loaded(module_db):
    demo.load()


@pytest.fixture
def process(db, loaded):
    """A process of RIT that did not begin in the adviser."""
    module = samples.process(
        "Ein Platz", format="debate", settings={"question": "Was fehlt?"}, department=make_department("RIT")
    )
    return Process.objects.get(pk=module.process_id)


def screen(process):
    return reverse("toolkit_staff:process", args=[process.number])


def test_a_process_that_was_not_begun_here_may_name_its_formats(process, editor, other_editor, client_for, client):
    staff = client_for(editor)
    page = staff.get(reverse("participation_staff:process", args=[process.number])).content.decode()
    assert screen(process) in page
    assert staff.post(screen(process), {"method": "fishbowl"}).status_code == 302
    assert staff.post(screen(process), {"method": "fishbowl"}).status_code == 422  # it stands there already
    assert staff.post(screen(process), {"method": "gibt-es-nicht"}).status_code == 422
    assert [use.method.slug for use in Use.objects.filter(process=process)] == ["fishbowl"]
    assert client_for(other_editor).post(screen(process), {"method": "world-cafe"}).status_code == 403
    assert "Ein Platz" in client.get("/methoden/fishbowl/").content.decode()


def test_paper_and_the_screen_to_enter_results_are_one_click_away(process, editor, client_for):
    page = client_for(editor).get(screen(process)).content.decode()
    module = process.modules.get()
    assert reverse("participation_staff:print", args=[process.number, module.subject.public_id]) in page
    assert reverse("participation_staff:batches", args=[process.number]) in page


def test_the_department_is_asked_once_when_it_is_over(process, editor, other_editor, stopped_clock):
    from mitstadt.toolkit.models import Method

    Use.objects.create(process=process, method=Method.objects.get(slug="fishbowl"))
    assert reminders.send() == 0  # it still runs
    end = max(phase.end for phase in process.phases.all())
    with clock.at(end + timedelta(hours=1)):
        assert reminders.send() == 1
        assert reminders.send() == 0
    told = Notification.objects.filter(event__event="toolkit.learn")
    assert [one.recipient.user for one in told] == [editor]
    assert told.get().event.path == screen(process)


def test_what_is_answered_or_long_over_is_not_asked_for(process, editor):
    from mitstadt.toolkit.models import Method

    use = Use.objects.create(process=process, method=Method.objects.get(slug="fishbowl"))
    end = max(phase.end for phase in process.phases.all())
    with clock.at(end + timedelta(days=400)):
        assert reminders.send() == 0
    use.learned = "Früher anfangen"
    use.save()
    with clock.at(end + timedelta(days=1)):
        assert reminders.send() == 0
