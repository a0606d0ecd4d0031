"""Making a survey: questions, their order, what they depend on. With the first answer all of it stands still."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.db.models.deletion import ProtectedError
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import Actor
from mitstadt.audit import actions as audit
from mitstadt.kit import cache
from mitstadt.kit.components import day
from mitstadt.kit.errors import DomainError, require
from mitstadt.participation import access
from mitstadt.participation.models import Module

from . import queries, rules
from .models import Question, QuestionKind, Survey

MOST_QUESTIONS, MOST_OPTIONS = 60, 30
CHOICES = (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.MATRIX, QuestionKind.RANKING)


@dataclass(frozen=True, slots=True)
class Draft:
    """What staff say of a question. `options` and `rows` are the words, one each; `condition` is the key of an earlier
    question."""

    kind: str
    text: str
    help: str = ""
    required: bool = False
    options: Sequence[str] = ()
    rows: Sequence[str] = ()
    most: int = 0
    steps: int = 5
    low: str = ""
    high: str = ""
    public: bool = False
    condition: str = ""
    condition_values: Sequence[str] = field(default=())


def frozen(module: Module) -> str:
    """Why rules cannot be changed any more, or ""."""
    found = Survey.objects.filter(module=module).values_list("frozen_at", flat=True).first()
    if found is None:
        return ""
    return _("Seit der ersten Antwort am %(day)s stehen die Regeln fest.") % {"day": day(found)}


def _changing(actor: Actor, module: Module, verb: str, work: Callable[[Survey], Any]) -> Any:
    """Do `work` while no answer can come in. Raises Refused, DomainError (code ``frozen``)."""
    require(access.may_manage(actor, module.process))
    require(access.not_frozen(module.process))
    survey = queries.survey_of(module)
    with transaction.atomic():
        if not Survey.objects.filter(pk=survey.pk, frozen_at=None).update(revision=F("revision") + 1):
            raise DomainError(frozen(module), code="frozen")
        done = work(survey)
        audit.record(
            f"survey.question.{verb}",
            by=actor,
            obj=module.subject.public_id,
            payload={"question": done.text if isinstance(done, Question) else ""},
        )
    cache.bump()
    return done


def add(actor: Actor, module: Module, draft: Draft) -> Question:
    """A new question at the end. Raises Refused, DomainError (fields of the draft, code ``frozen``)."""

    def work(survey: Survey) -> Question:
        there = survey.questions.aggregate(last=Max("order"))["last"]
        if survey.questions.count() >= MOST_QUESTIONS:
            raise DomainError(_("Mehr als %(n)d Fragen beantwortet niemand.") % {"n": MOST_QUESTIONS}, field="text")
        question = Question(survey=survey, order=0 if there is None else there + 1)
        _fill(question, draft)
        question.save()
        return question

    made: Question = _changing(actor, module, "add", work)
    return made


def change(actor: Actor, module: Module, key: str, draft: Draft) -> Question:
    """Raises Refused, DomainError (fields of the draft, codes ``frozen``, ``gone``)."""

    def work(survey: Survey) -> Question:
        question = _one(survey, key)
        if question.kind != draft.kind and question.followers.exists():
            raise DomainError(_("Von dieser Frage hängt eine andere ab. Bitte ändern Sie zuerst jene."), field="kind")
        _fill(question, draft)
        question.save()
        return question

    done: Question = _changing(actor, module, "change", work)
    return done


def remove(actor: Actor, module: Module, key: str) -> None:
    """Raises Refused, DomainError (code ``frozen``, or when another question depends on it)."""

    def work(survey: Survey) -> Question:
        question = _one(survey, key)
        try:
            Question.objects.filter(pk=question.pk).delete()
        except ProtectedError as error:
            raise DomainError(_("Von dieser Frage hängt eine andere ab. Bitte ändern Sie zuerst jene.")) from error
        return question

    _changing(actor, module, "remove", work)


def move(actor: Actor, module: Module, key: str, by: int) -> None:
    """One place up (-1) or down (1). A question never comes before the one it depends on."""

    def work(survey: Survey) -> Question:
        rows = queries.questions(survey)
        place = next((n for n, row in enumerate(rows) if row.key == key), None)
        if place is None:
            raise DomainError(_("Diese Frage gibt es nicht mehr."), code="gone")
        other = place + by
        if not 0 <= other < len(rows):
            return rows[place]
        earlier, later = sorted((place, other))
        if rows[later].condition_id == rows[earlier].pk:
            raise DomainError(_("Diese Frage hängt von der anderen ab und kann nicht vor ihr stehen."))
        rows[place], rows[other] = rows[other], rows[place]
        for order, row in enumerate(rows):
            Question.objects.filter(pk=row.pk).update(order=order)
        return rows[other]

    _changing(actor, module, "move", work)


def _one(survey: Survey, key: str) -> Question:
    found = survey.questions.select_related("condition").filter(key=key).first()
    if found is None:
        raise DomainError(_("Diese Frage gibt es nicht mehr."), code="gone")
    return found


def _fill(question: Question, draft: Draft) -> None:
    """Carry the draft over. Raises DomainError with the field."""
    if draft.kind not in QuestionKind.values:
        raise DomainError(_("Diese Art von Frage gibt es nicht."), field="kind")
    text = " ".join(draft.text.split())
    if not text:
        raise DomainError(_("Bitte schreiben Sie die Frage."), field="text")
    question.kind, question.text, question.help = draft.kind, text[:300], " ".join(draft.help.split())[:500]
    question.required, question.public = draft.required, draft.public
    question.options = _values(question.options, draft.options) if draft.kind in CHOICES else []
    question.rows = _values(question.rows, draft.rows) if draft.kind == QuestionKind.MATRIX else []
    if draft.kind in CHOICES and len(question.options) < 2:
        raise DomainError(_("Bitte nennen Sie mindestens zwei Antworten, eine je Zeile."), field="options")
    if draft.kind == QuestionKind.MATRIX and not question.rows:
        raise DomainError(_("Bitte nennen Sie die Zeilen der Tabelle, eine je Zeile."), field="rows")
    if len(question.options) > MOST_OPTIONS or len(question.rows) > MOST_OPTIONS:
        raise DomainError(
            _("Mehr als %(n)d sind zu viele für eine Frage.") % {"n": MOST_OPTIONS},
            field="options" if len(question.options) > MOST_OPTIONS else "rows",
        )
    if draft.most < 0 or (draft.most and draft.most > len(question.options)):
        raise DomainError(_("So viele Antworten gibt es hier nicht."), field="most")
    question.most = draft.most if draft.kind in (QuestionKind.MULTIPLE, QuestionKind.RANKING) else 0
    if not 2 <= draft.steps <= 11:
        raise DomainError(_("Eine Skala hat 2 bis 11 Stufen."), field="steps")
    question.steps, question.low, question.high = draft.steps, draft.low.strip()[:60], draft.high.strip()[:60]
    _depend(question, draft)


def _values(old: list[list[str]], words: Sequence[str]) -> list[list[str]]:
    """Options keep their value as long as their words stay. Raises DomainError for the same words twice."""
    tidy = [" ".join(word.split())[:200] for word in words if word.strip()]
    if len(set(tidy)) != len(tidy):
        raise DomainError(_("Hier steht zweimal dasselbe."), field="options")
    known = {str(text): str(value) for value, text in old}
    number = max((int(value[1:]) for value in known.values()), default=0)
    found = []
    for word in tidy:
        if word not in known:
            number += 1
        found.append([known.get(word, f"o{number}"), word])
    return found


def _depend(question: Question, draft: Draft) -> None:
    if not draft.condition:
        question.condition, question.condition_values = None, []
        return
    other = Question.objects.filter(survey=question.survey, key=draft.condition).first()
    if other is None or (question.pk is not None and (other.order, other.pk) >= (question.order, question.pk)):
        raise DomainError(_("Eine Frage kann nur von einer früheren abhängen."), field="condition")
    if other.kind not in rules.DECIDING:
        raise DomainError(_("Von einer Frage dieser Art kann keine andere abhängen."), field="condition")
    options = {str(words): str(value) for value, words in other.options}
    possible = {str(step) for step in range(1, other.steps + 1)} if other.kind == rules.SCALE else set(options.values())
    values = [options.get(word.strip(), word.strip()) for word in draft.condition_values if word.strip()]
    if not values or not set(values) <= possible:
        words = ", ".join(f"„{word}“" for word in (options or sorted(possible)))
        raise DomainError(
            _("Bei welchen Antworten wird sie gestellt? Möglich sind: %(words)s.") % {"words": words},
            field="condition_values",
        )
    question.condition, question.condition_values = other, values
