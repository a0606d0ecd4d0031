"""The moderation sums up: written, corrected, replaced, withdrawn; who follows hears of it once, nothing is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from mitstadt.audit.models import Entry
from mitstadt.formats.debate import actions, format, open_data, queries
from mitstadt.formats.debate.models import Ended, Summary
from mitstadt.kit import clock, datasets, jobs
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.notify import actions as notify
from mitstadt.notify.models import Event, Notification
from mitstadt.participation import registry, rules, samples
from mitstadt.participation.actions import processes, structure
from mitstadt.participation.archive import package
from mitstadt.participation.models import Assignment, Process
from mitstadt.search import actions as search
from mitstadt.search.models import Document

pytestmark = pytest.mark.django_db
FIRST = "Strittig ist der Lärm. Einig sind sich alle beim Licht."
SECOND = "Strittig sind Lärm und Kosten."


@pytest.fixture
def summing(moderator, actor_of):
    """`summing(module, "text")` by Mona, who moderates in the house."""

    def write(module, text=FIRST, **more):
        return actions.write(actor_of(moderator), samples.loaded(module), text, **more)

    return write


def screen(module):
    return f"/verwaltung/beteiligung/debatte/{module.subject.public_id}/"


def one(summary, what):
    return f"/verwaltung/beteiligung/debatte/zusammenfassung/{summary.public_id}/{what}/"


# -- writing -------------------------------------------------------------------------------------------------------
def test_the_moderation_reads_what_came_and_pins_a_summary(debate, moderator, alice, actor_of, client_for, say, client):
    say(actor_of(alice), "Ja, wegen der Schicht.", "pro")
    browser = client_for(moderator)
    page = browser.get(screen(debate)).content.decode()
    assert "Ja, wegen der Schicht." in page
    assert "Dafür: 1, Dagegen: 0, Weder noch: 0" in page
    answer = browser.post(screen(debate), {"text": FIRST, "covers_until": clock.today().isoformat(), "seen": ""})
    assert answer.status_code == 302
    page = client.get(debate.subject.path).content.decode()
    assert FIRST in page
    assert page.index(FIRST) < page.index("wegen der Schicht"), "pinned above the talk"
    assert "Referat RIT, Moderation" in page
    assert "aus einem Beitrag" in page
    assert "Mona" not in page
    assert moderator.pseudonym not in page
    entry = Entry.objects.get(action="participation.debate.summary.write")
    assert (entry.actor, entry.object) == (moderator.public_id, debate.subject.public_id)


def test_a_summary_says_of_how_many_contributions_it_is_and_what_came_since(
    stopped_clock, debate, alice, actor_of, say, summing, client
):
    say(actor_of(alice), "Ja.", "pro")
    say(actor_of(alice), "Und nein.", "contra")
    summary = summing(debate)
    assert summary.covers == 2
    stopped_clock.move(days=1)
    say(actor_of(alice), "Doch.", "pro")
    page = client.get(debate.subject.path).content.decode()
    assert "aus 2 Beiträgen" in page
    assert "seitdem einer dazugekommen" in page


def test_it_can_read_up_to_an_earlier_day_only(stopped_clock, debate, alice, actor_of, say, summing):
    say(actor_of(alice), "Ja.", "pro")
    yesterday = clock.today()
    stopped_clock.move(days=1)
    say(actor_of(alice), "Nein.", "contra")
    summary = summing(debate, covers_until=yesterday)
    assert (summary.covers, queries.since(debate, summary)) == (1, 1)
    assert [row["text"] for row in queries.unread(debate, summary)] == ["Nein."]


@pytest.mark.parametrize(("days", "code"), [(1, "future"), (-400, "early")])
def test_a_day_to_come_and_one_before_the_debate_are_refused(debate, summing, days, code):
    with pytest.raises(DomainError) as refused:
        summing(debate, covers_until=clock.today() + timedelta(days=days))
    assert (refused.value.field, refused.value.code) == ("covers_until", code)


@pytest.mark.parametrize(("text", "code"), [("", "empty"), (" \n\u202e ", "empty"), ("x" * 5_001, "too_long")])
def test_an_empty_and_an_endless_summary_are_refused_and_the_text_stays_in_the_form(
    debate, moderator, client_for, text, code, summing
):
    with pytest.raises(DomainError) as refused:
        summing(debate, text)
    assert (refused.value.field, refused.value.code) == ("text", code)
    answer = client_for(moderator).post(
        screen(debate), {"text": text, "covers_until": clock.today().isoformat(), "seen": ""}
    )
    assert answer.status_code == 422
    assert text.strip("\u202e \n") in answer.content.decode()
    assert not Summary.objects.exists()


def test_markup_in_a_summary_is_shown_as_it_was_typed(debate, summing, client):
    summing(debate, "<script>alert(1)</script> siehe https://example.org/brücke")
    page = client.get(debate.subject.path).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert 'rel="nofollow' in page


# -- replacing, correcting, withdrawing ----------------------------------------------------------------------------
def test_a_newer_one_takes_its_place_and_the_old_one_stays_readable(debate, summing, client, alice, bob, actor_of, say):
    first = summing(debate)
    second = summing(debate, SECOND, seen=first.public_id)
    first.refresh_from_db()
    assert (first.ended, first.text, second.number) == (Ended.REPLACED, FIRST, 2)
    page = client.get(debate.subject.path).content.decode()
    assert "Eine frühere Fassung" in page
    assert page.index(SECOND) < page.index(FIRST)
    assert "von einer neueren abgelöst am" in page


def test_a_correction_keeps_the_earlier_wording_with_its_reason(debate, summing, moderator, client_for, client):
    first = summing(debate)
    browser = client_for(moderator)
    sent = {"text": SECOND, "reason": "Die Kosten fehlten."}
    assert browser.post(one(first, "aendern"), sent)["Location"] == screen(debate)
    now = queries.standing(debate)
    assert (now.text, now.covers_until, now.number) == (SECOND, first.covers_until, 2)
    page = client.get(debate.subject.path).content.decode()
    assert "Die Kosten fehlten." in page
    assert FIRST in page
    assert Entry.objects.filter(action="participation.debate.summary.correct").count() == 1


@pytest.mark.parametrize(
    ("sent", "field"),
    [({"text": SECOND, "reason": ""}, "reason"), ({"text": FIRST, "reason": "Weil."}, "text"), ({"text": ""}, "text")],
)
def test_a_correction_without_reason_or_change_is_none(debate, summing, moderator, client_for, sent, field):
    first = summing(debate)
    answer = client_for(moderator).post(one(first, "aendern"), sent)
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in answer.content.decode()
    assert queries.standing(debate) == first


def test_a_withdrawn_one_is_no_longer_on_top_but_stays_readable(debate, summing, moderator, client_for, client):
    first = summing(debate)
    client_for(moderator).post(one(first, "zurueckziehen"), {"reason": "Sie war einseitig."})
    assert queries.standing(debate) is None
    page = client.get(debate.subject.path).content.decode()
    for said in ("Zurzeit gilt keine Zusammenfassung.", "Sie war einseitig.", FIRST):
        assert said in page


def test_private_details_can_be_erased_with_the_withdrawal(debate, summing, moderator, actor_of, client_for, client):
    before = summing(debate, "Eine ältere Zusammenfassung.")
    wrong = summing(debate, "Frau Quittenbaum, 089 1234567, sagt nein.", seen=before.public_id)
    wrong = actions.correct(
        actor_of(moderator), queries.summary(wrong.public_id), "Frau Quittenbaum sagt nein.", "Nummer."
    )
    client_for(moderator).post(one(wrong, "zurueckziehen"), {"reason": "Ein Name stand darin.", "erase": "on"})
    page = client.get(debate.subject.path).content.decode()
    assert "Quittenbaum" not in page
    assert "1234567" not in page
    assert "Der Text wurde gelöscht." in page
    assert "Eine ältere Zusammenfassung." in page, "what was replaced before is not touched"
    assert not any("Frau Quittenbaum" in str(entry.payload) for entry in Entry.objects.all())


def test_two_who_write_at_once_notice_each_other_and_keep_their_text(debate, summing, moderator, client_for):
    first = summing(debate)
    form = {"text": "Meine Fassung.", "covers_until": clock.today().isoformat(), "seen": first.public_id}
    summing(debate, SECOND, seen=first.public_id)
    answer = client_for(moderator).post(screen(debate), form)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Inzwischen hat jemand anderes" in page
    assert "Meine Fassung." in page
    assert queries.standing(debate).text == SECOND
    for late in ("aendern", "zurueckziehen"):
        answer = client_for(moderator).post(one(first, late), {"text": "Andere Worte.", "reason": "Weil."})
        assert answer.status_code == 422
        assert "jemand anderes" in answer.content.decode()
    assert queries.standing(debate).text == SECOND


# -- who may --------------------------------------------------------------------------------------------------------
def test_who_may_sum_up(debate, moderator, editor, coordinator, other_editor, alice, actor_of, client_for, client):
    for person in (moderator, editor, coordinator):
        assert client_for(person).get(screen(debate)).status_code == 200
        assert actions.write(actor_of(person), debate, f"Von {person.username}.")
    refused = client_for(other_editor).get(screen(debate))
    assert refused.status_code == 403
    assert "gehört einem anderen Referat" in refused.content.decode()
    assert client.get(screen(debate)).status_code == 302
    assert client_for(alice).get(screen(debate)).status_code in (302, 403, 404)
    for person in (other_editor, alice):
        with pytest.raises(Refused):
            actions.write(actor_of(person), debate, FIRST)
        with pytest.raises(Refused):
            actions.withdraw(actor_of(person), queries.standing(debate), "Weil.")
    assert queries.standing(debate).text == "Von coordinator."


@pytest.mark.parametrize("what", ["aendern", "zurueckziehen"])
def test_nobody_else_opens_the_screens_of_one_summary(debate, summing, what, other_editor, alice, client_for, client):
    summary = summing(debate)
    assert client_for(other_editor).post(one(summary, what), {"text": "x", "reason": "x"}).status_code == 403
    assert client_for(alice).post(one(summary, what), {"text": "x", "reason": "x"}).status_code in (302, 403, 404)
    assert client.post(one(summary, what), {"text": "x", "reason": "x"}).status_code == 302
    assert queries.standing(debate) == summary


def test_a_moderator_of_this_process_finds_the_way_from_the_public_page(debate, other_editor, client_for, alice):
    page = client_for(other_editor).get(debate.subject.path).content.decode()
    assert "Gespräch zusammenfassen" not in page
    Assignment.objects.create(process=debate.process, user=other_editor, role=Assignment.Role.MODERATOR)
    page = client_for(other_editor).get(debate.subject.path).content.decode()
    assert f'href="{screen(debate)}"' in page
    assert client_for(other_editor).get(screen(debate)).status_code == 200
    assert "Gespräch zusammenfassen" not in client_for(alice).get(debate.subject.path).content.decode()


def test_a_screen_of_another_format_is_not_one_of_a_debate(moderator, client_for):
    other = samples.process(format="ideas")
    assert client_for(moderator).get(screen(other)).status_code == 404


def test_an_archived_process_is_frozen(debate, summing, moderator, actor_of, client_for):
    summary = summing(debate)
    Process.objects.filter(pk=debate.process_id).update(stage=rules.ARCHIVED)
    with pytest.raises(Refused):
        summing(debate, SECOND)
    with pytest.raises(Refused):
        actions.withdraw(actor_of(moderator), queries.summary(summary.public_id), "Weil.")
    page = client_for(moderator).get(screen(debate)).content.decode()
    assert "eingefroren" in page
    assert "<textarea" not in page


def test_nothing_is_summed_up_before_it_is_public(moderator, actor_of):
    hidden = samples.process(format="debate", settings={"question": "Was?"}, publish=False)
    with pytest.raises(DomainError) as refused:
        actions.write(actor_of(moderator), hidden, FIRST)
    assert refused.value.code == "unpublished"


def test_a_debate_that_was_summed_up_stays(debate, summing, coordinator, actor_of):
    summing(debate)
    with pytest.raises(DomainError):
        structure.remove_module(actor_of(coordinator), debate)


# -- what the database refuses ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"ended_at": None, "ended": "", "number": 7}, "debate_one_summary_stands"),
        ({"ended": "replaced", "ended_at": None}, "debate_summary_ended_how"),
        ({"text": ""}, "debate_summary_has_text"),
        ({"ended": "corrected"}, "debate_summary_ended_with_reason"),
        ({"number": 2}, "debate_summary_number_once"),
    ],
)
def test_the_database_keeps_summaries_in_order(debate, summing, wrong, name):
    first = summing(debate)
    summing(debate, SECOND)
    # SQLite names the columns of a unique constraint, not the constraint itself
    with pytest.raises(IntegrityError, match=f"{name}|UNIQUE constraint failed"), transaction.atomic():
        Summary.objects.filter(pk=first.pk).update(**wrong)


# -- who hears of it -------------------------------------------------------------------------------------------------
def test_who_follows_debate_and_process_hears_of_a_new_one_once(debate, summing, alice, bob, actor_of, told, moderator):
    notify.follow(actor_of(alice), subject=debate.subject)
    notify.follow(actor_of(alice), subject=debate.process.subject)
    notify.follow(actor_of(bob), subject=debate.process.subject)
    notify.follow(actor_of(moderator), subject=debate.subject)
    jobs.run_pending()
    Notification.objects.all().delete()  # that the process began
    first = summing(debate)
    jobs.run_pending()
    jobs.run_pending()
    said = f"Die Moderation hat zusammengefasst: {debate.title}"
    assert told(alice) == [said]
    assert told(bob) == [said]
    assert told(moderator) == [], "nobody is told of their own"
    corrected = actions.correct(actor_of(moderator), queries.summary(first.public_id), SECOND, "Kosten.")
    actions.withdraw(actor_of(moderator), corrected, "Weil.")
    jobs.run_pending()
    assert told(alice) == [said], "a correction is no news"
    summing(debate, "Ganz neu.")
    jobs.run_pending()
    assert told(alice) == [said, said]


def test_what_was_erased_stands_in_no_news_and_is_not_found(debate, summing, moderator, actor_of, alice, client):
    notify.follow(actor_of(alice), subject=debate.subject)
    summary = summing(debate, "Quietschgelbe Geheimnisse.")
    jobs.run_pending()
    assert not Event.objects.filter(text__contains="Quietschgelbe").exists()
    assert "Quietschgelbe" in Document.objects.get(pk=debate.pk).text
    actions.withdraw(actor_of(moderator), queries.summary(summary.public_id), "Weil.", erase=True)
    assert "Quietschgelbe" not in Document.objects.get(pk=debate.pk).text


# -- found, read by programs, kept -----------------------------------------------------------------------------------
def test_a_debate_is_found_by_its_summary_also_after_a_rebuild(debate, summing, client):
    summing(debate, "Niemand mag Laubbläser.")
    for _round in range(2):
        assert client.get("/suche/", {"q": "Laubbläser"}).content.decode().count(debate.subject.path) == 1
        search.rebuild()


def test_programs_read_sides_and_every_summary(debate, summing, alice, actor_of, say, client):
    say(actor_of(alice), "Ja.", "pro")
    first = summing(debate)
    second = summing(debate, SECOND, seen=first.public_id)
    listed = client.get("/api/v1/debates").json()
    assert [row["id"] for row in listed["items"]] == [debate.subject.public_id]
    assert listed["items"][0]["summary"]["text"] == SECOND
    assert listed["next"] is None
    found = client.get(f"/api/v1/debates/{debate.subject.public_id}").json()
    assert found["sides"] == {"pro": 1, "contra": 0, "neither": 0}
    assert found["summary"]["id"] == second.public_id
    assert [(row["text"], row["ended"]) for row in found["earlier"]] == [(FIRST, "replaced")]
    assert found["summary"]["by"] == "Referat RIT, Moderation"
    assert client.get("/api/v1/debates", {"process": "nichts"}).json()["items"] == []


def test_a_list_of_debates_goes_on_where_it_ended(debate, plain, client):
    first = client.get("/api/v1/debates", {"limit": 1}).json()
    assert first["items"][0]["id"] == plain.subject.public_id
    assert first["items"][0]["asks_side"] is False
    rest = client.get("/api/v1/debates", {"limit": 1, "after": first["next"]}).json()
    assert [row["id"] for row in rest["items"]] == [debate.subject.public_id]
    assert client.get("/api/v1/debates", {"after": "nichts"}).status_code == 422
    assert client.get(f"/api/v1/debates/{plain.subject.public_id}").json()["sides"] is None


def test_a_hidden_process_hides_them_from_programs_and_files(debate, summing, coordinator, actor_of, client):
    summing(debate)
    assert len(list(open_data.rows(None))) == 1
    processes.move(actor_of(coordinator), debate.process, rules.DRAFT)
    assert client.get("/api/v1/debates").json()["items"] == []
    assert client.get(f"/api/v1/debates/{debate.subject.public_id}").status_code == 404
    assert list(open_data.rows(None)) == []


def test_the_set_of_summaries_names_what_became_of_each(stopped_clock, debate, summing):
    first = summing(debate)
    stopped_clock.move(days=2)
    summing(debate, SECOND)
    rows = list(datasets.get("zusammenfassungen").rows(None))
    assert [(row["text"], row["ended"]) for row in rows] == [(FIRST, "replaced"), (SECOND, "")]
    assert set(rows[0]) == {column.name for column in datasets.get("zusammenfassungen").columns}
    since = clock.now() - timedelta(days=1)
    assert [row["number"] for row in open_data.rows(since)] == [1, 2], "the first one ended since"
    assert open_data.modified() == queries.standing(debate).written_at
    assert first.public_id in {row["id"] for row in rows}


def test_the_package_and_the_report_hold_the_summary(debate, summing, alice, actor_of, say):
    say(actor_of(alice), "Ja.", "pro")
    first = summing(debate)
    summing(debate, SECOND, seen=first.public_id)
    kinds = [(row["kind"], row["text"], row["ended"]) for row in format.export(debate)]
    assert kinds == [("summary", SECOND, ""), ("summary", FIRST, "replaced"), ("comment", "Ja.", "")]
    made = package.files(samples.loaded(debate).process, {}, 1)
    (name,) = [name for name in made if name.endswith("-debate.csv")]
    text = made[name].decode()
    assert SECOND in text
    assert "Alice" not in text, "the package names nobody"
    assert "Referat RIT, Moderation" in text
    (part,) = registry.get("debate").report(debate)
    assert SECOND in part.paragraphs
    assert FIRST not in part.paragraphs


def test_a_past_day_shows_the_summary_that_stood_then(stopped_clock, debate, summing, client, moderator, actor_of):
    first = summing(debate)
    shown = clock.today()
    stopped_clock.move(days=3)
    second = summing(debate, SECOND, seen=first.public_id)
    page = client.get(debate.subject.path, {"stand": shown.isoformat()}).content.decode()
    assert FIRST in page
    assert SECOND not in page
    assert "frühere Fassung" not in page, "that it was replaced is not known yet"
    rows = client.get("/daten/zusammenfassungen.csv", {"stand": shown.isoformat()})
    text = b"".join(rows.streaming_content).decode("utf-8-sig") if rows.streaming else rows.content.decode()
    assert FIRST in text
    assert "replaced" not in text
    actions.withdraw(actor_of(moderator), queries.summary(second.public_id), "Weil.", erase=True)
    stopped_clock.move(days=1)
    day = (clock.today() - timedelta(days=1)).isoformat()
    assert SECOND not in client.get(debate.subject.path, {"stand": day}).content.decode()


def test_a_search_of_a_past_day_quotes_no_summary_of_later(stopped_clock, debate, summing, client):
    stopped_clock.move(days=3)
    summing(debate, "Niemand mag Laubbläser auf der Brücke.")
    asked = {"q": "Brücke", "stand": (clock.today() - timedelta(days=2)).isoformat()}
    page = client.get("/suche/", asked).content.decode()
    assert debate.subject.path in page
    assert "Laubbläser" not in page
    assert "Laubbläser" in client.get("/suche/", {"q": "Brücke"}).content.decode()


def test_more_summaries_cost_no_more_queries(debate, summing, client, editor, client_for, assert_constant_queries):
    summing(debate)
    numbers = iter(range(100))

    def more():
        for _round in range(4):
            summing(debate, f"Fassung {next(numbers)}.")

    assert_constant_queries(more, lambda: client.get(debate.subject.path), at_most=14)
    staff = client_for(editor)
    staff.get(screen(debate))
    assert_constant_queries(more, lambda: staff.get(screen(debate)))
