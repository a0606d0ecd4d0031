"""Where in a text a remark belongs, and where it belongs in the next version. Pure: no Django, no texts of our own.

The model is that of the W3C Web Annotation selectors: a remark points at the exact words with what stands before and
after them (TextQuoteSelector), and at their place in the plain text of its paragraph (TextPositionSelector). Places are
counted in Unicode code points, `start` included, `end` not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rapidfuzz import fuzz

CONTEXT = 32  # characters kept before and after the words
LIKE = 60.0  # percent: from here on a changed paragraph is still the same one
KEPT = 0.5  # share of the characters of its words that must be kept in a changed passage
SIMILAR_ELSEWHERE = 90.0  # percent: changed words in another paragraph
SHORT, LONG = 12, 30  # characters: shorter words need their surroundings; only longer ones are looked for elsewhere
MOST_WORDS = 6_000  # of two paragraphs together; beyond it they are not compared word by word
_WINDOW = 40_000  # pairs of paragraphs that are all compared; beyond it neighbours only
_WORD = re.compile(r"\S+")
_TOKEN = re.compile(r"\w+|[^\w\s]")

MADE, SAME, MOVED, CHANGED, OUTDATED = "made", "same", "moved", "changed", "outdated"


class BadRange(ValueError):
    """The range does not lie in the text, or holds no word."""


@dataclass(frozen=True, slots=True)
class Quote:
    """The words a remark is about, with their surroundings."""

    exact: str
    prefix: str
    suffix: str
    start: int
    end: int
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where words stand: the key of the paragraph, their range, and how they were found (``same``, ``moved``, …)."""

    key: str
    start: int
    end: int
    how: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph as the rules see it."""

    key: str
    text: str
    kind: str = "p"


def quote(text: str, start: int, end: int) -> Quote:
    """The words of `text` from `start` to `end`, without blanks at their ends. Raises BadRange."""
    if not 0 <= start < end <= len(text):
        raise BadRange
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start == end:
        raise BadRange
    whole = start == 0 and end == len(text)
    return Quote(text[start:end], text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT], start, end, whole)


def words(text: str) -> list[tuple[int, int]]:
    """The ranges of all words."""
    return [found.span() for found in _WORD.finditer(text)]


_SIMPLE = str.maketrans({"„": '"', "“": '"', "”": '"', "‚": "'", "‘": "'", "’": "'", "–": "-", "—": "-"})


def find(text: str, typed: str) -> tuple[int, int] | None:
    """Where words that somebody typed stand: as they are, else whatever their case, quotation marks and blanks."""
    typed = " ".join(typed.split())
    if not typed:
        return None
    at = text.find(typed)
    if at >= 0:
        return at, at + len(typed)
    wanted = typed.translate(_SIMPLE).lower()
    plain = text.translate(_SIMPLE).lower()
    if len(plain) != len(text):  # a letter that becomes two when small: places would be wrong
        return None
    at = plain.find(wanted)
    return (at, at + len(wanted)) if at >= 0 else None


# -- the next version ----------------------------------------------------------------------------------------------
class Text:
    """The paragraphs of a version, with an index of their words, made once for many questions."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.passages = passages
        self.by_key = {passage.key: passage for passage in passages}
        self._of_word: dict[str, list[int]] = {}
        for at, passage in enumerate(passages):
            for word in set(_TOKEN.findall(passage.text)):
                self._of_word.setdefault(word, []).append(at)

    def sharing(self, words: Sequence[str]) -> list[Passage]:
        """The paragraphs with at least half of these words, in the order of the text."""
        wanted = set(words)
        counted = Counter(at for word in wanted for at in self._of_word.get(word, ()))
        return [self.passages[at] for at, n in sorted(counted.items()) if 2 * n >= len(wanted)]


def place(found: Quote, before: Passage, text: Text) -> Place | None:
    """Where `found`, words of the paragraph `before`, stands in `text`; None when it is outdated.

    First the same words in the same paragraph, then what became of them there word by word, then the same in another
    paragraph, then similar ones in another. Short words count only with their surroundings.
    """
    key = before.key
    here = text.by_key.get(key)
    if here is not None:
        if found.whole:
            how = SAME if here.text == found.exact else CHANGED
            return Place(key, 0, len(here.text), how)
        at = _exact(found, here.text, SHORT)
        if at is not None:
            how = SAME if at == found.start else MOVED
            return Place(key, at, at + len(found.exact), how)
        span = _followed(before.text, here.text, found.start, found.end)
        if span is not None and (len(found.exact) >= SHORT or _surroundings(found, here.text, *span) >= 0.5):
            return Place(key, *span, CHANGED)
    return _elsewhere(found, key, text) if len(found.exact) >= SHORT else None


