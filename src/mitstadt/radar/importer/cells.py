"""Several values in one cell of a table, and texts that a spreadsheet would run as a formula.

One value per line; the parts of a value are separated by ``|``. Inside a part ``\\|`` is a bar, ``\\n`` a line break
and ``\\\\`` a backslash. A text that starts with ``= + - @`` gets an apostrophe in front when it is written, which
reading takes off again.
"""

from __future__ import annotations

from collections.abc import Sequence

RISKY = ("=", "+", "-", "@", "\t", "\r")


def protect(text: str) -> str:
    """A text that no spreadsheet computes."""
    return f"'{text}" if text.startswith(RISKY) or (text[:1] == "'" and text[1:2] in (*RISKY, "'")) else text


def unprotect(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:2] in (*RISKY, "'") else text


def join(items: Sequence[Sequence[str]]) -> str:
    """Values with their parts as one cell. Empty parts at the end are left out."""
    lines = []
    for parts in items:
        kept = list(parts)
        while len(kept) > 1 and not kept[-1]:
            kept.pop()
        lines.append(" | ".join(_escape(part) for part in kept))
    return "\n".join(lines)


def split(cell: str, *, also: str = "") -> list[list[str]]:
    """The values of a cell with their parts. `also` is a further separator of values (";") in cells of one line."""
    lines = [line for line in cell.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]
    if also and len(lines) == 1 and also in lines[0]:
        lines = [line for line in lines[0].split(also) if line.strip()]
    return [[_unescape(part).strip(" ") for part in _parts(line)] for line in lines]


def _escape(part: str) -> str:
    return part.replace("\\", "\\\\").replace("|", "\\|").replace("\n", "\\n")


def _unescape(part: str) -> str:
    result, escaped = [], False
    for char in part:
        if escaped:
            result.append("\n" if char == "n" else char)
            escaped = False
        elif char == "\\":
            escaped = True
        else:
            result.append(char)
    return "".join(result)


def _parts(line: str) -> list[str]:
    parts: list[str] = []
    current: list[str] = []
    escaped = False
    for char in line:
        if char == "|" and not escaped:
            parts.append("".join(current))
            current = []
            continue
        current.append(char)
        escaped = char == "\\" and not escaped
    parts.append("".join(current))
    return parts
