"""A strategy file in YAML: the whole frame and its measures."""

from __future__ import annotations

from typing import Any

import yaml
from django.utils.translation import gettext

from mitstadt.kit import yamls

from .limits import MAX_DEPTH, MAX_MEASURES, MAX_NODES, UnreadableError, text_of
from .shape import Raw


class _Strict(yamls.Strict):
    """With the line where each mapping begins."""


# Days stay texts: a year, a month or a day is checked later, with its line.
_Strict.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yamls.Loader.yaml_implicit_resolvers.items()
}


def _line_of(self: Any, node: Any) -> Any:
    data = yaml.constructor.SafeConstructor.construct_yaml_map(self, node)
    mapping = next(data)
    yield mapping
    for _ in data:
        pass
    mapping[LINE] = node.start_mark.line + 1


LINE = "\x00line"  # cannot stand in a file: NUL is refused
_Strict.add_constructor("tag:yaml.org,2002:map", _line_of)


def read(data: bytes) -> Raw:
    """Raises UnreadableError. Measures carry the line where they begin."""
    text = text_of(data)
    _check_events(text)
    try:
        loaded = yaml.load(text, Loader=_Strict)  # noqa: S506 - _Strict is a safe loader
    except yamls.TwiceError as error:
        raise UnreadableError(
            gettext("Zeile %(line)s: Der Schlüssel „%(key)s“ steht zweimal.")
            % {"line": error.line, "key": error.key[:60]}
        ) from error
    except yaml.YAMLError as error:
        raise UnreadableError(_words(error)) from error
    except (ValueError, OverflowError, RecursionError, TypeError) as error:
        raise UnreadableError(gettext("Ein Wert ist nicht lesbar: %(error)s") % {"error": str(error)[:120]}) from error
    if not isinstance(loaded, dict) or not isinstance(loaded.get("measures"), list):
        raise UnreadableError(gettext("In der Datei fehlt die Liste „measures“."))
    measures = loaded.pop("measures")
    if len(measures) > MAX_MEASURES:
        raise UnreadableError(
            gettext("Die Datei hat %(n)s Maßnahmen; erlaubt sind %(most)s.")
            % {"n": len(measures), "most": MAX_MEASURES}
        )
    rows: list[tuple[int, dict[str, Any]]] = []
    headings: dict[str, None] = {}
    for position, measure in enumerate(measures, start=1):
        if not isinstance(measure, dict):
            raise UnreadableError(
                gettext("Die %(n)s. Maßnahme ist kein Eintrag mit Schlüsseln, sondern „%(value)s“.")
                % {"n": position, "value": str(measure)[:60]}
            )
        line = measure.pop(LINE, position)
        rows.append((line, _without_lines(measure)))
        headings.update(dict.fromkeys(str(key) for key in measure))
    return Raw("yaml", list(headings), rows, _without_lines(loaded))


def _check_events(text: str) -> None:
    """Before anything is built: no aliases ("billion laughs"), no foreign tags, no bottomless nesting."""
    depth = nodes = 0
    try:
        for event in yaml.parse(text, Loader=yamls.Loader):
            nodes += 1
            if nodes > MAX_NODES:
                raise UnreadableError(gettext("Die Datei hat zu viele Einträge."))
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                line = event.start_mark.line + 1 if event.start_mark else 0
                raise UnreadableError(
                    gettext("Zeile %(line)s: Verweise (& und *) sind nicht erlaubt.") % {"line": line}
                )
            if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    raise UnreadableError(gettext("Die Datei ist zu tief verschachtelt."))
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                depth -= 1
            tag = getattr(event, "tag", None)
            if (tag and not tag.startswith("tag:yaml.org,2002:")) or (tag and "python" in tag):
                raise UnreadableError(gettext("Die Datei enthält eine unerlaubte Marke: %(tag)s") % {"tag": tag[:60]})
    except yaml.YAMLError as error:
        raise UnreadableError(_words(error)) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableError(gettext("Die Datei ist kein gültiges YAML.")) from error


def _words(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    place = f"{mark.line + 1}" if mark is not None else "?"
    return gettext("Zeile %(line)s: Die Datei ist kein gültiges YAML (%(problem)s).") % {
        "line": place,
        "problem": str(getattr(error, "problem", "") or "")[:120],
    }


def _without_lines(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _without_lines(item) for key, item in value.items() if key != LINE}
    if isinstance(value, list):
        return [_without_lines(item) for item in value]
    return value