def _elsewhere(found: Quote, key: str, text: Text) -> Place | None:
    """The words in another paragraph: as they are, or nearly."""
    likely = [passage for passage in text.sharing(_TOKEN.findall(found.exact)) if passage.key != key]
    for passage in likely:
        if (at := _exact(found, passage.text, LONG)) is not None:
            return Place(passage.key, at, at + len(found.exact), MOVED)
    if len(found.exact) < LONG:
        return None
    best: tuple[float, Passage] | None = None
    for passage in likely:
        if len(passage.text) < len(found.exact) // 2:
            continue
        score = fuzz.partial_ratio(found.exact, passage.text, score_cutoff=SIMILAR_ELSEWHERE)
        if score and (best is None or score > best[0]):
            best = (score, passage)
    if best is None:
        return None
    span = _similar(found, best[1].text, SIMILAR_ELSEWHERE)
    return Place(best[1].key, *span, CHANGED) if span is not None else None


def _exact(found: Quote, text: str, sure_from: int) -> int | None:
    """The occurrence with the best surroundings; words shorter than `sure_from` need some that fit."""
    best: tuple[float, int] | None = None
    at = text.find(found.exact)
    while at >= 0:
        end = at + len(found.exact)
        if _is_word_edge(text, at, end):
            score = _surroundings(found, text, at, end)
            if best is None or score > best[0]:
                best = (score, at)
        at = text.find(found.exact, at + 1)
    if best is None or (len(found.exact) < sure_from and best[0] < 0.5):
        return None
    return best[1]


def _is_word_edge(text: str, start: int, end: int) -> bool:
    """Not in the middle of a longer word: "Stadt" is not in "Stadtrat"."""
    before = start == 0 or not (text[start - 1].isalnum() and text[start].isalnum())
    return before and (end == len(text) or not (text[end].isalnum() and text[end - 1].isalnum()))


def _surroundings(found: Quote, text: str, start: int, end: int) -> float:
    """0 to 1: how much of what stood before and after the words stands there now. Nothing then, nothing now: 1."""
    scores = []
    for then, now in (
        (found.prefix, text[max(0, start - CONTEXT) : start]),
        (found.suffix, text[end : end + CONTEXT]),
    ):
        scores.append(1.0 if not then and not now else fuzz.ratio(then, now) / 100)
    return max(scores)


def _followed(old: str, new: str, start: int, end: int) -> tuple[int, int] | None:
    """What became of a stretch of `old` in `new`, word by word; None when less than `KEPT` of it is still there."""
    a, b = _tokens(old), _tokens(new)
    inside = {at for at, (first, last) in enumerate(a) if first < end and last > start}
    if not inside or len(a) + len(b) > MOST_WORDS:
        return None
    kept: list[int] = []
    filled: list[int] = []
    matcher = SequenceMatcher(None, [old[i:j] for i, j in a], [new[i:j] for i, j in b], autojunk=False)
    for op, a1, a2, b1, b2 in matcher.get_opcodes():
        if op == "equal":
            kept += [b1 + at - a1 for at in range(a1, a2) if at in inside]
        elif op == "replace" and inside.issuperset(range(a1, a2)):
            filled += range(b1, b2)  # other words for words of the passage
    weight = sum(b[at][1] - b[at][0] for at in kept)
    if not kept or weight < KEPT * sum(a[at][1] - a[at][0] for at in inside):
        return None
    first, last = min(kept), max(kept)
    for at in sorted(filled, reverse=True):
        first = at if at == first - 1 else first
    for at in sorted(filled):
        last = at if at == last + 1 else last
    return b[first][0], b[last][1]


def _tokens(text: str) -> list[tuple[int, int]]:
    """Words and single signs, so that a comma makes no other word."""
    return [found.span() for found in _TOKEN.finditer(text)]


def _similar(found: Quote, text: str, least: float) -> tuple[int, int] | None:
    """The most similar stretch of `text`, from word to word; None below `least` percent or for short words."""
    if len(found.exact) < SHORT or not text:
        return None
    aligned = fuzz.partial_ratio_alignment(found.exact, text, score_cutoff=least)
    if aligned is None or len(text) < len(found.exact) // 2:
        return None
    start, end = aligned.dest_start, aligned.dest_end
    touched = [span for span in words(text) if span[0] < end and span[1] > start]
    if not touched:
        return None
    return touched[0][0], touched[-1][1]


