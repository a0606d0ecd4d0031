"""Reading JSON that somebody else wrote: every fault with the entry and the field it stands in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
PRINTABLE = re.compile(r"[ -~]{1,200}")
MOST = 1_000_000  # of points and of places
LISTED = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """`entry` names the row (``applicants 4 "a-17"``, counted from 1), `field` what is wrong in it, `code` how."""

    entry: str
    field: str
    code: str
    message: str

    def __str__(self) -> str:
        return ", ".join(part for part in (self.entry, self.field) if part) + f": {self.message}"


class Invalid(ValueError):
    """The file cannot be used; `problems` says all that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        more = len(problems) - LISTED
        lines = [str(problem) for problem in problems[:LISTED]] + ([f"and {more} more"] if more > 0 else [])
        super().__init__("\n".join(lines))


class _Twice(ValueError):
    pass


def parse(data: bytes | str) -> Any:
    """JSON in UTF-8 without repeated keys, NaN or Infinity. Raises `Invalid`."""
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise Invalid([Problem("file", f"byte {error.start}", "encoding", "is not UTF-8")]) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Invalid([Problem("file", where, "json", f"is not JSON: {error.msg}")]) from None
    except _Twice as error:
        raise Invalid([Problem("file", str(error), "twice", "stands twice in one object")]) from None
    except RecursionError:
        raise Invalid([Problem("file", "", "json", "is nested too deeply")]) from None
    except ValueError as error:
        raise Invalid([Problem("file", "", "json", f"is not JSON: {error}")]) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _value in pairs]
        raise _Twice("key " + shown(next(key for key in keys if keys.count(key) > 1)))
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def shown(value: Any) -> str:
    """A value in a message, short."""
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= 60 else text[:57] + "..."


class Entry:
    """One object of the file. Its getters give a usable value in any case and note what is wrong."""

    def __init__(self, where: str, value: Any, problems: list[Problem], known: str = "") -> None:
        self.where, self.problems = where, problems
        self.value: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
        self.broken = False
        if not isinstance(value, Mapping):
            self.wrong("", "object", f"must be an object, not {shown(value)}")
            self.broken = True  # said once; its fields are not missed one by one
        for key in sorted(set(self.value) - set(known.split())):
            self.wrong(key, "unknown_field", "is not a field of this entry")

    def wrong(self, field: str, code: str, message: str) -> None:
        if not self.broken:
            self.problems.append(Problem(self.where, field, code, message))

    def name(self, field: str = "id") -> str:
        value = self._needed(field)
        if value is not None and not (isinstance(value, str) and NAME.fullmatch(value)):
            self.wrong(field, "name", f"must be 1 to 64 letters, digits or . _ : - of ASCII, not {shown(value)}")
            return ""
        return value or ""

    def text(self, field: str, *, needed: bool = True) -> str:
        value = self._needed(field) if needed else self.value.get(field, "")
        if value is None:
            return ""
        if not isinstance(value, str) or (needed and not value.strip()):
            self.wrong(field, "text", f"must be a text{' that is not empty' if needed else ''}, not {shown(value)}")
            return ""
        try:
            value.encode()
        except UnicodeEncodeError:
            self.wrong(field, "text", "holds half a character (a lone surrogate)")
            return ""
        return value

    def printable(self, field: str) -> str:
        value = self._needed(field)
        if value is not None and not (isinstance(value, str) and PRINTABLE.fullmatch(value)):
            self.wrong(field, "printable", f"must be 1 to 200 printable ASCII characters, not {shown(value)}")
            return ""
        return value or ""

    def number(self, field: str, value: Any = ...) -> int:
        """A whole number from 0 to `MOST`; `value` where it stands deeper than `field`."""
        if value is ... and (value := self._needed(field)) is None:
            return 0
        if type(value) is not int:
            self.wrong(field, "number", f"must be a whole number written without a point, not {shown(value)}")
            return 0
        if not 0 <= value <= MOST:
            self.wrong(field, "number", f"must be from 0 to {MOST}, not {shown(value)}")
            return 0
        return value

    def one_of(self, field: str, values: tuple[str, ...]) -> str:
        value = self._needed(field)
        if value is not None and value not in values:
            self.wrong(field, "one_of", f"must be one of {', '.join(values)}, not {shown(value)}")
        return value if value in values else values[0]

    def names(self, field: str, known: Mapping[str, Any], what: str, value: Any = ...) -> list[str]:
        """A list of ids of `known` without repetition, in its order."""
        value = self.value.get(field, []) if value is ... else value
        if not isinstance(value, list):
            self.wrong(field, "list", f"must be a list of ids, not {shown(value)}")
            return []
        found: list[str] = []
        for turn, name in enumerate(value, start=1):
            at = f"{field}[{turn}]"
            if not isinstance(name, str) or name not in known:
                self.wrong(at, "unknown", f"{shown(name)} is not {what} of this round")
            elif name in found:
                self.wrong(at, "twice", f"{shown(name)} stands here twice")
            else:
                found.append(name)
        return found

    def mapping(self, field: str, value: Any = ...) -> Mapping[str, Any]:
        value = self.value.get(field, {}) if value is ... else value
        if not isinstance(value, Mapping):
            self.wrong(field, "object", f"must be an object, not {shown(value)}")
            return {}
        return value

    def _needed(self, field: str) -> Any:
        if field not in self.value:
            self.wrong(field, "missing", "is missing")
            return None
        value = self.value.get(field)
        if value is None:
            self.wrong(field, "missing", "must not be null")
        return value


def rows(top: Entry, field: str, known: str, *, needed: bool = True) -> Iterator[Entry]:
    """The objects of a list, each named by its place and id."""
    value = top.value.get(field)
    if value is None and (not needed or top.broken):
        return
    if not isinstance(value, list):
        top.wrong(field, "list" if field in top.value else "missing", f"must be a list, not {shown(value)}")
        return
    for turn, row in enumerate(value, start=1):
        name = row.get("id") if isinstance(row, dict) else None
        yield Entry(f"{field} {turn}" + (f" {shown(name)}" if name is not None else ""), row, top.problems, known)
