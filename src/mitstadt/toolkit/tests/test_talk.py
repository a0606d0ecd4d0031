"""Questions with answers that hold, and formats that people miss."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.urls import reverse

from mitstadt.accounts.models import Guest
from mitstadt.accounts.personal import Person
from mitstadt.audit.models import Entry
from mitstadt.comments import actions as comments
from mitstadt.kit import cache, jobs
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.moderation import actions as moderation
from mitstadt.moderation.models import Case
from mitstadt.notify.models import Event, Notification
from mitstadt.organisations.models import Membership, Organisation
from mitstadt.subjects.models import Subject
from mitstadt.toolkit import answers, demo, suggesting
from mitstadt.toolkit.models import Accepted, Experienced, Method, Suggestion


@pytest.fixture(scope="module")
def loaded(module_db):
    demo.load()


@pytest.fixture
def talk(db, loaded, alice, bob, actor_of):
    """Alice asks about the fishbowl, Bob answers."""
    subject = Method.objects.get(slug="fishbowl").subject
    question = comments.add(actor_of(alice), subject, "Wie viele Stühle stehen in der Mitte?")
    answer = comments.add(actor_of(bob), subject, "Fünf, einer bleibt frei.", parent=question)
    return subject, question, answer


@pytest.fixture
def circle(db):
    return Organisation.objects.create(name="Moderationskreis", slug="moderationskreis", kind="association")


def member(user, organisation):
    Membership.objects.create(user=user, organisation=organisation, role="member")


def page(client, address):
    cache.bump()
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def accept(client, answer, value="1"):
    return client.post(reverse("toolkit:accept", args=[answer.subject.public_id]), {"accept": value})


# -- answers ------------------------------------------------------------------------------------------------------
def test_staff_accept_an_answer_and_everybody_sees_who(talk, editor, client_for, client):
    subject, question, answer = talk
    staff = client_for(editor)
    assert "Als Antwort annehmen" in page(staff, subject.path)
    shown = page(staff, reverse("toolkit:accept", args=[answer.subject.public_id]))
    assert "Wie viele Stühle" in shown
    assert "Fünf, einer bleibt frei" in shown
    assert accept(staff, answer).status_code == 302
    for address in (subject.path, question.subject.path, "/methoden/fragen/"):
        read = page(client, address)
        assert "Angenommene Antwort" in read
        assert Accepted.objects.get().label in read
        assert "Als Antwort annehmen" not in read
    [row] = client.get("/api/v1/methods/questions").json()
    assert row["accepted"] == "Fünf, einer bleibt frei."
    assert Entry.objects.filter(action="toolkit.answer.accepted", object=answer.subject.public_id).count() == 1


def test_who_asked_and_who_answered_hear_of_it_once(talk, editor, client_for, alice, bob):
    _subject, _question, answer = talk
    Notification.objects.all().delete()
    accept(client_for(editor), answer)
    accept(client_for(editor), answer)
    jobs.run_pending()
    for person, words in ((alice, "Zu Ihrer Frage"), (bob, "Ihre Antwort wurde angenommen")):
        titles = [n.event.title for n in Notification.objects.filter(recipient__user=person).select_related("event")]
        assert len(titles) == 1, titles
        assert words in titles[0]


def test_an_experienced_organisation_may_and_others_may_not(
    talk, circle, charlie, coordinator, client_for, actor_of, client
):
    _subject, _question, answer = talk
    member(charlie, circle)
    assert accept(client_for(charlie), answer).status_code == 403
    assert not Accepted.objects.exists()
    cora = client_for(coordinator)
    screen = "/verwaltung/methoden/erfahrene/"
    assert cora.post(screen, {"organisation": circle.pk, "reason": ""}).status_code == 422
    assert cora.post(screen, {"organisation": circle.pk, "reason": "Moderiert seit Jahren"}).status_code == 302
    assert accept(client_for(charlie), answer).status_code == 302
    assert Accepted.objects.get().label == "Moderationskreis"
    assert cora.post(screen, {"remove": circle.pk}).status_code == 302
    assert not Experienced.objects.exists()
    assert accept(client_for(charlie), answer, "0").status_code == 403
    assert Accepted.objects.exists()  # what was accepted stays


def test_nobody_accepts_their_own_answer_for_an_organisation(talk, circle, bob, actor_of):
    _subject, _question, answer = talk
    member(bob, circle)
    Experienced.objects.create(organisation=circle, reason="x", since="2027-01-01T00:00Z")
    with pytest.raises(Refused, match="eigene"):
        answers.accept(actor_of(bob), answer)


def test_a_better_answer_takes_the_place_and_it_can_be_taken_back(talk, editor, client_for, charlie, actor_of, client):
    subject, question, answer = talk
    better = comments.add(actor_of(charlie), subject, "Vier reichen auch.", parent=question)
    staff = client_for(editor)
    accept(staff, answer)
    accept(staff, better)
    assert [one.comment_id for one in Accepted.objects.all()] == [better.pk]
    assert "Vier reichen auch" in page(client, "/methoden/fragen/?zeigen=beantwortet")
    accept(staff, better, "0")
    assert not Accepted.objects.exists()
    assert "Wie viele Stühle" in page(client, "/methoden/fragen/?zeigen=offen")
    assert "Wie viele Stühle" not in page(client, "/methoden/fragen/?zeigen=beantwortet")


def test_a_withdrawn_or_hidden_answer_no_longer_holds(talk, editor, client_for, bob, moderator, actor_of, client):
    _subject, _question, answer = talk
    accept(client_for(editor), answer)
    moderation.restrict(actor_of(moderator), answer.subject, ground="respect", facts="Beleidigt")
    read = page(client, "/methoden/fragen/?zeigen=offen")
    assert "Wie viele Stühle" in read
    assert "Fünf" not in read
    answer.refresh_from_db()
    with pytest.raises(Refused):
        answers.accept(actor_of(editor), answer)


def test_only_answers_about_methods_can_be_accepted(talk, editor, actor_of, subject_factory, client_for):
    _subject, question, _answer = talk
    with pytest.raises(Refused):
        answers.accept(actor_of(editor), question)
    client = client_for(editor)
    assert client.get(reverse("toolkit:accept", args=[question.subject.public_id])).status_code == 403
    assert client.get(reverse("toolkit:accept", args=["gibtesnicht"])).status_code == 404


def test_a_list_of_questions_asks_as_often_with_more(talk, alice, actor_of, client, assert_constant_queries):
    subject, _question, _answer = talk

    def more():
        for number in range(3):
            comments.add(actor_of(alice), subject, f"Noch eine Frage {number}", is_example=True)

    assert_constant_queries(more, lambda: page(client, "/methoden/fragen/"))


# -- suggestions --------------------------------------------------------------------------------------------------
SENT = {"name": "Erzählcafé", "text": "Menschen erzählen einander.", "source": "Wien", "key": "k1"}


def test_a_suggestion_appears_after_moderation_and_becomes_a_draft(
    db, loaded, alice, moderator, editor, client_for, actor_of, client
):
    assert client_for(alice).post("/methoden/vorschlagen/", SENT).status_code == 302
    assert client_for(alice).post("/methoden/vorschlagen/", SENT).status_code == 302  # sent twice, once there
    found = Suggestion.objects.get()
    assert "Erzählcafé" not in page(client, "/methoden/vorschlaege/")
    assert client.get(found.get_absolute_url()).status_code == 404
    moderation.decide(actor_of(moderator), Case.objects.get(kind="method-suggestion"), outcome="keep")
    assert "Erzählcafé" in page(client, "/methoden/vorschlaege/")
    assert "Menschen erzählen einander" in page(client, found.get_absolute_url())
    jobs.run_pending()
    assert Notification.objects.filter(recipient__user=alice, event__title__contains="Erzählcafé").exists()
    edda = client_for(editor)
    assert "Erzählcafé" in page(edda, "/verwaltung/methoden/vorschlaege/")
    for _twice in range(2):
        answer = edda.post("/verwaltung/methoden/vorschlaege/", {"draft": found.pk})
        draft = Method.objects.get(slug="erzaehlcafe")
        assert answer["Location"] == reverse("methods:edit", args=[draft.pk])
    assert not draft.live
    assert client.get("/methoden/erzaehlcafe/").status_code == 404
    assert edda.get(reverse("methods:edit", args=[draft.pk])).status_code == 200
    heard = Event.objects.filter(event="toolkit.suggestion.in_catalogue")
    draft.save()
    assert not heard.exists()
    draft.live = True
    for _twice in range(2):
        draft.save()
    jobs.run_pending()
    assert [one.recipient.user for one in Notification.objects.filter(event=heard.get())] == [alice]
    assert heard.get().path == "/methoden/erzaehlcafe/"


def test_a_suggestion_that_moderation_hides_never_appears(db, loaded, alice, moderator, client_for, actor_of, client):
    client_for(alice).post("/methoden/vorschlagen/", SENT)
    case = Case.objects.get(kind="method-suggestion")
    moderation.decide(actor_of(moderator), case, outcome="restrict", ground="respect", facts="Beleidigt")
    assert "Erzählcafé" not in page(client, "/methoden/vorschlaege/")
    assert client.get(Suggestion.objects.get().get_absolute_url()).status_code == 404


def test_somebody_without_an_account_confirms_first(db, loaded, client):
    answer = client.post("/methoden/vorschlagen/", {**SENT, "email": "gregor@example.org", "author_name": "Gregor"})
    assert answer.status_code == 302
    assert not Suggestion.objects.exists()
    jobs.run_pending()
    link = re.search(r"https?://[^/\s]+(/\S+)", str(mail.outbox[-1].body)).group(1)
    assert client.post(link).status_code == 302
    found = Suggestion.objects.get()
    assert (found.author_label, found.guest) == ("Gregor", Guest.objects.get())
    assert not found.subject.published


def own_page(html: str) -> str:
    return re.search(r"/methoden/vorschlaege/meine/[\w:=-]+/", html).group(0)


def test_an_author_takes_a_suggestion_back_while_nobody_has_decided(
    db, loaded, alice, bob, moderator, client_for, actor_of, client
):
    person = client_for(alice)
    page_of_it = person.post("/methoden/vorschlagen/", SENT)["Location"]
    case = Case.objects.select_related("subject").get(kind="method-suggestion")
    assert own_page(page(person, "/methoden/vorschlaege/meine/")) == page_of_it
    assert "wird gelesen" in page(person, page_of_it)
    for stranger, status in ((client, 302), (client_for(bob), 404)):
        assert stranger.get(page_of_it).status_code == status
        assert stranger.post(page_of_it).status_code == status
    assert Suggestion.objects.get().text
    for _twice in range(2):
        answer = person.post(page_of_it, follow=True)
        assert "zurückgezogen" in answer.content.decode()
        assert "Erzählcafé" not in answer.content.decode()
    found = Suggestion.objects.select_related("subject").get()
    assert (found.text, found.source, found.user, found.subject.title) == ("", "", None, found.name)
    assert "Erzählcafé" not in page(person, "/methoden/vorschlaege/meine/")
    assert not Case.objects.exists()
    with pytest.raises(DomainError):
        moderation.decide(actor_of(moderator), case, outcome="keep")
    assert not Subject.objects.get(pk=found.pk).published
    verbs = set(Entry.objects.values_list("action", flat=True))
    assert {"toolkit.suggestion.withdraw", "moderation.case.taken_back"} <= verbs


@pytest.mark.parametrize("outcome", ["keep", "restrict"])
def test_what_moderation_decided_stays(db, loaded, alice, moderator, client_for, actor_of, outcome):
    person = client_for(alice)
    page_of_it = person.post("/methoden/vorschlagen/", SENT)["Location"]
    facts = {"ground": "respect", "facts": "Beleidigt"} if outcome == "restrict" else {}
    moderation.decide(actor_of(moderator), Case.objects.get(), outcome=outcome, **facts)
    read = page(person, page_of_it)
    assert "Vorschlag zurückziehen" not in read
    assert "schon entschieden" in read
    assert "schon entschieden" in person.post(page_of_it, follow=True).content.decode()
    assert Suggestion.objects.get().text == SENT["text"]


def test_somebody_without_an_account_takes_it_back_by_the_link_in_the_mail(db, loaded, client):
    client.post("/methoden/vorschlagen/", {**SENT, "email": "gregor@example.org", "author_name": "Gregor"})
    jobs.run_pending()
    shown = client.post(re.search(r"https?://[^/\s]+(/\S+)", str(mail.outbox[-1].body)).group(1))["Location"]
    jobs.run_pending()
    assert own_page(str(mail.outbox[-1].body)) == shown
    assert client.get(shown[:-3] + "xx/").status_code == 404
    assert "Vorschlag zurückziehen" in page(client, shown)
    assert "Vorschlag zurückziehen" not in client.post(shown, follow=True).content.decode()
    assert Suggestion.objects.get().text == ""
    assert not Event.objects.filter(title__contains="Erzählcafé").exists()


def test_the_words_of_somebody_who_goes_are_not_left_for_moderation_to_publish(db, loaded, alice, actor_of):
    made = suggesting.suggest(actor_of(alice), SENT)
    suggesting.erase(Person(alice.public_id, user_id=alice.pk), False)
    assert not Case.objects.filter(subject=made.subject).exists()
    suggesting.settled(made.subject, "kept")
    assert not suggesting.public().exists()


@pytest.mark.parametrize(("field", "value"), [("name", ""), ("text", "  "), ("name", "x" * 121), ("source", "y" * 301)])
def test_what_is_wrong_is_said_at_its_field_and_the_rest_stays(db, loaded, alice, client_for, field, value):
    answer = client_for(alice).post("/methoden/vorschlagen/", {**SENT, field: value})
    assert answer.status_code == 422
    if field != "text":
        assert "Menschen erzählen einander." in answer.content.decode()
    assert not Suggestion.objects.exists()


def test_a_person_who_goes_takes_name_or_text_with_them(db, loaded, alice, bob, actor_of):
    for user, name in ((alice, "Erzählcafé"), (bob, "Stadtspiel")):
        made = suggesting.suggest(actor_of(user), {**SENT, "name": name})
        made.subject.published = True
        made.subject.save()
    suggesting.erase(Person(alice.public_id, user_id=alice.pk), True)
    suggesting.erase(Person(bob.public_id, user_id=bob.pk), False)
    stays = Suggestion.objects.get(name="Erzählcafé")
    assert (stays.user, stays.author_label, stays.subject.published) == (None, "", True)
    gone = Suggestion.objects.exclude(pk=stays.pk).get()
    assert (gone.text, gone.subject.published) == ("", False)
    assert "Stadtspiel" not in gone.name


def test_no_format_may_be_called_like_a_part_of_the_address():
    from mitstadt.toolkit import catalogue

    _found, faults = catalogue.parse({"formats": [{"slug": "fragen"}]})
    assert ("fragen", "slug") in [(fault.entry, fault.field) for fault in faults]
