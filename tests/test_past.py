"""``?stand=`` on every public address: the page of that day, or a page that says why not; never today's facts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from mitstadt.accounts.actor import actor_for
from mitstadt.comments import actions as comments
from mitstadt.kit import clock, past
from mitstadt.moderation.models import Case, Decision
from mitstadt.pages.models import NewsIndexPage, NewsPage
from mitstadt.participation import samples
from mitstadt.radar import snapshot
from mitstadt.ratings import actions as ratings
from mitstadt.subjects.models import Subject
from tests.support.city import sample_values
from tests.support.people import make_department, make_user
from tests.support.routes import fill, routes

MARK = "Nachtigallenplan"  # a word that nothing in the demo city holds
LINKED_DAY = re.compile(r'(?:href="[^"]*[?&;]stand=|name="stand" value=")([^"&]*)')
SAYS_THE_DAY = ("Sie sehen den Stand vom", "You see the state of")
SAYS_TODAY_ONLY = ("Diese Seite gibt es nur von heute", "Das gab es an diesem Tag nicht")

pytestmark = pytest.mark.usefixtures("demo_city")


@pytest.fixture
def day(db: Any) -> Iterator[date]:
    """Forty days ago; everything that carries MARK came later."""
    snapshot.forget()
    yield clock.today() - timedelta(days=40)
    snapshot.forget()


def write_after(day: date, found: dict[str, str]) -> None:
    """What a city does in the days after `day`: people write and rate, staff answer and publish, all with MARK."""
    author = actor_for(make_user("spaeter"))
    measure, debate, idea = (
        Subject.objects.get(public_id=found[pattern].rstrip("/").rpartition("/")[2])
        for pattern in (
            "bewerten/<slug:public_id>/",
            "beteiligung/debatte/<slug:public_id>/",
            "beteiligung/beitrag/<slug:public_id>/",
        )
    )
    question = comments.add(author, measure, f"Was wird aus dem {MARK}?", wants_answer=True, key="later")
    comments.add(author, debate, f"Der {MARK} ist gut.", key="later-2")
    comments.add(author, idea, f"Mehr {MARK}!", key="later-3")
    ratings.rate(author, measure, importance=5, benefit=1, satisfaction=3)
    index = NewsIndexPage.objects.get(locale__language_code="de")
    article = NewsPage(title=f"Der {MARK} ist da", date=day + timedelta(days=1), lead=MARK, locale=index.locale)
    index.add_child(instance=article)
    article.save_revision().publish()
    samples.process(
        f"Beteiligung zum {MARK}", format="debate", settings={"question": MARK}, department=make_department("RIT")
    )
    case = Case.objects.create(
        subject=question.subject, kind="comment", source="report", state="decided", outcome="keep",
        opened_at=clock.now(), due_at=clock.now(), decided_at=clock.now(),
    )  # fmt: skip
    Decision.objects.create(case=case, step=1, outcome="keep", ground_title=MARK, at=clock.now())


def asked(address: str, day: date) -> str:
    return f"{address}{'&' if '?' in address else '?'}stand={day.isoformat()}"


def body(response: Any) -> str:
    raw = b"".join(response.streaming_content) if response.streaming else response.content
    return raw.decode("utf-8", "replace")


@pytest.mark.slow
def test_no_public_address_shows_what_came_later(day: date) -> None:
    with clock.at(past.end_of(day - timedelta(days=9))):
        values = sample_values()  # there before the day
        found = {route.pattern: address for route in routes() if route.ours and (address := fill(route, values))}
    found |= {"search": f"/suche/?q={MARK}", "open": "/was-daraus-wurde/?zeigen=offen", "imprint": "/impressum/"}
    found |= {"table": f"/radar/tabelle/?q={MARK}", "home": "/", "english": f"/en/suche/?q={MARK}"}
    with clock.at(past.end_of(day + timedelta(days=1))):
        write_after(day, found)
    client = Client()
    carried, shown, refused, wrong, misused = set(), set(), set(), {}, {}
    for pattern, address in found.items():
        if not past.is_public(address.partition("?")[0]):
            continue
        today = client.get(address)
        now = body(today)
        if today.status_code == 200 and MARK in without_question(now):
            carried.add(pattern)
        if not_days := [value for value in LINKED_DAY.findall(now) if not re.fullmatch(r"\d{4}-\d\d-\d\d", value)]:
            misused[address] = not_days
        response = client.get(asked(address, day))
        text = body(response)
        fragment = "<html" not in text or pattern == EMBED
        if response.status_code >= 500 or MARK in without_question(text):
            wrong[address] = response.status_code
        elif response.status_code == 200 and (fragment or any(words in text for words in SAYS_THE_DAY)):
            assert response["X-Robots-Tag"] == "noindex", address
            shown.add(pattern)
        elif response.status_code in (301, 302):
            assert f"stand={day}" in response["Location"], address
        elif response.status_code == 404 and any(words in text for words in SAYS_TODAY_ONLY):
            refused.add(pattern)
        elif response.status_code not in (404, 405) or today.status_code not in (404, 405):
            wrong[address] = response.status_code
    assert wrong == {}
    assert misused == {}  # `stand` is a day, on every page; no filter may be called so
    assert carried >= CARRY, CARRY - carried  # today the mark is there, so its absence says something
    assert shown >= SHOWS, SHOWS - shown
    assert refused >= ONLY_TODAY, ONLY_TODAY - refused


def without_question(text: str) -> str:
    """A page repeats what was searched; that is no answer."""
    for repeated in (f"q={MARK}", f"„{MARK}“", f"“{MARK}”", f'value="{MARK}"', f": {MARK} –", f"<bdi>{MARK}</bdi>"):
        text = text.replace(repeated, "")
    return text


EMBED = "radar/einbetten/"  # has no banner; it names the day beside the picture
# What carries the mark today, what shows the day, and some forms, which are of today only.
CARRY = {
    "aktuelles/feed/",
    "beteiligung/",
    "beteiligung/beitrag/<slug:public_id>/",
    "beteiligung/debatte/<slug:public_id>/",
    "english",
    "feeds/gegenstand/<slug:public_id>/",
    "home",
    "moderation/",
    "moderation/feed/",
    "radar/m-<int:number>-<slug:slug>/",
    "search",
    "table",
    "was-daraus-wurde/",
}
SHOWS = {
    "aktuelles/feed/",
    "beteiligung/",
    "beteiligung/beitrag/<slug:public_id>/",
    "beteiligung/debatte/<slug:public_id>/",
    "beteiligung/kalender.ics",
    "beteiligung/kalender/",
    "beteiligung/p-<int:number>-<slug:slug>/",
    "beteiligung/p-<int:number>-<slug:slug>/ergebnis/",
    "beteiligung/treffen/<slug:public_id>/",
    "beteiligung/treffen/<slug:public_id>/termine.ics",
    "beteiligung/treffen/termin/<slug:public_id>/",
    "beteiligung/treffen/termin/<slug:public_id>/termin.ics",
    "daten/",
    "daten/<slug:slug>/",
    "daten/^(?P<slug>[a-z0-9-]+)\\.(?P<suffix>csv|json|geojson)$",
    "english",
    "feeds/gegenstand/<slug:public_id>/",
    "feeds/neu/",
    "home",
    "imprint",
    "kommentar/<slug:public_id>/",
    "moderation/",
    "moderation/feed/",
    "radar/",
    "radar/bezirke/",
    "radar/bild.png",
    "radar/bild.svg",
    "radar/daten.csv",
    "radar/daten.json",
    "radar/drucken/",
    "radar/einbetten/",
    "radar/einbetten/anleitung/",
    "radar/karte/",
    "radar/kriterien/",
    "radar/m-<int:number>-<slug:slug>/",
    "radar/tabelle/",
    "radar/vergleich/",
    "search",
    "suche/",
    "suche/vorschlaege/",
    "table",
    "was-daraus-wurde/",
    "was-daraus-wurde/feed.atom",
}
ONLY_TODAY = {"bewerten/<slug:public_id>/", "mitreden/<slug:public_id>/", "folgen/<slug:public_id>/", "stil/"}


def test_forms_of_a_past_day_are_refused_and_write_nothing(day: date) -> None:
    from mitstadt.comments.models import Comment
    from mitstadt.radar.models import Measure

    subject = Measure.objects.filter(subject__published=True)[0].subject
    before = Comment.objects.count()
    for address in (f"/mitreden/{subject.public_id}/", f"/bewerten/{subject.public_id}/"):
        opened = Client().get(asked(address, day))
        assert opened.status_code == 404
        assert "Diese Seite gibt es nur von heute" in opened.content.decode()
        sent = Client().post(asked(address, day), {"text": "Hallo", "email": "a@example.org"})
        assert sent.status_code == 409
        assert "Nichts wurde gespeichert" in sent.content.decode()
    assert Comment.objects.count() == before


@pytest.mark.parametrize("checks", [False, True])
def test_a_page_that_only_reads_takes_no_form_whatever_token_comes(db: Any, checks: bool) -> None:
    for address in ("/", "/radar/", "/suche/", "/moderation/", "/beteiligung/", "/was-daraus-wurde/"):
        response = Client(enforce_csrf_checks=checks).post(address, {"q": "x"})
        assert response.status_code == 405, address
        assert response["Allow"] == "GET, HEAD"


def test_links_keep_the_day_and_one_leads_back(day: date) -> None:
    text = Client().get(asked("/was-daraus-wurde/", day)).content.decode()
    assert f'<input type="hidden" name="stand" value="{day}">' in Client().get(asked("/suche/", day)).content.decode()
    assert f'href="/radar/?stand={day}"' in text
    assert 'href="/was-daraus-wurde/" data-today' in text
    assert "/konto/login/?" not in text.replace("?next", "")
    assert "Sie sehen den Stand vom" not in Client().get("/was-daraus-wurde/").content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("gestern", "ist kein Tag"),
        ("2999-01-01", "liegt in der Zukunft"),
        ("0001-01-01", "reichen unsere Seiten nicht"),
    ],
)
def test_a_day_that_cannot_be_shown_is_named_on_every_page(db: Any, typed: str, said: str) -> None:
    for address in ("/", "/suche/", "/beteiligung/", "/moderation/"):
        response = Client().get(f"{address}?stand={typed}")
        assert response.status_code == 200
        assert said in response.content.decode(), address
    refused = Client().get(f"/feeds/neu/?stand={typed}")
    assert refused.status_code == 400
    assert said in refused.content.decode()


def test_an_editorial_page_has_the_words_of_the_day(day: date) -> None:

    from mitstadt.pages.models import StandardPage

    page = StandardPage.objects.get(slug="impressum", locale__language_code="de")
    address = page.url
    unproven = Client().get(asked(address, day))
    assert "nicht belegt" in unproven.content.decode()  # nobody recorded what stood there
    for lead, ago in (("Fassung von damals", 50), ("Fassung von heute", 10)):
        page.lead = lead
        page.save_revision().publish()
        moment = timezone.make_aware(datetime.combine(clock.today() - timedelta(days=ago), datetime.min.time()))
        _date(page.pk, moment)
    then = Client().get(asked(address, day)).content.decode()
    assert "Fassung von damals" in then
    assert "Fassung von heute" not in then
    assert "nicht belegt" not in then
    assert "Fassung von heute" in Client().get(address).content.decode()


def _date(page_id: int, moment: datetime) -> None:
    from wagtail.models import PageLogEntry

    newest = PageLogEntry.objects.filter(page=page_id, action="wagtail.publish").order_by("-pk").first()
    assert newest is not None
    PageLogEntry.objects.filter(pk=newest.pk).update(timestamp=moment)
