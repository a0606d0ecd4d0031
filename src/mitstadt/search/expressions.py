"""A query as both engines understand it. Terms are letters and digits, so nothing needs escaping and nothing can."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    text: str
    prefix: bool = False

    def __post_init__(self) -> None:
        if not (self.text.isascii() and self.text.isalnum()):
            raise ValueError(f"not a term: {self.text!r}")

    def sqlite(self) -> str:
        return f'"{self.text}"' + ("*" if self.prefix else "")

    def postgres(self) -> str:
        return f"'{self.text}'" + (":*" if self.prefix else "")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms one right after the other."""

    terms: tuple[str, ...]

    def sqlite(self) -> str:
        return '"' + " ".join(self.terms) + '"'

    def postgres(self) -> str:
        return "(" + " <-> ".join(f"'{t}'" for t in self.terms) + ")"


@dataclass(frozen=True, slots=True)
class Join:
    """All of these (`every`), or any of them."""

    members: tuple[Expression, ...]
    every: bool

    def sqlite(self) -> str:
        return "(" + (" AND " if self.every else " OR ").join(m.sqlite() for m in self.members) + ")"

    def postgres(self) -> str:
        return "(" + (" & " if self.every else " | ").join(m.postgres() for m in self.members) + ")"


Expression = Term | Phrase | Join


def every(members: Iterable[Expression]) -> Expression:
    found = tuple(dict.fromkeys(members))
    return found[0] if len(found) == 1 else Join(found, True)


def some(members: Iterable[Expression]) -> Expression:
    found = tuple(dict.fromkeys(members))
    return found[0] if len(found) == 1 else Join(found, False)
