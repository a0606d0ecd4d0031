"""The pages as people meet them: through addresses, with plain forms, without JavaScript."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.template import Context, Template
from django.test import Client, RequestFactory

from mitstadt.comments import actions
from mitstadt.comments.models import Comment, Question
from mitstadt.kit import jobs
from mitstadt.subjects.models import Link, Subject

from .factories import CLOSED


def key_of(html: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', html)
    assert found
    return found.group(1)


def embedded(thing: Any, query: str = "", client: Any = None) -> str:
    """The tag as another room's page uses it."""
    request = RequestFactory().get(f"{thing.path}?{query}")
    thing.refresh_from_db()
    return Template("{% load discussion %}{% discussion thing %}").render(Context({"request": request, "thing": thing}))


def test_charlie_reads_without_cookie_or_token(alice: Any, actor_of: Any, thing: Any) -> None:
    comment = actions.add(actor_of(alice), thing, "Hallo")
    response = Client().get(comment.subject.path)
    assert response.status_code == 200
    assert "Hallo" in response.content.decode()
    assert not response.cookies
    html = embedded(thing)
    assert "csrf" not in html
    assert "<form" not in html
    assert " style=" not in html
    assert f'href="/mitreden/{thing.public_id}/"' in html
    assert f'href="/mitreden/{comment.subject.public_id}/"' in html


def test_alice_writes_and_comes_back_to_her_words(alice: Any, client_for: Any, thing: Any) -> None:
    client = client_for(alice)
    page = client.get(f"/mitreden/{thing.public_id}/")
    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"] or "no-cache" in page.headers["Cache-Control"]
    sent = {"text": "Wann?", "wants_answer": "on", "key": key_of(page.content.decode())}
    first = client.post(f"/mitreden/{thing.public_id}/", sent)
    second = client.post(f"/mitreden/{thing.public_id}/", sent)
    comment = Comment.objects.get()
    assert first.url == second.url == f"{thing.path}#k-{comment.subject.public_id}"
    assert Question.objects.filter(comment=comment).exists()


def test_too_long_keeps_every_letter(alice: Any, client_for: Any, thing: Any) -> None:
    text = "ü" * 20_001
    response = client_for(alice).post(f"/mitreden/{thing.public_id}/", {"text": text, "key": "k"})
    assert response.status_code == 422
    assert text in response.content.decode()
    assert "20.001 Zeichen" in response.content.decode()


def test_text_survives_when_the_discussion_closed_meanwhile(alice: Any, client_for: Any, thing: Any) -> None:
    client = client_for(alice)
    assert client.get(f"/mitreden/{thing.public_id}/").status_code == 200
    CLOSED["reason"] = "Mitreden konnten Sie bis gestern."
    response = client.post(f"/mitreden/{thing.public_id}/", {"text": "Lange überlegt", "key": "k"})
    assert response.status_code == 422
    html = response.content.decode()
    assert "Mitreden konnten Sie bis gestern." in html
    assert "Lange überlegt" in html
    assert not Comment.objects.exists()
    closed = client.get(f"/mitreden/{thing.public_id}/")
    assert closed.status_code == 403
    assert "Mitreden konnten Sie bis gestern." in closed.content.decode()


def test_text_survives_a_login_that_ran_out(alice: Any, client_for: Any, thing: Any) -> None:
    client = client_for(alice)
    client.logout()
    response = client.post(f"/mitreden/{thing.public_id}/", {"text": "Lange überlegt", "key": "k"})
    assert response.status_code == 302
    assert "login" in response.url
    assert "Lange überlegt" in client.get(f"/mitreden/{thing.public_id}/").content.decode()


def test_a_guest_writes_confirms_and_is_read(thing: Any) -> None:
    client = Client()
    page = client.get(f"/mitreden/{thing.public_id}/").content.decode()
    sent = {
        "text": "Vom Gast",
        "email": "gast@example.org",
        "name": "Isarkiesel",
        "wants_answer": "on",
        "key": key_of(page),
    }
    response = client.post(f"/mitreden/{thing.public_id}/", sent)
    jobs.run_pending()
    assert response.status_code == 302
    assert not Comment.objects.exists()
    link = re.search(r"https?://\S+/bestaetigen/\S+", mail.outbox[-1].body)
    assert link
    path = "/" + link.group().split("/", 3)[3]
    page = client.get(path).content.decode()
    assert f"Ihr Beitrag zu „{thing.title}“" in page
    assert not Comment.objects.exists(), "a mail scanner that follows links publishes nothing"
    done = client.post(path)
    comment = Comment.objects.get()
    assert done.url == comment.subject.path
    assert "Isarkiesel" in client.get(done.url).content.decode()


