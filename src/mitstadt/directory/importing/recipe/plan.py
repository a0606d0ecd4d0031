"""What a mapping says: templates, single values, groups, the whole of it, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from django.utils.translation import gettext as _

from mitstadt.directory import words
from mitstadt.directory.entries import Entry, Place
from mitstadt.directory.importing import flat, hsds
from mitstadt.kit.tables import UnreadableError

SHAPES = ("columns", "entry", "hsds")

TEXTS = frozenset(f.name for f in fields(Entry) if f.type == "str")
LISTS = frozenset({"categories", "ways", "languages", "situations", "documents"})
AGES = frozenset({"min_age", "max_age"})
FLAGS = frozenset({"protected", "emergency"})
FIELDS = frozenset(f.name for f in fields(Entry))
CODES: dict[str, Mapping[str, Any]] = {
    "ways": words.WAYS, "languages": words.LANGUAGES, "situations": words.SITUATIONS, "status": words.STATUSES,
    "cost": words.COSTS, "appointment": words.APPOINTMENT, "access": words.ACCESS,
}  # fmt: skip
PLACE = frozenset(f.name for f in fields(Place)) | {"town", "address"}


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a mapping: its line (0: the whole of it), the key, a sentence."""

    line: int
    key: str
    text: str

    def __str__(self) -> str:
        if not self.line:
            return self.text
        return _("Zuordnung, Zeile %(line)s, %(key)s: %(text)s") % {
            "line": self.line, "key": self.key or "–", "text": self.text
        }  # fmt: skip


class BadRecipe(UnreadableError):
    """A mapping that cannot be used; `flaws` in the order of the text."""

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        super().__init__(" ".join(str(flaw) for flaw in flaws[:5]))
        self.flaws = list(flaws)


COLUMN = re.compile(r"\{([^{}]+?)(\?)?(?::(\d{1,4}))?\}")


@dataclass(frozen=True, slots=True)
class Column:
    """``{name}``; with ``?`` it may be absent from the file, with ``:80`` it is cut to 80 characters."""

    name: str
    optional: bool = False
    most: int = 0


@dataclass(frozen=True, slots=True)
class Template:
    """``"{strasse} {hausnummer}"``: what stands in braces is a column, everything else stands as it is.

    Of ``"{name}[ ({ort})]"`` the part in square brackets is left out where one of its columns is empty. `parts`:
    (is it left out when empty, texts and columns).
    """

    parts: tuple[tuple[bool, tuple[str | Column, ...]], ...]

    @classmethod
    def of(cls, text: str) -> Template:
        parts = []
        for piece in re.split(r"(\[[^\[\]]*\{[^\[\]]*\])", text):
            if not piece:
                continue
            optional = piece.startswith("[") and piece.endswith("]") and "{" in piece
            parts.append((optional, tuple(_pieces(piece[1:-1] if optional else piece))))
        return cls(tuple(parts))

    @property
    def columns(self) -> Iterator[Column]:
        return (piece for _optional, pieces in self.parts for piece in pieces if isinstance(piece, Column))

    @property
    def constant(self) -> str | None:
        """The text, if no column is in it."""
        if any(True for _column in self.columns):
            return None
        return "".join(str(piece) for _optional, pieces in self.parts for piece in pieces)

    @property
    def single(self) -> Column | None:
        """The column, if it is nothing else: its value keeps its type."""
        pieces = self.parts[0][1] if len(self.parts) == 1 else ()
        return pieces[0] if len(pieces) == 1 and isinstance(pieces[0], Column) and not pieces[0].most else None


def _pieces(text: str) -> Iterator[str | Column]:
    end = 0
    for found in COLUMN.finditer(text):
        if found.start() > end:
            yield text[end : found.start()]
        yield Column(found[1].strip(), bool(found[2]), int(found[3] or 0))
        end = found.end()
    if end < len(text):
        yield text[end:]


@dataclass(frozen=True, slots=True)
class Spec:
    """Where one value comes from. `table` by folded text; `other` for what is not in it (None: that is a fault).

    `leave_out`: a value that cannot be used stays empty and is noted, instead of breaking the row.
    """

    line: int
    key: str
    sources: tuple[Template, ...] = ()
    split: str = ""  # a regular expression
    table: Mapping[str, tuple[str, ...]] | None = None
    other: tuple[str, ...] | None = None
    default: tuple[str, ...] = ()
    leave_out: bool = False

    def constants(self) -> Iterator[str]:
        """Every value that stands in the mapping itself."""
        if self.table is None:
            yield from (text for source in self.sources if (text := source.constant))
        for values in (self.table or {}).values():
            yield from values
        yield from self.other or ()
        yield from self.default


@dataclass(frozen=True, slots=True)
class Group:
    """Several values that belong together: a place, a telephone number with its label. `each`: once per item of it."""

    line: int
    specs: Mapping[str, Spec]
    each: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A whole mapping. `source` names who says so and must stay the same on every further import."""

    source: str
    name: str
    shape: str
    identity: Spec | None
    fields: Mapping[str, Spec] = field(default_factory=dict)
    phones: tuple[Group, ...] | None = None
    costs: tuple[Group, ...] | None = None
    places: tuple[Group, ...] | None = None
    rows: str = ""
    separator: str = ""
    publish: bool = True
    topics: Mapping[str, str] = field(default_factory=dict)  # of HSDS: id, code or name of a term → topic
    topics_line: int = 0

    def groups(self) -> Iterator[tuple[str, Group]]:
        for name in ("phones", "costs", "places"):
            for group in getattr(self, name) or ():
                yield name, group

    def specs(self) -> Iterator[tuple[Spec, str]]:
        """All of them, each with what it repeats over."""
        if self.identity is not None:
            yield self.identity, ""
        for spec in self.fields.values():
            yield spec, ""
        for _name, group in self.groups():
            for spec in group.specs.values():
                yield spec, group.each

    def covered(self, columns: Sequence[str]) -> frozenset[str]:
        """The fields of an entry that the mapping speaks about; all others are not touched by an import."""
        found = set(self.fields) | {name for name, _group in self.groups()}
        if self.shape == "entry":
            found |= flat.known_columns(columns)[0]
        elif self.shape == "hsds":
            found |= hsds.FIELDS | ({"categories"} if self.topics else set())
        if "hours" in found:
            found.add("hours_note")
        return frozenset(found)
