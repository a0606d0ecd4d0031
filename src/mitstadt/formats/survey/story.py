"""Surveys of the demo city, told by `content:` of a module in its participation.yaml.

``content: {questions: [{kind, text, …}], answers: {from: 20, to: 1, channels: {online: 30, paper: 8}, seed, said:
{<number of the question>: …}}, sheets: […]}``. Questions are those of `editing.Draft`; a condition names the number of
an earlier question. Of every question ``said`` gives weights, one for each option (in a table: one list per row; in a
ranking: how dear each option is), for texts and places what is written, each once. The same seed always tells the same.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mitstadt.accounts.actor import Actor
from mitstadt.comments.models import Channel
from mitstadt.participation import queries as participation
from mitstadt.participation.demo import Story
from mitstadt.participation.models import Module
from mitstadt.participation.samples import INSTALLATION

from . import actions, editing, identity, queries, rules, sheets
from .editing import Draft
from .models import Proof, Question, QuestionKind
from .rules import Given, Pick


def ask(module: Module, drafts: Sequence[Draft]) -> None:
    """Write the questions; `condition` may be the number of an earlier one."""
    made: list[Question] = []
    for draft in drafts:
        if draft.condition.isdecimal():
            draft = replace(draft, condition=made[int(draft.condition) - 1].key)
        made.append(editing.add(INSTALLATION, module, draft))


def tell(module: Module, content: dict[str, Any], story: Story) -> None:
    """Let the answers come in, each at its moment."""
    wanted = content.get("answers")
    if wanted:
        dice = random.Random(wanted.get("seed", 1))  # noqa: S311  invented answers, not secrets
        ways = [way for way, count in wanted["channels"].items() for _number in range(count)]
        dice.shuffle(ways)
        texts = {key: list(said) for key, said in wanted["said"].items()}
        start, end = wanted["from"], wanted["to"]
        staff = story.person(module.process.department.code or "")
        for number, way in enumerate(ways):
            ago = start - (start - end) * number / max(1, len(ways) - 1)
            story.at(ago, _one(module, staff, dice, way, texts, number), hour=9 + number % 10)
    for entry in content.get("sheets", ()):
        _sheet(module, entry, story)


def _one(module: Module, staff: Actor, dice: random.Random, way: str, texts: dict[Any, Any], number: int) -> Any:
    seed = dice.random()

    def work() -> None:
        own = random.Random(seed)  # noqa: S311
        fresh = participation.module_of(module.pk)
        assert fresh is not None
        survey = queries.survey_of(fresh)
        picks = said(queries.questions(survey), texts, own)
        voter = replace(identity.of_sheet(survey, None, f"demo-{number}"), proof=_proof(way, own))
        if way == Channel.ONLINE:
            actions.store_example(fresh, voter, picks)
        else:
            actions.answer(staff, fresh, voter, picks, channel=way, is_example=True)

    return work


def _proof(way: str, dice: random.Random) -> str:
    if way != Channel.ONLINE:
        return Proof.CODE if dice.random() < 0.5 else Proof.STAFF
    return dice.choice([Proof.ACCOUNT, Proof.EMAIL, Proof.EMAIL, Proof.CODE])


def said(questions: Sequence[Question], wanted: dict[Any, Any], dice: random.Random) -> Given:
    """One person's answers by the weights; texts and places are taken from what is left of them."""
    given: Given = {}
    for number, question in enumerate(questions, 1):
        weights = wanted.get(number)
        if weights is None:
            continue
        if question.condition is not None:
            values = frozenset(str(value) for value in question.condition_values)
            if not rules.Condition(question.condition.key, values).holds(given):
                continue
        given[question.key] = _picks(question, weights, dice)
    return {key: picks for key, picks in given.items() if picks}


def _picks(question: Question, weights: Any, dice: random.Random) -> list[Pick]:
    options = [str(value) for value, _words in question.options]
    kind = question.kind
    if kind == QuestionKind.SINGLE:
        return [Pick(value=dice.choices(options, weights)[0])]
    if kind == QuestionKind.SCALE:
        return [Pick(number=dice.choices(range(1, question.steps + 1), weights)[0])]
    if kind == QuestionKind.MULTIPLE:
        chosen = [value for value, weight in zip(options, weights, strict=True) if dice.random() * 10 < weight]
        return [Pick(value=value) for value in chosen[: question.most or None]]
    if kind == QuestionKind.MATRIX:
        rows = zip((str(value) for value, _words in question.rows), weights, strict=True)
        return [Pick(row=row, value=dice.choices(options, own)[0]) for row, own in rows]
    if kind == QuestionKind.RANKING:
        dear = {value: weight * (0.4 + dice.random()) for value, weight in zip(options, weights, strict=True)}
        order = sorted(options, key=lambda value: -dear[value])[: question.most or len(options)]
        return [Pick(value=value, number=place) for place, value in enumerate(order, 1)]
    if not weights or dice.random() > 0.35:
        return []
    found = weights.pop(0)
    if kind == QuestionKind.PLACE:
        return [Pick(text=found[2] if len(found) > 2 else "", geometry={"type": "Point", "coordinates": found[:2]})]
    return [Pick(text=found)]


def _sheet(module: Module, entry: dict[str, Any], story: Story) -> None:
    """``{code, ago, by: [BAU, PLAN], first: {1: [o1]}, second: {…}}``: keyed once, or twice by two departments."""

    def work() -> None:
        fresh = participation.module_of(module.pk)
        assert fresh is not None
        questions = queries.questions(queries.survey_of(fresh))

        def read(said: dict[int, list[Any]]) -> Given:
            return {
                questions[number - 1].key: [
                    Pick(number=value) if isinstance(value, int) else Pick(value=value) for value in values
                ]
                for number, values in said.items()
            }

        for by, reading in zip(entry["by"], ("first", "second"), strict=False):
            if reading in entry:
                sheets.key(story.person(by), fresh, entry["code"], read(entry[reading]))

    story.at(entry["ago"], work)
