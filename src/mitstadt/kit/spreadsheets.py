"""Cells that a spreadsheet program cannot mistake for formulas."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # no workbook can hold these signs
# OWASP: a cell that starts with one of these is run as a formula when the file is opened.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def cell(value: Any) -> str:
    """The text of one CSV cell; text that would run as a formula gets a leading apostrophe. Numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        value = "; ".join(str(item) for item in value)
    text = _CONTROL.sub("", str(value))
    return "'" + text if text.startswith(_DANGEROUS) else text


def plain(text: Any) -> Any:
    """What `cell` was given, for a CSV file that comes back: without the apostrophe that it set. Else as it is."""
    return text[1:] if isinstance(text, str) and text[:1] == "'" and text[1:].startswith(_DANGEROUS) else text
