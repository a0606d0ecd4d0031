"""A mapping: a YAML text that says how the columns of somebody's file become an entry. See docs/offer-import.md.

`parse` checks the text by itself, `Reader` holds it against the columns of one file and then turns row after row into
an entry. Whatever is wrong names the line of the mapping and its key. Pure but for translated sentences.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import yaml
from django.utils.translation import gettext as _

from mitstadt.directory import words
from mitstadt.directory.entries import Entry, Place
from mitstadt.kit.tables import UnreadableError

from . import flat, hsds

MOST_TEXT = 100_000
MOST_DEPTH = 8
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


# -- templates --------------------------------------------------------------------------------------
_COLUMN = re.compile(r"\{([^{}]+?)(\?)?(?::(\d{1,4}))?\}")


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
    for found in _COLUMN.finditer(text):
        if found.start() > end:
            yield text[end : found.start()]
        yield Column(found[1].strip(), bool(found[2]), int(found[3] or 0))
        end = found.end()
    if end < len(text):
        yield text[end:]


# -- what a mapping says ----------------------------------------------------------------------------
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


# -- reading the text -------------------------------------------------------------------------------
_TOP = ("source", "name", "shape", "rows", "separator", "publish", "id", "topics", "fields")
_SPEC = ("from", "split", "table", "other", "default", "if_wrong")
_LEAVE_OUT = "leave_out"


def parse(text: str) -> Recipe:
    """Raises BadRecipe with every flaw that can be seen without a file."""
    return _Parser(text).recipe()


class _Parser:
    def __init__(self, text: str) -> None:
        self.flaws: list[Flaw] = []
        self.root = _compose(text)

    def say(self, node: yaml.Node | None, key: str, text: str) -> None:
        self.flaws.append(Flaw(_line(node), key, text))

    def recipe(self) -> Recipe:
        top = self._keys(self.root, "", _TOP)
        shape = self._plain(top.get("shape"), "shape") or "columns"
        if shape not in SHAPES:
            self.say(top.get("shape"), "shape", _("Möglich ist: %(known)s.") % {"known": ", ".join(SHAPES)})
        source = self._plain(top.get("source"), "source")
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{1,59}", source):
            self.say(
                top.get("source") or self.root, "source",
                _("Gebraucht wird ein kurzes, festes Kürzel der Quelle aus Kleinbuchstaben, Ziffern und Strichen."),
            )  # fmt: skip
        separator = self._plain(top.get("separator"), "separator", strip=False)
        if len(separator) > 1:
            self.say(top["separator"], "separator", _("Ein Trennzeichen ist ein einziges Zeichen."))
        publish = self._plain(top.get("publish"), "publish").casefold() or "yes"
        if publish not in ("yes", "no", "ja", "nein", "true", "false"):
            self.say(top["publish"], "publish", _("Möglich ist: %(known)s.") % {"known": "yes, no"})
        topics: dict[str, str] = {}
        if "topics" in top:
            if shape != "hsds":
                self.say(top["topics"], "topics", _("Das gibt es nur bei HSDS."))
            topics = self._topics(top["topics"])
        identity = self._spec(top["id"], "id") if "id" in top else None
        if identity is None and shape == "columns":
            self.say(self.root, "id", _("Es fehlt, woran ein Eintrag beim nächsten Mal wiedererkannt wird."))
        found: dict[str, Spec] = {}
        groups: dict[str, tuple[Group, ...]] = {}
        given = self._keys(top["fields"], "fields", tuple(sorted(FIELDS))) if "fields" in top else {}
        for name, node in given.items():
            if name in ("phones", "costs", "places"):
                groups[name] = self._groups(node, name)
            else:
                found[name] = self._spec(node, name)
        if shape == "columns":
            for name in ("name", "provider"):
                if name not in found:
                    self.say(top.get("fields") or self.root, name, _("Dieses Feld braucht jeder Eintrag."))
        if self.flaws:
            raise BadRecipe(sorted(self.flaws, key=lambda flaw: flaw.line))
        return Recipe(
            source=source,
            name=self._plain(top.get("name"), "name") or source,
            shape=shape,
            identity=identity,
            fields=found,
            phones=groups.get("phones"),
            costs=groups.get("costs"),
            places=groups.get("places"),
            rows=self._plain(top.get("rows"), "rows"),
            separator=separator,
            publish=publish in ("yes", "ja", "true"),
            topics=topics,
            topics_line=_line(top.get("topics")),
        )

    def _topics(self, node: yaml.Node) -> dict[str, str]:
        if not isinstance(node, yaml.MappingNode):
            self.say(node, "topics", _("Hier werden benannte Angaben gebraucht (Name: Wert)."))
            return {}
        return {self._plain(name, "topics"): self._plain(value, "topics") for name, value in node.value}

    def _keys(self, node: yaml.Node | None, key: str, known: Sequence[str]) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            self.say(node or self.root, key, _("Hier werden benannte Angaben gebraucht (Name: Wert)."))
            return {}
        found: dict[str, yaml.Node] = {}
        for name_node, value in node.value:
            name = str(name_node.value) if isinstance(name_node, yaml.ScalarNode) else ""
            label = f"{key}.{name}" if key and key != "fields" else name
            if name not in known:
                self.say(
                    name_node, label[:60],
                    _("Das gibt es nicht. Möglich ist: %(known)s.") % {"known": ", ".join(known)},
                )  # fmt: skip
            elif name in found:
                self.say(name_node, label, _("Das steht zweimal da."))
            else:
                found[name] = value
        return found

    def _plain(self, node: yaml.Node | None, key: str, *, strip: bool = True) -> str:
        if node is None or _is_nothing(node):
            return ""
        if not isinstance(node, yaml.ScalarNode):
            self.say(node, key, _unquoted(node) or _("Hier wird ein einzelner Text gebraucht."))
            return ""
        text = str(node.value)
        return text.strip() if strip else text

    def _several(self, node: yaml.Node, key: str) -> tuple[str, ...]:
        if isinstance(node, yaml.SequenceNode):
            return tuple(text for item in node.value if (text := self._plain(item, key)))
        text = self._plain(node, key)
        return (text,) if text else ()

    def _spec(self, node: yaml.Node, key: str) -> Spec:
        """A text, a list of texts, or the long form."""
        line = _line(node)
        if not isinstance(node, yaml.MappingNode) or _unquoted(node):
            return Spec(line, key, self._templates(node, key))
        given = self._keys(node, key, _SPEC)
        if "from" not in given and "default" not in given:
            self.say(node, key, _("Es fehlt „from“: die Spalte, aus der der Wert kommt."))
        split = ""
        if "split" in given:
            marks = [mark for mark in self._raw(given["split"], f"{key}.split") if mark]
            split = "|".join(re.escape(mark) for mark in marks)
            if not split:
                self.say(given["split"], f"{key}.split", _("Es fehlt, woran der Text geteilt wird."))
        wrong = self._plain(given.get("if_wrong"), f"{key}.if_wrong") or "refuse"
        if wrong not in ("refuse", _LEAVE_OUT):
            self.say(
                given["if_wrong"], f"{key}.if_wrong", _("Möglich ist: %(known)s.") % {"known": "refuse, leave_out"}
            )
        if wrong == _LEAVE_OUT and key in ("name", "provider", "id"):
            self.say(given["if_wrong"], f"{key}.if_wrong", _("Dieses Feld braucht jeder Eintrag."))
        if "other" in given and "table" not in given:
            self.say(given["other"], f"{key}.other", _("„other“ gehört zu einer Tabelle („table“)."))
        return Spec(
            line,
            key,
            self._templates(given["from"], key) if "from" in given else (),
            split,
            self._table(given["table"], key) if "table" in given else None,
            self._several(given["other"], f"{key}.other") if "other" in given else None,
            self._several(given["default"], f"{key}.default") if "default" in given else (),
            wrong == _LEAVE_OUT,
        )

    def _raw(self, node: yaml.Node, key: str) -> list[str]:
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        return [self._plain(item, key, strip=False) for item in items]

    def _templates(self, node: yaml.Node, key: str) -> tuple[Template, ...]:
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        found = []
        for item in items:
            text = self._plain(item, key, strip=False)
            bare = _COLUMN.sub("", text)
            if "{" in bare or "}" in bare:
                self.say(item, key, _("Eine Spalte steht so da: {spalte}. Hier fehlt eine Klammer."))
            if text:
                found.append(Template.of(text))
        return tuple(found)

    def _table(self, node: yaml.Node, key: str) -> dict[str, tuple[str, ...]]:
        if not isinstance(node, yaml.MappingNode):
            self.say(node, f"{key}.table", _("Hier werden benannte Angaben gebraucht (Name: Wert)."))
            return {}
        found: dict[str, tuple[str, ...]] = {}
        for name_node, value in node.value:
            name = fold(self._plain(name_node, f"{key}.table"))
            if name in found:
                self.say(name_node, f"{key}.table", _("„%(name)s“ steht zweimal da.") % {"name": name[:60]})
            found[name] = self._several(value, f"{key}.table")
            if key not in LISTS | {"places.access"} and len(found[name]) > 1:
                self.say(value, f"{key}.table", _("Hier wird ein einzelner Text gebraucht."))
        return found

    def _groups(self, node: yaml.Node, name: str) -> tuple[Group, ...]:
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        return tuple(self._group(item, name) for item in items)

    def _group(self, node: yaml.Node, name: str) -> Group:
        """A place; a number or price as one text or with its parts."""
        line = _line(node)
        parts = {"phones": ("number", "label"), "costs": ("label", "amount")}.get(name, tuple(sorted(PLACE)))
        named = isinstance(node, yaml.MappingNode) and not _unquoted(node)
        if name != "places" and not (named and any(key.value in (*parts, "each") for key, _value in node.value)):
            return Group(line, {"text": self._spec(node, name)})
        given = self._keys(node, name, (*parts, "each"))
        each = self._plain(given.pop("each", None), f"{name}.each").strip("{}")
        specs = {key: self._spec(value, f"{name}.{key}") for key, value in given.items()}
        need = {"phones": "number", "costs": "label"}.get(name)
        if need and need not in specs:
            self.say(node, f"{name}.{need}", _("Das fehlt."))
        return Group(line, specs, each)


def _compose(text: str) -> yaml.Node:
    """The tree of a YAML text: no references, no foreign tags, no bottomless nesting. Raises BadRecipe."""
    if len(text) > MOST_TEXT:
        raise BadRecipe([Flaw(0, "", _("Die Zuordnung ist zu lang."))])
    if not text.strip():
        raise BadRecipe([Flaw(0, "", _("Die Zuordnung ist leer."))])
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    depth = 0
    try:
        for event in yaml.parse(text, Loader=loader):
            line = event.start_mark.line + 1 if event.start_mark else 0
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise BadRecipe([Flaw(line, "", _("Verweise (& und *) sind nicht erlaubt."))])
            if getattr(event, "tag", None):
                raise BadRecipe([Flaw(line, "", _("Marken (!) sind nicht erlaubt."))])
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MOST_DEPTH:
                raise BadRecipe([Flaw(line, "", _("Das ist zu tief verschachtelt."))])
        node = yaml.compose(text, Loader=loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = str(getattr(error, "problem", "") or "")[:120]
        raise BadRecipe(
            [
                Flaw(
                    mark.line + 1 if mark else 0,
                    "",
                    _("Das ist kein gültiges YAML (%(problem)s).") % {"problem": problem},
                )
            ]
        ) from error
    except ValueError as error:
        raise BadRecipe([Flaw(0, "", _("Das ist kein gültiges YAML (%(problem)s).") % {"problem": ""})]) from error
    if node is None:
        raise BadRecipe([Flaw(0, "", _("Die Zuordnung ist leer."))])
    return node


def _line(node: yaml.Node | None) -> int:
    return node.start_mark.line + 1 if node is not None else 1


def _is_nothing(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null")


def _unquoted(node: yaml.Node) -> str:
    """``name: {titel}`` without quotation marks is something else to YAML."""
    if isinstance(node, yaml.MappingNode) and node.flow_style and len(node.value) == 1:
        name, value = node.value[0]
        if isinstance(name, yaml.ScalarNode) and _is_nothing(value):
            return _('Bitte mit Anführungszeichen: "{%(name)s}"') % {"name": name.value}
    return ""


def fold(text: str) -> str:
    """How texts are compared with a table: without upper case and double spaces."""
    return " ".join(text.split()).casefold()


# -- held against a file ----------------------------------------------------------------------------
Getter = Callable[[str], Any]


def check(recipe: Recipe, columns: Sequence[str], categories: frozenset[str] | set[str]) -> list[Flaw]:
    """What does not fit: columns that the file lacks, topics and codes that do not exist."""
    found: list[Flaw] = []
    here = names_of(columns)
    for spec, each in recipe.specs():
        for source in spec.sources:
            for column in source.columns:
                name = column.name
                if column.optional or resolve(name, here) or (each and name.startswith(f"{each}.")):
                    continue
                found.append(
                    Flaw(
                        spec.line, spec.key,
                        _("Die Spalte „%(name)s“ gibt es in der Datei nicht. Es gibt: %(known)s.")
                        % {"name": name, "known": ", ".join(columns[:30])[:400]},
                    )
                )  # fmt: skip
        known: Mapping[str, Any] | set[str] | frozenset[str] | None
        known = categories if spec.key == "categories" else CODES.get(spec.key.rpartition(".")[2])
        if known is None or spec.key == "id":
            continue
        for value in dict.fromkeys(spec.constants()):
            if value not in known:
                say = _("Dieses Thema kennen wir nicht: %(value)s") if spec.key == "categories" else _(
                    "Das kennen wir nicht: %(value)s"
                )  # fmt: skip
                found.append(Flaw(spec.line, spec.key, say % {"value": value[:60]}))
    for slug in dict.fromkeys(recipe.topics.values()):
        if slug not in categories:
            say = _("Dieses Thema kennen wir nicht: %(value)s")
            found.append(Flaw(recipe.topics_line, "topics", say % {"value": slug[:60]}))
    if recipe.shape == "entry":
        told, strange = flat.known_columns(columns)
        if strange:
            found.append(Flaw(0, "", _("Diese Spalten kennen wir nicht: %(names)s.") % {
                "names": ", ".join(strange[:10])[:200]
            }))  # fmt: skip
        if not {"name", "provider"} <= told:
            found.append(Flaw(0, "", _("Die Datei braucht die Spalten name und provider.")))
    for _name, group in recipe.groups():
        if group.each and not resolve(group.each, here):
            found.append(
                Flaw(group.line, "each", _("Die Spalte „%(name)s“ gibt es in der Datei nicht. Es gibt: %(known)s.") % {
                    "name": group.each, "known": ", ".join(columns[:30])[:400]
                })
            )  # fmt: skip
    return found


def names_of(columns: Sequence[str]) -> dict[str, str]:
    """Columns by what they are found by: as they stand, and without regard to upper case."""
    folded = [fold(column) for column in columns]
    once = {name: column for name, column in zip(folded, columns, strict=True) if folded.count(name) == 1}
    return {**once, **{column: column for column in columns}}


def resolve(name: str, here: Mapping[str, str]) -> str | None:
    """The column's name as the file writes it, or None; ``adressen.0.ort`` goes by its first step."""
    if found := here.get(name) or here.get(fold(name)):
        return found
    first, dot, rest = name.partition(".")
    start = here.get(first) or here.get(fold(first)) if dot else None
    return f"{start}.{rest}" if start else None


def find(values: Mapping[str, Any], name: str) -> Any:
    """The value at a column or path: ``adressen.0.ort``; a list without a number is gone through (``themen.name``)."""
    if name in values:
        return values[name]
    found: Any = values
    for step in name.split("."):
        found = _step(found, step)
        if found is None:
            return None
    return found


def _step(value: Any, step: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, list):
        if step.isdigit():
            return value[int(step)] if int(step) < len(value) else None
        if step == "*":
            return value
        inner = [found for item in value if (found := _step(item, step)) is not None]
        return [item for found in inner for item in (found if isinstance(found, list) else [found])]
    return None
