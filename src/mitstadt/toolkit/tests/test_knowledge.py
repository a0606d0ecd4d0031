"""Offers, cases, learning paths, and a city whose front door is the toolkit."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import pytest
import yaml
from django.test import override_settings
from django.urls import reverse

from mitstadt.kit import city, clock
from mitstadt.toolkit import demo
from mitstadt.toolkit.models import Knowledge, Method


@pytest.fixture(scope="module")
def loaded(module_db):
    demo.load()


@pytest.fixture
def shared(db, loaded):
    return None


pytestmark = pytest.mark.usefixtures("shared")


def text(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_everything_shared_is_listed_by_kind_and_has_its_page(client):
    page = text(client, "/methoden/wissen/")
    for entry in Knowledge.objects.exclude(type=Knowledge.Type.TRAINING):
        assert entry.name in page
        assert entry.lead[:40] in text(client, entry.get_absolute_url())
    assert client.get("/methoden/wissen/gibt-es-nicht/").status_code == 404


def test_a_training_that_is_over_leaves_the_list(client):
    with clock.at(datetime.fromisoformat("2027-02-01T12:00:00+01:00")):
        assert "Moderieren lernen" in text(client, "/methoden/wissen/")
    with clock.at(datetime.fromisoformat("2027-03-01T12:00:00+01:00")):
        assert "Moderieren lernen" not in text(client, "/en/methoden/wissen/")


def test_steps_lead_somewhere_and_methods_exist(client):
    known = set(Method.objects.values_list("slug", flat=True))
    for entry in Knowledge.objects.all():
        assert set(entry.methods) <= known, entry.slug
        for step in entry.steps:
            address = step.partition("|")[2].strip()
            if address:
                assert client.get(address).status_code == 200, address


def test_anybody_may_ask_there_and_at_a_method(client_for, alice, client):
    talk = Knowledge.objects.get(slug="fragen-und-vorschlaege")
    for subject in (talk.subject, Method.objects.get(slug="fishbowl").subject):
        answer = client_for(alice).post(
            reverse("comments:add", args=[subject.public_id]),
            {"text": "Kennt jemand Planspiele?", "key": subject.public_id},
        )
        assert answer.status_code == 302
        assert "Kennt jemand Planspiele?" in text(client, "/en" + subject.path)


def test_staff_write_an_entry_with_pairs_and_a_wrong_line_is_named(client_for, coordinator):
    staff = client_for(coordinator)
    data = {
        "type": "offer", "name": "Lesepaten", "slug": "lesepaten", "lead": "Vorlesen", "text": "", "language": "de",
        "facts": "Wann | montags\nWo | Bücherei", "steps": "Anrufen", "methods": "fishbowl", "url": "", "source": "",
        "order": "9", "action-publish": "1",
    }  # fmt: skip
    bad = staff.post(reverse("knowledge:add"), {**data, "facts": "Wann montags"})
    assert bad.status_code == 200
    assert not Knowledge.objects.filter(slug="lesepaten").exists()
    assert staff.post(reverse("knowledge:add"), data).status_code == 302
    assert Knowledge.objects.get(slug="lesepaten").facts == [["Wann", "montags"], ["Wo", "Bücherei"]]


def test_dortmunds_front_door_is_the_toolkit_and_its_content_is_whole(client, settings):
    from mitstadt.pages import demo as pages

    pages.load()
    there = settings.MITSTADT_CITY_FOLDER.parent / "dortmund"
    dortmund = city.load_city(there)
    for name in ("districts.yaml", "departments.yaml", "content/pages.yaml", "content/toolkit.yaml"):
        assert yaml.safe_load((there / name).read_text(encoding="utf-8")), name
    assert "Zu den zehn Fragen" not in text(client, "/")
    city.current.cache_clear()
    try:
        with override_settings(MITSTADT_CITY=dataclasses.replace(city.current(), front="toolkit")):
            city.current.cache_clear()
            page = text(client, "/en/")
            assert "/en/methoden/berater/" in page
    finally:
        city.current.cache_clear()
    assert dortmund.front == "toolkit"
    assert dortmund.hidden_navigation == ["radar"]


def test_dortmunds_theme_can_be_read(settings):
    from mitstadt.kit import contrast

    css = settings.MITSTADT_CITY_FOLDER.parent / "dortmund" / "static" / "kit" / "themes" / "dortmund.css"
    assert list(contrast.failures(css.read_text(encoding="utf-8"))) == []