@pytest.mark.parametrize("email", ["", "keine", "a@b"])
def test_a_guest_without_address_keeps_the_text(thing: Any, email: str) -> None:
    response = Client().post(f"/mitreden/{thing.public_id}/", {"text": "Vom Gast", "email": email, "key": "k"})
    assert response.status_code == 422
    assert "Vom Gast" in response.content.decode()
    assert not mail.outbox


def test_bob_answers_alice_through_the_address_of_her_words(
    alice: Any, bob: Any, client_for: Any, actor_of: Any, thing: Any
) -> None:
    root = actions.add(actor_of(alice), thing, "Erste")
    client = client_for(bob)
    page = client.get(f"/mitreden/{root.subject.public_id}/").content.decode()
    assert "Erste" in page
    client.post(f"/mitreden/{root.subject.public_id}/", {"text": "Zweite", "key": key_of(page)})
    client.post(f"/mitreden/{thing.public_id}/?antwort-auf={root.subject.public_id}", {"text": "Dritte", "key": "x"})
    assert list(Comment.objects.filter(parent=root).values_list("text", flat=True)) == ["Zweite", "Dritte"]


def test_answering_something_withdrawn_meanwhile_keeps_the_text(
    alice: Any, bob: Any, client_for: Any, actor_of: Any, thing: Any
) -> None:
    root = actions.add(actor_of(alice), thing, "Erste")
    actions.withdraw(actor_of(alice), root)
    response = client_for(bob).post(f"/mitreden/{root.subject.public_id}/", {"text": "Meine Antwort", "key": "k"})
    assert response.status_code == 422
    html = response.content.decode()
    assert "zurückgezogen" in html
    assert "Meine Antwort" in html


def test_unknown_addresses_are_404(alice: Any, client_for: Any, thing: Any) -> None:
    for path in ("/mitreden/gibtesnicht/", "/kommentar/gibtesnicht/", "/kommentar/gibtesnicht/aendern/"):
        assert client_for(alice).get(path).status_code == 404


def test_an_unpublished_subject_shows_no_thread(alice: Any, actor_of: Any, thing: Any) -> None:
    comment = actions.add(actor_of(alice), thing, "Hallo")
    type(thing).objects.filter(pk=thing.pk).update(published=False)
    assert Client().get(comment.subject.path).status_code == 404
    assert Client().get(f"/mitreden/{thing.public_id}/").status_code == 403
    assert Client().get("/api/v1/comments").json()["items"] == []


def test_alice_changes_and_withdraws_but_bob_cannot(
    alice: Any, bob: Any, client_for: Any, actor_of: Any, thing: Any
) -> None:
    comment = actions.add(actor_of(alice), thing, "Tippfelher")
    path = f"/kommentar/{comment.subject.public_id}/"
    assert client_for(bob).get(f"{path}aendern/").status_code == 404
    assert client_for(bob).post(f"{path}zurueckziehen/").status_code == 404
    client = client_for(alice)
    assert "Tippfelher" in client.get(f"{path}aendern/").content.decode()
    assert client.post(f"{path}aendern/", {"text": "Tippfehler"}).status_code == 302
    assert client.get(f"{path}zurueckziehen/").status_code == 405
    assert client.post(f"{path}zurueckziehen/").status_code == 302
    comment.refresh_from_db()
    assert comment.text == ""


def test_alice_sees_the_way_to_change_only_at_her_own(
    alice: Any, bob: Any, client_for: Any, actor_of: Any, thing: Any
) -> None:
    mine, other = actions.add(actor_of(alice), thing, "Meins"), actions.add(actor_of(bob), thing, "Seins")
    client = client_for(alice)
    assert f"{mine.subject.public_id}/aendern/" in client.get(mine.subject.path).content.decode()
    assert f"{other.subject.public_id}/aendern/" not in client.get(other.subject.path).content.decode()


def test_pages_of_threads_show_each_once(alice: Any, actor_of: Any, thing: Any, settings: Any) -> None:
    ids = {actions.add(actor_of(alice), thing, f"Beitrag {n}").subject.public_id for n in range(60)}
    first, second = embedded(thing), embedded(thing, "seite=2")
    on = [set(re.findall(r'id="k-(\w+)"', html)) for html in (first, second)]
    assert [len(page) for page in on] == [50, 10]
    assert on[0] | on[1] == ids
    assert 'href="/gegenstand/1/?seite=2#gespraech"' in first
    oldest = embedded(thing, "reihenfolge=alt")
    assert oldest.index("Beitrag 0<") < oldest.index("Beitrag 1<")
    for odd in ("seite=0", "seite=-1", "seite=abc", "seite=99999999999", "reihenfolge=drop", "seite=²"):
        assert "gespraech" in embedded(thing, odd)


