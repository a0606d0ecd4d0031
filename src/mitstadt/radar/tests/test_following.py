"""Alice follows a search and a district; guests do it by e-mail, and nonsense is not followed."""

from __future__ import annotations

import pytest
from django.core import mail
from django.urls import reverse

from mitstadt.geo.models import District
from mitstadt.kit.errors import DomainError
from mitstadt.kit.jobs import run_pending
from mitstadt.notify import actions, jobs, topics
from mitstadt.notify.models import Follow, Notification
from mitstadt.radar import snapshot, telling
from mitstadt.radar.models import Measure, Strategy

from .picture_city import make_city

pytestmark = pytest.mark.django_db

NONSENSE = [
    "",
    "feld=gibtsnicht",
    "feld=bildung&feld=gibtsnicht",
    "verzoegert=1&feld=bildung",  # not in the order in which we write it
    "verzoegert=ja",
    "stand=2021-01-01",
    "feld=bildung&stand=2021-01-01",
    "seite=2",
    "unsinn",
    "%00%ff=%",
    "q=%00",
    "a;b'--",
    "q=" + "a" * 300,
    "&".join(["feld=bildung"] * 12),
]


@pytest.fixture(scope="module")
def made(module_db):
    make_city(87)


@pytest.fixture
def city(db, made):
    snapshot.forget()
    yield Strategy.objects.get(slug="strategie")
    snapshot.forget()


def change(measure: Measure, key: str) -> None:
    telling.changed(measure, key=key)
    jobs.fan_out_pending()


def one(field: str, **more: object) -> Measure:
    rows = Measure.objects.select_related("subject", "field", "core_area", "department", "district")
    return rows.filter(field__slug=field, **more).order_by("number")[0]


def test_a_search_is_said_as_a_sentence_and_leads_to_its_table(city) -> None:
    found = topics.find("search:feld=bildung&verzoegert=1")
    assert found is not None
    assert "die verzögert sind" in found.label
    assert found.path == "/radar/tabelle/?feld=bildung&verzoegert=1"


@pytest.mark.parametrize("rest", NONSENSE)
def test_nonsense_cannot_be_followed(city, client, alice, actor_of, rest: str) -> None:
    assert topics.find(f"search:{rest}") is None
    assert client.get(reverse("notify:follow_topic"), {"thema": f"search:{rest}"}).status_code == 404
    with pytest.raises(DomainError):
        actions.follow(actor_of(alice), topic=f"search:{rest}")
    assert topics.matching(one("bildung").subject, [f"search:{rest}"]) == []


def test_alice_hears_of_measures_in_her_search_and_of_no_others(city, alice, actor_of) -> None:
    inside, outside = one("bildung"), Measure.objects.exclude(field__slug="bildung").order_by("number")[0]
    actions.follow(actor_of(alice), topic=f"search:feld=bildung&status={inside.status}", cadence="in_app")
    change(outside, "outside")
    assert not Notification.objects.exists()
    change(inside, "inside")
    change(inside, "inside")
    assert [n.event.subject_id for n in Notification.objects.select_related("event")] == [inside.pk]


def test_the_feed_of_a_search_holds_what_happened_to_its_measures(city, client) -> None:
    inside, outside = one("bildung"), Measure.objects.exclude(field__slug="bildung").order_by("number")[0]
    change(inside, "inside")
    change(outside, "outside")
    feed = client.get(reverse("notify:feed_topic", args=[f"search:feld=bildung&status={inside.status}"]))
    assert feed.status_code == 200
    assert feed.content.decode().count("<entry>") == 1
    assert f"Geändert: {inside.title}" in feed.content.decode()


def test_a_guest_follows_a_search_after_confirming(city, client) -> None:
    address = reverse("notify:follow_topic") + "?thema=search%3Afeld%3Dbildung%26verzoegert%3D1"
    page = client.get(address)
    assert "die verzögert sind" in page.content.decode()
    answer = client.post(address, {"email": "gast@example.org", "cadence": "weekly"})
    assert answer.status_code == 302
    assert not Follow.objects.exists()
    run_pending()
    assert any("gast@example.org" in message.to for message in mail.outbox)


def test_a_district_is_offered_and_followed(city, client, alice, actor_of) -> None:
    district = District.objects.create(number=17, name="Obergiesing", slug="obergiesing")
    measure = one("bildung")
    Measure.objects.filter(pk=measure.pk).update(district=district)
    measure.subject.district = district
    measure.subject.save(update_fields=["district"])
    snapshot.forget()
    assert topics.find("district:17").label == "17 Obergiesing"
    for nonsense in ("18", "017", "x", "²", "17 ", "-1", "99999999999"):
        assert topics.find(f"district:{nonsense}") is None
    page = client.get("/radar/tabelle/?bezirk=17").content.decode()
    assert "/folgen/?thema=district%3A17" in page
    actions.follow(actor_of(alice), topic="district:17", cadence="in_app")
    change(one("bildung", pk=measure.pk), "there")
    assert Notification.objects.count() == 1


def test_a_past_day_offers_nothing_to_follow(city, client) -> None:
    assert (
        "/folgen/?thema=search"
        not in client.get("/radar/tabelle/?feld=bildung&verzoegert=1&fortschreibung=2021").content.decode()
    )
    assert "Dieser Suche folgen" in client.get("/radar/tabelle/?feld=bildung&verzoegert=1").content.decode()
