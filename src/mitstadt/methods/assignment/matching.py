"""Applicant-proposing deferred acceptance with quotas (Gale and Shapley 1962; Roth 1985).

Each applicant applies to the best programme not tried yet; the programme keeps its `quota` highest for the time being
and rejects the rest; it ends when nobody can apply. The order of applications changes nothing. For applicants who apply
singly the outcome is stable, each gets the best place that any stable matching would give them, and telling the truth
is optimal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heapify, heappush, heappushpop

from . import lottery
from .model import Round

Wish = tuple[int, int]  # index of a programme, the applicant's rank there (larger goes first)


class Market:
    """A round in numbers. Applicants are counted in the order of their lottery numbers, the best first.

    A rank is points × n + (n − 1 − index): points decide, then the lottery number, and it tells whose rank it is.
    """

    def __init__(self, round_: Round) -> None:
        self.round = round_
        self.numbers = {name: lottery.number(round_.seed, name) for name in round_.applicants}
        self.ids = sorted(round_.applicants, key=lambda name: (self.numbers[name], name))
        self.index = {name: i for i, name in enumerate(self.ids)}
        self.programmes = sorted(round_.programmes)
        self.programme_index = {name: i for i, name in enumerate(self.programmes)}
        self.quotas = [round_.programmes[name].quota for name in self.programmes]
        self.wishes = self._wishes()

    def _wishes(self) -> list[list[Wish]]:
        """Everybody's own choices, without those where they are not considered."""
        round_, n, places = self.round, len(self.ids), self.programme_index
        strict = {name for name, programme in round_.programmes.items() if programme.requires}
        found = []
        for turn, name in enumerate(self.ids):
            person = round_.applicants[name]
            base, local = round_.base(person) * n + n - 1 - turn, person.local
            mine = [(places[choice], base) for choice in person.choices]
            if local or not strict.isdisjoint(person.choices):
                for position, choice in enumerate(person.choices):
                    if choice in local:
                        here = round_.programmes[choice].criteria
                        extra = sum(here[criterion] for criterion in local[choice] if criterion in here)
                        mine[position] = (places[choice], base + extra * n)
                mine = [
                    wish
                    for wish, choice in zip(mine, person.choices, strict=True)
                    if choice not in strict or not round_.missing(name, choice)
                ]
            found.append(mine)
        return found

    def wish(self, name: str, programme: str) -> Wish | None:
        """One wish; None where the applicant is not considered."""
        if self.round.missing(name, programme):
            return None
        n = len(self.ids)
        rank = self.round.points(name, programme) * n + n - 1 - self.index[name]
        return self.programme_index[programme], rank

    def named(self, outcome: Outcome) -> dict[str, str]:
        """Applicant → programme, for those who have a place."""
        n = len(self.ids)
        return {
            self.ids[n - 1 - rank % n]: self.programmes[p] for p, ranks in enumerate(outcome.held) for rank in ranks
        }


class Outcome:
    """`held`: for each programme the ranks it keeps, a heap. `tried`: for each applicant how many wishes were used."""

    __slots__ = ("held", "tried", "wishes")

    def __init__(self, held: list[list[int]], tried: list[int], wishes: Sequence[Sequence[Wish]]) -> None:
        self.held, self.tried, self.wishes = held, tried, wishes


def deferred_acceptance(wishes: Sequence[Sequence[Wish]], quotas: Sequence[int]) -> Outcome:
    """Ranks as in `Market`: different for everybody, applicant = n − 1 − rank modulo n, with n = len(wishes)."""
    n = len(wishes)
    held: list[list[int]] = [[] for _ in quotas]
    tried = [0] * n
    for first in range(n):
        applicant = first
        while True:
            mine, turn = wishes[applicant], tried[applicant]
            if turn == len(mine):
                break
            tried[applicant] = turn + 1
            programme, rank = mine[turn]
            kept = held[programme]
            if len(kept) < quotas[programme]:
                heappush(kept, rank)
                break
            applicant = n - 1 - heappushpop(kept, rank) % n  # whoever had to go applies next, perhaps the same person
    return Outcome(held, tried, wishes)


def sure_ranks(outcome: Outcome, quotas: Sequence[int]) -> dict[int, int]:
    """For each full programme the rank above which any further applicant would certainly have got in.

    Whoever gets in pushes somebody out, who applies elsewhere, and so on; now and then the chain comes back to the same
    programme. So somebody just above the last placed may still not have got in. This follows the chain that starts with
    one seat fewer, and takes the best rank the programme has to let go. Why this is enough: a real applicant who is
    placed here no longer competes elsewhere, so that fewer are rejected than in this chain.
    """
    return {p: _chain(outcome, quotas, p) for p, kept in enumerate(outcome.held) if quotas[p] and kept}


def _chain(outcome: Outcome, quotas: Sequence[int], start: int) -> int:
    n = len(outcome.wishes)
    held: dict[int, list[int]] = {}
    tried: dict[int, int] = {}
    if len(outcome.held[start]) < quotas[start]:
        return -1
    kept = sorted(outcome.held[start])
    out, held[start] = kept[0], kept[1:]
    best = out
    while True:
        applicant = n - 1 - out % n
        mine, turn = outcome.wishes[applicant], tried.get(applicant, outcome.tried[applicant])
        if turn == len(mine):
            return best
        tried[applicant] = turn + 1
        programme, rank = mine[turn]
        if programme not in held:
            held[programme] = list(outcome.held[programme])
            heapify(held[programme])
        kept = held[programme]
        if len(kept) < quotas[programme] - (programme == start):
            heappush(kept, rank)
            return best
        out = heappushpop(kept, rank)
        if programme == start:
            best = max(best, out)


def match(round_: Round) -> Mapping[str, str]:
    """Applicant → programme, everybody as if single; only those who have a place. Groups are ignored."""
    market = Market(round_)
    return market.named(deferred_acceptance(market.wishes, market.quotas))
