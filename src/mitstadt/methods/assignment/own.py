"""Each family recomputes its own case: choices, own points, lottery number and the published cut-offs are enough.

Who applies singly is placed at the first choice whose cut-off they pass: that is what stability means. For families
applying together see `recompute_family`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mitstadt.methods.reading import Entry, Invalid, Problem, parse, rows, shown

from . import lottery
from .model import MODES, NOT_AT_ALL, Round
from .result import Cutoff

FORMAT = "mitstadt.assignment.case/1"
DECIDED, HIDDEN, OPEN = "decided", "hidden", "open"


@dataclass(frozen=True, slots=True)
class Published:
    """What is published of a programme. `hidden`: the cut-off is suppressed and stands in the family's own notice."""

    full: bool
    cutoff: Cutoff | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class OwnCase:
    """`points`: programme → own points there; a programme without an entry does not consider this applicant."""

    applicant: str
    choices: tuple[str, ...]
    points: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class FamilyCase:
    mode: str
    options: tuple[Mapping[str, str], ...]
    members: Mapping[str, OwnCase]


@dataclass(frozen=True, slots=True)
class Recomputed:
    """`position` counts from 1: a choice, or for families an option. `reason` is the programme that ends it with
    ``hidden`` (its cut-off is needed) or the option with ``open`` (only the whole round can tell)."""

    state: str
    places: Mapping[str, str | None]
    position: int | None = None
    reason: str | None = None


def recompute_one(seed: str, case: OwnCase, published: Mapping[str, Published]) -> Recomputed:
    """The place of somebody who applied singly. Raises KeyError for a programme that is not among `published`."""
    number = lottery.number(seed, case.applicant)
    for position, programme in enumerate(case.choices, start=1):
        if programme not in case.points:
            continue
        passed = _passes(published[programme], case.points[programme], number)
        if passed is None:
            return Recomputed(HIDDEN, {}, position, programme)
        if passed:
            return Recomputed(DECIDED, {case.applicant: programme}, position)
    return Recomputed(DECIDED, {case.applicant: None})


def recompute_family(seed: str, case: FamilyCase, published: Mapping[str, Published]) -> Recomputed:
    """The places of a family: its first option at which all pass the cut-offs.

    ``open`` where cut-offs cannot tell: two of them want the same programme, where the last seat may go to one of them
    and not to both. ``decided`` differs from the result only where the option found here is one of its conflicts.
    """
    for position, option in enumerate(case.options, start=1):
        verdicts = []
        for name, programme in sorted(option.items()):
            member = case.members[name]
            if programme not in member.points:
                verdicts.append(False)
                continue
            passed = _passes(published[programme], member.points[programme], lottery.number(seed, name))
            if passed is None:
                return Recomputed(HIDDEN, {}, position, programme)
            verdicts.append(passed)
        if all(verdicts):
            if len(set(option.values())) < len(option):
                return Recomputed(OPEN, {}, position, f"option {position}")
            return Recomputed(DECIDED, dict(option), position)
    if case.mode == NOT_AT_ALL:
        return Recomputed(DECIDED, dict.fromkeys(sorted(case.members)))
    places: dict[str, str | None] = {}
    for name in sorted(case.members):
        alone = recompute_one(seed, case.members[name], published)
        if alone.state != DECIDED:
            return alone
        places |= alone.places
    return Recomputed(DECIDED, places)


def _passes(line: Published, points: int, number: str) -> bool | None:
    if line.hidden:
        return None
    if not line.full:
        return True
    return line.cutoff is not None and line.cutoff.passed(points, number)


def case_of(round_: Round, applicant: str) -> OwnCase:
    """What an applicant needs, from the whole round."""
    person = round_.applicants[applicant]
    named = dict.fromkeys(person.choices)
    if person.group is not None:
        named |= dict.fromkeys(option[applicant] for option in round_.groups[person.group].options)
    points = {name: round_.points(applicant, name) for name in named if not round_.missing(applicant, name)}
    return OwnCase(applicant, person.choices, points)


def family_of(round_: Round, group: str) -> FamilyCase:
    family = round_.groups[group]
    return FamilyCase(family.mode, family.options, {name: case_of(round_, name) for name in round_.members[group]})


def case_json(round_: Round, applicant: str) -> dict[str, Any]:
    """The file for a notice; for a member of a group with the whole group. `read_case` reads it."""
    group = round_.applicants[applicant].group
    members = [applicant] if group is None else round_.members[group]
    found: dict[str, Any] = {"format": FORMAT, "lottery_seed": round_.seed, "members": []}
    for name in members:
        case = case_of(round_, name)
        found["members"].append({"id": name, "choices": list(case.choices), "points": dict(case.points)})
    if group is not None:
        family = round_.groups[group]
        found |= {"mode": family.mode, "options": [dict(option) for option in family.options]}
    return found


def read_case(data: bytes | str) -> tuple[str, OwnCase | FamilyCase]:
    """Seed and case. Raises `Invalid`."""
    problems: list[Problem] = []
    top = Entry("case", parse(data), problems, "format lottery_seed members mode options")
    top.one_of("format", (FORMAT,))
    seed = top.printable("lottery_seed")
    members: dict[str, OwnCase] = {}
    for row in rows(top, "members", "id choices points"):
        name = row.name()
        points = {key: row.number(f"points[{shown(key)}]", value) for key, value in row.mapping("points").items()}
        choices = row.value.get("choices")
        if not isinstance(choices, list) or not all(isinstance(choice, str) for choice in choices):
            row.wrong("choices", "list", f"must be a list of ids, not {shown(choices)}")
            choices = []
        members[name] = OwnCase(name, tuple(choices), points)
    options: list[dict[str, str]] = []
    mode = top.one_of("mode", MODES) if "options" in top.value else ""
    for turn, option in enumerate(
        top.value.get("options", []) if isinstance(top.value.get("options", []), list) else []
    ):
        where = dict(top.mapping(f"options[{turn + 1}]", option))
        if set(where) != set(members) or not all(isinstance(programme, str) for programme in where.values()):
            top.wrong(f"options[{turn + 1}]", "members", f"must name a programme for {', '.join(sorted(members))}")
        options.append(where)
    if not problems and (not members or (not options and len(members) > 1)):
        top.wrong("members", "members", "must be one applicant, or a family with its options")
    if problems:
        raise Invalid(problems)
    if options:
        return seed, FamilyCase(mode, tuple(options), members)
    return seed, next(iter(members.values()))


def read_published(data: bytes | str) -> dict[str, Published]:
    """Programme → what is published, from a public summary or from a result. Raises `Invalid`."""
    problems: list[Problem] = []
    value = parse(data)
    top = Entry("published", value, problems, " ".join(value) if isinstance(value, dict) else "")
    found: dict[str, Published] = {}
    for row in rows(top, "programmes", "id name quota criteria requires placed named full cutoff cutoff_hidden"):
        cutoff = None
        if row.value.get("cutoff") is not None:
            line = Entry(f"{row.where}, cutoff", row.value["cutoff"], problems, "points lottery_below")
            below = line.value.get("lottery_below")
            if below is not None and not isinstance(below, str):
                line.wrong("lottery_below", "text", f"must be a text or null, not {shown(below)}")
            cutoff = Cutoff(line.number("points"), below)
        if not isinstance(row.value.get("full"), bool):
            row.wrong("full", "one_of", "must be true or false")
        found[row.name()] = Published(bool(row.value.get("full")), cutoff, row.value.get("cutoff_hidden") is True)
    if problems:
        raise Invalid(problems)
    return found
