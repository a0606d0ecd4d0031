"""What changed in a text, word by word. Pure: no Django, no texts of our own."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

SAME, REMOVED, ADDED = "same", "removed", "added"
Piece = tuple[str, str]
_WORD = re.compile(r"\s*\S+|\s+$")
# Beyond this a word-by-word comparison costs more than it tells; the texts are shown whole.
MOST_WORDS = 4_000


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """The way from one text to another as (op, text) with op ``same``, ``removed`` or ``added``.

    The texts of all pieces but the added ones make `before`, of all but the removed ones `after`.
    """
    a, b = _WORD.findall(before), _WORD.findall(after)
    if len(a) + len(b) > MOST_WORDS:
        return tuple(p for p in ((REMOVED, before), (ADDED, after)) if p[1])
    found: list[Piece] = []
    for op, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if op == "equal":
            found.append((SAME, "".join(a[a1:a2])))
            continue
        if a2 > a1:
            found.append((REMOVED, "".join(a[a1:a2])))
        if b2 > b1:
            found.append((ADDED, "".join(b[b1:b2])))
    return tuple(found)
