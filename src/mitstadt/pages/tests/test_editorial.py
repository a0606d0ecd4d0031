"""Front page, legal pages, easy and sign language, and the statement that must not grow old unnoticed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError

from mitstadt.kit import clock
from mitstadt.pages import demo
from mitstadt.pages.models import (
    AccessibilityStatementPage,
    EasyLanguagePage,
    HomePage,
    SignLanguagePage,
)
from mitstadt.radar import synthetic

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 11, 22, 12, tzinfo=UTC)


def put(parent, cls, slug, **fields):
    return parent.add_child(instance=cls(title=slug.title(), slug=slug, locale=parent.locale, **fields))


@pytest.fixture
def statement(home):
    return put(
        home,
        AccessibilityStatementPage,
        "barrierefreiheit",
        conformance="partial",
        method="self",
        created_on=date(2024, 3, 1),
        reviewed_on=date(2025, 3, 3),
        feedback="<p>Schreiben Sie uns.</p>",
        enforcement="<p>Durchsetzungsstelle</p>",
    )


def test_the_statement_turns_red_after_a_year_and_not_a_day_before(statement, client, stopped_clock):
    stopped_clock.set(datetime(2026, 3, 3, 10, tzinfo=UTC))  # 365 days after the review
    page = client.get("/barrierefreiheit/").content.decode()
    assert "älter als ein Jahr" not in page
    assert "teilweise vereinbar" in page
    assert "3. März 2025" in page
    stopped_clock.move(days=1)
    page = client.get("/barrierefreiheit/").content.decode()
    assert "älter als ein Jahr" in page
    assert "danger" in page.split("älter als ein Jahr")[0][-400:]


def test_editors_see_the_overdue_statement_in_lists_in_the_form_and_on_their_first_page(
    statement, administrator, client_for, stopped_clock
):
    client = client_for(administrator)
    addresses = (
        f"/verwaltung/pages/{statement.get_parent().pk}/",
        f"/verwaltung/pages/{statement.pk}/edit/",
        "/verwaltung/",
    )
    for address in addresses:
        page = client.get(address)
        assert page.status_code == 200, address
        assert "lter als ein Jahr" not in page.content.decode(), address
    stopped_clock.move(days=2)
    for address in addresses:
        assert "lter als ein Jahr" in client.get(address).content.decode(), address


@pytest.mark.parametrize("field", ["created_on", "reviewed_on"])
def test_a_review_to_come_is_no_review(statement, stopped_clock, field):
    """A slip in the year kept the statement from turning red for ten years."""
    stopped_clock.set(datetime(2026, 3, 3, 10, tzinfo=UTC))
    setattr(statement, field, date(2026, 3, 3))
    statement.full_clean()
    setattr(statement, field, date(2036, 3, 3))
    with pytest.raises(ValidationError) as error:
        statement.full_clean()
    assert error.value.message_dict == {field: ["Der 03.03.2036 liegt in der Zukunft."]}


def test_a_new_statement_can_be_begun(home, administrator, client_for):
    address = f"/verwaltung/pages/add/pages/accessibilitystatementpage/{home.pk}/"
    assert client_for(administrator).get(address).status_code == 200


def test_the_front_page_without_a_strategy_still_greets(home, client):
    page = client.get("/")
    assert page.status_code == 200
    assert "Reden Sie mit." in page.content.decode()
    assert "mh__radar" not in page.content.decode()
    assert client.get("/en/").status_code == 200


def test_the_front_page_is_the_same_for_all_and_sets_no_cookie(home, client):
    with clock.at(DAY):
        synthetic.make_city(12, 2, seed=3)
        page = client.get("/")
    text = page.content.decode()
    assert not page.cookies
    assert "csrf" not in text
    assert " style=" not in text
    assert 'href="/radar/tabelle/">Alle Maßnahmen</a>' in text
    assert "Radar öffnen" in text
    assert "no-store" not in page.headers.get("Cache-Control", "")


def test_ten_times_as_many_measures_and_articles_cost_no_more_queries(
    home, write, alice, actor_of, client, django_assert_max_num_queries, settings
):
    from django.core.cache import cache
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from mitstadt.comments import actions as comments
    from mitstadt.radar.models import Measure

    settings.MITSTADT_SNAPSHOT_SECONDS = 0
    settings.MITSTADT_COMMENT_RATES = ()

    def cost():
        cache.clear()
        with CaptureQueriesContext(
            connection,
        ) as counted:
            assert client.get("/").status_code == 200
        return len(counted)

    with clock.at(DAY):
        synthetic.make_city(6, 1, seed=3)
        write("Erster")
        measures = list(Measure.objects.filter(live=True).select_related("subject"))
        comments.add(actor_of(alice), measures[0].subject, "Warum?", wants_answer=True)
        first = cost()
        for n in range(8):
            write(f"Artikel {n}")
            comments.add(actor_of(alice), measures[n % len(measures)].subject, f"Warum {n}?", wants_answer=True)
        assert cost() == first
    assert first <= 25


def test_easy_and_sign_language_have_their_places_on_the_front_page(home, client):
    assert "mh__formats" not in client.get("/").content.decode()
    easy = put(home, EasyLanguagePage, "leichte-sprache", lead="Das ist leicht.")
    sign = put(home, SignLanguagePage, "gebaerdensprache", transcript="<p>Guten Tag.</p>", video="dgs/film.mp4")
    page = HomePage.objects.get(pk=home.pk)
    page.easy_language, page.sign_language = easy.page_ptr, sign.page_ptr
    page.save()
    from mitstadt.kit import cache

    cache.bump()
    text = client.get("/").content.decode()
    assert text.count('href="/leichte-sprache/"') >= 1
    assert "mh__formats" in text
    assert "ms-easy" in client.get("/leichte-sprache/").content.decode()
    film = client.get("/gebaerdensprache/").content.decode()
    assert '<video class="ms-video" controls preload="none"' in film
    assert "dgs/film.mp4" in film
    assert "Guten Tag." in film


def test_a_film_of_another_kind_is_refused(home):
    from django.core.exceptions import ValidationError

    page = SignLanguagePage(title="Film", slug="film", video="film.exe")
    with pytest.raises(ValidationError) as refused:
        page.full_clean(exclude=["path", "depth"])
    assert "video" in refused.value.message_dict


ATTACK = '<p>Gut</p><script>alert(1)</script><p onclick="alert(2)">x</p><a href="javascript:alert(3)">y</a>'


def test_rich_text_keeps_words_and_loses_scripts(home, administrator, client_for, client):
    """What somebody pastes through the back office is cleaned when it is saved."""
    staff = client_for(administrator)
    address = f"/verwaltung/pages/add/pages/standardpage/{home.pk}/"
    import json

    sent = {
        "title": "Impressum",
        "slug": "impressum",
        "lead": '<script>alert("lead")</script>',
        "updated_on": "",
        "body-count": "2",
        "body-0-type": "text",
        "body-0-order": "0",
        "body-0-deleted": "",
        "body-0-value": json.dumps(
            {
                "blocks": [
                    {"key": "a", "text": "<script>alert(1)</script> Gut", "type": "unstyled", "depth": 0,
                     "inlineStyleRanges": [], "entityRanges": [{"offset": 0, "length": 5, "key": 0}]},
                ],
                "entityMap": {"0": {"type": "LINK", "mutability": "MUTABLE", "data": {"url": "javascript:alert(3)"}}},
            }
        ),
        "body-1-type": "heading",
        "body-1-order": "1",
        "body-1-deleted": "",
        "body-1-value": "<img src=x onerror=alert(4)>",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "comments-MIN_NUM_FORMS": "0",
        "comments-MAX_NUM_FORMS": "",
        "action-publish": "1",
    }  # fmt: skip
    response = staff.post(address, sent)
    assert response.status_code == 302, response.content.decode()[:3000]
    page = client.get("/impressum/").content.decode()
    assert "Gut" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "javascript:alert" not in page


def test_html_that_a_citys_file_brings_is_cleaned_on_its_way_in(home, client):
    demo._put(
        home,
        {
            "type": "accessibility",
            "slug": "seite",
            "title": "Seite",
            "conformance": "full",
            "method": "self",
            "created_on": "2026-01-01",
            "reviewed_on": "2026-01-01",
            "feedback": ATTACK,
            "enforcement": "<p>Stelle</p>",
            "body": [{"text": ATTACK}, {"note": {"title": "<b>x", "text": ATTACK}}, {"heading": ATTACK}],
        },
    )
    page = client.get("/seite/").content.decode()
    assert page.count("<p>Gut</p>") == 3
    for evil in ("<script>alert", "<p onclick=", 'href="javascript:', "<b>x"):
        assert evil not in page, evil


def test_the_stylesheet_of_the_front_page_exists():
    assert finders.find("pages/home.css")
