"""The adviser: ten answers become a ranked list, each place with its reasons. Pure: the same answers, rules and
catalogue always give the same advice. No database, no clock.

Points are added up: a rule's own points, whether group, money, time and staff fit, and for combinations the mean of
their best formats. What is impossible (too dear, too late, too big a promise) is not ranked but listed with its reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import words
from .catalogue import Catalogue, CombinationData, MethodData

LEVELS = tuple(words.LEVELS)
COST_ORDER = tuple(words.COSTS)


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
    """`when`: question → answers. Either `give` (slug → points) or `where` with `points` or `exclude`."""

    when: Mapping[str, frozenset[str]]
    why: str
    why_en: str = ""
    give: Mapping[str, float] = field(default_factory=dict)
    where: Mapping[str, frozenset[str]] = field(default_factory=dict)
    points: float = 0
    exclude: bool = False

    def holds(self, answers: Answers) -> bool:
        return all(not wanted.isdisjoint(answers.of(key)) for key, wanted in self.when.items())


@dataclass(frozen=True, slots=True)
class RuleSet:
    questions: tuple[Question, ...]
    rules: tuple[Rule, ...]
    effort_days: Mapping[str, tuple[int, int]]
    run_weeks: Mapping[str, int]

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
    limits: tuple[str, ...]


class BadRules(ValueError):
    """A rule file that cannot be used; the message names the place."""


# -- reading -----------------------------------------------------------------------------------------------------
def read(data: Any) -> RuleSet:
    """Plain data (see `data/adviser.yaml`) as rules. Raises BadRules."""
    if not isinstance(data, Mapping):
        raise BadRules(_("Die Regeln brauchen „questions“ und „rules“."))
    questions = tuple(_question(number, row) for number, row in enumerate(data.get("questions") or (), 1))
    known = {question.key: {option.key for option in question.options} for question in questions}
    if not known:
        raise BadRules(_("Die Regeln brauchen „questions“ und „rules“."))
    rules = tuple(_rule(number, row, known) for number, row in enumerate(data.get("rules") or (), 1))
    try:
        days = {str(k): (int(v[0]), int(v[1])) for k, v in (data.get("effort_days") or {}).items()}
        runs = {str(k): int(v) for k, v in (data.get("run_weeks") or {}).items()}
    except (TypeError, ValueError, IndexError, AttributeError) as error:
        raise BadRules(_("„effort_days“ braucht zwei Zahlen je Aufwand, „run_weeks“ eine je Format.")) from error
    if set(days) != set(words.EFFORTS):
        raise BadRules(_("„effort_days“ braucht: %(known)s.") % {"known": ", ".join(words.EFFORTS)})
    return RuleSet(questions, rules, days, runs)


def _question(number: int, row: Any) -> Question:
    try:
        options = tuple(
            Option(
                str(option["key"]),
                str(option["label"]),
                str(option.get("label_en", "")),
                next((int(option[name]) for name in ("persons", "euro", "days") if name in option), None),
            )
            for option in row["options"]
        )
        return Question(
            str(row["key"]), str(row["label"]), str(row.get("label_en", "")), options, bool(row.get("several"))
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadRules(_("Frage %(n)s: key, label und options fehlen oder sind falsch.") % {"n": number}) from error


_WHERE = {
    "kind": frozenset(words.KINDS),
    "level": frozenset(LEVELS),
    "level_not": frozenset(LEVELS),
    "lowest": frozenset(LEVELS),
}


def _rule(number: int, row: Any, known: Mapping[str, set[str]]) -> Rule:
    def bad(text: str) -> BadRules:
        return BadRules(_("Regel %(n)s: %(what)s") % {"n": number, "what": text})

    if not isinstance(row, Mapping) or not isinstance(row.get("when"), Mapping) or not row.get("why"):
        raise bad(_("when und why fehlen oder sind falsch."))
    when = {}
    for key, answers in row["when"].items():
        if key not in known or not isinstance(answers, list) or not answers:
            raise bad(_("Die Frage „%(key)s“ gibt es nicht, oder ihr fehlt eine Liste von Antworten.") % {"key": key})
        for answer in answers:
            if str(answer) not in known[key]:
                raise bad(_("„%(answer)s“ ist keine Antwort auf „%(key)s“.") % {"answer": answer, "key": key})
        when[str(key)] = frozenset(str(answer) for answer in answers)
    give, where = row.get("give") or {}, row.get("where") or {}
    if bool(give) == bool(where):
        raise bad(_("Entweder give oder where, nicht beides."))
    try:
        points = {str(slug): float(value) for slug, value in give.items()}
        own = float(row.get("points", 0))
        chosen = {str(key): frozenset(str(value) for value in values) for key, values in where.items()}
    except (TypeError, ValueError, AttributeError) as error:
        raise bad(_("Punkte sind Zahlen.")) from error
    for key, values in chosen.items():
        if key not in _WHERE or not values <= _WHERE[key]:
            raise bad(_("where kennt kind, level, level_not und lowest mit ihren Werten."))
    if chosen and not own and not row.get("exclude"):
        raise bad(_("where braucht points oder exclude."))
    return Rule(when, str(row["why"]), str(row.get("why_en", "")), points, chosen, own, bool(row.get("exclude")))


def _chosen_by(where: Mapping[str, frozenset[str]], method: MethodData) -> bool:
    for key, wanted in where.items():
        if key == "kind":
            chosen = method.kind in wanted
        elif key == "lowest":
            chosen = min(method.iap2, key=LEVELS.index) in wanted
        else:
            chosen = wanted.isdisjoint(method.iap2) == (key == "level_not")
        if not chosen:
            return False
    return True


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
                if isinstance(advice.entry, MethodData) and _chosen_by(rule.where, advice.entry):
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


def _limits(rules: RuleSet, answers: Answers, possible: Sequence[Advice]) -> list[str]:
    """What must be said plainly: nothing to decide, too little time, too little money."""
    said = []
    if "nichts" in answers.of("offen"):
        said.append(
            _("Es ist nichts mehr zu entscheiden: Beteiligung wäre ein leeres Versprechen. Empfohlen wird Information.")
        )
    if answers.weeks is not None and answers.weeks < 3:
        said.append(
            _("In weniger als drei Wochen lässt sich kaum jemand gut einladen.")
            + " "
            + _("Verschieben Sie die Entscheidung, oder sagen Sie offen, dass nur informiert wird.")
        )
    if answers.of("geld") and answers.of("geld")[0] == "keins":
        said.append(
            _("Ohne Geld fehlen Dolmetschen, Kinderbetreuung und Fahrtkosten. Wer darauf angewiesen ist, bleibt weg.")
        )
    if answers.of("tage") and _amount(rules, answers, "tage") == 5 and not set(answers.of("leise")) <= {"zeit"}:
        said.append(_("Mit fünf Arbeitstagen erreicht man kaum Menschen, die sonst nicht kommen. Suchen Sie Partner."))
    if not possible:
        said.append(_("Mit diesen Angaben geht kein Format. Am meisten hilft mehr Zeit."))
    return said


def first_three(result: Result) -> list[str]:
    return [advice.slug for advice in result.methods[:3]]


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


# -- time and money ----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Calendar:
    """What a city's administration needs. Weeks; `holidays` are (name, first day, last day)."""

    committee_weeks: int = 6
    evaluation_weeks: int = 4
    procurement: Sequence[tuple[int, int, str]] = ()  # (from euro, weeks, words)
    holidays: Sequence[tuple[str, date, date]] = ()