def test_long_threads_are_cut_and_lead_to_their_own_page(alice: Any, actor_of: Any, thing: Any) -> None:
    root = actions.add(actor_of(alice), thing, "Anfang")
    for number in range(23):
        actions.add(actor_of(alice), thing, f"Antwort {number}.", parent=root)
    html = embedded(thing)
    assert "Antwort 19." in html
    assert "Antwort 20." not in html
    assert "Noch 3 Antworten lesen" in html
    assert "Antwort 22." in Client().get(root.subject.path).content.decode()


def test_the_discussion_is_four_queries_whatever_is_in_it(
    alice: Any, bob: Any, editor: Any, actor_of: Any, owned: Any, assert_constant_queries: Any, department: Any
) -> None:
    def more() -> None:
        for number in range(6):
            root = actions.add(actor_of(alice), owned, f"Frage {number}", wants_answer=True)
            actions.add(actor_of(bob), owned, "Antwort", parent=root, wants_answer=True)
            question = Question.objects.get(pk=root.pk)
            if number % 3 == 0:
                actions.answer(actor_of(editor), question, "Darum.")
            if number % 3 == 1:
                actions.interim(actor_of(editor), question, "Kommt noch.")
            actions.link_outcome(actor_of(editor), root, owned, "Geändert.")

    more()
    tag = Template("{% load discussion %}{% discussion thing %}")
    request = RequestFactory().get("/")
    assert assert_constant_queries(more, lambda: tag.render(Context({"request": request, "thing": owned})), 4) == 4


def test_what_became_of_it(
    alice: Any, editor: Any, actor_of: Any, owned: Any, stopped_clock: Any, subject_factory: Any
) -> None:
    asked = [actions.add(actor_of(alice), owned, f"Frage Nummer {n}?", wants_answer=True) for n in range(3)]
    stopped_clock.move(days=1)
    actions.answer(actor_of(editor), Question.objects.get(pk=asked[0].pk), "Die Antwort auf null.")
    actions.link_outcome(actor_of(editor), asked[0], owned, "Schild aufgestellt.")
    stopped_clock.move(days=40)
    response = Client().get("/was-daraus-wurde/")
    html = re.sub(r"\s+", " ", response.content.decode())
    assert not response.cookies
    assert "1 von 3" in html
    assert "2</strong> <span>Antworten sind überfällig" in html
    assert "Die Antwort auf null." in html
    assert "Schild aufgestellt." in html
    assert "aus einer Antwort" in html
    only = Client().get("/was-daraus-wurde/?zeigen=ueberfaellig&referat=rit").content.decode()
    assert "Frage Nummer 1?" in only
    assert "Die Antwort auf null." not in only
    for odd in ("?zeigen=x", "?seite=999", "?referat=gibtesnicht", "?zeigen=offen", "?zeigen=bewirkt&seite=2"):
        assert Client().get(f"/was-daraus-wurde/{odd}").status_code == 200


def test_without_any_question_the_page_says_why(db: None) -> None:
    html = Client().get("/was-daraus-wurde/").content.decode()
    assert "0 von 0" in html
    assert "Noch keine Antwort, also auch keine mittlere Dauer" in html


def test_the_account_costs_the_same_for_many_questions(
    alice: Any, editor: Any, actor_of: Any, owned: Any, assert_constant_queries: Any
) -> None:
    def more() -> None:
        for number in range(8):
            root = actions.add(actor_of(alice), owned, f"Frage {number}", wants_answer=True)
            if number % 2:
                actions.answer(actor_of(editor), Question.objects.get(pk=root.pk), "Darum.")
            actions.link_outcome(actor_of(editor), root, owned, f"Geändert {number}.")

    more()
    assert_constant_queries(more, lambda: Client().get("/was-daraus-wurde/"), 12)


