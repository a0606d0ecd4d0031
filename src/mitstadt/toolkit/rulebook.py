"""The adviser's questions and rules as data: what a city may write into its file, and what is refused. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from . import words
from .catalogue import MethodData

LEVELS = tuple(words.LEVELS)
KEY = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*\Z")  # of questions and answers, as they stand in an address


@dataclass(frozen=True, slots=True)
class Option:
    """An answer. `amount` is its number (persons, euro, days), where it has one."""

    key: str
    label: str
    label_en: str = ""
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    key: str
    label: str
    label_en: str
    options: tuple[Option, ...]
    several: bool = False

    def option(self, key: str) -> Option | None:
        return next((option for option in self.options if option.key == key), None)


@dataclass(frozen=True, slots=True)
class Rule:
    """`when`: question → answers, all of them must hold. `unless`: question → answers, none of them may hold.

    Either `give` (slug → points), or `where` with `points` or `exclude`, or a `limit`: then `why` is said above the
    recommendation. `whole`: what the rule excludes excludes every combination that contains it.
    """

    when: Mapping[str, frozenset[str]]
    why: str
    why_en: str = ""
    give: Mapping[str, float] = field(default_factory=dict)
    where: Mapping[str, frozenset[str]] = field(default_factory=dict)
    points: float = 0
    exclude: bool = False
    limit: bool = False
    unless: Mapping[str, frozenset[str]] = field(default_factory=dict)
    whole: bool = False

    def holds(self, answers: Answers) -> bool:
        return all(not wanted.isdisjoint(answers.of(key)) for key, wanted in self.when.items()) and all(
            wanted.isdisjoint(answers.of(key)) for key, wanted in self.unless.items()
        )

    def chooses(self, method: MethodData) -> bool:
        """Do the method's own facts fit `where`?"""
        for key, wanted in self.where.items():
            if key == "kind":
                chosen = method.kind in wanted
            elif key == "lowest":
                chosen = min(method.iap2, key=LEVELS.index) in wanted
            else:
                chosen = wanted.isdisjoint(method.iap2) == (key == "level_not")
            if not chosen:
                return False
        return bool(self.where)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """`effort_days` are working days per class of effort, `run_weeks` how long a format runs (else one week),
    `after` the formats that follow the decision."""

    questions: tuple[Question, ...]
    rules: tuple[Rule, ...]
    effort_days: Mapping[str, tuple[int, int]]
    run_weeks: Mapping[str, int]
    after: frozenset[str] = frozenset()

    def question(self, key: str) -> Question | None:
        return next((question for question in self.questions if question.key == key), None)


