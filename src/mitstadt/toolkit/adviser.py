"""The adviser: ten answers become a ranked list, each place with its reasons. Pure: the same answers, rules and
catalogue always give the same advice. No database, no clock.

Points are added up: a rule's own points, whether group, money, time and staff fit, and for combinations the mean of
their best formats. What is impossible (too dear, too late, too big a promise) is not ranked but listed with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import words
from .catalogue import Catalogue, CombinationData, MethodData
from .rulebook import Answers, Option, Question, RuleSet

COST_ORDER = tuple(words.COSTS)
SHORTEST_WEEKS = 3  # less is not enough to invite anybody


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is recommended or not; `points` says how much it counted."""

    points: float
    text: str
    text_en: str = ""


@dataclass(slots=True)
class Advice:
    """A place in the list. `entry` is a format or a combination."""

    entry: MethodData | CombinationData
    points: float = 0
    reasons: list[Reason] = field(default_factory=list)
    excluded: list[Reason] = field(default_factory=list)

    @property
    def slug(self) -> str:
        return self.entry.slug

    @property
    def pro(self) -> list[Reason]:
        return sorted((r for r in self.reasons if r.points > 0), key=lambda r: -r.points)

    @property
    def contra(self) -> list[Reason]:
        return sorted((r for r in self.reasons if r.points < 0), key=lambda r: r.points)


@dataclass(frozen=True, slots=True)
class Result:
    """Ranked formats and combinations, what is impossible and why, and what the adviser must say about its limits."""

    methods: tuple[Advice, ...]
    combinations: tuple[Advice, ...]
    impossible: tuple[Advice, ...]
    limits: tuple[Reason, ...]


# -- deciding ----------------------------------------------------------------------------------------------------
def advise(rules: RuleSet, catalogue: Catalogue, answers: Answers) -> Result:
    """The ranked list. Ties are broken by the order of the catalogue, so that the list never moves by itself."""
    found = [Advice(method) for method in catalogue.methods]
    by_slug = {advice.slug: advice for advice in found}
    combined = [Advice(plan) for plan in catalogue.combinations]
    plans = {advice.slug: advice for advice in combined}
    for rule in rules.rules:
        if not rule.holds(answers):
            continue
        for slug, points in rule.give.items():
            target = by_slug.get(slug) or plans.get(slug)
            if target is not None:
                _count(target, Reason(points, rule.why, rule.why_en))
        if rule.where:
            for advice in found:
                if isinstance(advice.entry, MethodData) and rule.chooses(advice.entry):
                    reason = Reason(rule.points, rule.why, rule.why_en)
                    advice.excluded.append(reason) if rule.exclude else _count(advice, reason)
    for advice in found:
        _facts(advice, rules, answers)
    for advice in combined:
        _combine(advice, by_slug, rules, answers)
    possible = [advice for advice in found if not advice.excluded]
    return Result(
        methods=tuple(sorted((a for a in possible if a.points > 0), key=lambda a: -a.points)),
        combinations=tuple(sorted((a for a in combined if not a.excluded and a.points > 0), key=lambda a: -a.points)),
        impossible=tuple(a for a in (*found, *combined) if a.excluded and _wanted(a)),
        limits=tuple(_limits(rules, answers, possible)),
    )


def _wanted(advice: Advice) -> bool:
    """Would it have been recommended, were it possible? Only then its exclusion is worth a line."""
    return sum(reason.points for reason in advice.reasons) >= 3


def _count(advice: Advice, reason: Reason) -> None:
    if reason.points:
        advice.points += reason.points
        advice.reasons.append(reason)


def _amount(rules: RuleSet, answers: Answers, key: str) -> int | None:
    question = rules.question(key)
    chosen = answers.of(key)
    option = question.option(chosen[0]) if question is not None and chosen else None
    return option.amount if option is not None else None


def budget_class(euro: int) -> str:
    """The dearest class that `euro` pays for."""
    found = COST_ORDER[0]
    for name in COST_ORDER:
        if words.COST_SPANS[name][0] < euro:
            found = name
    return found


