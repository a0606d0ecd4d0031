"""From the text of a mapping to what it says."""

from __future__ import annotations

import re
from collections.abc import Sequence

import yaml
from django.utils.translation import gettext as _

from .columns import fold
from .plan import COLUMN, FIELDS, LISTS, PLACE, SHAPES, BadRecipe, Flaw, Group, Recipe, Spec, Template

MOST_TEXT = 100_000
MOST_DEPTH = 8
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
            bare = COLUMN.sub("", text)
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
