"""What a matching round is made of. Ids are short ASCII names, points are whole numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

NOT_AT_ALL, IF_POSSIBLE = "together_or_not_at_all", "together_if_possible"
MODES = (NOT_AT_ALL, IF_POSSIBLE)
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Criterion:
    """A published reason for points. `points` counts at every programme; None: each programme says how many (local)."""

    id: str
    legal_basis: str
    points: int | None = None
    name: str = ""

    @property
    def is_global(self) -> bool:
        return self.points is not None


@dataclass(frozen=True, slots=True)
class Programme:
    """What has places: a house × age group × hours × start.

    `criteria` are the points that local criteria bring here; who lacks one of `requires` is not considered here.
    """

    id: str
    quota: int
    criteria: Mapping[str, int] = field(default_factory=dict)
    requires: frozenset[str] = NOBODY
    name: str = ""


@dataclass(frozen=True, slots=True)
class Applicant:
    """`choices`: programmes, the best first. `criteria` hold everywhere, `local` at the programme named."""

    id: str
    choices: tuple[str, ...] = ()
    criteria: frozenset[str] = NOBODY
    local: Mapping[str, frozenset[str]] = field(default_factory=dict)
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Applicants who apply together: siblings, or a parent and a child.

    Each of `options`, the best first, says who would go where. The family prefers every option to anything else. With
    `together_or_not_at_all` nothing else is wanted; with `together_if_possible` each member's own `choices` count when
    no option works out.
    """

    id: str
    mode: str
    options: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class Round:
    """Everything a result follows from. `last_year`: programme → points of the last placed (None: room for all)."""

    seed: str
    criteria: Mapping[str, Criterion]
    programmes: Mapping[str, Programme]
    applicants: Mapping[str, Applicant]
    groups: Mapping[str, Group] = field(default_factory=dict)
    last_year: Mapping[str, int | None] = field(default_factory=dict)
    name: str = ""

    @cached_property
    def members(self) -> dict[str, list[str]]:
        """Group → its applicants, sorted."""
        found: dict[str, list[str]] = {group: [] for group in self.groups}
        for applicant in self.applicants.values():
            if applicant.group is not None:
                found[applicant.group].append(applicant.id)
        return {group: sorted(ids) for group, ids in found.items()}

    def base(self, applicant: Applicant) -> int:
        """Points from criteria that count everywhere."""
        return sum([self.criteria[name].points or 0 for name in applicant.criteria])

    def points(self, applicant: str, programme: str) -> int:
        """Points of `applicant` at `programme`: global criteria, plus local ones that hold there."""
        person, here = self.applicants[applicant], self.programmes[programme].criteria
        return self.base(person) + sum(here[name] for name in person.local.get(programme, ()) if name in here)

    def missing(self, applicant: str, programme: str) -> list[str]:
        """Required criteria that do not hold, sorted; with any of them the applicant is not considered there."""
        requires = self.programmes[programme].requires
        if not requires:
            return []
        person = self.applicants[applicant]
        return sorted(requires - person.criteria - person.local.get(programme, NOBODY))
