"""The live part: asking and voting on the phone, the wall, moderation, and what becomes of the questions."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from mitstadt.audit.models import Entry
from mitstadt.formats.meeting import actions, queries, questions
from mitstadt.formats.meeting.identity import COOKIE
from mitstadt.formats.meeting.models import Live, Meeting, Question, Vote
from mitstadt.kit import clock, jobs
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.notify import actions as notify
from mitstadt.notify.models import Notification
from mitstadt.participation import samples
from mitstadt.participation.actions import processes
from mitstadt.participation.models import Contribution, Phase
from mitstadt.subjects.models import Subject

OWN = '<p class="ms-meta">Ihre Frage</p>'
STAFF = "/verwaltung/beteiligung/treffen/termin/"


@pytest.fixture
def meeting(plan: Any) -> Meeting:
    made: Meeting = plan(days=0.02)
    return made


@pytest.fixture
def live(meeting: Meeting) -> Live:
    found = questions.find(questions.open_live(samples.INSTALLATION, meeting).code)
    assert found is not None
    return found


def address(live: Live, tail: str = "") -> str:
    return f"/beteiligung/treffen/live/{live.code}/{tail}"


@pytest.fixture
def phone(live: Live) -> Any:
    """`phone()`: another telephone that has scanned the code."""

    def make() -> Client:
        client = Client()
        client.get(address(live))
        return client

    return make


def ask(client: Client, live: Live, text: str = "Wer gießt die Bäume?", **more: str) -> Any:
    return client.post(address(live), {"text": text, **more})


def vote(client: Client, live: Live, question: Question, verb: str = "up", **more: Any) -> Any:
    return client.post(address(live, f"stimme/{question.public_id}/"), {"verb": verb}, **more)


def test_somebody_joins_by_the_code_as_it_stands_on_the_wall(client: Client, live: Live) -> None:
    typed = questions.written_code(live.code)
    assert client.post("/beteiligung/treffen/live/", {"code": f" {typed} "}).url == address(live)
    wrong = client.post("/beteiligung/treffen/live/", {"code": "zzz"})
    assert wrong.status_code == 422
    assert "Diesen Code gibt es nicht" in wrong.content.decode()
    assert client.get("/beteiligung/treffen/live/zzzzzz/").status_code == 404


def test_whoever_guesses_codes_is_asked_to_wait(client: Client, live: Live) -> None:
    for _number in range(30):
        client.post("/beteiligung/treffen/live/", {"code": "zzz"})
    assert "viele Versuche" in client.post("/beteiligung/treffen/live/", {"code": "zzz"}).content.decode()


def test_a_question_from_the_phone_stands_in_everybodys_list_without_an_account(live: Live, phone: Any) -> None:
    asking, other = phone(), phone()
    assert ask(asking, live, "Wer  gießt\ndie Bäume?").url == address(live)
    assert Question.objects.get().text == "Wer gießt die Bäume?"
    assert OWN in asking.get(address(live)).content.decode()
    page = other.get(address(live)).content.decode()
    assert "Wer gießt die Bäume?" in page
    assert OWN not in page
    assert "no-store" in asking.get(address(live)).headers["Cache-Control"]


def test_a_double_tap_is_one_question(live: Live, phone: Any) -> None:
    client = phone()
    for _tap in range(2):
        ask(client, live, key="k1")
    assert Question.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "words"), [("  ", "schreiben Sie Ihre Frage"), ("x" * 301, "301 Zeichen, möglich sind 300")]
)
def test_bad_questions_are_refused_and_kept_in_the_form(live: Live, phone: Any, text: str, words: str) -> None:
    page = ask(phone(), live, text)
    assert page.status_code == 422
    assert words in page.content.decode()
    assert text in page.content.decode()
    assert not Question.objects.exists()


def test_what_the_word_rules_notice_waits_and_the_person_reads_why(live: Live, phone: Any) -> None:
    client = phone()
    page = client.post(address(live), {"text": "Rufen Sie mich an: 089 123 45 67 89"}, follow=True).content.decode()
    assert "sieht sich zuerst die Moderation an" in page
    assert "Wartet auf die Moderation" in page
    held = Question.objects.get()
    assert held.state == "held"
    assert held.findings
    assert held.text not in phone().get(address(live)).content.decode()
    assert held.text not in client.get(address(live, "wand/")).content.decode()
    questions.moderate(samples.INSTALLATION, live, held.public_id, "show")
    assert held.text in phone().get(address(live)).content.decode()


def test_the_moderation_may_read_every_question_first(meeting: Meeting, live: Live, phone: Any) -> None:
    questions.open_live(samples.INSTALLATION, meeting, review=True)
    ask(phone(), live)
    assert Question.objects.get().state == "held"


def test_one_device_counts_once_and_may_take_it_back(live: Live, phone: Any) -> None:
    client = phone()
    ask(client, live)
    question = Question.objects.get()
    for verb, votes in (("up", 1), ("up", 1), ("down", 0), ("down", 0), ("up", 1)):
        assert vote(client, live, question, verb).url == f"{address(live)}#frage-{question.public_id}"
        question.refresh_from_db()
        assert question.votes == votes == Vote.objects.count()
    vote(phone(), live, question)
    question.refresh_from_db()
    assert question.votes == 2


def test_one_account_counts_once_from_two_devices(live: Live, phone: Any, alice: Any, client_for: Any) -> None:
    ask(phone(), live)
    question = Question.objects.get()
    for _device in range(2):
        client = client_for(alice)
        client.get(address(live))
        vote(client, live, question)
    question.refresh_from_db()
    assert question.votes == 1


def test_a_browser_without_the_cookie_is_asked_again_instead_of_counted(live: Live, phone: Any) -> None:
    ask(phone(), live)
    question = Question.objects.get()
    fresh = Client()
    assert "braucht dafür ein Cookie" in vote(fresh, live, question, follow=True).content.decode()
    question.refresh_from_db()
    assert question.votes == 0
    vote(fresh, live, question)
    question.refresh_from_db()
    assert question.votes == 1


def test_on_a_shared_tablet_the_next_person_is_somebody_else(live: Live, phone: Any) -> None:
    client = phone()
    ask(client, live)
    question = Question.objects.get()
    vote(client, live, question)
    before = client.cookies[COOKIE].value
    assert client.post(address(live, "fertig/")).url == "/beteiligung/treffen/live/"
    assert client.cookies[COOKIE].value == ""
    page = client.get(address(live)).content.decode()
    assert client.cookies[COOKIE].value not in ("", before)
    assert OWN not in page
    assert 'aria-pressed="false"' in page


@pytest.mark.parametrize("what", ["closed", "late", "phase", "archived", "cancelled"])
def test_the_end_while_somebody_types_keeps_the_text_and_says_why(live: Live, phone: Any, what: str) -> None:
    client = phone()
    now = clock.now()
    moment = now
    if what == "closed":
        questions.close_live(samples.INSTALLATION, live)
    elif what == "late":
        moment = live.meeting.ends_at + timedelta(hours=3)
    elif what == "phase":
        Phase.objects.update(end=now - timedelta(minutes=1))
    elif what == "archived":
        process = live.meeting.module.process
        for stage in ("answered", "archived"):
            processes.move(samples.INSTALLATION, process, stage, result="Fertig.")
    else:
        actions.call_off(samples.INSTALLATION, live.meeting, "Sturm")
    with clock.at(moment):
        page = ask(client, live, "Und was ist mit dem Schatten?")
        assert page.status_code == 422
        text = page.content.decode()
        assert "Und was ist mit dem Schatten?" in text
        assert "Hier fragt man gerade nicht" in text
        assert "zu Ende" in text or "abgesagt" in text or "geht gerade nicht mehr" in text
        with pytest.raises(Refused):
            questions.vote(questions.find(live.code), None, "x")  # type: ignore[arg-type]
    assert not Question.objects.exists()


def test_too_many_questions_from_one_device_have_to_wait(live: Live, phone: Any) -> None:
    client = phone()
    for number in range(5):
        ask(client, live, f"Frage nach der Nummer {number} in der Reihe der Bäume?")
    page = ask(client, live, "Noch etwas ganz anderes zum Abschluss?")
    assert page.status_code == 422
    assert "viele Versuche" in page.content.decode()
    assert Question.objects.count() == 5


def test_the_wall_shows_the_code_and_what_the_moderation_puts_there(live: Live, phone: Any, client: Client) -> None:
    texts = ["Wer gießt die Bäume?", "Gibt es Schatten?", "Wo ist das Klo?"]
    made = []
    for text in texts:
        ask(phone(), live, text)
        made.append(Question.objects.get(text=text))
    vote(phone(), live, made[1])
    wall = client.get(address(live, "wand/?farbe=dunkel")).content.decode()
    assert questions.written_code(live.code) in wall
    assert "<svg" in wall
    assert 'data-mode="dark"' in wall
    assert client.get(address(live, "wand/?neu=10")).headers["Refresh"] == "10"  # without JavaScript
    assert "hx-get" in wall
    assert wall.index(texts[1]) < wall.index(texts[0])
    for number in (0, 2):
        questions.moderate(samples.INSTALLATION, live, made[number].public_id, "now")
    assert list(Question.objects.filter(current=True)) == [made[2]]
    questions.moderate(samples.INSTALLATION, live, made[1].public_id, "done")
    questions.moderate(samples.INSTALLATION, live, made[0].public_id, "hide")
    wall = client.get(address(live, "wand/inhalt/")).content.decode()
    assert texts[2] in wall
    assert texts[0] not in wall
    assert texts[1] not in wall


def test_screens_fetch_the_list_only_when_something_changed(live: Live, phone: Any) -> None:
    client = phone()
    page = client.get(address(live)).content.decode()
    poll = re.search(r'hx-get="([^"]+)"', page)
    assert poll is not None
    assert client.get(poll[1]).status_code == 204
    assert client.get(address(live, "wand/inhalt/?v=0-1")).status_code == 204
    ask(phone(), live)
    answer = client.get(poll[1])
    assert answer.status_code == 200
    assert "Wer gießt die Bäume?" in answer.content.decode()
    with clock.at(live.meeting.ends_at + timedelta(hours=3)):  # the end by the clock is news too
        assert client.get(re.search(r'hx-get="([^"]+)"', answer.content.decode())[1]).status_code == 200  # type: ignore[index]
    assert "hx-get" not in client.get(address(live, "?ruhig")).content.decode()


def test_htmx_gets_the_list_back_after_a_vote(live: Live, phone: Any) -> None:
    client = phone()
    ask(client, live)
    answer = vote(client, live, Question.objects.get(), headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert 'aria-pressed="true"' in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_the_page_asks_equally_often_with_more_questions(live: Live, phone: Any, assert_constant_queries: Any) -> None:
    client = phone()
    ask(client, live)

    def more() -> None:
        rows = [
            Question(meeting=live.meeting, text=f"Frage {n}", state="open", created_at=clock.now()) for n in range(20)
        ]
        Question.objects.bulk_create(rows)

    assert_constant_queries(more, lambda: client.get(address(live)), at_most=10)
    assert_constant_queries(more, lambda: client.get(address(live, "wand/")), at_most=6)


def test_a_moderator_from_outside_moderates_and_others_may_not(
    live: Live, phone: Any, moderator: Any, other_editor: Any, client_for: Any, module: Any
) -> None:
    ask(phone(), live)
    question = Question.objects.get()
    page = f"{STAFF}{live.meeting.subject.public_id}/live/"
    stranger = client_for(other_editor)
    assert stranger.get(page).status_code == 403
    assert stranger.post(f"{page}{question.public_id}/", {"verb": "hide"}).status_code == 403
    client = client_for(moderator)
    assert question.text in client.get(page).content.decode()
    client.post(f"{page}{question.public_id}/", {"verb": "pin"})
    client.post(f"{page}{question.public_id}/", {"verb": "now"})
    question.refresh_from_db()
    assert (question.pinned, question.current, question.state) == (True, True, "open")
    listed = client.get(f"{page}fragen/").content.decode()
    assert "an der Wand" in listed
    version = re.search(r"\?v=([\d-]+)", listed)
    assert client.get(f"{page}fragen/?v={version[1]}").status_code == 204  # type: ignore[index]
    assert client.post(f"{page}{question.public_id}/", {"verb": "explode"}, follow=True).status_code == 200
    assert Entry.objects.filter(action="participation.meeting.question.now").exists()


def test_staff_open_and_close_and_the_code_stays(meeting: Meeting, editor: Any, client_for: Any) -> None:
    client, page = client_for(editor), f"{STAFF}{meeting.subject.public_id}/live/"
    assert "Fragerunde öffnen" in client.get(page).content.decode()
    client.post(page, {"verb": "open", "review": "on"})
    code = Live.objects.get().code
    assert Live.objects.get().review
    client.post(page, {"verb": "close"})
    assert Live.objects.get().closed_at is not None
    client.post(page, {"verb": "open"})
    found = Live.objects.get()
    assert (found.closed_at, found.code, found.review) == (None, code, False)


def test_questions_become_contributions_of_the_event_with_their_answers_once(
    live: Live, phone: Any, editor: Any, client_for: Any, client: Client, bob: Any, actor_of: Any
) -> None:
    meeting = live.meeting
    for text in ("Wer gießt die Bäume?", "Gibt es Schatten?", "Bin ich unsichtbar?"):
        ask(phone(), live, text, name="Rosa")
    first, _second, hidden = Question.objects.order_by("pk")
    vote(phone(), live, first)
    questions.moderate(samples.INSTALLATION, live, hidden.public_id, "hide")
    notify.follow(actor_of(bob), subject=meeting.module.subject)
    staff, page = client_for(editor), f"{STAFF}{meeting.subject.public_id}/fragen/"
    staff.post(page, {"question": first.public_id, "answer": "Das Baureferat.\n\nJeden Dienstag."})
    assert "Jeden Dienstag" not in client.get(meeting.subject.path).content.decode()  # the round is not over
    questions.close_live(samples.INSTALLATION, live)
    for _again in range(2):
        staff.post(page, {"verb": "take_over"})
    made = Contribution.objects.order_by("pk")
    assert [(row.kind, row.channel, row.text, row.support_count, row.author_label) for row in made] == [
        ("question", "event", "Wer gießt die Bäume?", 1, "Rosa"),
        ("question", "event", "Gibt es Schatten?", 0, "Rosa"),
    ]
    shown = client.get(meeting.subject.path).content.decode()
    assert "Jeden Dienstag" in shown
    assert "noch ohne Antwort" in shown
    assert hidden.text not in shown
    assert "Jeden Dienstag" in client.get(made[0].subject.path).content.decode()
    jobs.run_pending()
    events = Notification.objects.filter(recipient__user=bob).values_list("event__event", flat=True)
    assert "participation.contribution.new" not in events  # forty questions are not forty letters


def test_what_moderation_hides_later_is_gone_from_the_date_too(live: Live, phone: Any, client: Client) -> None:
    ask(phone(), live)
    questions.close_live(samples.INSTALLATION, live)
    questions.take_over(samples.INSTALLATION, live.meeting)
    made = Contribution.objects.get()
    type(made.subject).objects.filter(pk=made.pk).update(restricted=True)
    assert made.text not in client.get(live.meeting.subject.path).content.decode()


def test_after_three_weeks_nothing_is_taken_over_any_more(live: Live, phone: Any) -> None:
    ask(phone(), live)
    with clock.at(clock.now() + timedelta(days=60)), pytest.raises(Refused):
        questions.take_over(samples.INSTALLATION, live.meeting)
    assert not Contribution.objects.exists()


def test_a_date_with_questions_is_not_removed_by_mistake(live: Live, phone: Any) -> None:
    ask(phone(), live)
    with pytest.raises(DomainError):
        actions.remove(samples.INSTALLATION, live.meeting)
    assert queries.of_subject(live.meeting.pk) is not None


def test_a_day_later_nobody_knows_which_device_it_was(live: Live, phone: Any) -> None:
    ask(phone(), live)
    ask(phone(), live, "Rufen Sie mich an: 089 123 45 67 89")
    question, held = Question.objects.order_by("pk")
    vote(phone(), live, question)
    assert questions.purge() == 0
    with clock.at(live.meeting.ends_at + timedelta(days=2)):
        questions.purge()
    question.refresh_from_db()
    assert (question.asker, question.key, question.votes) == ("", None, 1)
    assert not Vote.objects.exists()
    with clock.at(live.meeting.ends_at + timedelta(days=31)):
        questions.purge()
    assert not Question.objects.filter(pk=held.pk).exists()
    assert Question.objects.filter(pk=question.pk).exists()


def test_the_date_says_that_one_can_ask_now(live: Live, client: Client) -> None:
    assert "Fragen Sie mit" in client.get(live.meeting.subject.path).content.decode()
    questions.close_live(samples.INSTALLATION, live)
    assert "Fragen Sie mit" not in client.get(live.meeting.subject.path).content.decode()


def test_a_stranger_to_the_phase_may_ask_in_the_room(live: Live, phone: Any) -> None:
    Phase.objects.update(audience={"trust": 2, "districts": [9]})
    assert ask(phone(), live).url == address(live)


def test_whoever_sees_the_round_end_reads_so_on_phone_and_wall(live: Live, phone: Any, client: Client) -> None:
    one = phone()
    assert "Mit dem Telefon einlesen" in client.get(address(live, "wand/")).content.decode()
    questions.close_live(samples.INSTALLATION, live)
    assert "Die Fragerunde ist seit" in one.get(address(live, "fragen/")).content.decode()
    assert one.get(address(live)).content.decode().count("Die Fragerunde ist seit") == 1
    renewed = client.get(address(live, "wand/inhalt/")).content.decode()
    assert 'id="mitmachen" data-hx-swap-oob="true"' in renewed
    assert "Mit dem Telefon einlesen" not in renewed
    assert "Die Fragerunde ist seit" in renewed


def test_a_question_typed_while_the_process_is_unpublished_is_given_back(live: Live, phone: Any) -> None:
    one = phone()
    Subject.objects.filter(pk=live.meeting.module.process_id).update(published=False)
    answer = ask(one, live, "Was ich schon getippt hatte")
    assert answer.status_code == 404
    assert "Was ich schon getippt hatte" in answer.content.decode()
    assert not Question.objects.exists()