@dataclass(frozen=True, slots=True)
class Milestone:
    """A day in the plan. `kind`: start, procure, prepare, run, evaluate, paper, decide."""

    day: date
    until: date | None
    kind: str
    slug: str = ""
    text: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Milestones in time; `late_weeks` says by how much the first one lies before the start that was wished for."""

    milestones: tuple[Milestone, ...]
    late_weeks: int
    cost: tuple[int, int]
    days: tuple[int, int]
    open_cost: bool


def plan(rules: RuleSet, calendar: Calendar, parts: Sequence[MethodData], answers: Answers) -> Plan | None:
    """Backwards from the decision. None without a date of the decision or without formats."""
    if answers.decision is None or not parts:
        return None
    decision = answers.decision
    found = [Milestone(decision, None, "decide")]
    paper = decision - timedelta(weeks=calendar.committee_weeks)
    found.append(Milestone(paper, None, "paper"))
    end = paper - timedelta(weeks=calendar.evaluation_weeks)
    found.append(Milestone(end, paper, "evaluate"))
    for method in reversed([part for part in parts if part.slug != "ergebnisfeedback"]):
        weeks = rules.run_weeks.get(method.slug, 1)
        begin, until, note = _outside_holidays(end, weeks, calendar)
        found.append(Milestone(begin, until, "run", method.slug, note=note))
        ready = begin - timedelta(weeks=method.prep_min)
        found.append(Milestone(ready, begin, "prepare", method.slug))
        end = begin
    if any(part.slug == "ergebnisfeedback" for part in parts):
        found.append(Milestone(decision, decision + timedelta(weeks=4), "feedback", "ergebnisfeedback"))
    low = sum(words.COST_SPANS[part.cost_class][0] for part in parts)
    high = sum(words.COST_SPANS[part.cost_class][1] for part in parts)
    first = min(milestone.day for milestone in found)
    for euro, weeks, text in sorted(calendar.procurement, reverse=True):
        if max(words.COST_SPANS[part.cost_class][0] for part in parts) >= euro:
            found.append(Milestone(first - timedelta(weeks=weeks), first, "procure", text=text))
            break
    found.sort(key=lambda milestone: (milestone.day, milestone.kind != "procure"))
    late = 0
    if answers.start is not None and found[0].day < answers.start:
        late = -(-(answers.start - found[0].day).days // 7)
    days = [rules.effort_days[part.effort] for part in parts]
    return Plan(
        tuple(found),
        late,
        (low, high),
        (sum(d[0] for d in days), sum(d[1] for d in days)),
        any(part.cost_class == COST_ORDER[-1] for part in parts),
    )


def _outside_holidays(end: date, weeks: int, calendar: Calendar) -> tuple[date, date, str]:
    """A run of `weeks` that ends by `end`. Short ones (up to two weeks) are moved before a holiday that they meet,
    longer ones run through it; the note says so."""
    begin = end - timedelta(weeks=weeks)
    for name, first, last in sorted(calendar.holidays, key=lambda h: h[1], reverse=True):
        if begin <= last and first <= end:
            if weeks <= 2:
                end = first - timedelta(days=1)
                begin = end - timedelta(weeks=weeks)
                return (*_dates(_outside_holidays(end, weeks, calendar)), _("vor %(name)s gelegt") % {"name": name})
            return begin, end, _("%(name)s liegen darin") % {"name": name}
    return begin, end, ""


def _dates(found: tuple[date, date, str]) -> tuple[date, date]:
    return found[0], found[1]


def shares(results: Sequence[Advice]) -> Mapping[str, float]:
    """Points of each entry as a part of the best one, for bars: 1 is the best."""
    best = max((advice.points for advice in results), default=0)
    return defaultdict(float, {advice.slug: advice.points / best for advice in results if best > 0})
