"""Many at once, each with a connection of their own."""

from datetime import timedelta

import pytest

from mitstadt.audit.models import Entry
from mitstadt.formats.survey import actions, editing, identity, queries, sheets
from mitstadt.formats.survey.editing import Draft
from mitstadt.formats.survey.models import Question, Response, Sheet, Survey, Turn
from mitstadt.formats.survey.rules import Pick
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError
from mitstadt.participation import samples
from mitstadt.participation.actions import codes
from mitstadt.participation.samples import citizen

from .test_people import YES_NO, keys, module

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def test_one_person_who_sends_twelve_times_at_once_counts_once(race):
    made = module(settings={"anonymous": True})
    (key,) = keys(made)
    survey, anna = queries.survey_of(made), citizen("anna")
    voter = identity.of_actor(survey, anna)

    def send(_number):
        try:
            return actions.answer(anna, made, voter, {key: [Pick(value="o1")]}).pk
        except DomainError as error:
            return error.code

    outcome = race(12, send, seconds=120)
    assert not outcome.errors
    assert sorted(map(str, outcome.results)).count("again") == 11
    assert (Survey.objects.get().responses, Response.objects.count(), Turn.objects.count()) == (1, 1, 1)


def test_twelve_people_at_once_are_all_counted(race):
    made = module()
    (key,) = keys(made)
    survey = queries.survey_of(made)
    people = [citizen(f"p{n}") for n in range(12)]

    def send(number):
        voter = identity.of_actor(survey, people[number])
        return actions.answer(people[number], made, voter, {key: [Pick(value="o1")]}).pk

    outcome = race(12, send, seconds=120)
    assert not outcome.errors
    assert Survey.objects.get().responses == Response.objects.count() == 12


def test_an_answer_and_a_change_of_the_question_never_both_win(race):
    made = module()
    (key,) = keys(made)
    survey, anna = queries.survey_of(made), citizen("anna")
    voter = identity.of_actor(survey, anna)

    def work(number):
        try:
            if number:
                editing.change(samples.INSTALLATION, made, key, Draft("single", "Anders?", options=["A", "B"]))
                return "changed"
            actions.answer(anna, made, voter, {key: [Pick(value="o1")]})
            return "answered"
        except DomainError as error:
            return error.code

    outcome = race(2, work, seconds=60)
    assert not outcome.errors
    changed = Question.objects.get().text == "Anders?"
    answered = Response.objects.exists()
    assert changed != answered, "the answer belongs to the question that was read"


def test_paper_and_online_with_one_code_at_the_same_moment_count_once(race, coordinator, administrator, actor_of):
    made = module(YES_NO)
    (key,) = keys(made)
    survey = queries.survey_of(made)
    group = codes.invite(samples.INSTALLATION, made.process, "Haushalte", clock.now() + timedelta(days=9))
    (code,) = codes.issue(samples.INSTALLATION, group, 1)
    picks = {key: [Pick(value="o1")]}
    for who in (actor_of(coordinator), actor_of(administrator)):
        sheets.key(who, made, "r-1", picks, access_code=code)
    voter = identity.of_person(survey, codes.holder(codes.find(code)), "code")
    anna, releaser = citizen("anna"), actor_of(administrator)

    def work(number):
        if number:
            return sheets.release(releaser, made)
        return actions.answer(anna, made, voter, picks).pk

    outcome = race(2, work, seconds=60)
    assert not [error for error in outcome.errors if not isinstance(error, DomainError)]
    assert Survey.objects.get().responses == Response.objects.count() == 1


def test_two_people_who_release_at_once_count_each_sheet_once(race, coordinator, administrator, actor_of):
    made = module(YES_NO)
    (key,) = keys(made)
    first, second = actor_of(coordinator), actor_of(administrator)
    for number in range(6):
        for who in (first, second):
            sheets.key(who, made, f"r-{number}", {key: [Pick(value="o1")]})
    outcome = race(2, lambda number: sheets.release((second, samples.INSTALLATION)[number], made).counted, seconds=60)
    assert not outcome.errors
    assert sum(outcome.results) == 6
    assert Survey.objects.get().responses == 6
    assert Sheet.objects.filter(state=Sheet.State.RELEASED).count() == 6


def test_a_sheet_that_four_people_key_at_once_is_keyed_by_two(race, coordinator, administrator, editor, actor_of):
    made = module(YES_NO)
    (key,) = keys(made)
    people = [actor_of(coordinator), actor_of(administrator), samples.INSTALLATION, actor_of(coordinator)]

    def type_in(number):
        try:
            return sheets.key(people[number], made, "bogen-1", {key: [Pick(value="o1")]}).state
        except DomainError as error:
            return error.code

    outcome = race(4, type_in, seconds=60)
    assert not outcome.errors
    sheet = Sheet.objects.get()
    assert sheet.state == Sheet.State.AGREED
    assert sheet.first_by != sheet.second_by
    assert Entry.objects.filter(action="survey.sheet.key").count() == 2  # the two others were refused
