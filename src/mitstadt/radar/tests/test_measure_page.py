"""Alice reads one measure: at every address it ever had, on any day, with everything that was said about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.utils.html import escape

from mitstadt.accounts.actor import COORDINATOR, Actor, Grant
from mitstadt.comments.models import Comment
from mitstadt.kit import clock
from mitstadt.radar import components, snapshot, synthetic
from mitstadt.radar.models import Measure, MeasureLineage, Revision, Strategy
from mitstadt.radar.tests.changing import change, retire
from mitstadt.subjects.models import Subject

DAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
CAROL = Actor(public_id="carol", grants=(Grant(COORDINATOR, 0, "Musterreferat 1", "Koordination"),))


@pytest.fixture(scope="module")
def made(module_db):
    with clock.at(DAY):
        synthetic.make_city(12, 3, seed=5)


@pytest.fixture
def strategy(db, made, settings):
    settings.MITSTADT_SNAPSHOT_SECONDS = 0
    with clock.at(DAY):
        yield Strategy.objects.get(slug="musterstrategie")


@pytest.fixture
def measure(strategy):
    found = Measure.objects.filter(strategy=strategy, retired_in=None).exclude(status="abgeschlossen").first()
    return change(found, title="Nachtbus", slug="nachtbus", end="2027", status="geplant")


def text_of(client, address, status=200):
    cache.clear()
    response = client.get(address)
    assert response.status_code == status, (address, response.status_code)
    return response.content.decode()


def test_other_words_behind_the_number_lead_to_the_right_address(measure, client):
    right = f"/radar/m-{measure.number:03d}-nachtbus/"
    for wrong in (
        f"/radar/m-{measure.number}-ganz-anders/?stand=2026-01-01&a=b",
        f"/radar/m-{measure.number}/?stand=2026-01-01&a=b",
    ):
        response = client.get(wrong)
        assert (response.status_code, response.url) == (301, f"{right}?stand=2026-01-01&a=b")
    assert client.get(f"/en/radar/m-{measure.number}-x/").url == f"/en{right}"
    text_of(client, right)


def test_a_number_that_no_measure_can_have_is_not_there(measure, client):
    """It was answered with an error."""
    for number in ("99999999999999999999", "9223372036854775808", "4294967296"):
        assert client.get(f"/radar/m-{number}/").status_code == 404


def test_every_former_name_still_leads_here(measure, client):
    change(measure, title="Nachtlinie", slug="nachtlinie")
    here = f"/radar/m-{measure.number:03d}-nachtlinie/"
    for name in ("nachtlinie", "nachtbus"):
        response = client.get(f"/radar/massnahme/{name}/")
        assert (response.status_code, response.url) == (301, here)
    assert client.get("/en/radar/massnahme/nachtbus/").url == f"/en{here}"
    assert client.get("/radar/massnahme/gab-es-nie/").status_code == 404
    assert client.get(here.replace("nachtlinie", "nachtbus")).url == here


@pytest.mark.parametrize("change", [{"published": False}, {"restricted": True}])
def test_what_is_not_public_is_not_there(measure, client, change):
    other = Measure.objects.filter(retired_in=None).exclude(pk=measure.pk).first()
    MeasureLineage.objects.create(before=other, after=measure, kind="merged")
    Subject.objects.filter(pk=measure.pk).update(**change)
    text_of(client, f"/radar/m-{measure.number:03d}-nachtbus/", 404)
    assert client.get("/radar/massnahme/nachtbus/").status_code == 404
    # Not even its title shows in the time line of a measure that it came from.
    assert "Nachtbus" not in text_of(client, other.get_absolute_url())
    text_of(client, "/radar/m-99999-x/", 404)


def test_an_earlier_day_shows_the_facts_of_that_day(measure, client):
    with clock.at(DAY + timedelta(days=10)):
        change(Measure.objects.get(pk=measure.pk), end="2029", status="in_umsetzung", reason="Gleise fehlen.")
        today = text_of(client, measure.get_absolute_url())
        earlier = text_of(client, f"{measure.get_absolute_url()}?stand=2026-11-25")
    assert "Sie sehen den Stand vom <strong>25. November 2026" in earlier
    assert "Gleise fehlen." in today
    assert "Gleise fehlen." not in earlier
    assert "<strong>Geplant</strong>" in earlier  # the criterion belongs to the status of that day
    assert "<strong>In Umsetzung</strong>" in today
    assert "Zurück zu heute" in earlier
    assert "/mitreden/" not in earlier  # nobody writes into the past


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("2027-01-01", "01.01.2027 liegt in der Zukunft"),
        ("gestern", "„gestern“ ist kein Tag"),
        ("<script>alert(1)</script>", escape("„<script>alert(1)</script>“ ist kein Tag")),
        ("2026-02-30", "„2026-02-30“ ist kein Tag"),
        ("1066-10-14", "So weit zurück reichen unsere Seiten nicht"),
        ("9" * 5000, "ist kein Tag"),
    ],
)
def test_a_day_that_cannot_be_shown_is_said_and_quoted(measure, client, asked, answer):
    page = text_of(client, f"{measure.get_absolute_url()}?stand={asked}")
    assert answer in page
    assert "<script>alert" not in page
    assert "Sie sehen den Stand vom" not in page


def test_a_merged_measure_says_where_it_went_and_stays_readable(measure, strategy, client):
    target = Measure.objects.filter(strategy=strategy, retired_in=None).exclude(pk=measure.pk).first()
    revision = Revision.objects.filter(strategy=strategy).last()
    retire(measure, revision, reason="Zusammengelegt.", merged_into=target)
    page = text_of(client, measure.get_absolute_url())
    assert "Diese Maßnahme wird nicht weitergeführt" in page
    assert revision.name in page
    assert f'Ging auf in <a href="{target.get_absolute_url()}">{escape(target.title)}</a>' in page
    assert "Zusammengelegt." in page
    assert f'Aufgenommen wurde <a href="{measure.get_absolute_url()}">Nachtbus</a>' in text_of(
        client, target.get_absolute_url()
    )


def test_a_moved_end_says_by_how_much_and_why_or_that_nobody_says(measure, client):
    change(measure, end="2028-03")
    page = text_of(client, measure.get_absolute_url())
    # The end of 2027 is its last day, so until March 2028 there are three months.
    assert "Geplantes Ende um 3 Monate verschoben: 2027 → März 2028" in page
    assert page.count("Ein Grund ist nicht bekannt.") >= 1
    before = page.count("Ein Grund ist nicht bekannt.")
    change(measure, end="2028-04", reason="Die Gleise fehlen.")
    page = text_of(client, measure.get_absolute_url())
    assert "Geplantes Ende um 1 Monat verschoben: März 2028 → April 2028" in page
    assert "Die Gleise fehlen." in page
    assert page.count("Ein Grund ist nicht bekannt.") == before


def test_the_page_is_for_everybody_and_in_both_languages(measure, client):
    cache.clear()
    response = client.get(measure.get_absolute_url())
    text = response.content.decode()
    assert not response.cookies
    assert "csrf" not in text
    assert " style=" not in text
    english = text_of(client, f"/en{measure.get_absolute_url()}")
    assert '<html lang="en"' in english
    for german in ("Was bisher geschah", "Frage stellen", "Angaben zur Maßnahme", "Geplantes Ende um"):
        assert german not in english, german


def talk(measure, alice, count=500, threads=50):
    """`count` comments in `threads` threads, written as the database has them."""
    now = clock.now()
    subjects = Subject.objects.bulk_create(
        Subject(kind="comment", title=f"K{n}", path=f"/k/{n}/", published=True, created_at=now, changed_at=now)
        for n in range(count)
    )
    roots: list[Comment] = []
    replies: list[Comment] = []
    for n, subject in enumerate(subjects):
        comment = Comment(
            subject=subject,
            about=measure.subject,
            parent=roots[n % threads] if n >= threads else None,
            user=alice,
            author_label="Alice",
            text=f"Beitrag {n}",
            created_at=now,
        )
        if n < threads:
            comment.save()
            roots.append(comment)
        else:
            replies.append(comment)
    Comment.objects.bulk_create(replies)
    Comment.objects.filter(pk__in=[r.pk for r in roots]).update(reply_count=count // threads - 1)
    Subject.objects.filter(pk=measure.pk).update(comment_count=count)


# The small picture beside the facts comes from a snapshot that each process keeps for half a minute: nine queries more
# for the first page after that.
@pytest.mark.parametrize(("state", "limit"), [("first page of a process", 21), ("every other page", 12)])
def test_five_hundred_comments_cost_at_most_twelve_queries(
    measure, alice, client, django_assert_max_num_queries, state, limit, settings
):
    talk(measure, alice)
    change(Measure.objects.get(pk=measure.pk), end="2029", reason="x")
    settings.MITSTADT_SNAPSHOT_SECONDS = 30
    snapshot.forget()
    components._recent.clear()
    if state == "every other page":
        text_of(client, measure.get_absolute_url())
    cache.clear()
    with django_assert_max_num_queries(limit):
        page = client.get(measure.get_absolute_url()).content.decode()
    assert page.count('class="ms-comment__replies"') >= 20
    snapshot.forget()


def test_the_criteria_are_written_down(strategy, client):
    page = text_of(client, "/radar/kriterien/")
    for word in ("Geplant", "In Umsetzung", "Abgeschlossen", "Eingestellt", "Stand unbekannt", "20"):
        assert word in page
    english = text_of(client, "/en/radar/kriterien/")
    assert "Das Ziel der Maßnahme ist erreicht" in page
    assert "Das Ziel der Maßnahme ist erreicht" not in english
