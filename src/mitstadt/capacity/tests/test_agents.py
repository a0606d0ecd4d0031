"""Somebody wants to hear when a place within 3 km fits: once, without an account, and without a trace."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from mitstadt.accounts.models import Guest
from mitstadt.capacity import agents, cleaning
from mitstadt.capacity.actions import slots, telling, waiting
from mitstadt.capacity.actions.telling import Said
from mitstadt.capacity.models import Agent, Booking, Capacity, Changed, Seeker
from mitstadt.directory.entries import Place
from mitstadt.kit import clock, jobs
from mitstadt.kit.errors import DomainError
from mitstadt.notify.models import Mail

from . import factories

pytestmark = pytest.mark.django_db
HERE = (48.137, 11.575)
NEAR = Place(street="Hauptstraße 1", postcode="80331", city="München", lat=48.137, lon=11.575)
FAR = Place(street="Weit draußen 9", postcode="81249", city="München", lat=48.137, lon=11.375)
DAUGHTER = "tochter@example.org"


def say(capacity, free):
    telling.say(capacity, Said(free=free), by="Haus", channel="form")
    capacity.refresh_from_db()


def agent(confirmed=True, **wish):
    made = agents.order(DAUGHTER, **{"kind": "nursing", "point": HERE, "radius": 3.0, "place": "Mitte", **wish})
    if confirmed:
        agents.confirm(made)
    Mail.objects.all().delete()
    return made


def letters():
    return list(Mail.objects.order_by("pk"))


@pytest.fixture
def care():
    return factories.capacity(service=factories.offer("Haus am Park", "Träger A", places=(NEAR,)))


def test_a_daughter_hears_once_when_a_place_near_her_is_free(care):
    agent()
    say(care, 2)
    agents.periodic()
    assert [m.address for m in letters()] == [DAUGHTER]
    say(care, 3)
    agents.periodic()
    agents.periodic()
    assert len(letters()) == 1, "the same place is no news"
    say(care, 0)
    agents.periodic()
    say(care, 1)
    agents.periodic()
    assert len(letters()) == 2, "it was full in between"


def test_the_worker_does_it_by_itself_within_a_minute(care, stopped_clock):
    agent()
    say(care, 2)
    stopped_clock.move(minutes=2)
    jobs.run_pending()
    assert not Changed.objects.exists()
    assert Agent.objects.get().told == [care.pk]


def test_mail_says_nothing_about_what_it_is(care):
    agent()
    say(care, 2)
    agents.periodic()
    (mail,) = letters()
    assert mail.title == "Nachricht für Sie"
    assert not re.search("pflege|Haus am Park|Mitte", mail.title + mail.text, re.I)


def test_several_places_are_one_mail(care):
    agent()
    other = factories.capacity("Tagespflege", care.service)
    say(care, 2)
    say(other, 1)
    agents.periodic()
    assert len(letters()) == 1
    assert "2 freie Plätze" in letters()[0].text


@pytest.mark.parametrize(
    ("wish", "hears"),
    [
        ({}, True),
        ({"kind": "day_care"}, False),
        ({"kind": ""}, None),
        ({"radius": None, "point": None}, True),
        ({"point": (48.137, 11.375)}, False),
        ({"point": (48.160, 11.575)}, True),  # 2.6 km
        ({"point": (48.165, 11.575)}, False),  # 3.1 km
        ({"age": 80}, True),
        ({"age": 40}, False),
        ({"text": "Kurzzeitpflege"}, True),
        ({"text": "Nachtpflege"}, False),
    ],
)
def test_only_what_fits_is_told(care, wish, hears):
    care.min_age = 60
    care.save()
    if hears is None:
        with pytest.raises(DomainError):
            agent(**wish)
        return
    agent(**wish)
    say(care, 1)
    agents.periodic()
    assert bool(letters()) is hears


def test_a_topic_fits_with_those_below_it():
    factories.directory.everyday()
    offer = factories.offer("Beratung", "Träger B", places=(NEAR,), categories=("wohnungssuche",))
    topic = offer.categories.first()
    assert topic is not None
    agent(kind="", category=(topic.parent or topic).slug)
    agent(kind="", category="pflege" if (topic.parent or topic).slug != "pflege" else "wohnen")
    say(factories.capacity("Platz", offer, kind="other"), 1)
    agents.periodic()
    assert len(letters()) == 1


def test_a_place_whose_address_is_secret_has_no_distance(care):
    hidden = factories.offer("Frauenhaus", "Träger C", protected=True, places=())
    agent(kind="shelter", point=(48.3, 11.9), radius=1.0)
    say(factories.capacity("Zimmer", hidden, kind="shelter"), 1)
    agents.periodic()
    assert len(letters()) == 1, "near and far are the same, so distance gives nothing away"


def test_nobody_hears_of_full_old_or_hidden_places(care, stopped_clock):
    agent()
    say(care, 0)
    agents.periodic()
    say(care, 1)
    type(care).objects.update(updated_at=clock.now() - timedelta(hours=2 * care.interval_hours + 1))
    agents.periodic()
    say(care, 1)
    type(care).objects.update(active=False)
    agents.periodic()
    assert letters() == []


def test_new_appointments_are_told_too():
    counselling = factories.capacity("Beratung", kind="appointment", way="book", total=None)
    agent(kind="appointment", point=None)
    start = clock.now() + timedelta(days=2)
    slots.open_slots(None, counselling, [(start, start + timedelta(minutes=30))])
    agents.periodic()
    assert len(letters()) == 1


def test_an_appointment_given_back_is_news_to_who_heard_of_it_before():
    slot = factories.slot(seats=2)
    agent(kind="appointment", point=None)
    agents.changed(slot.capacity)
    agents.periodic()
    assert len(letters()) == 1
    first, _second = (slots.book(slot, factories.seeker(), key=f"k{n}") for n in range(2))
    agents.periodic()
    slots.cancel(first)
    agents.periodic()
    assert len(letters()) == 2, "it was booked out in between"
    slots.cancel(Booking.objects.get(state="booked"))
    agents.periodic()
    assert len(letters()) == 2, "one was free already"


def test_a_place_that_somebody_waiting_let_go_is_news(care, stopped_clock):
    agent()
    say(care, 1)
    agents.periodic()
    assert len(letters()) == 1
    Capacity.objects.update(has_waiting_list=True)
    care.refresh_from_db()
    turn = waiting.join(care, factories.seeker())
    assert turn.state == "offered"
    stopped_clock.move(hours=25)  # nobody answered: it is free again
    waiting.periodic()
    agents.periodic()
    assert len(letters()) == 2


def test_who_erases_everything_gives_the_appointment_to_an_agent(db):
    slot = factories.slot()
    agent(kind="appointment", point=None)
    person = factories.seeker()
    slots.book(slot, person, key="k")
    cleaning.erase(person)
    agents.periodic()
    assert len(letters()) == 1


def test_unconfirmed_and_ended_agents_are_silent_and_vanish(care, stopped_clock):
    agent(confirmed=False)
    ended = agent()
    agents.end(ended)
    say(care, 1)
    agents.periodic()
    assert letters() == []
    stopped_clock.move(hours=49)
    cleaning.purge()
    assert not Agent.objects.exists()


def test_after_six_months_it_is_over(care, stopped_clock):
    made = agent()
    stopped_clock.move(days=180)
    assert agents.by_token(agents.wish_of(made).token) is not None
    stopped_clock.move(days=4)
    assert agents.by_token(agents.wish_of(made).token) is None
    cleaning.purge()
    assert not Agent.objects.exists()


def test_ended_while_the_worker_reads_stays_ended(care, monkeypatch):
    made = agent()
    say(care, 1)
    real = agents._Board.fitting

    def ended_meanwhile(self, wish):
        agents.end(made)
        return real(self, wish)

    monkeypatch.setattr(agents._Board, "fitting", ended_meanwhile)
    agents.periodic()
    assert not Agent.objects.exists()
    assert letters() == []


def test_nothing_readable_and_nobody_is_stored(care):
    made = agent(text="Kurzzeitpflege für Oma", age=84)
    row = " ".join(str(value) for value in Agent.objects.filter(pk=made.pk).values_list()[0])
    words = ("tochter", "Kurzzeitpflege", "Mitte", "48.137", "11.575", "nursing")
    for secret in (DAUGHTER, *words, agents.wish_of(made).token):
        assert secret not in row
    assert not [f for f in Agent._meta.get_fields() if f.is_relation]
    assert not Seeker.objects.exists()
    assert not Guest.objects.exists()


# -- the pages ------------------------------------------------------------------------------------
FORM = {"art": "nursing", "ort": "80331", "umkreis": "3", "email": DAUGHTER}


def link_in(mail):
    return mail.path


def test_the_journey_from_the_form_to_the_end(care):
    page = Client(enforce_csrf_checks=False)
    answer = page.post(reverse("capacity:agent"), FORM)
    assert answer.status_code == 200
    assert "Postfach" in answer.content.decode()
    (mail,) = letters()
    assert "pflege" not in (mail.title + mail.text).lower()
    link = link_in(mail)
    for _n in range(2):  # the mail scanner looks, and looks again
        shown = page.get(link)
        assert "Soll der Auftrag beginnen?" in shown.content.decode()
        assert shown["Cache-Control"] == "private, no-store"
        assert shown["Referrer-Policy"] == "same-origin"
    assert Agent.objects.get().confirmed_at is None
    say(care, 1)
    shown = page.post(link, {"do": "confirm"}).content.decode()
    assert "Ihr Auftrag läuft" in shown
    assert "Haus am Park" in shown, "what is free already is shown at once"
    assert "Der Auftrag ist beendet" in page.post(link, {"do": "end"}).content.decode()
    assert not Agent.objects.exists()
    assert "gibt es nicht mehr" in page.get(link).content.decode()
    assert page.post(link, {"do": "end"}).status_code == 404


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"email": "keine"}, "E-Mail"),
        ({"art": ""}, "Bitte sagen Sie, was Sie suchen"),
        ({"ort": "Atlantis"}, "Diesen Ort kennen wir nicht"),
        ({"ort": "", "umkreis": "5"}, "Von wo aus?"),
    ],
)
def test_what_is_missing_is_said_at_its_field(care, change, words):
    answer = Client().post(reverse("capacity:agent"), {**FORM, **change})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Agent.objects.exists()


def test_the_list_hands_its_filter_over(care):
    shown = Client().get(reverse("capacity:agent"), {"q": "Oma", "ort": "80331", "art": "nursing"}).content.decode()
    assert 'value="Oma"' in shown
    assert 'value="80331"' in shown
    assert "Oma" not in re.search("<title>(.*?)</title>", shown, re.S).group(1)


def test_too_many_orders_from_one_place_are_refused(care):
    for n in range(20):
        Client().post(reverse("capacity:agent"), {**FORM, "email": f"a{n}@example.org"})
    assert Client().post(reverse("capacity:agent"), {**FORM, "email": "b@example.org"}).status_code == 422
    assert Agent.objects.count() == 20


def test_a_program_that_fills_the_trap_orders_nothing(care):
    answer = Client().post(reverse("capacity:agent"), {**FORM, "website": "x"})
    assert answer.status_code == 200
    assert not Agent.objects.exists()
    assert letters() == []


def test_reading_costs_the_same_with_more_places_and_agents(care, assert_constant_queries):
    def more():
        agent()
        for n in range(5):
            say(factories.capacity(f"Platz {Changed.objects.count()} {n}", care.service), 1)

    def read():
        agents.evaluate([])
        agents.fitting(agents.wish_of(Agent.objects.latest("pk")))

    more()
    assert_constant_queries(more, read)