def test_the_feed_is_well_formed_and_names_nobody(alice: Any, editor: Any, actor_of: Any, owned: Any) -> None:
    from defusedxml import ElementTree

    root = actions.add(actor_of(alice), owned, "Warum?", wants_answer=True)
    actions.answer(actor_of(editor), Question.objects.get(pk=root.pk), "Weil < und & nötig sind.")
    Subject.objects.filter(pk=owned.pk).update(title="Neuer\x0bRadweg")  # a line break as word processors paste it
    response = Client().get("/was-daraus-wurde/feed.atom")
    tree = ElementTree.fromstring(response.content)
    atom = "{http://www.w3.org/2005/Atom}"
    entry = tree.find(f"{atom}entry")
    assert entry.find(f"{atom}summary").text == "Weil < und & nötig sind."
    assert entry.find(f"{atom}author/{atom}name").text == "Referat RIT, Geschäftsstelle Strategie"
    assert b"Alice" not in response.content


def test_english_pages_link_in_english(alice: Any, actor_of: Any, thing: Any) -> None:
    comment = actions.add(actor_of(alice), thing, "Hallo")
    html = Client().get(f"/en{comment.subject.path}").content.decode()
    assert f'href="/en/mitreden/{comment.subject.public_id}/"' in html
    assert 'lang="de"' in html, "the text says that it is German"


# -- programs ------------------------------------------------------------------------------------------
def test_programs_read_the_same_and_nobody_by_key(
    alice: Any, bob: Any, editor: Any, actor_of: Any, owned: Any, stopped_clock: Any
) -> None:
    root = actions.add(actor_of(alice), owned, "Warum?", wants_answer=True)
    stopped_clock.move(days=1)
    reply = actions.add(actor_of(bob), owned, "Frage ich mich auch.", parent=root)
    gone = actions.add(actor_of(bob), owned, "Weg")
    actions.withdraw(actor_of(bob), gone)
    actions.answer(actor_of(editor), Question.objects.get(pk=root.pk), "Darum.")
    body = Client().get("/api/v1/comments").json()
    assert [item["text"] for item in body["items"]] == ["Warum?", "Frage ich mich auch."]
    first = body["items"][0]
    assert set(first) == {
        "id",
        "subject",
        "parent",
        "author",
        "author_is_staff",
        "text",
        "language",
        "channel",
        "side",
        "created_at",
        "edited_at",
        "question",
        "path",
        "is_example",
    }
    assert first["question"]["answer"]["by"] == "Referat RIT, Geschäftsstelle Strategie"
    assert first["question"]["answer"]["working_days"] == 1
    assert body["items"][1]["parent"] == root.subject.public_id
    one = Client().get(f"/api/v1/comments/{reply.subject.public_id}").json()
    assert one == body["items"][1]
    assert Client().get("/api/v1/comments/gibtesnicht").status_code == 404
    since = Client().get("/api/v1/comments", {"since": "2026-03-04T00:00:00Z"}).json()
    assert [item["id"] for item in since["items"]] == [reply.subject.public_id]


def test_programs_walk_through_all_pages(alice: Any, actor_of: Any, thing: Any) -> None:
    ids = [actions.add(actor_of(alice), thing, f"Nummer {n}").subject.public_id for n in range(7)]
    found: list[str] = []
    cursor = ""
    for _page in range(5):
        body = Client().get("/api/v1/comments", {"subject": thing.public_id, "limit": 3, "cursor": cursor}).json()
        found += [item["id"] for item in body["items"]]
        cursor = body["next"]
        if cursor is None:
            break
    assert found == ids
    assert Client().get("/api/v1/comments", {"cursor": "' OR 1"}).status_code == 422
    assert Client().get("/api/v1/comments", {"cursor": "²"}).status_code == 422


def test_open_data_has_its_columns(alice: Any, editor: Any, actor_of: Any, owned: Any) -> None:
    from mitstadt.comments import datasets

    root = actions.add(actor_of(alice), owned, "Warum?", wants_answer=True)
    actions.answer(actor_of(editor), Question.objects.get(pk=root.pk), "Darum.")
    rows = list(datasets.rows())
    assert [tuple(row) for row in rows] == [datasets.COLUMNS]
    assert rows[0]["answer_text"] == "Darum."


# -- the desk -------------------------------------------------------------------------------------------
def test_the_editor_finds_what_is_overdue_first_and_answers(
    alice: Any, editor: Any, client_for: Any, actor_of: Any, owned: Any
) -> None:
    comment = actions.add(actor_of(alice), owned, "Warum dauert das?", wants_answer=True)
    client = client_for(editor)
    listing = client.get("/verwaltung/fragen/")
    assert listing.status_code == 200
    assert "Warum dauert das?" in listing.content.decode()
    path = f"/verwaltung/fragen/{comment.subject.public_id}/"
    assert client.get(path).status_code == 200
    sent = {"verb": "answer", "answer-text": "Darum.", "answer-revision": "1"}
    assert client.post(path, sent).status_code == 302
    late = client.post(path, {**sent, "answer-text": "Zweite lange Antwort"})
    assert Question.objects.get().answer.text == "Darum."
    assert late.status_code == 422


