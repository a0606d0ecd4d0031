"""The index's words in memory: which there are and how frequent, a few megabytes for a hundred thousand documents.

A process loads the words once, then asks at most every few seconds whether the worker has folded changes in (then it
reads only the words of newer versions) and lays the changes that are still pending on top.
"""

from __future__ import annotations

import bisect
import threading
import time
from collections.abc import Iterable

from django.conf import settings
from django.db import connection

from . import analyze

MAX_PENDING = 5_000  # changes read on top; the worker folds every minute, so this is never reached in a healthy house
_STOP_STEMS = frozenset(analyze.stem(analyze.fold(word)) for word in analyze.STOP_WORDS)


class Words:
    """The vocabulary at one moment; an `analyze.Lexicon`."""

    def __init__(self) -> None:
        self.version = -1
        self.epoch = ""
        self._base: dict[str, int] = {}
        self._top: dict[str, int] = {}
        self._plain = analyze.plain_words()
        self._seen = 0  # the last pending change that is laid on top
        self._splits: dict[str, tuple[str, ...]] = {}
        self._by_length: dict[int, list[str]] | None = None
        self._sorted: list[str] | None = None
        self._text: str | None = None

    def __len__(self) -> int:
        return len(self._base)

    # -- what the analyser asks ----------------------------------------------------------------------

    def count(self, term: str) -> int:
        found = self._top.get(term)
        return self._base.get(term, 0) if found is None else found

    def is_plain(self, term: str) -> bool:
        return term in self._plain

    def is_part(self, term: str) -> bool:
        return term in analyze.plain_words() or (len(term) >= 4 and self.count(term) > 0 and term not in _STOP_STEMS)

    def parts_of(self, folded: str) -> tuple[str, ...]:
        """`analyze.split`, remembered."""
        found = self._splits.get(folded)
        if found is None:
            if len(self._splits) > 50_000:
                self._splits.clear()
            found = self._splits[folded] = analyze.split(folded, self)
        return found

    # -- what a search asks when it finds little -----------------------------------------------------

    def nearest(self, term: str) -> str | None:
        """The known term that a misspelt one probably means."""
        errors = analyze.allowed_errors(term)
        by_length = self._lengths()
        choices = [w for size in range(len(term) - errors, len(term) + errors + 1) for w in by_length.get(size, ())]
        return analyze.nearest(term, choices, self)

    def starting_with(self, start: str, limit: int = 20) -> list[str]:
        """The most frequent known terms that begin so."""
        words = self._ordered()
        first = bisect.bisect_left(words, start)
        found = []
        for at in range(first, min(first + 2_000, len(words))):
            if not words[at].startswith(start):
                break
            found.append(words[at])
        return sorted(found, key=lambda w: (-self.count(w), w))[:limit]

    def compounds_with(self, term: str, limit: int = 20) -> list[str]:
        """Known terms that contain `term` as a part by today's vocabulary, whatever was known when they came."""
        if len(term) < 4:
            return []
        found = [w for w in self._containing(term) if w != term and term in self.parts_of(w)]
        return sorted(found, key=lambda w: (-self.count(w), w))[:limit]

    def _containing(self, term: str, limit: int = 500) -> list[str]:
        """Known terms with `term` inside, found in one long text because that takes a tenth of the time."""
        if self._text is None:
            self._text = "\n" + "\n".join(self._ordered()) + "\n"
        text, at = self._text, 0
        found: list[str] = []
        while len(found) < limit and (at := text.find(term, at)) >= 0:
            end = text.find("\n", at)
            found.append(text[text.rfind("\n", 0, at) + 1 : end])
            at = end
        return found

    def _known(self) -> Iterable[str]:
        yield from (w for w in self._base if w not in self._top)
        yield from (w for w, n in self._top.items() if n > 0)

    def _lengths(self) -> dict[int, list[str]]:
        by_length = self._by_length
        if by_length is None:
            by_length = {}
            for word in self._known():
                by_length.setdefault(len(word), []).append(word)
            self._by_length = by_length
        return by_length

    def _ordered(self) -> list[str]:
        words = self._sorted
        if words is None:
            words = self._sorted = sorted(self._known())
        return words

    # -- keeping up ----------------------------------------------------------------------------------

    def refresh(self, *, afresh: bool = False) -> None:
        """Read what is new. `afresh` forgets everything first."""
        if afresh:
            self.version, self._seen = -1, 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT version, epoch FROM search_vocabulary WHERE id = 1")
            version, epoch = cursor.fetchone() or (0, "")
            if (version, epoch) != (self.version, self.epoch):
                whole = afresh or epoch != self.epoch or version < self.version
                self._load(cursor, -1 if whole else self.version)
                self.version, self.epoch = version, epoch
                self._forget(splits=True)
            cursor.execute(
                "SELECT id, before, after FROM search_wordchange WHERE id > %s ORDER BY id LIMIT %s",
                [self._seen, MAX_PENDING],
            )
            changes = cursor.fetchall()
        if changes:  # one that commits late, below `_seen`, is met when it has been folded
            self._seen = changes[-1][0]
            top, base = dict(self._top), self._base  # other threads go on reading the old one
            for term, by in moves_of((before, after) for _id, before, after in changes).items():
                top[term] = top.get(term, base.get(term, 0)) + by
            self._top = top
            self._forget(splits=afresh)

    def _load(self, cursor: object, after: int) -> None:
        cursor.execute("SELECT term, documents FROM search_word WHERE version > %s", [after])  # type: ignore[attr-defined]
        base = {} if after < 0 else dict(self._base)  # other threads go on reading the old one
        for term, documents in cursor.fetchall():  # type: ignore[attr-defined]
            if documents > 0:
                base[term] = documents
            else:
                base.pop(term, None)
        self._base, self._top, self._seen = base, {}, 0

    def _forget(self, *, splits: bool) -> None:
        self._by_length = self._sorted = self._text = None
        if splits:
            self._splits = {}


def moves_of(changes: Iterable[tuple[str, str]]) -> dict[str, int]:
    """By how many documents each term goes up or down."""
    moves: dict[str, int] = {}
    for before, after in changes:
        lost, gained = set(before.split()), set(after.split())
        for term in lost - gained:
            moves[term] = moves.get(term, 0) - 1
        for term in gained - lost:
            moves[term] = moves.get(term, 0) + 1
    return moves


_lock = threading.Lock()
_words = Words()
_checked = float("-inf")
_written = False


def current(age: float | None = None, *, own_writes: bool = True) -> Words:
    """The vocabulary, at most `age` seconds old (default: the setting MITSTADT_SEARCH_AGE, else 5).

    `own_writes` reads again as well when this process has written since.
    """
    global _checked, _written
    setting = float(getattr(settings, "MITSTADT_SEARCH_AGE", 5.0))
    age = setting if age is None or setting == 0 else age

    def is_fresh() -> bool:
        return time.monotonic() - _checked < age and not (own_writes and _written)

    if not is_fresh():
        with _lock:
            if not is_fresh():
                _written = False
                _words.refresh(afresh=setting == 0)
                _checked = time.monotonic()
    return _words


def expire() -> None:
    """This process has written: read again at the next search."""
    global _written
    _written = True