def carry_keys(old: Sequence[Passage], new: Sequence[Passage], fresh: Callable[[], str]) -> list[str]:
    """The keys of the paragraphs of `new`: those of the paragraphs of `old` that they continue, else fresh ones.

    Equal paragraphs keep their key, changed ones keep it while they are alike, moved ones keep it when they are equal.
    """
    keys: list[str | None] = [None] * len(new)
    used: set[str] = set()
    a, b = [f"{p.kind[0]} {p.text}" for p in old], [f"{p.kind[0]} {p.text}" for p in new]
    blocks: list[tuple[int, int, int, int]] = []
    for op, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if op == "equal":
            for i, j in zip(range(a1, a2), range(b1, b2), strict=True):
                keys[j] = old[i].key
                used.add(old[i].key)
        elif op == "replace":
            blocks.append((a1, a2, b1, b2))
    waiting: dict[str, str] = {}
    for position, text in enumerate(a):
        if old[position].key not in used:
            waiting.setdefault(text, old[position].key)
    for j, text in enumerate(b):
        if keys[j] is None and (key := waiting.pop(text, None)) is not None:
            keys[j] = key
            used.add(key)
    for block in blocks:
        _pair(old, new, block, keys, used)
    return [key if key is not None else fresh() for key in keys]


def _pair(
    old: Sequence[Passage],
    new: Sequence[Passage],
    block: tuple[int, int, int, int],
    keys: list[str | None],
    used: set[str],
) -> None:
    """Give changed paragraphs of one replaced stretch to each other, the most alike first."""
    a1, a2, b1, b2 = block
    near = (a2 - a1) * (b2 - b1) > _WINDOW
    slope = (b2 - b1) / (a2 - a1)
    pairs = []
    for i in range(a1, a2):
        if old[i].key in used:
            continue
        middle = b1 + round((i - a1) * slope)
        columns = range(max(b1, middle - 10), min(b2, middle + 11)) if near else range(b1, b2)
        for j in columns:
            if keys[j] is None and (old[i].kind[0] == "h") == (new[j].kind[0] == "h"):
                score = fuzz.ratio(old[i].text, new[j].text, score_cutoff=LIKE)
                if score:
                    pairs.append((-score, i, j))
    for _score, i, j in sorted(pairs):
        if keys[j] is None and old[i].key not in used:
            keys[j] = old[i].key
            used.add(old[i].key)


# -- side by side --------------------------------------------------------------------------------------------------
def align(old: Sequence[Passage], new: Sequence[Passage]) -> list[tuple[int | None, int | None]]:
    """Rows for two versions side by side: (position in `old`, position in `new`), None where one has nothing."""
    rows: list[tuple[int | None, int | None]] = []
    matcher = SequenceMatcher(None, [p.key for p in old], [p.key for p in new], autojunk=False)
    for op, a1, a2, b1, b2 in matcher.get_opcodes():
        if op == "equal":
            rows += zip(range(a1, a2), range(b1, b2), strict=True)
        else:
            rows += [(i, None) for i in range(a1, a2)]
            rows += [(None, j) for j in range(b1, b2)]
    return rows


def section(kinds: Sequence[str], at: int) -> tuple[int, int]:
    """From the heading at `at` up to the next one of its size or larger."""
    for end in range(at + 1, len(kinds)):
        if kinds[end][0] == "h" and kinds[end] <= kinds[at]:
            return at, end
    return at, len(kinds)


# -- parts of a long text ------------------------------------------------------------------------------------------
PART = 150  # paragraphs on one page


def parts(kinds: Sequence[str], most: int = PART) -> list[tuple[int, int]]:
    """A long text in parts of about `most` paragraphs, each from a heading on; a short one is one part.

    Ranges of positions, end not included. A chapter longer than `most` is divided at smaller headings, and where there
    are none, anywhere.
    """
    if not kinds:
        return [(0, 0)]
    found: list[tuple[int, int]] = []
    start = 0
    while start < len(kinds):
        end = min(len(kinds), start + most)
        if end < len(kinds):
            heads = [at for at in range(start + 1, end + 1) if kinds[at][0] == "h"]
            if heads:
                highest = min(kinds[at] for at in heads[len(heads) // 3 :])
                end = max(at for at in heads if kinds[at] <= highest)
        found.append((start, end))
        start = end
    return found
