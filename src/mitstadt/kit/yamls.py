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


class AliasError(yaml.YAMLError):
    """A reference (``*name``), with which a small file can hold more than any machine."""


class TwiceError(yaml.YAMLError):
    """`key` stands twice in one mapping, the second time in `line`; reading would keep only the last."""

    def __init__(self, key: str, line: int) -> None:
        super().__init__(key, line)
        self.key, self.line = key, line


class Strict(Loader):
    """A loader that raises TwiceError."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise TwiceError(key.value, key.start_mark.line + 1)
                seen.add(key.value)
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


def strict(text: str) -> Any:
    """`load` for what people send. Raises AliasError, TwiceError, other yaml.YAMLError; ValueError or RecursionError
    for days and numbers that cannot be and what is nested without end."""
    if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=Loader)):
        raise AliasError
    return yaml.load(text, Loader=Strict)  # noqa: S506 - a safe loader


def read(path: Path) -> Any:
    """`load` of a file in UTF-8. Raises OSError and yaml.YAMLError."""
    return load(path.read_text(encoding="utf-8"))


def dump(value: Any, width: int = 80) -> str:
    """Plain data as YAML: umlauts as they are, keys in their order, lines of about `width` signs."""
    return str(yaml.dump(value, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=width))