@dataclass(frozen=True)
class Answers:
    """What was answered: question → keys; unanswered questions are missing. `start` and `decision` are days or None."""

    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    start: date | None = None
    decision: date | None = None

    def of(self, key: str) -> tuple[str, ...]:
        return self.chosen.get(key, ())

    @cached_property
    def weeks(self) -> int | None:
        """Whole weeks from the start to the decision, None when one of them is open."""
        if self.start is None or self.decision is None:
            return None
        return max(0, (self.decision - self.start).days // 7)

    def with_answer(self, key: str, *values: str) -> Answers:
        return replace(self, chosen={**self.chosen, key: values})


class BadRules(ValueError):
    """A rule file that cannot be used; the message names the place."""


_FIELDS = ("questions", "rules", "effort_days", "run_weeks", "after_decision")
_TAKEN = ("ab", "bis", "plan")  # words of the adviser's address
_AMOUNTS = ("persons", "euro", "days")


def read(data: Any) -> RuleSet:
    """Plain data (see `data/adviser.yaml`) as rules. Raises BadRules."""
    if not isinstance(data, Mapping) or not data.get("questions"):
        raise BadRules(_("Die Regeln brauchen „questions“ und „rules“."))
    _only(data, _FIELDS, BadRules)
    questions = tuple(_question(number, row) for number, row in enumerate(_list(data, "questions"), 1))
    _once([question.key for question in questions], _("Die Frage „%(key)s“ gibt es zweimal."))
    known = {question.key: {option.key for option in question.options} for question in questions}
    rules = tuple(_rule(number, row, known) for number, row in enumerate(_list(data, "rules"), 1))
    days, runs = data.get("effort_days") or {}, data.get("run_weeks") or {}
    if not (isinstance(days, Mapping) and isinstance(runs, Mapping)) or not (
        all(_is_span(span) for span in days.values()) and all(_is_whole(weeks, 520) for weeks in runs.values())
    ):
        raise BadRules(_("„effort_days“ braucht zwei Zahlen je Aufwand, „run_weeks“ eine je Format."))
    if set(days) != set(words.EFFORTS):
        raise BadRules(_("„effort_days“ braucht: %(known)s.") % {"known": ", ".join(words.EFFORTS)})
    after = data.get("after_decision") or []
    if not isinstance(after, list):
        raise BadRules(_("„after_decision“ ist eine Liste von Formaten."))
    return RuleSet(
        questions,
        rules,
        {str(key): (low, high) for key, (low, high) in days.items()},
        {str(slug): weeks for slug, weeks in runs.items()},
        frozenset(str(slug) for slug in after),
    )


def _list(data: Mapping[str, Any], name: str) -> list[Any]:
    rows = data.get(name) or []
    if not isinstance(rows, list):
        raise BadRules(_("„%(name)s“ ist eine Liste.") % {"name": name})
    return rows


def _only(row: Mapping[Any, Any], fields: Sequence[str], bad: Callable[[str], BadRules]) -> None:
    for name in row:
        if name not in fields:
            raise bad(_("Das Feld „%(name)s“ kennen wir nicht.") % {"name": str(name)[:40]})


def _once(keys: Sequence[str], said: str) -> None:
    for key in keys:
        if keys.count(key) > 1:
            raise BadRules(said % {"key": key[:40]})


def _is_whole(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _is_span(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(_is_whole(n, 10_000) for n in value)
        and value[0] <= value[1]
    )


def _text(row: Mapping[str, Any], name: str, *, needed: bool = False) -> str:
    """Raises ValueError."""
    value = row.get(name) or ""
    if not isinstance(value, str) or len(value) > 1_000 or (needed and not value.strip()):
        raise ValueError(name)
    return value


def _key(row: Mapping[str, Any]) -> str:
    """Raises ValueError."""
    key = str(row["key"])
    if not KEY.match(key):
        raise ValueError("key")
    return key


def _question(number: int, row: Any) -> Question:
    wrong = _("Frage %(n)s: key, label und options fehlen oder sind falsch.") % {"n": number}
    try:
        _only(row, ("key", "label", "label_en", "several", "options"), BadRules)
        found = Question(
            _key(row),
            _text(row, "label", needed=True),
            _text(row, "label_en"),
            tuple(_option(option) for option in _list(row, "options")),
            row.get("several") is True,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadRules(f"{wrong} {error}" if isinstance(error, BadRules) else wrong) from error
    if not found.options:
        raise BadRules(wrong)
    if found.key in _TAKEN:
        raise BadRules(_("Frage %(n)s: „%(key)s“ braucht die Adresse selbst.") % {"n": number, "key": found.key})
    _once([option.key for option in found.options], wrong + " " + _("Die Antwort „%(key)s“ gibt es zweimal."))
    return found


def _option(row: Any) -> Option:
    """Raises KeyError, TypeError, ValueError, AttributeError."""
    _only(row, ("key", "label", "label_en", *_AMOUNTS), BadRules)
    amount = next((row[name] for name in _AMOUNTS if name in row), None)
    if amount is not None and not _is_whole(amount, 1_000_000_000):
        raise ValueError("amount")
    return Option(_key(row), _text(row, "label", needed=True), _text(row, "label_en"), amount)


def _conditions(given: Any, known: Mapping[str, set[str]], bad: Callable[[str], BadRules]) -> dict[str, frozenset[str]]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise bad(_("when und unless nennen Fragen mit ihren Antworten."))
    found = {}
    for key, answers in given.items():
        if key not in known or not isinstance(answers, list) or not answers:
            raise bad(_("Die Frage „%(key)s“ gibt es nicht, oder ihr fehlt eine Liste von Antworten.") % {"key": key})
        for answer in answers:
            if str(answer) not in known[key]:
                raise bad(_("„%(answer)s“ ist keine Antwort auf „%(key)s“.") % {"answer": answer, "key": key})
        found[str(key)] = frozenset(str(answer) for answer in answers)
    return found


_WHERE = {
    "kind": frozenset(words.KINDS),
    "level": frozenset(LEVELS),
    "level_not": frozenset(LEVELS),
    "lowest": frozenset(LEVELS),
}


_RULE = ("when", "unless", "why", "why_en", "give", "where", "points", "exclude", "limit", "whole")


def _points(value: Any) -> float:
    """Raises TypeError or ValueError. Points that are no number or without end would leave no order to rank by."""
    points = float(value)
    if not -1_000 <= points <= 1_000:
        raise ValueError(value)
    return points


def _rule(number: int, row: Any, known: Mapping[str, set[str]]) -> Rule:
    def bad(text: str) -> BadRules:
        return BadRules(_("Regel %(n)s: %(what)s") % {"n": number, "what": text})

    if not isinstance(row, Mapping) or not row.get("why"):
        raise bad(_("when und why fehlen oder sind falsch."))
    _only(row, _RULE, bad)
    try:
        why, why_en = _text(row, "why", needed=True), _text(row, "why_en")
    except ValueError as error:
        raise bad(_("when und why fehlen oder sind falsch.")) from error
    when, unless = (_conditions(row.get(name), known, bad) for name in ("when", "unless"))
    if not when and not unless:
        raise bad(_("when und why fehlen oder sind falsch."))
    give, where = row.get("give") or {}, row.get("where") or {}
    if [bool(give), bool(where), bool(row.get("limit"))].count(True) != 1:
        raise bad(_("Entweder give oder where oder limit."))
    try:
        points = {str(slug): _points(value) for slug, value in give.items()}
        own = _points(row.get("points", 0))
        chosen = {str(key): frozenset(str(value) for value in values) for key, values in where.items()}
    except (TypeError, ValueError, AttributeError) as error:
        raise bad(_("Punkte sind Zahlen.")) from error
    for key, values in chosen.items():
        if key not in _WHERE or not values <= _WHERE[key]:
            raise bad(_("where kennt kind, level, level_not und lowest mit ihren Werten."))
    if chosen and not own and not row.get("exclude"):
        raise bad(_("where braucht points oder exclude."))
    return Rule(
        when,
        why,
        why_en,
        points,
        chosen,
        own,
        exclude=bool(row.get("exclude")),
        limit=bool(row.get("limit")),
        unless=unless,
        whole=bool(row.get("whole")),
    )
