"""A tablet at a stall: one device, one person after the other, nothing left behind, ended by staff or by time."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from mitstadt.comments.models import Comment
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.participation import samples
from mitstadt.participation.entry import tablets
from mitstadt.participation.models import Phase, Tablet
from tests.support.people import make_department

pytestmark = pytest.mark.django_db
WRITE = "/beteiligung/tablet/schreiben/"


@pytest.fixture
def module():
    return samples.process(
        format="debate", settings={"question": "Was fehlt am Markt?"}, department=make_department("RIT")
    )


@pytest.fixture
def device(module, actor_of, editor):
    """The client of a paired tablet; it carries no session."""
    _tablet, secret = tablets.open_one(actor_of(editor), module, "Wochenmarkt", 8)
    client = Client()
    client.post(reverse("participation:tablet_pair", args=[secret]))
    return client


def test_one_person_after_the_other_writes_and_nothing_is_left(device):
    assert "Was fehlt am Markt?" in device.get("/beteiligung/tablet/").content.decode()
    for text in ("Mehr Bänke.", "Weniger Lärm."):
        page = device.get(WRITE)
        assert "no-store" in page["Cache-Control"]
        assert 'autocomplete="off"' in page.content.decode()
        answer = device.post(WRITE, {"text": text, "name": ""})
        assert answer["Location"].endswith("/danke/")
        assert "Mehr Bänke" not in device.get(WRITE).content.decode()
    thanks = device.get("/beteiligung/tablet/danke/")
    assert thanks["Refresh"].endswith("url=/beteiligung/tablet/")
    assert "sessionid" not in device.cookies
    assert list(Comment.objects.values_list("channel", "user_id").distinct()) == [("event", None)]
    assert Tablet.objects.get().entered == 2


def test_what_is_wrong_is_said_and_what_was_typed_stays_for_this_person(device):
    answer = device.post(WRITE, {"text": "", "name": "Gerda"})
    assert answer.status_code == 422
    assert "Gerda" in answer.content.decode()
    assert not Comment.objects.exists()


def test_a_link_pairs_one_device_and_a_preview_does_not_use_it_up(module, actor_of, editor):
    _tablet, secret = tablets.open_one(actor_of(editor), module, "Rathaus", 2)
    path = reverse("participation:tablet_pair", args=[secret])
    first, second = Client(), Client()
    assert first.get(path).status_code == 200
    assert first.post(path).status_code == 302
    assert second.post(path).status_code == 410
    assert second.get(WRITE).status_code == 403
    assert second.post(WRITE, {"text": "Von woanders"}).status_code == 403


def test_it_ends_with_the_time_the_phase_and_the_right_of_who_answers_for_it(
    stopped_clock, device, module, actor_of, editor
):
    stopped_clock.move(hours=7)
    assert device.get("/beteiligung/tablet/").status_code == 200
    editor.memberships.all().delete()
    assert device.post(WRITE, {"text": "Noch da?"}).status_code == 422
    assert not Comment.objects.exists()
    stopped_clock.move(hours=2)
    assert device.get("/beteiligung/tablet/").status_code == 403
    with pytest.raises(Refused):
        tablets.open_one(actor_of(type(editor).objects.get(pk=editor.pk)), module, "Markt", 2)


def test_after_the_phase_the_tablet_says_so(device, module):
    past = clock.now() - timedelta(days=30)
    Phase.objects.filter(module=module).update(start=past - timedelta(days=1), end=past)
    assert "Nachtragen ging" in device.get("/beteiligung/tablet/").content.decode()


def test_staff_open_and_end_a_tablet(module, client_for, editor, other_editor):
    path = reverse("participation_staff:tablets", args=[module.process.number])
    assert client_for(other_editor).get(path).status_code == 403
    page = client_for(editor)
    data = {"module": module.subject.public_id, "name": "Markt", "hours": "3"}
    assert page.post(path, {**data, "hours": "99"}).status_code == 422
    shown = page.post(path, data).content.decode()
    assert "/beteiligung/tablet/einrichten/" in shown
    assert "/beteiligung/tablet/einrichten/" not in page.get(path).content.decode(), "the link is shown once"
    page.post(path, {"end": str(Tablet.objects.get().pk)})
    assert Tablet.objects.get().revoked_at is not None


def test_more_than_people_can_type_is_refused(device):
    for number in range(tablets.PER_TEN_MINUTES):
        device.post(WRITE, {"text": f"Beitrag {number}"})
    answer = device.post(WRITE, {"text": "Noch einer"})
    assert answer.status_code == 422
    assert "viele Versuche" in answer.content.decode()
    with pytest.raises(DomainError):
        tablets.enter(Tablet.objects.get(), {"text": "x", "name": ""})


@pytest.mark.parametrize("slug", ["ideas", "meeting", "annotation", "survey"])
def test_every_format_that_takes_entries_has_its_form_on_the_tablet(slug, actor_of, editor):
    module = samples.process(format=slug, department=make_department("RIT"))
    from mitstadt.participation import registry

    if registry.get(slug).entry is None:
        pytest.skip("nothing of this format is entered")
    _tablet, secret = tablets.open_one(actor_of(editor), module, "Wochenmarkt", 8)
    client = Client()
    client.post(reverse("participation:tablet_pair", args=[secret]))
    assert client.get(WRITE).status_code == 200
