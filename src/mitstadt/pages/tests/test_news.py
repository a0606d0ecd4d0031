"""Eve writes the city's news; Alice discusses them, Charlie follows the feed."""

from __future__ import annotations

import feedparser
import pytest
from wagtail.models import PageViewRestriction

from mitstadt.comments import actions as comments
from mitstadt.kit import clock
from mitstadt.kit.errors import Refused
from mitstadt.notify.models import Event
from mitstadt.pages.models import NewsPage
from mitstadt.pages.queries import articles
from mitstadt.subjects import kinds
from mitstadt.subjects.models import Subject

pytestmark = pytest.mark.django_db


def subject_of(article):
    return Subject.objects.get(pk=NewsPage.objects.get(pk=article.pk).subject_id)


def test_an_article_is_public_exactly_while_it_is_published(write, editor, client):
    article = write("Neues Rathaus", live=False)
    assert (subject_of(article).published, subject_of(article).path) == (False, "/aktuelles/neues-rathaus/")
    assert client.get("/aktuelles/neues-rathaus/").status_code == 404

    article.title = "Neues Rathaus offen"
    revision = article.save_revision(user=editor)
    assert (subject_of(article).title, subject_of(article).published) == ("Neues Rathaus", False)
    revision.publish()
    assert (subject_of(article).title, subject_of(article).published) == ("Neues Rathaus offen", True)
    assert client.get("/aktuelles/neues-rathaus/").status_code == 200

    NewsPage.objects.get(pk=article.pk).unpublish()
    assert subject_of(article).published is False
    assert client.get("/aktuelles/neues-rathaus/").status_code == 404


def test_publishing_a_draft_leaves_counters_and_moderation_alone(write, editor, alice, actor_of):
    article = write("Neues Rathaus")
    revision = article.save_revision(user=editor)
    comments.add(actor_of(alice), article.subject, "Wann?")
    Subject.objects.filter(pk=article.subject_id).update(restricted=True)
    revision.publish()
    subject = subject_of(article)
    assert (subject.comment_count, subject.restricted, subject.pk) == (1, True, article.subject_id)


def test_what_moderation_hides_is_shown_nowhere(write, client):
    article = write("Neues Rathaus")
    write("Anderes")
    Subject.objects.filter(pk=article.subject_id).update(restricted=True)
    assert client.get("/aktuelles/neues-rathaus/").status_code == 404
    for address in ("/", "/aktuelles/", "/aktuelles/feed/"):
        text = client.get(address).content.decode()
        assert "Anderes" in text
        assert "Neues Rathaus" not in text, address


def test_a_private_article_is_no_news(write, index, client):
    article = write("Nur intern", live=False)
    PageViewRestriction.objects.create(page=article, restriction_type="login")
    article.save_revision().publish()
    assert subject_of(article).published is False
    assert not Event.objects.filter(subject_id=article.subject_id).exists()
    assert "Nur intern" not in client.get("/aktuelles/").content.decode()


def test_when_the_list_moves_the_discussions_move_along(write, index, editor, django_capture_on_commit_callbacks):
    article = write("Neues Rathaus")
    index.slug = "neuigkeiten"
    with django_capture_on_commit_callbacks(execute=True):
        index.save_revision(user=editor).publish()
    assert subject_of(article).path == "/neuigkeiten/neues-rathaus/"


def test_a_translation_shares_the_discussion_of_its_original(write, english, alice, actor_of, client):
    article = write("Neues Rathaus")
    copy = article.copy_for_translation(english)
    copy.title, copy.slug, copy.live = "New town hall", "new-town-hall", True
    copy.save()
    assert copy.subject_id is None
    assert copy.discussed_subject == article.subject
    assert Subject.objects.filter(kind="news").count() == 1
    comments.add(actor_of(alice), article.subject, "Wann macht es auf?")
    page = client.get(copy.get_url()).content.decode()
    assert "New town hall" in page
    assert "Wann macht es auf?" in page
    assert f"/en/mitreden/{article.subject.public_id}/" in page
    assert "only in German" not in page


def test_an_untranslated_article_says_so_in_english_and_marks_its_language(write, english, client):
    article = write("Neues Rathaus", lead="Es ist offen.")
    article.copy_for_translation(english, alias=True)
    page = client.get("/en/aktuelles/neues-rathaus/").content.decode()
    assert '<article class="ms-article" lang="de">' in page
    assert '<p class="ms-note" lang="en">' in page
    assert "Es ist offen." in page
    german = client.get("/aktuelles/neues-rathaus/").content.decode()
    assert 'class="ms-note" lang=' not in german


def test_each_language_lists_every_article_once(write, english):
    both, alias, only_german = write("Beides"), write("Nur Alias"), write("Nur Deutsch")
    copy = both.copy_for_translation(english)
    copy.title, copy.live = "Both", True
    copy.save()
    alias.copy_for_translation(english, alias=True)
    draft = only_german.copy_for_translation(english)
    assert draft.live is False
    assert {a.title for a in articles("de")} == {"Beides", "Nur Alias", "Nur Deutsch"}
    assert sorted(a.title for a in articles("en")) == ["Both", "Nur Alias", "Nur Deutsch"]


