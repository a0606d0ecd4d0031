"""What is asked of the database does not grow with what people wrote, signed, merged and attached."""

from datetime import date

import pytest

from mitstadt.comments import actions as comments
from mitstadt.formats.ideas.models import CoAuthor, Picture
from mitstadt.kit import clock
from mitstadt.participation import samples
from mitstadt.participation.actions import supports
from mitstadt.participation.entry import actions as entry
from mitstadt.participation.entry import signatures
from mitstadt.participation.models import Contribution

from .test_people import fresh, idea, module

pytestmark = pytest.mark.django_db
WHO = ("anna", "bert", "cem")


@pytest.fixture
def place():
    return module(threshold=3)


@pytest.fixture
def busy(place):
    return idea(samples.citizen("anna"), place, "Ein Brunnen")


def more_ideas(place):
    for number in range(15):
        made = idea(samples.citizen(WHO[number % 3]), place, f"Idee {number}", f"Text {number}.")
        supports.add(samples.citizen(WHO[number % 3]), fresh(made))


def more_about(busy, place):
    """Replies, co-authors, pictures, lists of signatures, and ideas that went into it."""
    for number in range(12):
        about = comments.add(samples.citizen(WHO[number % 3]), busy.subject, f"Wort {number}.", is_example=True)
        comments.add(samples.citizen("bert"), busy.subject, f"Antwort {number}.", parent=about, is_example=True)
        CoAuthor.objects.create(idea=busy, user_id=samples.citizen(f"mit{number}").user_id, label="M", at=clock.now())
        counted = signatures.Counted(2, f"Liste {number}", date(2026, 1, 1), "Anna")
        signatures.enter(samples.INSTALLATION, fresh(busy), counted)
    for number in range(3):
        Picture.objects.create(idea=busy, place=number, words="Baum", data=b"x", width=1, height=1)
        other = idea(samples.citizen("cem"), place, f"Auch {number}", "Text.")
        Contribution.objects.filter(pk=other.pk).update(merged_into=busy.pk, counted=False)


@pytest.mark.parametrize("query", ["", "?ansicht=karte", "?zustand=offen&sortierung=neu"])
def test_the_list_asks_as_often_for_many_ideas(place, busy, client, assert_constant_queries, query):
    assert_constant_queries(lambda: more_ideas(place), lambda: client.get(f"{place.subject.path}{query}"), 12)


def test_an_idea_asks_as_often_with_much_about_it(place, busy, client_for, alice, assert_constant_queries):
    known = client_for(alice)
    more_about(busy, place)
    assert_constant_queries(lambda: more_about_again(busy), lambda: known.get(busy.subject.path), 24)


def more_about_again(busy):
    for number in range(12):
        comments.add(samples.citizen(WHO[number % 3]), busy.subject, f"Noch ein Wort {number}.", is_example=True)
        CoAuthor.objects.create(idea=busy, user_id=samples.citizen(f"auch{number}").user_id, label="M", at=clock.now())
        counted = signatures.Counted(1, f"Weitere {number}", date(2026, 1, 2), "Anna")
        signatures.enter(samples.INSTALLATION, fresh(busy), counted)


@pytest.mark.parametrize(
    "tail", ["auswertung/", "erfassung/", "erfassung/unterschriften/", "erfassung/unterschriften/{}/", ""]
)
def test_staff_screens_ask_as_often_for_much(place, busy, coordinator, client_for, assert_constant_queries, tail):
    staff = client_for(coordinator)
    address = f"/verwaltung/beteiligung/{place.process.number}/{tail.format(busy.subject.public_id)}"
    assert staff.get(address).status_code == 200

    def more():
        more_ideas(place)
        more_about(busy, place)
        for _number in range(5):
            entry.open_batch(samples.INSTALLATION, place, "event", clock.today())

    assert_constant_queries(more, lambda: staff.get(address))


@pytest.mark.parametrize("tail", ["ergebnis/", "bericht/", ""])
def test_what_came_of_it_asks_as_often_for_much(place, busy, client, assert_constant_queries, tail):
    address = f"{place.process.get_absolute_url()}{tail}"
    more_about(busy, place)
    assert_constant_queries(lambda: more_ideas(place), lambda: client.get(address))
