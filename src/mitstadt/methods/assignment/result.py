"""What a round comes to: places, cut-offs, and for everybody why not at the programmes they liked better.

Explanations are codes and numbers; the sentences are the caller's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from . import files, lottery
from .families import Placed, place
from .matching import Market, Wish, sure_ranks
from .model import Group, Round
from .stability import BlockingPair, blocking_pairs, holders, refused_members, standing

FORMAT = "mitstadt.assignment.result/1"
RULE = "applicant-proposing deferred acceptance; groups by the repair step of docs/methods.md"

# What became of one choice.
PLACED, NOT_REACHED = "placed", "not_reached"
POINTS, LOTTERY, NO_PLACES, NOT_ELIGIBLE = "points", "lottery", "no_places", "not_eligible"
# And of an option of a group; a member may also be `ENOUGH`.
REFUSED, CONFLICT, ENOUGH = "refused", "conflict", "enough"
# Last year's line against this year's points.
YES, NO, BY_LOTTERY = "yes", "no", "lottery"


@dataclass(frozen=True, slots=True)
class Cutoff:
    """The line at a full programme: more than `points` is in; exactly `points` is in if the lottery number, as text,
    comes before `lottery_below` (None: all with these points are in)."""

    points: int
    lottery_below: str | None = None

    def passed(self, points: int, number: str) -> bool:
        if points != self.points:
            return points > self.points
        return self.lottery_below is None or number < self.lottery_below


@dataclass(frozen=True, slots=True)
class ProgrammeResult:
    """`named`: applicants who named it, in whatever place. A full programme without places has no cut-off.

    `tied_in` and `tied_out` are those with exactly the points of the cut-off. `sure` is a line (points, lottery number)
    above which one more applicant would certainly have got in; see `matching.sure_ranks`.
    """

    id: str
    quota: int
    placed: int
    named: int
    cutoff: Cutoff | None
    tied_in: int = 0
    tied_out: int = 0
    sure: tuple[int, str] | None = None

    @property
    def full(self) -> bool:
        return self.placed >= self.quota

    def enough(self, number: str) -> int | None:
        """The points with which somebody with this lottery number would certainly have got in, else being equal."""
        if self.sure is None:
            return None
        points, line = self.sure
        return points if number < line else points + 1


@dataclass(frozen=True, slots=True)
class Why:
    """One choice of one applicant; `position` counts from 1. Fields that do not belong to its `code` are None.

    - ``points``, ``lottery``: `quota` places, the last placed had `last_points`, the applicant `points`;
      `enough_points` would certainly have done. With ``lottery`` the points were equal: of all with these points
      `tied_in` got in and `tied_out` did not, the numbers before `lottery_below` did.
    - ``not_eligible``: the required criteria `missing` do not hold.
    - `last_year`: would these points have done last year (``yes``, ``no``, ``lottery``), when the last placed had
      `last_year_points` (None: everybody got in)?
    """

    programme: str
    position: int
    code: str
    points: int | None = None
    quota: int | None = None
    last_points: int | None = None
    enough_points: int | None = None
    lottery_below: str | None = None
    tied_in: int | None = None
    tied_out: int | None = None
    missing: tuple[str, ...] = ()
    last_year: str | None = None
    last_year_points: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Without what is None or empty."""
        found: dict[str, Any] = {}
        for name in self.__slots__:
            value = getattr(self, name)
            if value is not None and value != ():
                found[name] = list(value) if isinstance(value, tuple) else value
        return found


@dataclass(frozen=True, slots=True)
class OptionWhy:
    """An option of a group, `position` from 1: ``placed``, ``refused``, ``conflict`` (it would have got in, see
    `families`) or ``not_reached``. `members`: applicant → what stood in the way, or ``enough``."""

    position: int
    code: str
    members: Mapping[str, Why]


