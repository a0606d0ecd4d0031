"""The command `mitstadt-methods`: recount at home what a city counted. Needs Python, nothing else."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from . import assignment
from .reading import Invalid, parse

SAME, DIFFERENT, UNUSABLE = 0, 1, 2
SHOWN = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code: 0 done or the same, 1 not the same, 2 a file cannot be used."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except Invalid as error:
        sys.stderr.write(f"{error}\n")
        return UNUSABLE
    except OSError as error:
        sys.stderr.write(f"{error.filename}: {error.strerror}\n")
        return UNUSABLE
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mitstadt-methods", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Any, text: str, *files: str) -> argparse.ArgumentParser:
        found = commands.add_parser(name, help=text, description=text)
        for file in files:
            found.add_argument(file.lower(), metavar=file, type=Path)
        found.set_defaults(run=run)
        return found

    def output(of: argparse.ArgumentParser) -> None:
        of.add_argument("--output", metavar="FILE", type=Path, help="write there instead of printing")

    output(command("assign", _assign, "Place everybody in a matching round and explain it.", "INPUT"))
    command("verify", _verify, "Compute INPUT anew and compare with RESULT.", "INPUT", "RESULT")
    public = command("summary", _summary, "What everybody may see of a round.", "INPUT")
    public.add_argument("--threshold", type=_threshold, default=5, help="counts below are hidden (default: 5)")
    output(public)
    case = command("case", _case, "One applicant's own case, as it goes with the notice.", "INPUT")
    case.add_argument("applicant", metavar="ID")
    output(case)
    command("recompute", _recompute, "Where a family's CASE is placed by the published CUTOFFS.", "CASE", "CUTOFFS")
    return parser


def _threshold(text: str) -> int:
    value = int(text)
    if value < 1 or value == 2:
        raise argparse.ArgumentTypeError("must be 1 (hide nothing) or at least 3")
    return value


def _write(value: Any, file: Path | None) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
    if file is None:
        sys.stdout.write(text)
    else:
        file.write_text(text, encoding="utf-8")


def _assign(options: argparse.Namespace) -> int:
    result = assignment.assign(assignment.read_round(options.input.read_bytes()))
    _write(result.to_json(), options.output)
    return SAME


def _summary(options: argparse.Namespace) -> int:
    result = assignment.assign(assignment.read_round(options.input.read_bytes()))
    _write(assignment.summary(result, options.threshold), options.output)
    return SAME


def _case(options: argparse.Namespace) -> int:
    round_ = assignment.read_round(options.input.read_bytes())
    if options.applicant not in round_.applicants:
        sys.stderr.write(f"{options.applicant} is not an applicant of this round\n")
        return UNUSABLE
    _write(assignment.case_json(round_, options.applicant), options.output)
    return SAME


def _recompute(options: argparse.Namespace) -> int:
    seed, case = assignment.read_case(options.case.read_bytes())
    published = assignment.read_published(options.cutoffs.read_bytes())
    try:
        if isinstance(case, assignment.OwnCase):
            found = assignment.recompute_one(seed, case, published)
        else:
            found = assignment.recompute_family(seed, case, published)
    except KeyError as error:
        sys.stderr.write(f"{options.cutoffs} says nothing about programme {error}\n")
        return UNUSABLE
    _write({"state": found.state, "places": found.places, "position": found.position, "reason": found.reason}, None)
    return SAME if found.state == "decided" else DIFFERENT


def _verify(options: argparse.Namespace) -> int:
    round_ = assignment.read_round(options.input.read_bytes())
    given = parse(options.result.read_bytes())
    result = assignment.assign(round_)
    if isinstance(given, dict) and given.get("input_sha256") not in (None, result.input_sha256):
        sys.stdout.write(f"not the result of this input: input_sha256 is {result.input_sha256}, ")
        sys.stdout.write(f"in the result {_short(given['input_sha256'])}\n")
        return DIFFERENT
    differences = list(_differences(json.loads(json.dumps(result.to_json())), given))
    if not differences:
        sys.stdout.write(f"the same: {len(result.assignment)} of {len(round_.applicants)} placed, ")
        sys.stdout.write(f"input {result.input_sha256}\n")
        return SAME
    for line in differences[:SHOWN]:
        sys.stdout.write(f"{line}\n")
    if len(differences) > SHOWN:
        sys.stdout.write(f"and {len(differences) - SHOWN} more differences\n")
    return DIFFERENT


def _differences(mine: Any, given: Any, where: str = "") -> Iterator[str]:
    """Lines ``place: computed …, given …``; rows with an id are compared by it, whatever their order."""
    if isinstance(mine, dict) and isinstance(given, dict):
        for key in sorted(mine.keys() | given.keys()):
            at = f"{where}.{key}" if where else key
            if key not in given:
                yield f"{at}: missing in the result, computed {_short(mine[key])}"
            elif key not in mine:
                yield f"{at}: only in the result: {_short(given[key])}"
            else:
                yield from _differences(mine[key], given[key], at)
    elif isinstance(mine, list) and isinstance(given, list):
        ours, theirs = _rows(mine), _rows(given)
        for key in [*ours, *(key for key in theirs if key not in ours)]:
            at = f"{where}[{key}]"
            if key not in theirs:
                yield f"{at}: missing in the result, computed {_short(ours[key])}"
            elif key not in ours:
                yield f"{at}: only in the result: {_short(theirs[key])}"
            else:
                yield from _differences(ours[key], theirs[key], at)
    elif type(mine) is not type(given) or mine != given:
        yield f"{where or 'result'}: computed {_short(mine)}, given {_short(given)}"


def _rows(values: list[Any]) -> dict[str, Any]:
    ids = [value.get("id") if isinstance(value, dict) else None for value in values]
    if values and all(isinstance(name, str) for name in ids) and len(set(ids)) == len(ids):
        return dict(zip(map(str, ids), values, strict=True))
    return {str(turn): value for turn, value in enumerate(values, start=1)}


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:77] + "..."
