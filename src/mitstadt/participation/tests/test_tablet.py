"""A tablet at a stall: one device, one person after the other, nothing left behind, ended by staff or by time."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from mitstadt.comments.models import Comment
from mitstadt.geo import maps
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.participation import samples
from mitstadt.participation.entry import tablets
from mitstadt.participation.models import Contribution, Phase, Tablet
from mitstadt.participation.views.tablet import MAP_WIDTH
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


def write(device, data):
    """One person's turn: open the form, send it."""
    visit = device.get(WRITE).context["visit"]
    return device.post(WRITE, {**data, "visit": visit})


def test_one_person_after_the_other_writes_and_nothing_is_left(device):
    assert "Was fehlt am Markt?" in device.get("/beteiligung/tablet/").content.decode()
    for text in ("Mehr Bänke.", "Weniger Lärm."):
        page = device.get(WRITE)
        assert "no-store" in page["Cache-Control"]
        assert 'autocomplete="off"' in page.content.decode()
        answer = write(device, {"text": text, "name": ""})
        assert answer["Location"].endswith("/danke/")
        assert "Mehr Bänke" not in device.get(WRITE).content.decode()
    thanks = device.get("/beteiligung/tablet/danke/")
    assert thanks["Refresh"].endswith("url=/beteiligung/tablet/")
    assert "sessionid" not in device.cookies
    assert list(Comment.objects.values_list("channel", "user_id").distinct()) == [("event", None)]
    assert Tablet.objects.get().entered == 2


def test_what_is_wrong_is_said_and_what_was_typed_stays_for_this_person(device):
    answer = write(device, {"text": "", "name": "Gerda"})
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
    assert write(device, {"text": "Noch da?"}).status_code == 422
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
        write(device, {"text": f"Beitrag {number}"})
    answer = write(device, {"text": "Noch einer"})
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


# -- a place on the map --------------------------------------------------------------------------------------------
@pytest.fixture
def map_device(actor_of, editor):
    """A tablet on which people propose ideas."""
    module = samples.process(format="ideas", department=make_department("RIT"))
    _tablet, secret = tablets.open_one(actor_of(editor), module, "Wochenmarkt", 8)
    client = Client()
    client.post(reverse("participation:tablet_pair", args=[secret]))
    return client


SAID = {"title": "Ein Brunnen", "text": "Im Schatten.", "place": "Am Markt", "name": ""}


def test_a_place_is_chosen_on_the_map_and_the_next_person_sees_none_of_it(map_device):
    point = '{"type":"Point","coordinates":[11.5755,48.1374]}'
    page = map_device.get(WRITE).content.decode()
    assert 'data-pick="geometry"' in page
    assert write(map_device, {**SAID, "geometry": point}).status_code == 302
    made = Contribution.objects.get()
    assert (made.channel, made.place, made.geometry["coordinates"]) == ("event", "Am Markt", [11.5755, 48.1374])
    left = map_device.get(WRITE).content.decode()
    for trace in ("11.5755", "Ein Brunnen", "Am Markt"):
        assert trace not in left
    assert "sessionid" not in map_device.cookies


def test_without_javascript_a_click_on_the_picture_sets_the_place_and_keeps_the_text(map_device):
    x, y = maps.current().bounds.drawn([11.5755, 48.1374])
    pixels = {
        "geometry.karte.x": round(x * MAP_WIDTH / 1000),
        "geometry.karte.y": round(y * MAP_WIDTH / 1000),
    }
    placed = write(map_device, {**SAID, "title": "", **pixels})
    page = placed.content.decode()
    assert placed.status_code == 200
    assert "Der Ort ist gesetzt" in page
    assert "Im Schatten." in page
    assert not Contribution.objects.exists()
    geometry = placed.context["form"]["geometry"].value()
    address = placed.context["pick"].src
    assert placed.context["pick"].width == MAP_WIDTH > maps.IMAGE_WIDTH, "a finger needs a larger map"
    assert json.loads(geometry)["coordinates"] == pytest.approx([11.5755, 48.1374], abs=0.001)
    picture = map_device.get(address)
    assert "prefers-color-scheme: dark" in picture.content.decode()
    assert (picture["Content-Type"], picture["Cache-Control"]) == ("image/svg+xml", "private, no-store")
    assert write(map_device, {**SAID, "geometry": geometry}).status_code == 302
    assert Contribution.objects.get().geometry["type"] == "Point"
    assert Client().get(address).status_code == 403, "the map of a tablet is for a tablet"


def test_a_place_outside_of_the_city_is_named_and_the_text_stays(map_device):
    answer = write(map_device, {**SAID, "geometry": '{"type":"Point","coordinates":[2.35,48.85]}'})
    assert answer.status_code == 422
    assert "Im Schatten." in answer.content.decode()
    assert answer.context["form"].errors["geometry"]
    assert not Contribution.objects.exists()


def test_a_form_that_a_browser_sends_again_after_that_person_shows_nothing(map_device):
    visit = map_device.get(WRITE).context["visit"]
    wrong = {**SAID, "title": "", "visit": visit}
    assert "Im Schatten." in map_device.post(WRITE, wrong).content.decode()
    assert map_device.post(WRITE, {**SAID, "visit": visit}).status_code == 302
    for again in (wrong, {**SAID, "visit": visit}):  # Emre presses the arrow and lets the browser send it once more
        answer = map_device.post(WRITE, again)
        assert answer["Location"] == "/beteiligung/tablet/"
    assert Contribution.objects.count() == 1
    visit = map_device.get(WRITE).context["visit"]
    map_device.get("/beteiligung/tablet/")  # cancelled, or the time ran out
    assert map_device.post(WRITE, {**SAID, "visit": visit})["Location"] == "/beteiligung/tablet/"
    assert Contribution.objects.count() == 1
