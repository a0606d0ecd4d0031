"""Somebody calls: staff find, read out, take down in that person's name, and the answer goes by post."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.urls import reverse

from mitstadt.audit.models import Entry
from mitstadt.comments import actions as comments
from mitstadt.comments.models import Comment, Question
from mitstadt.formats.ideas import actions as ideas
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.participation import samples
from mitstadt.participation.actions import codes
from mitstadt.participation.desk import actions
from mitstadt.participation.models import Batch, Letter, Support
from tests.support.people import make_department

pytestmark = pytest.mark.django_db
ADDRESS = "Gerda Beispiel\nErfundene Straße 4\n80331 München"


@pytest.fixture
def module():
    return samples.process(format="debate", settings={"question": "Was fehlt?"}, department=make_department("RIT"))


def one(subject):
    return reverse("participation_staff:desk_one", args=[subject.public_id])


def test_staff_find_what_somebody_asks_for_and_read_it_out(module, client_for, editor):
    page = client_for(editor)
    desk = reverse("participation_staff:desk")
    assert module.process.title in page.get(desk).content.decode()
    found = page.get(desk, {"q": "Platz"}).content.decode()
    assert one(module.process.subject) in found
    read = page.get(one(module.process.subject)).content.decode()
    for words in ("Wo Bänke, Bäume und Wasser hinkommen.", "Geschäftsstelle Platzgestaltung", module.title):
        assert words in read
    assert "Dazu ist nichts zu finden" in page.get(desk, {"q": "xyzzy"}).content.decode()
    slip = page.get(reverse("participation_staff:slip", args=[module.process.subject.public_id]))
    assert slip.content.startswith(b"%PDF-")


def test_a_question_by_telephone_is_answered_by_letter_and_the_address_goes(module, client_for, editor, actor_of):
    page = client_for(editor)
    data = {"text": "Wann kommt die Bank?", "name": "Gerda", "answer": "on", "address": ADDRESS, "key": "k1"}
    assert page.post(one(module.subject), data).status_code == 302
    asked = Comment.objects.get()
    assert (asked.channel, asked.author_label, asked.user_id, asked.author_staff) == ("phone", "Gerda", None, False)
    letter = Letter.objects.get()
    assert "Gerda" not in letter.address
    assert "Erfundene" not in str(list(Entry.objects.values()))
    letters = reverse("participation_staff:letters")
    path = reverse("participation_staff:letter", args=[letter.pk])
    assert page.get(path).status_code == 404, "there is no answer yet"
    page.post(letters, {"sent": str(letter.pk)})
    assert Letter.objects.get().sent_at is None
    comments.answer(actor_of(editor), Question.objects.get(), "Im Mai.")
    assert page.get(path).content.startswith(b"%PDF-")
    assert actions.address_of(actor_of(editor), Letter.objects.get()) == ADDRESS
    assert Entry.objects.filter(action="participation.letter.print").count() == 2, "every look is in the log"
    page.post(letters, {"sent": str(letter.pk)})
    done = Letter.objects.get()
    assert (done.address, done.sent_at is not None) == ("", True)
    assert "Kein Brief wartet" in page.get(letters).content.decode()
    with pytest.raises(IntegrityError):
        Letter.objects.filter(pk=letter.pk).update(address="noch da")


def test_what_was_typed_stays_when_the_address_is_not_complete(module, client_for, editor):
    wrong = client_for(editor).post(one(module.subject), {"text": "Wann?", "answer": "on", "address": "Gerda"})
    assert wrong.status_code == 422
    assert "in eigenen Zeilen" in wrong.content.decode()
    assert "Wann?" in wrong.content.decode()
    assert not Comment.objects.exists()


def test_an_address_that_was_not_used_is_erased_after_half_a_year(module, editor, actor_of):
    actions.take_down(actor_of(editor), module.subject, "Wann?", answer=True, address=ADDRESS)
    assert actions.purge(clock.now() + timedelta(days=179)) == 0
    assert actions.purge(clock.now() + timedelta(days=181)) == 1
    assert Letter.objects.get().address == ""


def test_entering_opens_one_pile_a_day(module, client_for, editor):
    page = client_for(editor)
    path = reverse("participation_staff:desk_begin", args=[module.subject.public_id])
    first = page.post(path)
    assert page.post(path)["Location"] == first["Location"]
    assert Batch.objects.get().channel == "phone"
    page.post(first["Location"], {"text": "Mehr Schatten.", "name": ""})
    assert Comment.objects.get().channel == "phone"


def test_a_signature_with_a_code_counts_once(client_for, editor):
    module = samples.process(format="ideas", department=make_department("RIT"))
    idea = ideas.propose(samples.citizen("anna"), module, ideas.Words("Ein Brunnen", "Im Schatten."))
    group = codes.invite(samples.INSTALLATION, module.process, "Haushalte", clock.now() + timedelta(days=9))
    (code,) = codes.issue(samples.INSTALLATION, group, 1)
    page = client_for(editor)
    path = reverse("participation_staff:desk_support", args=[idea.subject.public_id])
    assert "Die Unterstützung zählt" in page.post(path, {"code": code}, follow=True).content.decode()
    assert "unterstützt die Idee schon" in page.post(path, {"code": code}, follow=True).content.decode()
    assert "nicht gültig" in page.post(path, {"code": "falsch"}, follow=True).content.decode()
    assert Support.objects.get().channel == "phone"


def test_a_moderator_or_a_citizen_has_no_desk(module, moderator, alice, actor_of, client_for):
    with pytest.raises(Refused):
        actions.take_down(actor_of(alice), module.subject, "Hallo")
    assert client_for(moderator).get(reverse("participation_staff:desk")).status_code == 403


def test_a_letter_needs_a_question(module, editor, actor_of):
    with pytest.raises(DomainError) as refused:
        actions.take_down(actor_of(editor), module.subject, "Nur ein Hinweis.", address=ADDRESS)
    assert refused.value.field == "address"
