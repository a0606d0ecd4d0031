"""Applicants who apply together.

A stable matching with them may not exist (twins), and to find out whether one does is NP-hard. So nothing clever is
promised. The repair step:

1. Each family stands at its first option; its members apply there as if single. Everybody is matched.
2. Families of whom not all got in go on to their next option, after the last one to "apart": with
   `together_if_possible` members apply singly by their own choices, with `together_or_not_at_all` they withdraw.
   Everybody is matched anew, until no family is split.
3. A family that stepped back too early, since others stepped back with it, gets one second chance for each option: the
   one whose weakest member has the most points there goes first, then the family's lottery number decides. Of all
   outcomes the one with the fewest conflicts is kept, of equals the first.

Guaranteed: no option is ever given in part; seats held by families are held by their members' own points; nobody who
applies singly (or apart) prefers a programme that has a free seat or holds somebody who ranks below them. Not
guaranteed: that no family would also have got in at an option it likes better. The `conflicts` are all that would.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from . import lottery
from .matching import Market, Outcome, Wish, deferred_acceptance
from .model import NOT_AT_ALL
from .stability import Conflict, family_conflicts

SECOND_CHANCES = 100  # in one round; each costs a few matchings


@dataclass(frozen=True)
class Placed:
    """`assignment`: applicant → programme, for those with a place. `stages`: group → option; past the last: apart."""

    outcome: Outcome
    assignment: Mapping[str, str]
    stages: Mapping[str, int]
    conflicts: tuple[Conflict, ...]
    matchings: int


def place(market: Market) -> Placed:
    """The whole round: families as above; without families it is plain deferred acceptance."""
    round_ = market.round
    stages = dict.fromkeys(sorted(round_.groups), 0)
    used: set[Conflict] = set()
    best: Placed | None = None
    count = 0
    while True:
        outcome, needed = _settle(market, stages)
        count += needed
        assignment = market.named(outcome)
        conflicts = tuple(family_conflicts(round_, assignment, market.numbers))
        if best is None or len(conflicts) < len(best.conflicts):
            best = Placed(outcome, assignment, dict(stages), conflicts, 0)
        again = [conflict for conflict in conflicts if conflict not in used]
        if not again or len(used) >= SECOND_CHANCES:
            return Placed(best.outcome, best.assignment, best.stages, best.conflicts, count)
        chance = min(again, key=lambda conflict: _turn(market, conflict))
        used.add(chance)
        stages[chance.group] = chance.option


def _turn(market: Market, conflict: Conflict) -> tuple[int, str, int]:
    """Who gets a second chance first."""
    round_ = market.round
    option = round_.groups[conflict.group].options[conflict.option]
    weakest = min(round_.points(name, programme) for name, programme in option.items())
    return -weakest, lottery.number(round_.seed, conflict.group), conflict.option


def _settle(market: Market, stages: dict[str, int]) -> tuple[Outcome, int]:
    """Match until no family is split; moves `stages` on. Ends, as stages only grow."""
    count = 0
    while True:
        outcome = deferred_acceptance(_wishes(market, stages), market.quotas)
        count += 1
        split = _split(market, stages, outcome)
        if not split:
            return outcome, count
        for group in split:
            stages[group] += 1


def _wishes(market: Market, stages: Mapping[str, int]) -> list[list[Wish]]:
    wishes = market.wishes
    if not stages:
        return wishes
    wishes = list(wishes)
    for group, stage in stages.items():
        for name in market.round.members[group]:
            wishes[market.index[name]] = _of_member(market, group, name, stage)
    return wishes


def _of_member(market: Market, group: str, name: str, stage: int) -> list[Wish]:
    family = market.round.groups[group]
    if stage < len(family.options):
        wish = market.wish(name, family.options[stage][name])
        return [wish] if wish else []
    return [] if family.mode == NOT_AT_ALL else market.wishes[market.index[name]]


def _split(market: Market, stages: Mapping[str, int], outcome: Outcome) -> list[str]:
    """Families at an option at which not all of them got in."""
    held, groups = market.named(outcome), market.round.groups
    return [
        group
        for group, stage in stages.items()
        if stage < len(groups[group].options)
        and any(held.get(name) != place_ for name, place_ in groups[group].options[stage].items())
    ]
