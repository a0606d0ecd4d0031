"""Cutting the telling part out of a text and marking what was found. Everything but <mark> is escaped."""

from __future__ import annotations

from collections.abc import Callable, Collection
from html import escape

from django.utils.safestring import SafeString, mark_safe

from . import analyze

LENGTH = 220  # characters of a snippet
_LOOK_AT = 20_000  # characters of a text that are looked through


def found_in(text: str, terms: Collection[str], parts_of: Callable[[str], tuple[str, ...]]) -> list[tuple[int, int]]:
    """Where words stand in `text` that carry one of `terms`, whole or as a part."""
    text = text[:_LOOK_AT]
    spots, looked_at = [], 0
    for hit in analyze.hint(terms).finditer(analyze.lowered(text)):
        at = hit.start()
        if at < looked_at:  # in a word that was looked at
            continue
        begin = max(looked_at, text.rfind(" ", looked_at, at) + 1)
        word = next(match for match in analyze.WORD.finditer(text, begin) if match.end() > at)
        looked_at = word.end()
        if _carries(analyze.pieces_of(word.group()), terms, parts_of):
            spots.append(word.span())
    return spots


def _carries(pieces: tuple[str, ...], terms: Collection[str], parts_of: Callable[[str], tuple[str, ...]]) -> bool:
    if len(pieces) == 1:
        if analyze.is_stop(pieces[0]):
            return False
    elif analyze.stem("".join(pieces)) in terms:
        return True
    for piece in pieces:
        if analyze.stem(piece) in terms:
            return True
        flat = analyze.flat(piece)
        if any(t in flat for t in terms) and any(part in terms for part in _parts(piece, parts_of)):
            return True
    return False


def _parts(piece: str, parts_of: Callable[[str], tuple[str, ...]]) -> list[str]:
    parts = parts_of(piece)
    return [*parts, *(deep for part in parts for deep in parts_of(part))]


def marked(text: str, spots: list[tuple[int, int]]) -> SafeString:
    """`text` as HTML with the spots in <mark>."""
    out, at = [], 0
    for start, end in spots:
        out += [escape(text[at:start]), "<mark>", escape(text[start:end]), "</mark>"]
        at = end
    out.append(escape(text[at:]))
    return mark_safe("".join(out))  # noqa: S308 - every piece was escaped above


def snippet(text: str, terms: Collection[str], parts_of: Callable[[str], tuple[str, ...]]) -> SafeString:
    """About LENGTH characters of `text` around the densest group of finds, or its beginning."""
    spots = found_in(text, terms, parts_of)
    start = 0
    if spots and spots[-1][1] > LENGTH:
        best = max(spots, key=lambda spot: (sum(1 for s in spots if 0 <= s[0] - spot[0] < LENGTH - 40), -spot[0]))
        start = max(0, best[0] - 40)
    if start:
        start = text.find(" ", start, start + 40) + 1 or start
    end = len(text)
    if end - start > LENGTH:
        end = text.rfind(" ", start + LENGTH // 2, start + LENGTH)
        end = end if end > start else start + LENGTH
    piece = text[start:end]
    inside = [(a - start, b - start) for a, b in spots if a >= start and b <= end]
    html = marked(piece, inside)
    return mark_safe(f"{'… ' if start else ''}{html}{' …' if end < len(text) else ''}")  # noqa: S308
