"""How wide a text is in Fira Sans, without a browser: advance widths of the vendored font, no kerning.

Kerning only narrows a line, so the figures are an upper bound. `data/fonts/widths.json` was read from the font file
itself; a test compares the two.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

FONTS = Path(__file__).resolve().parent.parent / "data" / "fonts"
ELLIPSIS = "…"
# Wider than any letter of the table: what we do not know must not turn out too narrow.
_UNKNOWN = 1050


def _load() -> dict[int, dict[str, int]]:
    data = json.loads((FONTS / "widths.json").read_text(encoding="utf-8"))
    return {
        int(weight): {letter: int(width) for width, letters in groups.items() for letter in letters}
        for weight, groups in data.items()
        if weight.isdigit()
    }


WIDTHS = _load()


@lru_cache(maxsize=8192)
def text_width(text: str, size: float, weight: int = 400) -> float:
    """The width of one line in px at a font size of `size` px."""
    table = WIDTHS[weight]
    return sum(table.get(letter, _UNKNOWN) for letter in text) * size / 1000


@lru_cache(maxsize=8192)
def fit(text: str, width: float, size: float, weight: int = 400) -> str:
    """`text`, or as much of it as fits into `width` px with an ellipsis; cut between words where that loses little."""
    if text_width(text, size, weight) <= width:
        return text
    table = WIDTHS[weight]
    room = width * 1000 / size - table[ELLIPSIS]
    end = 0
    for letter in text:
        room -= table.get(letter, _UNKNOWN)
        if room < 0:
            break
        end += 1
    cut = text[:end]
    if end < len(text) and text[end] != " ":
        head = cut.rpartition(" ")[0]
        if len(head) >= end * 0.7:
            cut = head
    return cut.rstrip(" -–,.:;&/(") + ELLIPSIS


def wrap(text: str, widths: list[float], size: float, weight: int = 400) -> list[str]:
    """`text` in at most ``len(widths)`` lines, line i at most ``widths[i]`` px wide; what is left over is cut."""
    lines: list[str] = []
    words = text.split()
    while words and len(lines) < len(widths):
        room = widths[len(lines)]
        if len(lines) == len(widths) - 1:
            lines.append(fit(" ".join(words), room, size, weight))
            break
        count = 1
        while count < len(words) and text_width(" ".join(words[: count + 1]), size, weight) <= room:
            count += 1
        lines.append(fit(" ".join(words[:count]), room, size, weight))
        words = words[count:]
    return lines
