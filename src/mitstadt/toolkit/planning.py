"""A time plan backwards from the decision, and what it takes in money and working days. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from mitstadt.kit import mixed

from . import words
from .catalogue import MethodData
from .rulebook import Answers, RuleSet


class Words(NamedTuple):
    """What a city calls something, in German and, where it says so, in English."""

    german: str
    english: str = ""

    def said(self) -> str:
        """In the reader's language; German is marked where there is no English."""
        return mixed.said(self.german, self.english)


@dataclass(frozen=True, slots=True)
class Calendar:
    """What a city's administration needs. Weeks; `holidays` are (name, first day, last day), `sittings` the days on
    which committees decide: (day, committee). Names and words are `Words`."""

    committee_weeks: int = 6
    evaluation_weeks: int = 4
    procurement: Sequence[tuple[int, int, Words]] = ()  # (from euro, weeks, words)
    holidays: Sequence[tuple[Words, date, date]] = ()
    sittings: Sequence[tuple[date, Words]] = ()


@dataclass(frozen=True, slots=True)
class Milestone:
    """A day in the plan. `kind`: procure, prepare, run, evaluate, paper, decide."""

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


@dataclass(frozen=True, slots=True)
class Cost:
    """Euro from, to; `more` when there is no upper end."""

    low: int
    high: int
    more: bool


def cost(parts: Sequence[MethodData]) -> Cost:
    """What formats cost together, by their classes."""
    spans = [words.COST_SPANS[part.cost_class] for part in parts]
    dearest = list(words.COSTS)[-1]
    return Cost(
        sum(low for low, _high in spans),
        sum(high for _low, high in spans),
        any(part.cost_class == dearest for part in parts),
    )


def working_days(rules: RuleSet, parts: Sequence[MethodData]) -> tuple[int, int]:
    """How many working days formats take together, from and to."""
    spans = [rules.effort_days[part.effort] for part in parts]
    return sum(low for low, _high in spans), sum(high for _low, high in spans)


def plan(rules: RuleSet, calendar: Calendar, parts: Sequence[MethodData], answers: Answers) -> Plan | None:
    """Backwards from the decision. None without a date of the decision or without formats."""
    if answers.decision is None or not parts:
        return None
    decision, sitting = _sitting(answers.decision, calendar)
    found = [Milestone(decision, None, "decide", note=sitting)]
    paper = decision - timedelta(weeks=calendar.committee_weeks)
    found.append(Milestone(paper, None, "paper"))
    end = paper - timedelta(weeks=calendar.evaluation_weeks)
    found.append(Milestone(end, paper, "evaluate"))
    for method in reversed([part for part in parts if part.slug not in rules.after]):
        weeks = rules.run_weeks.get(method.slug, 1)
        begin, until, note = _outside_holidays(end, weeks, calendar)
        found.append(Milestone(begin, until, "run", method.slug, note=note))
        ready = begin - timedelta(weeks=method.prep_min)
        found.append(Milestone(ready, begin, "prepare", method.slug))
        end = begin
    for method in (part for part in parts if part.slug in rules.after):
        until = decision + timedelta(weeks=rules.run_weeks.get(method.slug, 1))
        found.append(Milestone(decision, until, "run", method.slug))
    first = min(milestone.day for milestone in found)
    for euro, weeks, text in sorted(calendar.procurement, reverse=True):
        if max(sum(words.COST_SPANS[part.cost_class]) // 2 for part in parts) > euro:  # the middle of its span
            found.append(Milestone(first - timedelta(weeks=weeks), first, "procure", text=text.said()))
            break
    found.sort(key=lambda milestone: (milestone.day, milestone.kind != "procure"))
    late = 0
    if answers.start is not None and found[0].day < answers.start:
        late = -(-(answers.start - found[0].day).days // 7)
    return Plan(tuple(found), late)


def _sitting(wished: date, calendar: Calendar) -> tuple[date, str]:
    """The last sitting by the wished day and which committee sits, or the wished day where no dates are known."""
    known = sorted(calendar.sittings)
    if not known:
        return wished, ""
    by_then = [one for one in known if one[0] <= wished]
    if not by_then:
        return wished, _("vor dem ersten bekannten Sitzungstag")
    if known[-1][0] < wished:
        return wished, _("Sitzungstage sind so weit voraus noch nicht bekannt")
    day, committee = by_then[-1]
    return day, mixed.fill(_("Sitzung: %(committee)s"), {"committee": committee.said()})


def _outside_holidays(end: date, weeks: int, calendar: Calendar) -> tuple[date, date, str]:
    """A run of `weeks` that ends by `end`. Short ones (up to two weeks) are moved before a holiday that they meet,
    longer ones run through it; the note says so."""
    length, note = timedelta(weeks=weeks), ""
    for name, first, last in sorted(calendar.holidays, key=lambda h: h[1], reverse=True):
        if end - length > last or first > end:
            continue
        if weeks > 2:
            return end - length, end, mixed.fill(_("%(name)s liegen darin"), {"name": name.said()})
        end, note = first - timedelta(days=1), note or mixed.fill(_("vor %(name)s gelegt"), {"name": name.said()})
    return end - length, end, note
