"""Reading YAML: safely, and with the parser written in C where PyYAML has it (a tenth of the time, the same result)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def load(text: str | bytes) -> Any:
    """What one YAML document holds: plain lists, mappings, texts, numbers, dates. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=Loader)  # noqa: S506 - both are safe loaders


def twice(text: str) -> tuple[str, int] | None:
    """The first key that stands twice in one mapping, with its line; reading would keep only the last. Raises
    yaml.YAMLError."""
    inside: list[tuple[set[str] | None, list[bool]]] = []  # keys so far (None in a list), whether a key comes next
    for event in yaml.parse(text, Loader=Loader):
        if isinstance(event, yaml.CollectionEndEvent):
            inside.pop()
            continue
        if not isinstance(event, yaml.NodeEvent):
            continue
        if inside and (keys := inside[-1][0]) is not None:
            turn = inside[-1][1]
            if turn[0] and isinstance(event, yaml.ScalarEvent):
                if event.value in keys:
                    return str(event.value), event.start_mark.line + 1  # type: ignore[union-attr]  # read from a text
                keys.add(event.value)
            turn[0] = not turn[0]
        if isinstance(event, yaml.CollectionStartEvent):
            inside.append((set() if isinstance(event, yaml.MappingStartEvent) else None, [True]))
    return None


def read(path: Path) -> Any:
    """`load` of a file in UTF-8. Raises OSError and yaml.YAMLError."""
    return load(path.read_text(encoding="utf-8"))


def dump(value: Any, width: int = 80) -> str:
    """Plain data as YAML: umlauts as they are, keys in their order, lines of about `width` signs."""
    return str(yaml.dump(value, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=width))