def test_comments_can_be_closed_and_what_was_said_stays(write, alice, actor_of, client):
    article = write("Neues Rathaus")
    comments.add(actor_of(alice), article.subject, "Wann macht es auf?")
    assert "/mitreden/" in client.get("/aktuelles/neues-rathaus/").content.decode()
    article = NewsPage.objects.get(pk=article.pk)
    article.comments_open = False
    article.save()
    page = client.get("/aktuelles/neues-rathaus/").content.decode()
    assert "Wann macht es auf?" in page
    assert "Kommentare geschlossen" in page
    assert f"/mitreden/{article.subject.public_id}/" not in page
    with pytest.raises(Refused, match="geschlossen"):
        comments.add(actor_of(alice), article.subject, "Und jetzt?")


def test_decisions_for_a_list_cost_one_query(write, django_assert_num_queries, actor_of, alice):
    closed, open_, hidden = write("A", comments_open=False), write("B"), write("C")
    subjects = [subject_of(a) for a in (closed, open_, hidden)]
    subjects[2].restricted = True
    actor = actor_of(alice)
    kind = kinds.get("news")
    with django_assert_num_queries(1):
        decided = kind.can_many(actor, "comment", subjects, clock.now())
    assert [bool(d) for d in decided] == [False, True, False]
    assert all(d.reason for d in decided if not d)
    assert [bool(d) for d in kind.can_many(actor, "rate", subjects, clock.now())] == [False] * 3
    assert [bool(kind.can(actor, "comment", s, clock.now())) for s in subjects] == [False, True, False]


def test_the_task_of_the_city_is_named_with_its_proof(write, client):
    write("Neues Rathaus", task="Auskunft (Beschluss 7)", task_url="https://example.org/beschluss")
    page = client.get("/aktuelles/neues-rathaus/").content.decode()
    assert "Auskunft (Beschluss 7)" in page
    assert 'href="https://example.org/beschluss"' in page
    assert "Auskunft (Beschluss 7)" in client.get("/aktuelles/").content.decode()


def test_a_renamed_article_is_found_under_every_address_it_had(
    write, client, index, django_capture_on_commit_callbacks
):
    """The old addresses were written down, and nobody looked them up."""
    article = write("Neues Rathaus")
    old = article.url
    with django_capture_on_commit_callbacks(execute=True):
        for slug in ("rathaus", "altes-rathaus"):
            article.slug = slug
            article.save_revision().publish()
    index.refresh_from_db()
    index.slug = "neuigkeiten"
    with django_capture_on_commit_callbacks(execute=True):
        index.save_revision().publish()
    for address in (old, "/aktuelles/rathaus/", "/aktuelles/altes-rathaus/"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers.get("Location")) == (301, "/neuigkeiten/altes-rathaus/"), address
    assert client.get("/neuigkeiten/altes-rathaus/").status_code == 200
    assert client.get("/aktuelles/gab-es-nie/").status_code == 404


def test_the_feed_is_valid_and_newest_first(write, client):
    from datetime import date

    write("Alt", date=date(2026, 1, 1), lead="Umlaute: äöü & <b>")
    write("Neu", date=date(2026, 2, 1))
    write("Entwurf", live=False)
    response = client.get("/aktuelles/feed/")
    feed = feedparser.parse(response.content, response_headers={"content-type": response["Content-Type"]})
    assert feed.bozo is False
    assert feed.version == "atom10"
    assert [entry.title for entry in feed.entries] == ["Neu", "Alt"]
    assert feed.entries[1].summary == "Umlaute: äöü & <b>" or "&lt;b&gt;" in feed.entries[1].summary
    assert len({entry.id for entry in feed.entries}) == 2
    assert all(entry.link.endswith("/") and "/aktuelles/" in entry.link for entry in feed.entries)
    assert feed.feed.author  # RFC 4287, 4.1.1: of the feed, or of every entry
    assert not response.cookies


def test_what_came_from_a_word_processor_does_not_break_the_feed(write, client):
    """A line break of another program (vertical tab) is a character that XML does not know: the feed was an error."""
    write("Neues\x0bRathaus", slug="neues-rathaus", lead="Erste Zeile\x0bzweite Zeile")
    response = client.get("/aktuelles/feed/")
    feed = feedparser.parse(response.content, response_headers={"content-type": response["Content-Type"]})
    assert response.status_code == 200
    assert feed.bozo is False
    assert feed.entries[0].summary == "Erste Zeilezweite Zeile"


def test_an_article_is_told_once_to_feeds(write, editor, client):
    article = write("Neues Rathaus", lead="Es ist offen.")
    article.title = "Neues Rathaus, ergänzt"
    article.save_revision(user=editor).publish()
    told = Event.objects.filter(event="pages.news.published")
    assert [(e.path, e.title, e.text) for e in told] == [
        ("/aktuelles/neues-rathaus/", "Artikel: Neues Rathaus", "Es ist offen.")
    ]
    assert "Artikel: Neues Rathaus" in client.get("/feeds/neu/").content.decode()


def test_many_articles_are_paged_and_cost_the_same(write, client, django_assert_max_num_queries):
    for n in range(14):
        write(f"Artikel {n}")
    client.get("/aktuelles/")
    with django_assert_max_num_queries(12):
        page = client.get("/aktuelles/").content.decode()
    assert page.count("ms-list__item") == 12
    assert client.get("/aktuelles/?seite=2").content.decode().count("ms-list__item") == 2
    assert client.get("/aktuelles/?seite=quatsch").status_code == 200
