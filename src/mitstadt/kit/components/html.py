"""Small helpers for writing escaped HTML in Python. Everything here returns safe strings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count
from typing import TypeAlias

from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

# What components accept as text: plain text is escaped, SafeString stays as it is, lazy translations are resolved.
Text: TypeAlias = "str | int | float | Promise"

EMPTY = SafeString("")
_numbers = count(1)


def safe(html: str) -> SafeString:
    """Mark HTML that this module's callers wrote themselves."""
    return mark_safe(html)  # noqa: S308 - only constant markup of ours and already escaped parts come here


def esc(text: object) -> SafeString:
    """Escape unless already safe; None is nothing."""
    return EMPTY if text is None else SafeString(conditional_escape(text))  # type: ignore[arg-type]  # str() of anything


def join(parts: Iterable[object], glue: str = "") -> SafeString:
    """Escape each part and join them."""
    return safe(esc(glue).join(esc(part) for part in parts))


def attrs(values: Mapping[str, object]) -> SafeString:
    """` key="value"` for each, with `_` in names as `-`; None, False and "" (but of `value`) are dropped."""
    out = []
    for key, value in values.items():
        if value is None or value is False or (value == "" and key != "value"):
            continue
        name = key.rstrip("_").replace("_", "-")
        out.append(f" {name}" if value is True else format_html(' {}="{}"', name, value))
    return safe("".join(out))


def href(url: object) -> SafeString:
    """An address for `href`: relative, http(s), mailto or tel; anything else (``javascript:``) becomes ``#``."""
    text = str(url).strip()
    scheme = text.partition(":")[0].lower() if ":" in text.split("/")[0].split("?")[0].split("#")[0] else ""
    if scheme not in ("", "http", "https", "mailto", "tel"):
        text = "#"
    return esc(text)


def uid(prefix: str) -> str:
    """An element id that is unlike any other of this process."""
    return f"{prefix}-{next(_numbers):x}"