@dataclass(frozen=True, slots=True)
class GroupExplanation:
    """`option`: which one it became, from 1; None: apart or, with `together_or_not_at_all`, without places."""

    id: str
    mode: str
    option: int | None
    options: tuple[OptionWhy, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """`position`: which of the own choices it became, from 1; None without a place or by an option of a group."""

    applicant: str
    number: str
    programme: str | None
    position: int | None
    choices: tuple[Why, ...]


class Result:
    """Everything about a round that was placed. Made by `assign`; what costs time is worked out when asked for."""

    def __init__(self, market: Market, placed: Placed) -> None:
        self.round: Round = market.round
        self.market, self.placed = market, placed
        self.assignment: Mapping[str, str] = placed.assignment
        self.conflicts = placed.conflicts
        self.programmes: Mapping[str, ProgrammeResult] = _programmes(market, placed)
        self.blocking_pairs: Sequence[BlockingPair] = blocking_pairs(self.round, self.assignment, market.numbers)

    @property
    def stable(self) -> bool:
        return not self.blocking_pairs and not self.conflicts

    @cached_property
    def input_sha256(self) -> str:
        return files.digest(self.round)

    @cached_property
    def _inside(self) -> dict[str, list[tuple[int, str, str]]]:
        return holders(self.round, self.assignment, self.market.numbers)

    def explain(self, applicant: str) -> Explanation:
        """One applicant's choices, the best first. For members of a group that got an option, `choices` is empty."""
        number, programme = self.market.numbers[applicant], self.assignment.get(applicant)
        person = self.round.applicants[applicant]
        if person.group is not None and self._stands_together(person.group):
            return Explanation(applicant, number, programme, None, ())
        why, position = [], None
        for turn, choice in enumerate(person.choices, start=1):
            if position is not None:
                why.append(Why(choice, turn, NOT_REACHED))
                continue
            if choice == programme:
                position = turn
            why.append(self._why(applicant, choice, turn, choice == programme))
        return Explanation(applicant, number, programme, position, tuple(why))

    def _stands_together(self, group: str) -> bool:
        return self.placed.stages[group] < len(self.round.groups[group].options)

    def _why(self, applicant: str, programme: str, position: int, placed: bool) -> Why:
        missing = tuple(self.round.missing(applicant, programme))
        if missing:
            return Why(programme, position, NOT_ELIGIBLE, missing=missing)
        here = self.programmes[programme]
        points = self.round.points(applicant, programme)
        before = self._last_year(programme, points)
        if placed:
            return Why(programme, position, PLACED, points=points, quota=here.quota, **before)
        if here.cutoff is None:
            return Why(programme, position, NO_PLACES, points=points, quota=here.quota, **before)
        line, tied = here.cutoff, points == here.cutoff.points
        return Why(
            programme,
            position,
            LOTTERY if tied else POINTS,
            points=points,
            quota=here.quota,
            last_points=line.points,
            enough_points=here.enough(self.market.numbers[applicant]),
            lottery_below=line.lottery_below if tied else None,
            tied_in=here.tied_in if tied else None,
            tied_out=here.tied_out if tied else None,
            **before,
        )

    def _last_year(self, programme: str, points: int) -> dict[str, Any]:
        if programme not in self.round.last_year:
            return {}
        line = self.round.last_year[programme]
        if line is None or points > line:
            return {"last_year": YES, "last_year_points": line}
        return {"last_year": BY_LOTTERY if points == line else NO, "last_year_points": line}

    def explain_group(self, group: str) -> GroupExplanation:
        """The options of a family, the best first, and what stood in the way of each better one."""
        family = self.round.groups[group]
        got = standing(family, {name: self.assignment.get(name) for name in self.round.members[group]})
        options = []
        for turn, option in enumerate(family.options):
            if got is not None and turn > got:
                options.append(OptionWhy(turn + 1, NOT_REACHED, {}))
                continue
            out = [] if turn == got else refused_members(self.round, self._inside, family, turn)
            code = PLACED if turn == got else REFUSED if out else CONFLICT
            members = {name: self._why_member(family, turn, name, name in out) for name in sorted(option)}
            options.append(OptionWhy(turn + 1, code, members))
        return GroupExplanation(group, family.mode, None if got is None else got + 1, tuple(options))

    def _why_member(self, family: Group, option: int, name: str, refused: bool) -> Why:
        """Against those who would be placed if the family came: the last of them had `last_points`."""
        programme = family.options[option][name]
        missing = tuple(self.round.missing(name, programme))
        if missing:
            return Why(programme, option + 1, NOT_ELIGIBLE, missing=missing)
        quota, points = self.round.programmes[programme].quota, self.round.points(name, programme)
        before = self._last_year(programme, points)
        if not refused:
            return Why(programme, option + 1, ENOUGH, points=points, quota=quota, **before)
        if quota == 0:
            return Why(programme, option + 1, NO_PLACES, points=points, quota=0, **before)
        mine = [
            (-self.round.points(other, programme), self.market.numbers[other], other)
            for other, at in family.options[option].items()
            if at == programme and not self.round.missing(other, programme)
        ]
        others = [entry for entry in self._inside[programme] if entry[2] not in family.options[option]]
        last = -sorted(others + mine)[:quota][-1][0]
        code = LOTTERY if points == last else POINTS
        return Why(programme, option + 1, code, points=points, quota=quota, last_points=last, **before)

    def to_json(self) -> dict[str, Any]:
        """The whole result, as `data/result.schema.json` describes it. Rows are sorted by id, places count from 1."""
        return {
            "format": FORMAT,
            "input_sha256": self.input_sha256,
            "lottery_seed": self.round.seed,
            "lottery_rule": lottery.RULE,
            "rule": RULE,
            "stable": self.stable,
            "enough_points_are_certain": not self.round.groups,
            "blocking_pairs": [
                {"applicant": pair.applicant, "programme": pair.programme, "instead_of": pair.instead_of}
                for pair in self.blocking_pairs
            ],
            "conflicts": [{"group": c.group, "option": c.option + 1} for c in self.conflicts],
            "programmes": [self._programme_json(name) for name in sorted(self.programmes)],
            "applicants": [self._applicant_json(name) for name in sorted(self.round.applicants)],
            "groups": [self._group_json(name) for name in sorted(self.round.groups)],
        }

    def _programme_json(self, name: str) -> dict[str, Any]:
        here = self.programmes[name]
        return {
            "id": name,
            "quota": here.quota,
            "placed": here.placed,
            "named": here.named,
            "full": here.full,
            "cutoff": cutoff_json(here.cutoff),
        }

    def _applicant_json(self, name: str) -> dict[str, Any]:
        found = self.explain(name)
        return {
            "id": name,
            "lottery_number": found.number,
            "programme": found.programme,
            "position": found.position,
            "choices": [why.to_json() for why in found.choices],
        }

    def _group_json(self, name: str) -> dict[str, Any]:
        found = self.explain_group(name)
        return {
            "id": name,
            "mode": found.mode,
            "option": found.option,
            "options": [
                {
                    "position": option.position,
                    "code": option.code,
                    "members": {member: why.to_json() for member, why in option.members.items()},
                }
                for option in found.options
            ],
        }


def assign(round_: Round) -> Result:
    """Place everybody. The same round gives the same result, in whatever order its rows come."""
    market = Market(round_)
    return Result(market, place(market))


def cutoff_json(cutoff: Cutoff | None) -> dict[str, Any] | None:
    return None if cutoff is None else {"points": cutoff.points, "lottery_below": cutoff.lottery_below}


def _programmes(market: Market, placed: Placed) -> dict[str, ProgrammeResult]:
    n, outcome = len(market.ids), placed.outcome
    lines = [min(kept) if kept and len(kept) >= market.quotas[p] else -1 for p, kept in enumerate(outcome.held)]
    tied_out = [0] * len(lines)
    first_out = [n] * len(lines)
    for applicant, wishes in enumerate(outcome.wishes):
        for programme, rank in _refused(wishes, outcome.tried[applicant], applicant, market, placed):
            if lines[programme] >= 0 and rank // n == lines[programme] // n:
                tied_out[programme] += 1
                first_out[programme] = min(first_out[programme], applicant)
    for applicant, programme in _passed_over(market, placed, lines) if placed.stages else ():
        tied_out[programme] += 1
        first_out[programme] = min(first_out[programme], applicant)
    sure = sure_ranks(outcome, market.quotas)
    named = _named(market.round)
    found = {}
    for p, name in enumerate(market.programmes):
        kept, line = outcome.held[p], lines[p]
        cutoff, tied_in, certain = None, 0, None
        if line >= 0:
            points = line // n
            tied_in = sum(rank // n == points for rank in kept)
            below = None
            if tied_out[p]:
                last_in = market.numbers[market.ids[n - 1 - line % n]]
                below = lottery.line_between(last_in, market.numbers[market.ids[first_out[p]]])
            cutoff = Cutoff(points, below)
            certain = (sure[p] // n, market.numbers[market.ids[n - 1 - sure[p] % n]])
        found[name] = ProgrammeResult(
            name, market.quotas[p], len(kept), named[name], cutoff, tied_in, tied_out[p], certain
        )
    return found


def _refused(wishes: Sequence[Wish], tried: int, applicant: int, market: Market, placed: Placed) -> Sequence[Wish]:
    """The wishes that came to nothing; the last one tried is the place, if there is one."""
    return wishes[: tried - 1] if market.ids[applicant] in placed.assignment else wishes[:tried]


def _passed_over(market: Market, placed: Placed, lines: Sequence[int]) -> set[tuple[int, int]]:
    """(applicant, programme) of members of families who stood just below the line, with the same points, at an option
    their family had to leave. They are on the wrong side of it too, though they no longer apply there."""
    n = len(market.ids)
    found = set()
    for group, stage in placed.stages.items():
        for option in market.round.groups[group].options[:stage]:
            for name, place_ in option.items():
                wish = market.wish(name, place_)
                if wish is None or lines[wish[0]] < 0:
                    continue
                line = lines[wish[0]]
                if wish[1] < line and wish[1] // n == line // n:
                    found.add((market.index[name], wish[0]))
    return found - {
        (applicant, wish[0])
        for applicant, wishes in enumerate(placed.outcome.wishes)
        if market.round.applicants[market.ids[applicant]].group is not None
        for wish in _refused(wishes, placed.outcome.tried[applicant], applicant, market, placed)
    }


def _named(round_: Round) -> dict[str, int]:
    found = dict.fromkeys(round_.programmes, 0)
    for person in round_.applicants.values():
        named = set(person.choices)
        if person.group is not None:
            named |= {option[person.id] for option in round_.groups[person.group].options}
        for programme in named:
            found[programme] += 1
    return found