def test_the_loser_of_two_answers_keeps_the_text(
    alice: Any, editor: Any, coordinator: Any, client_for: Any, actor_of: Any, owned: Any
) -> None:
    comment = actions.add(actor_of(alice), owned, "Warum?", wants_answer=True)
    path = f"/verwaltung/fragen/{comment.subject.public_id}/"
    loser = client_for(coordinator)
    actions.answer(actor_of(editor), Question.objects.get(pk=comment.pk), "Erste")
    response = loser.post(path, {"verb": "answer", "answer-text": "Meine lange Antwort", "answer-revision": "1"})
    html = response.content.decode()
    assert response.status_code == 422
    assert "Meine lange Antwort" in html
    assert "inzwischen beantwortet" in html
    assert "Erste" in html


def test_each_verb_of_the_desk(
    alice: Any, bob: Any, editor: Any, coordinator: Any, client_for: Any, actor_of: Any, owned: Any, department: Any
) -> None:
    one, two = (actions.add(actor_of(who), owned, "Warum?", wants_answer=True) for who in (alice, bob))
    mobility = department("MOR", "Mobilitätsreferat")
    client = client_for(coordinator)
    path = f"/verwaltung/fragen/{one.subject.public_id}/"

    def post(where: str, **data: Any) -> int:
        return client.post(where, {key.replace("__", "-"): value for key, value in data.items()}).status_code

    assert post(path, verb="interim", interim__text="Wir prüfen.", interim__revision=1) == 302
    assert post(path, verb="forward", forward__department=mobility.pk, forward__reason="", forward__revision=2) == 422
    assert (
        post(path, verb="forward", forward__department=mobility.pk, forward__reason="Radweg", forward__revision=2)
        == 302
    )
    other = f"/verwaltung/fragen/{two.subject.public_id}/"
    assert post(other, verb="bundle", bundle__lead=one.pk, bundle__revision=1) == 302
    assert post(other, verb="unbundle") == 302
    revision = Question.objects.get(pk=one.pk).revision
    assert post(path, verb="answer", answer__text="Darum.", answer__revision=revision) == 302
    assert post(path, verb="correct", correct__text="Doch.", correct__reason="Irrtum", correct__version=1) == 302
    outcome = {
        "outcome-target": owned.path,
        "outcome-note": "Schild steht.",
        "outcome-on": "2026-02-01",
        "verb": "outcome",
    }
    assert client.post(path, outcome).status_code == 302
    assert client.post(path, {**outcome, "outcome-target": "/gibt/es/nicht/"}).status_code == 422
    assert client.post(path, {"verb": "loeschen"}).status_code == 200
    assert Link.objects.filter(kind="caused").count() == 1
    assert client.get(path).status_code == 200
    page = Client().get(one.subject.path).content.decode()
    for words in ("Doch.", "Darum.", "Irrtum", "Schild steht.", "Radweg", "Wir prüfen."):
        assert words in page, words


def test_a_change_that_nobody_described_is_named_by_what_changed(alice: Any, actor_of: Any, owned: Any) -> None:
    from mitstadt.subjects import actions as subjects

    subjects.link(actions.add(actor_of(alice), owned, "Warum?").subject, owned, Link.Kind.CAUSED)
    page = Client().get("/was-daraus-wurde/?zeigen=bewirkt").content.decode()
    assert f'<a href="{owned.path}">{owned.title}</a>' in page


def test_others_have_no_desk(
    alice: Any, moderator: Any, other_editor: Any, client_for: Any, actor_of: Any, owned: Any
) -> None:
    comment = actions.add(actor_of(alice), owned, "Warum?", wants_answer=True)
    path = f"/verwaltung/fragen/{comment.subject.public_id}/"
    assert client_for(alice).get(path).status_code in (302, 403)
    assert client_for(moderator).get(path).status_code in (302, 403, 404)
    response = client_for(other_editor).post(path, {"verb": "answer", "answer-text": "Nein", "answer-revision": "1"})
    assert response.status_code == 422
    assert Question.objects.get().state == "open"
    listing = client_for(other_editor).get("/verwaltung/fragen/").content.decode()
    assert "Warum?" not in listing
