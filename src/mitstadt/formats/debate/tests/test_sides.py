"""Alice is for it, Bob against, Charlie neither: said in the form, by mail, on paper, by a program."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from mitstadt.accounts import tokens
from mitstadt.audit.models import Entry
from mitstadt.comments import actions as comments
from mitstadt.comments import queries as voices
from mitstadt.comments.models import Comment
from mitstadt.formats.debate import format, queries
from mitstadt.formats.debate.forms import SettingsForm, entry_form
from mitstadt.kit import datasets, jobs
from mitstadt.kit.errors import DomainError
from mitstadt.participation import registry, samples
from mitstadt.participation.actions import structure
from mitstadt.participation.desk import actions as desk
from mitstadt.participation.entry import importing, printing

pytestmark = pytest.mark.django_db


def form_of(subject) -> str:
    return f"/mitreden/{subject.public_id}/"


def radios(page: str) -> dict[str, bool]:
    """value → is it chosen"""
    found = re.findall(r"<input[^>]*type=\"radio\"[^>]*>", page)
    return {re.search(r'value="([^"]*)"', one)[1]: "checked" in one for one in found if 'name="side"' in one}


# -- who is asked -----------------------------------------------------------------------------------------------
def test_alice_says_in_the_form_that_she_is_for_it(debate, alice, client_for):
    browser = client_for(alice)
    page = browser.get(form_of(debate.subject)).content.decode()
    assert radios(page) == {"pro": False, "contra": False, "": True}, "nobody is put on a side"
    assert "Wie stehen Sie dazu?" in page
    browser.post(form_of(debate.subject), {"text": "Ja, wegen der Schichtarbeit.", "side": "pro", "key": "k"})
    assert Comment.objects.get().side == "pro"
    assert Entry.objects.get(action="comments.comment.add").payload["side"] == "pro"
    html = browser.get(debate.subject.path).content.decode()
    assert re.search(r'ms-side--pro">.*?Dafür</span>', html)


def test_who_answers_is_not_asked_and_takes_no_side(debate, alice, bob, actor_of, client_for, say):
    root = say(actor_of(alice), "Ja.", "pro")
    page = client_for(bob).get(form_of(root.subject)).content.decode()
    assert radios(page) == {}
    with pytest.raises(DomainError) as refused:
        say(actor_of(bob), "Nein.", "contra", parent=root)
    assert (refused.value.field, refused.value.code) == ("side", "reply")


def test_a_debate_without_sides_and_every_other_room_ask_nobody(plain, subject_factory, alice, actor_of, client_for):
    from mitstadt.comments.tests.factories import test_kind

    for subject in (plain.subject, subject_factory(kind=test_kind())):
        assert radios(client_for(alice).get(form_of(subject)).content.decode()) == {}
        with pytest.raises(DomainError) as refused:
            comments.add(actor_of(alice), subject, "Ja.", side="pro")
        assert (refused.value.field, refused.value.code) == ("side", "not_asked")
    assert "Dafür" not in client_for(alice).get(plain.subject.path).content.decode()


def test_the_city_itself_takes_no_side(debate, editor, actor_of, client_for, say):
    assert radios(client_for(editor).get(form_of(debate.subject)).content.decode()) == {}
    assert say(actor_of(editor), "Die Brücke wird gerade geprüft.", "pro").side == ""


def test_nobody_invents_a_third_side(alice, actor_of, say):
    with pytest.raises(DomainError) as refused:
        say(actor_of(alice), "Vielleicht.", "vielleicht")
    assert (refused.value.field, refused.value.code) == ("side", "unknown")
    assert not Comment.objects.exists()


@pytest.mark.parametrize("given", [{}, {"sides": True}, {"sides": "True"}, {"sides": ""}])
def test_staff_who_choose_nothing_get_sides(debate, given, coordinator, actor_of):
    module = structure.change_module(
        actor_of(coordinator), debate, title="Brücke", intro="", settings={"question": "Offen?", **given}
    )
    assert module.settings["sides"] is True
    assert queries.asks_side(module)


def test_staff_who_switch_sides_off_keep_what_was_said(debate, coordinator, alice, actor_of, client, say):
    say(actor_of(alice), "Ja.", "pro")
    settings = {"question": "Offen?", "sides": "False"}
    structure.change_module(actor_of(coordinator), debate, title="Brücke", intro="", settings=settings)
    page = client.get(debate.subject.path).content.decode()
    assert "ms-side--pro" in page, "her word stays at what she wrote"
    assert "haltung=" not in page
    assert SettingsForm(initial=samples.loaded(debate).settings)["sides"].value() is False


# -- what the database refuses ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "wrong", [{"side": "maybe"}, {"side": "pro", "reply": True}, {"side": "pro", "text": "", "removed": True}]
)
def test_the_database_refuses_what_must_never_be(debate, alice, actor_of, say, wrong):
    root = say(actor_of(alice), "Ja.")
    comment = say(actor_of(alice), "Und noch eins.", parent=root) if wrong.get("reply") else root
    values = {"side": wrong["side"]}
    if wrong.get("removed"):
        values |= {"text": "", "removed_at": comment.created_at, "counted": False}
    with pytest.raises(IntegrityError, match="comments_side_of_a_root"), transaction.atomic():
        Comment.objects.filter(pk=comment.pk).update(**values)
    Comment.objects.filter(pk=root.pk).update(side="contra")  # a root may have one


# -- guests and lost logins -----------------------------------------------------------------------------------------
def test_a_guest_keeps_the_side_until_the_address_is_confirmed(debate):
    client = Client()
    sent = {"text": "Nachts ist es zu laut.", "email": "gast@example.org", "name": "Isarkiesel", "side": "contra"}
    answer = client.post(form_of(debate.subject), {**sent, "key": "g1"})
    assert answer.status_code == 302
    jobs.run_pending()
    path = re.search(r"https?://[^/]+(/\S*bestaetigen/\S+)", mail.outbox[-1].body)[1]
    client.post(path)
    comment = Comment.objects.get()
    assert (comment.side, comment.author_label) == ("contra", "Isarkiesel")


def test_a_guest_whose_debate_stopped_asking_is_heard_all_the_same(debate, coordinator, actor_of):
    client = Client()
    sent = {"text": "Nachts ist es zu laut.", "email": "gast@example.org", "name": "", "side": "contra", "key": "g"}
    client.post(form_of(debate.subject), sent)
    jobs.run_pending()
    settings = {"question": "Offen?", "sides": False}
    structure.change_module(actor_of(coordinator), debate, title="Brücke", intro="", settings=settings)
    client.post(re.search(r"https?://[^/]+(/\S*bestaetigen/\S+)", mail.outbox[-1].body)[1])
    assert [(c.text, c.side) for c in Comment.objects.all()] == [("Nachts ist es zu laut.", "")]


def test_a_login_that_ran_out_keeps_the_side_with_the_text(debate, alice, client):
    from tests.support.people import BACKEND

    answer = client.post(form_of(debate.subject), {"text": "Ja, nachts auch.", "side": "pro", "key": "k"})
    assert answer.status_code == 302
    assert "/konto/login/" in answer["Location"]
    client.force_login(alice, backend=BACKEND)
    page = client.get(form_of(debate.subject)).content.decode()
    assert "Ja, nachts auch." in page
    assert radios(page)["pro"]


# -- changing one's mind ----------------------------------------------------------------------------------------------
def test_alice_changes_her_side_in_the_first_minutes(debate, alice, actor_of, client_for, say):
    comment = say(actor_of(alice), "Ja.", "pro")
    browser = client_for(alice)
    own = f"/kommentar/{comment.subject.public_id}/aendern/"
    assert radios(browser.get(own).content.decode())["pro"]
    browser.post(own, {"text": "Ja.", "side": "contra"})
    comment.refresh_from_db()
    assert (comment.text, comment.side, comment.edited_at is not None) == ("Ja.", "contra", True)
    assert list(comment.versions.values_list("text", "side")) == [("Ja.", "pro")]


def test_who_edits_in_a_debate_without_sides_keeps_the_one_she_had(debate, coordinator, alice, actor_of, say):
    comment = say(actor_of(alice), "Ja.", "pro")
    settings = {"question": "Offen?", "sides": False}
    structure.change_module(actor_of(coordinator), debate, title="Brücke", intro="", settings=settings)
    comments.edit(actor_of(alice), Comment.objects.get(), "Ja, gern.")
    comment.refresh_from_db()
    assert (comment.text, comment.side) == ("Ja, gern.", "pro")


def test_what_is_withdrawn_takes_its_side_along(debate, alice, bob, actor_of, say):
    comment = say(actor_of(alice), "Ja.", "pro")
    say(actor_of(bob), "Warum?", parent=comment)
    comments.withdraw(actor_of(alice), comment)
    comment.refresh_from_db()
    assert comment.side == ""
    assert voices.side_counts(debate.pk) == {"pro": 0, "contra": 0, "": 0}


def test_alice_gets_her_sides_with_her_data(debate, alice, actor_of, say):
    from mitstadt.accounts.personal import Person
    from mitstadt.comments import wiring

    say(actor_of(alice), "Ja.", "pro")
    person = Person(alice.public_id, user_id=alice.pk)
    assert [row["side"] for row in wiring.export(person)] == ["pro"]


# -- reading ------------------------------------------------------------------------------------------------------
@pytest.fixture
def spoken(debate, alice, bob, charlie, actor_of, say):
    first = say(actor_of(alice), "Ja, wegen der Schicht.", "pro")
    say(actor_of(alice), "Ja, auch zum Feiern.", "pro")
    say(actor_of(bob), "Nein, zu laut.", "contra")
    say(actor_of(charlie), "Ich weiß es nicht.")
    say(actor_of(bob), "Welche Schicht?", parent=first)
    return debate


def tabs(page: str) -> dict[str, str]:
    nav = re.search(r'<div class="ms-talk__sides">.*?</nav>', page, re.S)[0]
    return {re.sub(r"<[^>]+>", "", name): n for name, n in re.findall(r"<span>(.*?)</span> <span[^>]*>(\d+)", nav)}


def test_the_counts_stand_on_top_and_answers_are_in_none(spoken, client):
    page = client.get(spoken.subject.path).content.decode()
    assert tabs(page) == {"Alle": "4", "Dafür": "2", "Dagegen": "1", "Weder noch": "1"}
    assert "Gezählt sind Beiträge ohne Antworten, nicht Menschen." in page


@pytest.mark.parametrize(
    ("asked", "shown", "hidden"),
    [
        ("dafuer", ["wegen der Schicht", "auch zum Feiern", "Welche Schicht?"], ["zu laut", "weiß es nicht"]),
        ("dagegen", ["zu laut"], ["wegen der Schicht", "weiß es nicht"]),
        ("weder-noch", ["weiß es nicht"], ["wegen der Schicht", "zu laut"]),
        ("nichts-davon", ["wegen der Schicht", "zu laut", "weiß es nicht"], []),
    ],
)
def test_a_reader_chooses_a_side_by_its_address(spoken, client, asked, shown, hidden):
    page = client.get(spoken.subject.path, {"haltung": asked}).content.decode()
    assert all(text in page for text in shown)
    assert not any(text in page for text in hidden)
    assert tabs(page)["Alle"] == "4", "the counts stay those of the whole debate"


def test_order_and_side_go_together_and_an_empty_side_says_so(spoken, client):
    page = client.get(spoken.subject.path, {"haltung": "dafuer", "reihenfolge": "alt"}).content.decode()
    assert page.index("wegen der Schicht") < page.index("auch zum Feiern")
    assert "?reihenfolge=alt&amp;haltung=dagegen#gespraech" in page
    assert "?haltung=dafuer#gespraech" in page, "the other order keeps the side"
    Comment.objects.filter(side="contra").update(side="")
    page = client.get(spoken.subject.path, {"haltung": "dagegen"}).content.decode()
    assert "Zu dieser Auswahl hat noch niemand etwas geschrieben." in page


def test_what_the_moderation_hides_is_counted_nowhere(spoken, client):
    from mitstadt.comments.actions import follow_restriction

    hidden = Comment.objects.get(side="contra")
    type(hidden.subject).objects.filter(pk=hidden.pk).update(restricted=True)
    follow_restriction(hidden.subject, True)
    page = client.get(spoken.subject.path, {"haltung": "dagegen"}).content.decode()
    assert tabs(page)["Dagegen"] == "0"
    assert "zu laut" not in page
    assert "ausgeblendet" not in page


def test_more_people_on_more_sides_cost_no_more_queries(spoken, client, assert_constant_queries):
    def more():
        for n in range(6):
            comments.add(
                samples.citizen(f"mehr{n}"), spoken.subject, f"Meinung {n}.", side=("pro", "contra", "")[n % 3]
            )

    assert_constant_queries(more, lambda: client.get(spoken.subject.path, {"haltung": "dafuer"}), at_most=14)


def test_english_readers_read_english_words(spoken, client):
    page = client.get("/en" + spoken.subject.path).content.decode()
    assert tabs(page) == {"All": "4", "For": "2", "Against": "1", "Neither": "1"}


# -- programs -----------------------------------------------------------------------------------------------------
@pytest.fixture
def send(alice, actor_of):
    _token, secret = tokens.create(actor_of(alice), "Skript", 30, ["comments"])

    def call(data):
        headers = {"authorization": f"Bearer {secret}"}
        return Client().generic(
            "POST", "/api/v1/comments", json.dumps(data), content_type="application/json", headers=headers
        )

    return call


def test_a_program_writes_a_side_and_reads_it(debate, send):
    answer = send({"about": debate.subject.public_id, "text": "Ja.", "side": "pro"})
    assert answer.status_code == 201
    send({"about": debate.subject.public_id, "text": "Oder?"})
    items = Client().get("/api/v1/comments", {"subject": debate.subject.public_id}).json()["items"]
    assert [(row["text"], row["side"]) for row in items] == [("Ja.", "pro"), ("Oder?", "")]
    items = Client().get("/api/v1/comments", {"side": "pro"}).json()["items"]
    assert [row["text"] for row in items] == ["Ja."]
    assert Client().get("/api/v1/comments", {"side": "vielleicht"}).status_code == 422
    rows = Client().get("/api/v1/contributions").json()["items"]
    assert {row["text"]: row["side"] for row in rows} == {"Ja.": "pro", "Oder?": ""}


@pytest.mark.parametrize("side", ["vielleicht", "weder noch", "PRO"])
def test_a_program_is_told_what_is_wrong_with_a_side(debate, send, side):
    answer = send({"about": debate.subject.public_id, "text": "Ja.", "side": side})
    assert answer.status_code == 422
    assert "side: " in answer.json()["detail"]
    assert not Comment.objects.exists()


def test_files_name_the_side(spoken, client):
    rows = list(datasets.get("beitraege").rows(None))
    assert [row["side"] for row in rows] == ["pro", "pro", "contra", "", ""]
    rows = list(datasets.get("beitraege-zu-beteiligungen").rows(None))
    assert sorted(row["side"] for row in rows) == ["", "", "contra", "pro", "pro"]
    path = f"{spoken.process.subject.path}beitraege.csv"
    text = b"".join(client.get(path).streaming_content).decode("utf-8-sig")
    assert {row["text"]: row["side"] for row in csv.DictReader(io.StringIO(text))}["Nein, zu laut."] == "contra"


def test_the_package_and_the_report_say_how_many(spoken):
    rows = {row["text"]: row["side"] for row in format.export(spoken)}
    assert rows["Nein, zu laut."] == "contra"
    (part,) = format.report(spoken)
    ((_caption, columns, lines),) = part.tables
    assert columns == ["Haltung", "Beiträge"]
    assert lines == [["Dafür", "2 von 4"], ["Dagegen", "1 von 4"], ["Weder noch", "1 von 4"]]


def test_staff_see_the_side_in_the_evaluation(spoken, editor, client_for):
    base = f"/verwaltung/beteiligung/{spoken.process.number}/auswertung/"
    assert "Dagegen" in client_for(editor).get(base).content.decode()
    text = b"".join(client_for(editor).get(f"{base}export.csv").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert sorted(row["side"] for row in rows) == ["", "", "contra", "pro", "pro"]


# -- paper, telephone, events ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("channel", ["paper", "phone", "event"])
def test_what_came_another_way_has_its_side(debate, editor, actor_of, channel):
    form = entry_form(True)({"text": "Ja, bitte.", "side": "pro", "name": "Gerda"})
    assert form.is_valid(), form.errors
    registry.get("debate").entry.save(actor_of(editor), debate, form.cleaned_data, channel, "ab-1", None)
    assert list(Comment.objects.values_list("side", "channel", "author_label")) == [("pro", channel, "Gerda")]


def test_the_paper_form_asks_only_where_the_debate_does(debate, plain):
    assert [field.name for field in format.paper(debate, None)] == ["side", "text", "name"]
    assert [field.name for field in format.paper(plain, None)] == ["text", "name"]
    assert set(registry.get("debate").entry.form(plain).base_fields) == {"text", "name"}
    assert printing.possible(debate)


def test_a_workshop_list_says_it_in_words(debate, editor, actor_of):
    data = "Haltung;Beitrag;Name\nDafür;Ja, bitte.;Anna\nDAGEGEN;Nein.;Bert\n;Weiß nicht.;\nvielleicht;Hm.;\n".encode()
    table = importing.read("liste.csv", data)
    columns = importing.recognise(table.headings, importing.fields_of(debate))
    assert columns["side"] == "Haltung"

    def take(found):
        file = importing.ListFile(found, columns, "event", date.today(), data, event="Werkstatt")
        return importing.take_over(actor_of(editor), debate, file)

    (problem,) = take(table).problems
    assert problem.value == "vielleicht"
    assert not Comment.objects.exists(), "with one problem nothing stays"
    good = importing.read("liste.csv", data.replace(b"vielleicht;Hm.;\n", b""))
    assert not take(good).problems
    assert list(Comment.objects.order_by("pk").values_list("side", flat=True)) == ["pro", "contra", ""]


def test_at_the_counter_the_side_is_asked_where_the_debate_does(debate, plain, editor, actor_of, client_for):
    browser = client_for(editor)
    screen = f"/verwaltung/beteiligung/schalter/{debate.subject.public_id}/"
    assert set(radios(browser.get(screen).content.decode())) == {"pro", "contra", ""}
    browser.post(screen, {"text": "Ich stehe die ganze Nacht dort.", "side": "pro", "name": "", "key": "k"})
    assert list(Comment.objects.values_list("side", "channel")) == [("pro", "phone")]
    other = f"/verwaltung/beteiligung/schalter/{plain.subject.public_id}/"
    assert radios(browser.get(other).content.decode()) == {}
    with pytest.raises(DomainError):
        desk.take_down(actor_of(editor), plain.subject, "Ja.", side="pro")
