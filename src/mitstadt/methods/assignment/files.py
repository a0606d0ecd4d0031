"""The file of a round: reading, writing, and the hash by which it is known. `data/round.schema.json` describes it.

Canonical form: rows sorted by id, lists in which order means nothing sorted too, empty optional fields left out, then
RFC 8785 (keys sorted, no blanks, UTF-8). So the hash depends on what the file says, not on how it was written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mitstadt.methods.reading import Entry, Invalid, Problem, parse, rows, shown

from .model import MODES, NOT_AT_ALL, Applicant, Criterion, Group, Programme, Round

FORMAT = "mitstadt.assignment.round/1"
DATA = Path(__file__).parent / "data"


def schema(name: str = "round") -> dict[str, Any]:
    """JSON Schema 2020-12 of ``round``, ``result`` or ``summary``."""
    loaded: dict[str, Any] = json.loads((DATA / f"{name}.schema.json").read_text(encoding="utf-8"))
    return loaded


def read_round(data: bytes | str | Mapping[str, Any]) -> Round:
    """A round from a file's content, or from what was parsed from it. Raises `Invalid` with everything wrong in it."""
    value = parse(data) if isinstance(data, bytes | str) else data
    problems: list[Problem] = []
    top = Entry(
        "round",
        value,
        problems,
        "format name lottery_seed criteria programmes applicants groups last_year",
    )
    top.one_of("format", (FORMAT,))
    seed, name = top.printable("lottery_seed"), top.text("name", needed=False)
    criteria = _criteria(top)
    programmes = _programmes(top, criteria)
    group_rows = list(rows(top, "groups", "id mode options", needed=False))
    groups = {row.value["id"]: row for row in group_rows if isinstance(row.value.get("id"), str)}
    applicants = _applicants(top, criteria, programmes, groups)
    read_groups = _groups(group_rows, applicants, programmes)
    last_year: dict[str, int | None] = {}
    for programme, points in top.mapping("last_year").items():
        if programme not in programmes:
            top.wrong("last_year", "unknown", f"{shown(programme)} is not a programme of this round")
        last_year[programme] = None if points is None else top.number("last_year", points)
    if problems:
        raise Invalid(problems)
    return Round(seed, criteria, programmes, applicants, read_groups, last_year, name)


def _id(found: Mapping[str, Any], entry: Entry) -> str:
    name = entry.name()
    if name and name in found:
        entry.wrong("id", "twice", f"{shown(name)} stands twice")
    return name


def _criteria(top: Entry) -> dict[str, Criterion]:
    found: dict[str, Criterion] = {}
    for row in rows(top, "criteria", "id legal_basis points name"):
        name = _id(found, row)
        points = row.number("points") if "points" in row.value else None
        found[name] = Criterion(name, row.text("legal_basis"), points, row.text("name", needed=False))
    return found


def _programmes(top: Entry, criteria: Mapping[str, Criterion]) -> dict[str, Programme]:
    found: dict[str, Programme] = {}
    for row in rows(top, "programmes", "id quota criteria requires name"):
        name = _id(found, row)
        points: dict[str, int] = {}
        for criterion, value in row.mapping("criteria").items():
            field = f"criteria[{shown(criterion)}]"
            if criterion not in criteria:
                row.wrong(field, "unknown", f"{shown(criterion)} is not a criterion of this round")
            elif criteria[criterion].is_global:
                row.wrong(field, "global", "counts the same everywhere and must not be set here")
            else:
                points[criterion] = row.number(field, value)
        requires = frozenset(row.names("requires", criteria, "a criterion"))
        found[name] = Programme(name, row.number("quota"), points, requires, row.text("name", needed=False))
    return found