def _facts(advice: Advice, rules: RuleSet, answers: Answers) -> None:
    method = advice.entry
    assert isinstance(method, MethodData)
    persons = _amount(rules, answers, "anzahl")
    if persons is not None:
        if method.group_min <= persons <= method.group_max:
            _count(advice, Reason(1, _("Passt zur Zahl der Menschen.")))
        elif persons < method.group_min:
            _count(advice, Reason(-3, _("Lebt von mindestens %(n)s Menschen.") % {"n": method.group_min}))
        else:
            times = -(-persons // method.group_max)
            points = -1 if times <= 4 else -2
            _count(advice, Reason(points, _("Fasst höchstens %(n)s Menschen auf einmal.") % {"n": method.group_max}))
    euro = _amount(rules, answers, "geld")
    if euro is not None and COST_ORDER.index(method.cost_class) > COST_ORDER.index(budget_class(euro)):
        advice.excluded.append(
            Reason(0, _("Kostet mehr, als da ist: %(cost)s.") % {"cost": words.COSTS[method.cost_class]})
        )
    days = _amount(rules, answers, "tage")
    needed = rules.effort_days[method.effort][0]
    if days is not None and needed > days:
        text = ngettext("Braucht mindestens %(n)s Arbeitstag.", "Braucht mindestens %(n)s Arbeitstage.", needed)
        if needed > 2 * days:
            advice.excluded.append(Reason(0, text % {"n": needed}))
        else:
            _count(advice, Reason(-2, text % {"n": needed}))
    if answers.weeks is not None:
        runs = rules.run_weeks.get(method.slug, 1)
        if method.prep_min + runs > answers.weeks:
            shortest = method.prep_min + runs
            advice.excluded.append(Reason(0, _("Braucht mindestens %(n)s Wochen.") % {"n": shortest}))
        elif method.prep_max + runs > answers.weeks:
            _count(advice, Reason(-1, _("Geht nur mit knapper Vorbereitung.")))


def _combine(advice: Advice, methods: Mapping[str, Advice], rules: RuleSet, answers: Answers) -> None:
    plan = advice.entry
    assert isinstance(plan, CombinationData)
    parts = [methods[slug] for slug in plan.steps if slug in methods]
    own = advice.points
    if own <= 0 or not parts:
        advice.points = 0
        return
    mean = sum(part.points for part in parts) / len(parts)
    advice.points = own + max(0.0, mean)
    blocked = [part for part in parts if part.excluded]
    for part in blocked:
        reason = part.excluded[0]
        text = _("%(name)s: %(why)s")
        values = {"name": part.entry.name_de, "why": reason.text}
        advice.reasons.append(Reason(-2, text % values, text % {**values, "why": reason.text_en or reason.text}))
        advice.points -= 2
    if len(blocked) * 2 > len(parts):
        advice.excluded.append(Reason(0, _("Mehr als die Hälfte der Schritte geht so nicht.")))
    if answers.weeks is not None and plan.weeks_min > answers.weeks:
        advice.excluded.append(Reason(0, _("Dauert mindestens %(n)s Wochen.") % {"n": plan.weeks_min}))
    euro = _amount(rules, answers, "geld")
    low = sum(words.COST_SPANS[part.entry.cost_class][0] for part in parts if isinstance(part.entry, MethodData))
    if euro is not None and low > euro:
        advice.excluded.append(Reason(0, _("Kostet zusammen mindestens %(n)s €.") % {"n": low}))


def _limits(rules: RuleSet, answers: Answers, possible: Sequence[Advice]) -> list[Reason]:
    """What must be said plainly: the rules' own limits, too little time, and when nothing is left."""
    said = [Reason(0, rule.why, rule.why_en) for rule in rules.rules if rule.limit and rule.holds(answers)]
    if answers.weeks is not None and answers.weeks < SHORTEST_WEEKS:
        said.append(
            Reason(
                0,
                _("In weniger als drei Wochen lässt sich kaum jemand gut einladen.")
                + " "
                + _("Verschieben Sie die Entscheidung, oder sagen Sie offen, dass nur informiert wird."),
            )
        )
    if not possible:
        said.append(Reason(0, _("Mit diesen Angaben geht kein Format. Am meisten hilft mehr Zeit.")))
    return said


# -- what would change it ----------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Turn:
    """Another answer to one question, and what would then stand first."""

    question: Question
    option: Option
    first: MethodData


def what_would_change(rules: RuleSet, catalogue: Catalogue, answers: Answers, result: Result) -> list[Turn]:
    """For each question the first other answer that puts something else on top. Questions with one answer only."""
    if not result.methods:
        return []
    top = result.methods[0].slug
    turns = []
    for question in rules.questions:
        if question.several or not answers.of(question.key):
            continue
        for option in question.options:
            if option.key in answers.of(question.key):
                continue
            other = advise(rules, catalogue, answers.with_answer(question.key, option.key))
            if other.methods and other.methods[0].slug != top:
                first = other.methods[0].entry
                assert isinstance(first, MethodData)
                turns.append(Turn(question, option, first))
                break
    return turns
