"""What is asked of the adviser: an address as answers, and its answers as words in the reader's language. The page, the
interface and the back office read it alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from mitstadt.kit import mixed

from .adviser import Reason, Result
from .catalogue import Catalogue, CombinationData, MethodData, english
from .rulebook import Answers, Option, Question, RuleSet

YEARS = range(2000, 2101)  # a plan outside of them is a typing error


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks: the answers, what of it could not be understood, and the address in its own order."""

    answers: Answers
    problems: tuple[str, ...]
    chosen: str
    query: str


def word(thing: Question | Option) -> str:
    return mixed.said(thing.label, thing.label_en)


def reason_text(reason: Reason) -> str:
    """A reason in the reader's language."""
    if reason.values is None:
        return mixed.said(str(reason.says), reason.says_en)
    return mixed.fill(reason.says, {key: _inside(value) for key, value in reason.values.items()})


class _Number(int):
    """Written with the separators of the reader's language; plural forms still see a number."""

    def __str__(self) -> str:
        return number_format(int(self), force_grouping=True)


def _inside(value: object) -> str | int:
    if isinstance(value, Reason):
        return reason_text(value)
    if isinstance(value, MethodData):
        return mixed.said(value.name_de, english(value, "name"))
    return _Number(value) if isinstance(value, int) else str(value)


def read(query: QueryDict, rules: RuleSet) -> Asked:
    """Never raises: what means nothing is left out and named."""
    chosen: dict[str, tuple[str, ...]] = {}
    problems: list[str] = []
    clean = QueryDict(mutable=True)
    for question in rules.questions:
        values = [value for value in dict.fromkeys(query.getlist(question.key)) if value]
        known = [option.key for option in question.options if option.key in values]
        problems += [
            mixed.fill(
                _("„%(value)s“ ist keine Antwort auf „%(question)s“."),
                {"value": value[:40], "question": word(question)},
            )
            for value in values
            if value not in known
        ]
        known = known if question.several else known[:1]
        if known:
            chosen[question.key] = tuple(known)
            clean.setlist(question.key, known)
    days: dict[str, date | None] = {}
    for name, label in (("ab", _("Wann können Sie anfangen?")), ("bis", _("Wann wird entschieden?"))):
        days[name] = None
        value = query.get(name, "").strip()
        if value:
            wrong = {"value": value[:40], "question": label}
            try:
                day = date.fromisoformat(value)
            except ValueError:
                problems.append(_("„%(value)s“ bei „%(question)s“ ist kein Datum.") % wrong)
                continue
            if day.year not in YEARS:
                problems.append(_("„%(value)s“ bei „%(question)s“ liegt zu weit weg.") % wrong)
                continue
            days[name], clean[name] = day, value
    start, decision = days["ab"], days["bis"]
    if start is not None and decision is not None and decision <= start:
        problems.append(_("Entschieden wird vor dem Anfang. Das Datum der Entscheidung zählt deshalb nicht."))
        decision = None
        clean.pop("bis")
    plan = query.get("plan", "")[:60]
    return Asked(Answers(chosen, start, decision), tuple(problems), plan, clean.urlencode())


def answered(rules: RuleSet, answers: Answers) -> list[tuple[Question, str]]:
    """Each answered question with its answer in words."""
    found = []
    for question in rules.questions:
        options = [question.option(key) for key in answers.of(question.key)]
        if options:
            found.append((question, mixed.join(", ", [word(option) for option in options if option is not None])))
    return found


def names(catalogue: Catalogue) -> Mapping[str, str]:
    """Short name → name in the reader's language."""
    entries: list[MethodData | CombinationData] = [*catalogue.methods, *catalogue.combinations]
    return {entry.slug: mixed.said(entry.name_de, english(entry, "name")) for entry in entries}


def parts_of(catalogue: Catalogue, slug: str, result: Result) -> tuple[str, Sequence[MethodData]]:
    """The formats of a chosen format or combination; without a choice, of the first combination or the first format."""
    methods = {method.slug: method for method in catalogue.methods}
    combinations = {plan.slug: plan for plan in catalogue.combinations}
    if slug not in methods and slug not in combinations:
        ranked = [*result.combinations[:1], *result.methods[:1]]
        slug = ranked[0].slug if ranked else ""
    if slug in combinations:
        return slug, [methods[step] for step in combinations[slug].steps if step in methods]
    return slug, [methods[slug]] if slug in methods else []
