"""Sheets of paper are keyed by two people, compared, settled, and released by a second one."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.urls import reverse

from mitstadt.audit.models import Entry
from mitstadt.formats.survey import actions, identity, queries, sheets
from mitstadt.formats.survey.editing import Draft
from mitstadt.formats.survey.models import Answer, Response, Sheet, Survey
from mitstadt.formats.survey.rules import Pick
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError
from mitstadt.participation import samples
from mitstadt.participation.actions import codes
from mitstadt.participation.entry import actions as entry
from mitstadt.participation.entry import sheetcodes
from mitstadt.participation.models import Entered, PrintedSheet

from .test_people import YES_NO, keys, module

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return module(YES_NO, Draft("multiple", "Was fehlt?", options=["Bänke", "Bäume"]))


@pytest.fixture
def two(actor_of, coordinator, administrator):
    return actor_of(coordinator), actor_of(administrator)


def read(made, first="o1", more=("o1",)):
    single, multiple = keys(made)
    return {single: [Pick(value=first)], multiple: [Pick(value=value) for value in more]}


def test_a_sheet_counts_after_two_equal_keyings_and_a_release_by_the_second_person(made, two):
    anna, bert = two
    assert sheets.key(anna, made, "R-14", read(made)).state == Sheet.State.ONCE
    assert sheets.key(bert, made, "r 14", read(made)).state == Sheet.State.AGREED
    assert Survey.objects.get().responses == 0
    assert sheets.release(anna, made) == sheets.Released(0, 0, 1), "who keyed first does not release"
    assert sheets.release(bert, made) == sheets.Released(1, 0, 0)
    response = Response.objects.get()
    assert (response.channel, response.sheet, response.proof) == ("paper", "r-14", "staff")
    sheet = Sheet.objects.get()
    assert (sheet.first, sheet.second, sheet.settled) == ({}, {}, None), "the answers stand in one place only"


def test_nobody_keys_a_sheet_twice_or_a_third_time(made, two, actor_of, editor):
    anna, bert = two
    sheets.key(anna, made, "r-14", read(made))
    with pytest.raises(DomainError, match="jemand anderes"):
        sheets.key(anna, made, "r-14", read(made))
    sheets.key(bert, made, "r-14", read(made))
    with pytest.raises(DomainError, match="schon zweimal"):
        sheets.key(samples.INSTALLATION, made, "r-14", read(made))
    with pytest.raises(IntegrityError):
        Sheet.objects.filter(code="r-14").update(second_by=anna.public_id)


def test_what_two_people_read_differently_is_settled_with_the_sheet_in_hand(made, two, client_for, coordinator):
    anna, bert = two
    single, multiple = keys(made)
    sheets.key(anna, made, "r-15", read(made, "o1", ["o1"]))
    sheet = sheets.key(bert, made, "r-15", read(made, "o2", ["o1", "o2"]))
    assert sheet.state == Sheet.State.DIFFERS
    assert sheets.differences(sheet) == [single, multiple]
    path = reverse("survey_staff:differences", args=[made.subject.public_id, sheet.pk])
    report = client_for(coordinator).get(path).content.decode()
    assert "Erste Eingabe" in report
    assert "Bänke; Bäume" in report
    with pytest.raises(DomainError) as refused:
        sheets.settle(bert, made, sheet, {single: "second"})
    assert refused.value.field == multiple
    sheets.settle(bert, made, sheet, {single: "second", multiple: "neither"})
    assert sheets.release(bert, made).left == 1, "who settled does not release"
    assert sheets.release(samples.INSTALLATION, made).counted == 1
    assert sorted(Answer.objects.values_list("value", "invalid")) == [("", True), ("o2", False)]


def test_paper_after_online_with_one_code_does_not_count_again(made, two):
    anna, bert = two
    group = codes.invite(samples.INSTALLATION, made.process, "Haushalte", clock.now() + timedelta(days=9))
    (code,) = codes.issue(samples.INSTALLATION, group, 1)
    person = codes.holder(codes.find(code))
    survey = queries.survey_of(made)
    online = identity.of_person(survey, person, "code")
    actions.answer(samples.citizen("zoe"), made, online, read(made))
    for who in (anna, bert):
        sheets.key(who, made, "r-16", read(made, "o2"), access_code=code)
    assert sheets.release(bert, made) == sheets.Released(0, 1, 0)
    assert Sheet.objects.get().state == Sheet.State.TWICE
    assert Survey.objects.get().responses == 1
    assert Answer.objects.filter(question__kind="single").get().value == "o1", "what came first stays"


def test_the_screen_keeps_a_sheet_that_is_refused(made, client_for, coordinator):
    page = client_for(coordinator)
    path = reverse("survey_staff:paper", args=[made.subject.public_id])
    single, _multiple = keys(made)
    wrong = page.post(path, {"sheet": "r-1", "access_code": "gibt-es-nicht", f"q_{single}": "o2"})
    assert wrong.status_code == 422
    assert "nicht gültig" in wrong.content.decode()
    assert wrong.context["form"][f"q_{single}"].value() == "o2"
    assert page.post(path, {"sheet": "r-1", f"q_{single}_invalid": "on"}).status_code == 302
    assert page.post(path, {"sheet": "r-1", f"q_{single}": "o2"}).status_code == 422
    assert Sheet.objects.get().state == Sheet.State.ONCE


def test_paper_is_refused_in_the_single_screen(made):
    from mitstadt.participation.entry import actions as entry

    with pytest.raises(DomainError) as refused:
        entry.open_batch(samples.INSTALLATION, made, "paper", clock.today())
    assert refused.value.field == "channel"


def test_what_somebody_keyed_is_taken_back_until_the_release(made, two, client_for, coordinator):
    anna, bert = two
    first = sheets.key(anna, made, "r-1", read(made))
    with pytest.raises(DomainError, match="selbst eingetippt"):
        sheets.take_back(bert, made, first)
    page = client_for(coordinator)
    path = reverse("survey_staff:take_back", args=[made.subject.public_id, first.pk])
    assert path in page.get(reverse("survey_staff:paper", args=[made.subject.public_id])).content.decode()
    page.post(path)
    assert not Sheet.objects.exists()

    sheets.key(anna, made, "r-1", read(made, "o2"))
    both = sheets.key(bert, made, "r-1", read(made))
    assert both.state == Sheet.State.DIFFERS
    sheets.take_back(anna, made, both)  # what Bert read is the first reading now
    left = Sheet.objects.get()
    assert (left.state, left.first_by, left.second_by, left.second) == ("once", bert.public_id, "", None)
    both = sheets.key(anna, made, "r-1", read(made))
    assert both.state == Sheet.State.AGREED
    sheets.take_back(anna, made, both)
    assert Sheet.objects.get().state == Sheet.State.ONCE
    both = sheets.key(anna, made, "r-1", read(made))
    sheets.release(anna, made)
    assert Survey.objects.get().responses == 1
    with pytest.raises(DomainError, match="noch nicht zählt"):
        sheets.take_back(anna, made, both)
    assert Survey.objects.get().responses == 1
    assert Entry.objects.filter(action="survey.sheet.take_back").count() == 3


def test_answers_by_telephone_are_taken_back_whole_and_the_code_counts_again(made, two):
    anna, _bert = two
    group = codes.invite(samples.INSTALLATION, made.process, "Haushalte", clock.now() + timedelta(days=9))
    (code,) = codes.issue(samples.INSTALLATION, group, 1)
    batch = entry.open_batch(anna, made, "phone", clock.today())
    entry.enter(anna, batch, {"picks": read(made)}, code=code, key="1")
    assert Survey.objects.get().responses == 1
    entry.undo(anna, batch)
    assert (Survey.objects.get().responses, Response.objects.count(), Answer.objects.count()) == (0, 0, 0)
    assert Entry.objects.filter(action="survey.response.take_back").count() == 1
    entry.enter(anna, batch, {"picks": read(made)}, code=code, key="2")
    assert Survey.objects.get().responses == 1


def test_nothing_leads_from_the_pile_to_an_anonymous_answer(two):
    made = module(YES_NO, settings={"anonymous": True})
    (single,) = keys(made)
    batch = entry.open_batch(two[0], made, "phone", clock.today())
    entry.enter(two[0], batch, {"picks": {single: [Pick(value="o1")]}}, key="1")
    assert Entered.objects.get().ref == ""
    with pytest.raises(DomainError, match="nicht zurücknehmen"):
        entry.undo(two[0], batch)
    assert Survey.objects.get().responses == 1


def test_a_printed_number_is_one_sheet_however_it_is_typed(made, two):
    first, second = two
    code = PrintedSheet.objects.create(module=made, code=sheetcodes.new(), at=clock.now()).code
    sheets.key(first, made, code, read(made))
    sheets.key(second, made, f" {code.upper().replace('-', '')} ", read(made))
    assert Sheet.objects.get().state == Sheet.State.AGREED


def test_a_mistyped_number_and_the_sheet_of_another_module_are_refused(made, two):
    first, _second = two
    other = samples.process(format="debate", settings={"question": "Was?"})
    foreign = PrintedSheet.objects.create(module=other, code=sheetcodes.new(), at=clock.now()).code
    wrong = next(f"{foreign[:-1]}{sign}" for sign in "ab" if sign != foreign[-1])
    for code, word in ((foreign, "anderen Modul"), (wrong, "vertippt")):
        with pytest.raises(DomainError, match=word):
            sheets.key(first, made, code, read(made))
    assert not Sheet.objects.exists()