def _applicants(
    top: Entry, criteria: Mapping[str, Criterion], programmes: Mapping[str, Programme], groups: Mapping[str, Entry]
) -> dict[str, Applicant]:
    found: dict[str, Applicant] = {}
    for row in rows(top, "applicants", "id choices criteria local group"):
        name = _id(found, row)
        group = row.value.get("group")
        if group is not None and (not isinstance(group, str) or group not in groups):
            row.wrong("group", "unknown", f"{shown(group)} is not a group of this round")
            group = None
        if "choices" not in row.value:
            row.wrong("choices", "missing", "is missing")
        choices = tuple(row.names("choices", programmes, "a programme"))
        if choices and group is not None and groups[group].value.get("mode") == NOT_AT_ALL:
            row.wrong("choices", "unused", f"must be empty: group {shown(group)} wants to be together or not at all")
        held = row.names("criteria", criteria, "a criterion")
        for turn, criterion in enumerate(held, start=1):
            if not criteria[criterion].is_global:
                row.wrong(
                    f"criteria[{turn}]",
                    "local",
                    f"{shown(criterion)} is local: say in `local` at which programme it holds",
                )
        local: dict[str, frozenset[str]] = {}
        for programme, names in row.mapping("local").items():
            field = f"local[{shown(programme)}]"
            if programme not in programmes:
                row.wrong(field, "unknown", f"{shown(programme)} is not a programme of this round")
                continue
            here = row.names(field, criteria, "a criterion", names)
            for turn, criterion in enumerate(here, start=1):
                if criteria[criterion].is_global:
                    row.wrong(f"{field}[{turn}]", "global", f"{shown(criterion)} is global: it belongs in `criteria`")
                elif (
                    criterion not in programmes[programme].criteria and criterion not in programmes[programme].requires
                ):
                    row.wrong(f"{field}[{turn}]", "no_points", f"{shown(criterion)} means nothing at this programme")
            if here:
                local[programme] = frozenset(here)
        found[name] = Applicant(name, choices, frozenset(held), local, group)
    return found


def _groups(
    entries: list[Entry], applicants: Mapping[str, Applicant], programmes: Mapping[str, Programme]
) -> dict[str, Group]:
    found: dict[str, Group] = {}
    for row in entries:
        name = _id(found, row)
        members = {person.id for person in applicants.values() if person.group == name}
        if name and len(members) < 2:
            row.wrong("id", "members", f"needs at least two applicants, not {len(members)}")
        options: list[dict[str, str]] = []
        value = row.value.get("options")
        if not isinstance(value, list) or not value:
            row.wrong("options", "list", f"must be a list with at least one option, not {shown(value)}")
            value = []
        for turn, option in enumerate(value, start=1):
            field = f"options[{turn}]"
            where = row.mapping(field, option)
            if isinstance(option, dict) and set(where) != members:
                row.wrong(field, "members", f"must name {', '.join(sorted(members))}, not {shown(sorted(where))}")
            for programme in where.values():
                if not isinstance(programme, str) or programme not in programmes:
                    row.wrong(field, "unknown", f"{shown(programme)} is not a programme of this round")
            if where in options:
                row.wrong(field, "twice", "stands here twice")
            options.append(dict(where))
        found[name] = Group(name, row.one_of("mode", MODES), tuple(options))
    return found


def to_json(round_: Round) -> dict[str, Any]:
    """What `read_round` reads, in canonical order."""
    found: dict[str, Any] = {
        "format": FORMAT,
        "lottery_seed": round_.seed,
        "criteria": [
            _short(id=c.id, legal_basis=c.legal_basis, name=c.name) | ({"points": c.points} if c.is_global else {})
            for c in _sorted(round_.criteria)
        ],
        "programmes": [
            {"quota": p.quota} | _short(id=p.id, name=p.name, criteria=dict(p.criteria), requires=sorted(p.requires))
            for p in _sorted(round_.programmes)
        ],
        "applicants": [
            {"choices": list(a.choices)}
            | _short(
                id=a.id,
                criteria=sorted(a.criteria),
                local={programme: sorted(names) for programme, names in a.local.items() if names},
                group=a.group,
            )
            for a in _sorted(round_.applicants)
        ],
        "groups": [
            {"id": g.id, "mode": g.mode, "options": [dict(option) for option in g.options]}
            for g in _sorted(round_.groups)
        ],
        "name": round_.name,
        "last_year": dict(round_.last_year),
    }
    for optional in ("groups", "name", "last_year"):
        if not found[optional]:
            del found[optional]
    return found


def _sorted(rows_: Mapping[str, Any]) -> list[Any]:
    return [rows_[name] for name in sorted(rows_)]


def _short(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}


def canonical(value: Any) -> bytes:
    """RFC 8785 for what our files hold: ASCII keys, texts, whole numbers below 2^53, true, false, null."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(round_: Round) -> str:
    """SHA-256 of the canonical form, hexadecimal."""
    return hashlib.sha256(canonical(to_json(round_))).hexdigest()
