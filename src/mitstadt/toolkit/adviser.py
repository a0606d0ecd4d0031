"""The adviser: ten answers become a ranked list, each place with its reasons. Pure: the same answers, rules and
catalogue always give the same advice. No database, no clock.

Points are added up: a rule's own points, whether group, money, time and staff fit, and for combinations the mean of
their best formats. What is impossible (too dear, too late, too big a promise) is not ranked but listed with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from . import words
from .catalogue import Catalogue, CombinationData, MethodData
from .rulebook import Answers, Option, Question, Rule, RuleSet

SHORTEST_WEEKS = 3  # less is not enough to invite anybody


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is recommended or not; `points` says how much it counted.

    `says` and `says_en` are a rule's words. Where `says` is translated by the house instead, `values` are what stands
    in it (another reason, a format, a number): put together only when somebody reads it, as most nobody reads.
    """

    points: float
    says: Any
    says_en: str = ""
    values: Mapping[str, Any] | None = None

    @property
    def text(self) -> str:
        """In German, or in the reader's language where the house says it."""
        if self.values is None:
            return str(self.says)
        inside = {key: getattr(v, "text", getattr(v, "name_de", v)) for key, v in self.values.items()}
        return str(self.says % inside)


@dataclass(slots=True)
class Advice:
    """A place in the list. `entry` is a format or a combination."""

    entry: MethodData | CombinationData
    points: float = 0
    reasons: list[Reason] = field(default_factory=list)
    excluded: list[Reason] = field(default_factory=list)
    breaks: Reason | None = None  # why no combination with it is possible either

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
    """Ranked formats and combinations, what is impossible and why, and what the adviser must say about its limits.

    `impossible` are those that would have been recommended; `every` holds all entries, ranked or not.
    """

    methods: tuple[Advice, ...]
    combinations: tuple[Advice, ...]
    impossible: tuple[Advice, ...]
    limits: tuple[Reason, ...]
    every: tuple[Advice, ...] = ()

    def of(self, slug: str) -> Advice | None:
        return next((advice for advice in self.every if advice.slug == slug), None)


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
            reason = Reason(rule.points, rule.why, rule.why_en)
            for advice in found:
                if isinstance(advice.entry, MethodData) and rule.chooses(advice.entry):
                    advice.excluded.append(reason) if rule.exclude else _count(advice, reason)
                    advice.breaks = advice.breaks or (reason if rule.exclude and rule.whole else None)
    means = Means.of(rules, answers)
    for advice in found:
        _facts(advice, rules, means)
    for advice in combined:
        _combine(advice, by_slug, rules, means)
    possible = [advice for advice in found if not advice.excluded]
    return Result(
        methods=tuple(sorted((a for a in possible if a.points > 0), key=lambda a: -_height(a.points))),
        combinations=tuple(
            sorted((a for a in combined if not a.excluded and a.points > 0), key=lambda a: -_height(a.points))
        ),
        impossible=tuple(a for a in (*found, *combined) if a.excluded and _wanted(a)),
        limits=tuple(_limits(rules, answers, possible)),
        every=(*found, *combined),
    )


def _height(points: float) -> float:
    """Points as they are compared: what rounding adds in another order of adding must not decide."""
    return round(points, 6)


def _ranked(found: Sequence[Advice]) -> tuple[Advice, ...]:
    return tuple(sorted((advice for advice in found if advice.points > 0), key=lambda a: -_height(a.points)))


def _wanted(advice: Advice) -> bool:
    """Would it have been recommended, were it possible? Only then its exclusion is worth a line."""
    return sum(reason.points for reason in advice.reasons) >= 3


def _count(advice: Advice, reason: Reason) -> None:
    if reason.points:
        advice.points += reason.points
        advice.reasons.append(reason)


def chosen(rules: RuleSet, answers: Answers, key: str) -> Option | None:
    """The (first) answer to a question; None without one."""
    question, said = rules.question(key), answers.of(key)
    return question.option(said[0]) if question is not None and said else None


def _amount(rules: RuleSet, answers: Answers, key: str) -> int | None:
    option = chosen(rules, answers, key)
    return option.amount if option is not None else None


@dataclass(frozen=True, slots=True)
class Means:
    """What there is: persons, euro, working days, weeks; None where nobody said."""

    persons: int | None
    euro: int | None
    days: int | None
    weeks: int | None

    @classmethod
    def of(cls, rules: RuleSet, answers: Answers) -> Means:
        persons, euro, days = (_amount(rules, answers, key) for key in ("anzahl", "geld", "tage"))
        return cls(persons, euro, days, answers.weeks)


_FITS = Reason(1, _("Passt zur Zahl der Menschen."), values={})
_LEAST = _("Lebt von mindestens %(n)s Menschen.")
_MOST = _("Fasst höchstens %(n)s Menschen auf einmal.")
_DEAR = _("Kostet mehr, als da ist: %(cost)s.")
_DAYS = ngettext_lazy("Braucht mindestens %(n)s Arbeitstag.", "Braucht mindestens %(n)s Arbeitstage.", "n")
_WEEKS = _("Braucht mindestens %(n)s Wochen.")
_TIGHT = Reason(-1, _("Geht nur mit knapper Vorbereitung."), values={})
_STEP = _("%(name)s: %(why)s")


