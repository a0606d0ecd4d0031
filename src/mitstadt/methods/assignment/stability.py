"""Checks of an assignment, written without the code that made it: they compare (points, lottery number) of people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from . import lottery
from .model import NOT_AT_ALL, Group, Round


@dataclass(frozen=True, slots=True)
class BlockingPair:
    """`applicant` prefers `programme`, which has a free seat (`instead_of` None) or holds somebody who ranks below."""

    applicant: str
    programme: str
    instead_of: str | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """The family would get in at `option` (its place in the list, from 0), which it prefers to what it has."""

    group: str
    option: int


@dataclass(frozen=True, slots=True)
class Fault:
    """What no assignment may do: ``unknown``, ``not_wished``, ``not_eligible``, ``over_quota``, ``split``."""

    code: str
    subject: str
    programme: str | None = None


def faults(round_: Round, assignment: Mapping[str, str]) -> list[Fault]:
    """Breaches of the round's own rules, apart from who should have had priority."""
    found = []
    seats: dict[str, int] = defaultdict(int)
    for name, programme in sorted(assignment.items()):
        if name not in round_.applicants or programme not in round_.programmes:
            found.append(Fault("unknown", name, programme))
            continue
        seats[programme] += 1
        person = round_.applicants[name]
        in_options = person.group is not None and any(
            option[name] == programme for option in round_.groups[person.group].options
        )
        if programme not in person.choices and not in_options:
            found.append(Fault("not_wished", name, programme))
        elif round_.missing(name, programme):
            found.append(Fault("not_eligible", name, programme))
    found += [
        Fault("over_quota", programme, programme)
        for programme, taken in sorted(seats.items())
        if taken > round_.programmes[programme].quota
    ]
    for group in round_.groups.values():
        where = {name: assignment.get(name) for name in round_.members[group.id]}
        if standing(group, where) is None and not _may_be_apart(round_, group, where):
            found.append(Fault("split", group.id))
    return found


def _may_be_apart(round_: Round, group: Group, where: Mapping[str, str | None]) -> bool:
    if group.mode == NOT_AT_ALL:
        return not any(where.values())
    return all(place is None or place in round_.applicants[name].choices for name, place in where.items())


def standing(group: Group, where: Mapping[str, str | None]) -> int | None:
    """Which option the members' places are; None when they are none of them."""
    return next((i for i, option in enumerate(group.options) if all(where[n] == p for n, p in option.items())), None)


def holders(
    round_: Round, assignment: Mapping[str, str], numbers: Mapping[str, str] | None = None
) -> dict[str, list[tuple[int, str, str]]]:
    """Programme → (−points, lottery number, applicant) of those placed there, the first in rank first."""
    found: dict[str, list[tuple[int, str, str]]] = {name: [] for name in round_.programmes}
    for name, programme in assignment.items():
        lot = numbers[name] if numbers is not None else lottery.number(round_.seed, name)
        found[programme].append((-round_.points(name, programme), lot, name))
    for people in found.values():
        people.sort()
    return found


def blocking_pairs(
    round_: Round, assignment: Mapping[str, str], numbers: Mapping[str, str] | None = None
) -> list[BlockingPair]:
    """All of those who apply singly, and of members of families that stand apart."""
    return list(_blocking(round_, assignment, numbers))


def _blocking(
    round_: Round, assignment: Mapping[str, str], numbers: Mapping[str, str] | None
) -> Iterator[BlockingPair]:
    inside = holders(round_, assignment, numbers)
    for name in sorted(round_.applicants):
        person = round_.applicants[name]
        if person.group is not None and not _single_now(round_, person.group, assignment):
            continue
        lot = ""
        base: int | None = None
        for choice in person.choices:
            if assignment.get(name) == choice:
                break
            here, people = round_.programmes[choice], inside[choice]
            if here.quota == 0 or (here.requires and round_.missing(name, choice)):
                continue
            if len(people) < here.quota:
                yield BlockingPair(name, choice, None)
                continue
            base = round_.base(person) if base is None else base
            extra = round_.points(name, choice) - base if choice in person.local else 0
            behind, last_lot, last = people[-1]
            if base + extra > -behind:
                yield BlockingPair(name, choice, last)
            elif base + extra == -behind:
                lot = lot or (numbers[name] if numbers is not None else lottery.number(round_.seed, name))
                if lot < last_lot:
                    yield BlockingPair(name, choice, last)


def _single_now(round_: Round, group: str, assignment: Mapping[str, str]) -> bool:
    family = round_.groups[group]
    if family.mode == NOT_AT_ALL:
        return False
    return standing(family, {name: assignment.get(name) for name in round_.members[group]}) is None


def family_conflicts(
    round_: Round, assignment: Mapping[str, str], numbers: Mapping[str, str] | None = None
) -> list[Conflict]:
    """Every option that a family prefers to what it has, and at which all members would be among the first."""
    if not round_.groups:
        return []
    inside = holders(round_, assignment, numbers)
    found = []
    for group in sorted(round_.groups):
        family = round_.groups[group]
        now = standing(family, {name: assignment.get(name) for name in round_.members[group]})
        better = family.options if now is None else family.options[:now]
        found += [Conflict(group, i) for i in range(len(better)) if not refused_members(round_, inside, family, i)]
    return found


def refused_members(
    round_: Round, inside: Mapping[str, list[tuple[int, str, str]]], family: Group, option: int
) -> list[str]:
    """Members who would not be among the first at this option, everybody else staying where they are."""
    members = set(family.options[option])
    wanted: dict[str, list[str]] = defaultdict(list)
    for name, programme in family.options[option].items():
        wanted[programme].append(name)
    out = []
    for programme, names in wanted.items():
        quota = round_.programmes[programme].quota
        others = [entry for entry in inside[programme] if entry[2] not in members]
        mine = [
            (-round_.points(name, programme), lottery.number(round_.seed, name), name)
            for name in names
            if not round_.missing(name, programme)
        ]
        first = {name for _points, _lot, name in sorted(others + mine)[:quota]}
        out += [name for name in names if name not in first]
    return sorted(out)
