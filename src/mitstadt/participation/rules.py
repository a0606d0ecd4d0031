"""Pure decisions about time and people. The one meaning of "active", "next" and "over" lives here.

A phase lasts from its start up to, not including, its end. Everything else (pages, lists, interface, jobs, reasons
for a refusal) asks `when`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

ACTIVE, NEXT, OVER = "active", "next", "over"

# What a phase may allow. Each format names those it knows.
VERBS = ("propose", "comment", "rate", "support", "vote", "annotate", "answer", "meet")

# What staff set, and what follows from the dates of the phases while it is open.
DRAFT, OPEN, EVALUATION, ANSWERED, IMPLEMENTED, ARCHIVED = (
    "draft",
    "open",
    "evaluation",
    "answered",
    "implemented",
    "archived",
)
ANNOUNCED, RUNNING = "announced", "running"
STATES = (DRAFT, ANNOUNCED, RUNNING, EVALUATION, ANSWERED, IMPLEMENTED, ARCHIVED)
# Where staff may move a process by hand, and back; in order.
STEPS: dict[str, tuple[str, ...]] = {
    DRAFT: (OPEN,),
    OPEN: (DRAFT, ANSWERED),
    ANSWERED: (OPEN, IMPLEMENTED, ARCHIVED),
    IMPLEMENTED: (ANSWERED, ARCHIVED),
    ARCHIVED: (),
}


class Timed(Protocol):
    """Anything with a beginning and an end."""

    start: datetime
    end: datetime


def when(phase: Timed, now: datetime, stage: str = OPEN) -> str:
    """``next``, ``active`` or ``over``. In a process that is answered already nothing runs and nothing comes."""
    if stage not in (DRAFT, OPEN):
        return OVER
    if now < phase.start:
        return NEXT
    return ACTIVE if now < phase.end else OVER


def state(stage: str, phases: Iterable[Timed], now: datetime) -> str:
    """The state of a process at `now`.

    An open process is announced before its first phase, running until its last one is over (pauses included), and in
    evaluation from then on. Without any phase it is announced.
    """
    if stage != OPEN:
        return stage
    moments = [when(phase, now) for phase in phases]
    if all(moment == NEXT for moment in moments):
        return ANNOUNCED
    return EVALUATION if all(moment == OVER for moment in moments) else RUNNING


def next_change(phases: Iterable[Timed], now: datetime) -> datetime | None:
    """The next moment at which something begins or ends; None when nothing does any more."""
    moments = [moment for phase in phases for moment in (phase.start, phase.end) if moment > now]
    return min(moments) if moments else None


class BadAudience(ValueError):
    """`field` names the part that is wrong."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom a phase is. All conditions named must hold; within `districts`, `areas`, `groups` and `organisations`
    one.

    `trust` 0 everybody, 1 e-mail confirmed, 2 resident, 3 online identity. Ages in full years, both ends included;
    they, the district (by number) and the area (a named list of streets) are facts that were judged as yes or no at
    login or by the code of a letter: ``age_16``, ``age_to_26``, ``district_9``, ``area_kolumbusplatz``,
    ``group_<slug>``.
    """

    trust: int = 0
    age_from: int | None = None
    age_to: int | None = None
    districts: tuple[int, ...] = ()
    areas: tuple[str, ...] = ()
    organisations: tuple[int, ...] = ()
    groups: tuple[str, ...] = ()

    @classmethod
    def read(cls, data: Mapping[str, Any] | None) -> Audience:
        """From JSON. Raises BadAudience for a value that means nothing."""
        data = data or {}
        trust = data.get("trust", 0)
        if trust not in (0, 1, 2, 3):
            raise BadAudience("trust")
        ages: dict[str, int | None] = {}
        for name in ("age_from", "age_to"):
            age = data.get(name)
            if age is not None and not (isinstance(age, int) and 0 < age < 130):
                raise BadAudience(name)
            ages[name] = age
        if ages["age_from"] and ages["age_to"] and ages["age_from"] > ages["age_to"]:
            raise BadAudience("age_to")
        try:
            return cls(
                trust,
                ages["age_from"],
                ages["age_to"],
                tuple(int(n) for n in data.get("districts", ())),
                tuple(str(a) for a in data.get("areas", ())),
                tuple(int(n) for n in data.get("organisations", ())),
                tuple(str(g) for g in data.get("groups", ())),
            )
        except (TypeError, ValueError) as error:
            raise BadAudience("districts") from error

    def to_json(self) -> dict[str, Any]:
        """What `read` takes; empty conditions are left out."""
        found: dict[str, Any] = {
            "trust": self.trust,
            "age_from": self.age_from,
            "age_to": self.age_to,
            "districts": list(self.districts),
            "areas": list(self.areas),
            "organisations": list(self.organisations),
            "groups": list(self.groups),
        }
        return {name: value for name, value in found.items() if value or name == "trust"}

    @property
    def is_everybody(self) -> bool:
        return self == Audience()

    @property
    def facts(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """(what it is about, the facts of which one must hold), one pair per condition."""
        found: list[tuple[str, tuple[str, ...]]] = []
        if self.groups:
            found.append(("group", tuple(f"group_{slug}" for slug in self.groups)))
        if self.age_from is not None:
            found.append(("age_from", (f"age_{self.age_from}",)))
        if self.age_to is not None:
            found.append(("age_to", (f"age_to_{self.age_to}",)))
        if self.districts:
            found.append(("district", tuple(f"district_{number}" for number in self.districts)))
        if self.areas:
            found.append(("area", tuple(f"area_{slug}" for slug in self.areas)))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Opening:
    """What `verb` meets at one moment: the phases that allow it, sorted by what they are now."""

    active: Sequence[Any] = field(default=())
    next: Any = None
    over: Any = None

    @property
    def known(self) -> bool:
        return bool(self.active or self.next or self.over)


def opening(phases: Iterable[Any], verb: str, now: datetime, stage: str = OPEN) -> Opening:
    """Which of `phases` (with `start`, `end`, `allows`) let people do `verb` in a process of this `stage`: active ones,
    the next one, the last one."""
    fitting = [phase for phase in phases if verb in phase.allows]
    coming = [phase for phase in fitting if when(phase, now, stage) == NEXT]
    gone = [phase for phase in fitting if when(phase, now, stage) == OVER]
    return Opening(
        [phase for phase in fitting if when(phase, now, stage) == ACTIVE],
        min(coming, key=lambda phase: phase.start, default=None),
        max(gone, key=lambda phase: phase.end, default=None),
    )


SMALL = 5  # smaller groups are not shown apart


def suppressed(counts: Mapping[str, int], smallest: int = SMALL) -> dict[str, int | None]:
    """Counts per group with small groups hidden (None).

    What is hidden must not follow from the sum: a single group would, and so would groups that can only all be 1 or
    all be one less than `smallest`. The smallest shown one is hidden with them then. Zero is shown: nobody can be
    recognised in it.
    """
    hidden = {name for name, count in counts.items() if 0 < count < smallest}
    others = sorted((count, name) for name, count in counts.items() if count >= smallest)
    total = sum(counts[name] for name in hidden)
    if hidden and others and (len(hidden) == 1 or total in (len(hidden), len(hidden) * (smallest - 1))):
        hidden.add(others[0][1])
    return {name: None if name in hidden else count for name, count in counts.items()}