def _facts(advice: Advice, rules: RuleSet, means: Means) -> None:
    method = advice.entry
    assert isinstance(method, MethodData)
    if means.persons is not None:
        if method.group_min <= means.persons <= method.group_max:
            _count(advice, _FITS)
        elif means.persons < method.group_min:
            _count(advice, Reason(-3, _LEAST, values={"n": method.group_min}))
        else:
            times = -(-means.persons // method.group_max)
            _count(advice, Reason(-1 if times <= 4 else -2, _MOST, values={"n": method.group_max}))
    if means.euro is not None and words.COST_SPANS[method.cost_class][0] >= max(means.euro, 1):
        advice.excluded.append(Reason(0, _DEAR, values={"cost": words.COSTS[method.cost_class]}))
    needed = rules.effort_days[method.effort][0]
    if means.days is not None and needed > means.days:
        short = Reason(-2, _DAYS, values={"n": needed})
        if needed > 2 * means.days:
            advice.excluded.append(short)
        else:
            _count(advice, short)
    if means.weeks is not None:
        runs = rules.run_weeks.get(method.slug, 1)
        if method.prep_min + runs > means.weeks:
            advice.excluded.append(Reason(0, _WEEKS, values={"n": method.prep_min + runs}))
        elif method.prep_max + runs > means.weeks:
            _count(advice, _TIGHT)


def _combine(advice: Advice, methods: Mapping[str, Advice], rules: RuleSet, means: Means) -> None:
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
    advice.excluded += list(dict.fromkeys(part.breaks for part in parts if part.breaks is not None))
    for part in blocked:
        advice.reasons.append(Reason(-2, _STEP, values={"name": part.entry, "why": part.excluded[0]}))
        advice.points -= 2
    if len(blocked) * 2 > len(parts):
        advice.excluded.append(Reason(0, _("Mehr als die Hälfte der Schritte geht so nicht."), values={}))
    if means.weeks is not None and plan.weeks_min > means.weeks:
        advice.excluded.append(Reason(0, _("Dauert mindestens %(n)s Wochen."), values={"n": plan.weeks_min}))
    low = sum(words.COST_SPANS[part.entry.cost_class][0] for part in parts if isinstance(part.entry, MethodData))
    if means.euro is not None and low > means.euro:
        advice.excluded.append(Reason(0, _("Kostet zusammen mindestens %(n)s €."), values={"n": low}))
    needed = sum(rules.effort_days[part.entry.effort][0] for part in parts if isinstance(part.entry, MethodData))
    if means.days is not None and needed > means.days:
        text = _("Braucht zusammen mindestens %(n)s Arbeitstage.")
        if needed > 2 * means.days:
            advice.excluded.append(Reason(0, text, values={"n": needed}))
        else:
            advice.reasons.append(Reason(-2, text, values={"n": needed}))
            advice.points -= 2


def _limits(rules: RuleSet, answers: Answers, possible: Sequence[Advice]) -> list[Reason]:
    """What must be said plainly: the rules' own limits, too little time, and when nothing is left."""
    said = [Reason(0, rule.why, rule.why_en) for rule in rules.rules if rule.limit and rule.holds(answers)]
    if answers.weeks is not None and answers.weeks < SHORTEST_WEEKS:
        said.append(Reason(0, _("In weniger als drei Wochen lässt sich kaum jemand gut einladen."), values={}))
        said.append(
            Reason(0, _("Verschieben Sie die Entscheidung, oder sagen Sie offen, dass nur informiert wird."), values={})
        )
    if not possible:
        said.append(Reason(0, _("Mit diesen Angaben geht kein Format. Am meisten hilft mehr Zeit."), values={}))
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
    first_for = _Firsts(rules, catalogue)
    turns = []
    for question in rules.questions:
        if question.several or not answers.of(question.key):
            continue
        for option in question.options:
            if option.key in answers.of(question.key):
                continue
            first = first_for(answers.with_answer(question.key, option.key))
            if first is not None and first.slug != top:
                turns.append(Turn(question, option, first))
                break
    return turns


_Effect = tuple[Rule, list[tuple[int, float]], list[int]]  # rule, (place of a format, points), places excluded


def _effects(rules: RuleSet, methods: Sequence[MethodData]) -> list[_Effect]:
    place = {method.slug: i for i, method in enumerate(methods)}
    found: list[_Effect] = []
    for rule in rules.rules:
        points = [(place[slug], given) for slug, given in rule.give.items() if slug in place]
        chosen = [i for i, method in enumerate(methods) if rule.where and rule.chooses(method)]
        if not rule.exclude:
            points += [(i, rule.points) for i in chosen]
        found.append((rule, points, chosen if rule.exclude else []))
    return found


class _Firsts:
    """The format that `advise` would put first, for many answers: each rule's targets are looked up once, and no
    reasons are written."""

    def __init__(self, rules: RuleSet, catalogue: Catalogue) -> None:
        self.rules, self.methods = rules, catalogue.methods
        self.effects = _effects(rules, self.methods)
        self.fitting: dict[Means, list[tuple[float, bool]]] = {}

    def __call__(self, answers: Answers) -> MethodData | None:
        means = Means.of(self.rules, answers)
        if means not in self.fitting:
            self.fitting[means] = [self.fit(method, means) for method in self.methods]
        points = [given for given, _possible in self.fitting[means]]
        possible = [can for _given, can in self.fitting[means]]
        for rule, given, excluded in self.effects:
            if rule.holds(answers):
                for i, more in given:
                    points[i] += more
                for i in excluded:
                    possible[i] = False
        best = max((i for i in range(len(points)) if possible[i]), key=lambda i: (_height(points[i]), -i), default=None)
        return self.methods[best] if best is not None and points[best] > 0 else None

    def fit(self, method: MethodData, means: Means) -> tuple[float, bool]:
        advice = Advice(method)
        _facts(advice, self.rules, means)
        return advice.points, not advice.excluded
