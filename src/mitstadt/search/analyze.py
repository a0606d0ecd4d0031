"""German for a search index: the same words in, the same terms out, on every database. No Django here.

A *term* is a stem of ASCII letters and digits, so neither SQLite's nor PostgreSQL's tokeniser has anything left to
decide. A document carries the stems of its words and, apart from them, the stems of the parts of its compounds; a
word of a query is its stem, or all its parts, or a synonym. So *Betreuung von Kindern* meets *Kinderbetreuung* from
either side. Parts are recognised by the index's own vocabulary and a short list of plain words.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import snowballstemmer  # type: ignore[import-untyped]
from rapidfuzz import process
from rapidfuzz.distance import OSA

MAX_WORD = 60  # letters; the longest German office words have about fifty
MAX_TERM = 64
MAX_WORDS = 12  # of a query


def read_list(name: str) -> list[str]:
    """The words of a list in data/, without its comments."""
    text = (Path(__file__).parent / "data" / name).read_text(encoding="utf-8")
    return [word for line in text.splitlines() if not line.startswith("#") for word in line.split()]


STOP_WORDS = frozenset(read_list("stop_words.txt"))

_NO_PART = frozenset(read_list("no_parts.txt"))
_ENDINGS = ("", *read_list("endings.txt"))
_GENDER = r"(?:[*:_·]|/-?)in(?:nen)?(?![^\W_])"
WORD = re.compile(rf"[^\W_]+(?:{_GENDER}|[-‐‑][^\W_]+)*")
_GENDER_END = re.compile(rf"{_GENDER}|(?<=[a-zäöüß])In(?:nen)?(?![^\W_])")
_HYPHEN = re.compile(r"[-‐‑]")
_FLAT = str.maketrans("äöü", "aou")
_BLANKS = str.maketrans("\t\n\r\xa0\u202f", "     ")
_local = threading.local()


def clean(text: str) -> str:
    """Text without control and invisible characters, composed (NFC), so that positions in it stay true."""
    text = unicodedata.normalize("NFC", text).translate(_BLANKS)
    if text.isprintable():
        return text
    kept = []
    for char in text:
        category = unicodedata.category(char)
        if category in ("Cf", "Cs", "Co", "Cn"):
            continue
        kept.append(" " if category == "Cc" else char)
    return "".join(kept)


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text: where it stands, and its folded pieces (more than one for *E-Akte*)."""

    start: int
    end: int
    pieces: tuple[str, ...]

    @property
    def joined(self) -> str:
        return "".join(self.pieces)


def tokens(text: str) -> Iterator[Token]:
    """The words of a cleaned text. *Bürger\\*innen* counts as *Bürger*."""
    for match in WORD.finditer(text):
        pieces = pieces_of(match.group())
        if pieces:
            yield Token(match.start(), match.end(), pieces)


@lru_cache(maxsize=1 << 14)
def pieces_of(word: str) -> tuple[str, ...]:
    """The folded pieces of a word as it stands in a text."""
    return tuple(fold(piece) for piece in _HYPHEN.split(_GENDER_END.sub("", word)) if piece)


def fold(word: str) -> str:
    """Lower case, ß as ss, no accents but the German ones; any other script letter by letter as its number."""
    word = word[:MAX_WORD].casefold()
    if word.isascii():
        return word
    out = []
    for char in word:
        if char.isascii() or char in "äöü":
            out.append(char)
            continue
        plain = "".join(c for c in unicodedata.normalize("NFKD", char) if c.isascii() and c.isalnum())
        out.append(plain.lower() or f"u{ord(char):x}")
    return "".join(out)


@lru_cache(maxsize=1 << 16)
def stem(folded: str) -> str:
    """The stem of a folded word: letters a to z and digits only. Words with digits stay as they are."""
    if not folded.isalpha():
        return folded.translate(_FLAT)[:MAX_TERM]
    stemmer = getattr(_local, "stemmer", None)
    if stemmer is None:  # a stemmer keeps its word in itself, so each thread has its own
        stemmer = _local.stemmer = snowballstemmer.stemmer("german")
    found: str = stemmer.stemWord(folded).translate(_FLAT)
    if len(found) >= 6 and found.endswith("um") and not found.endswith("aum"):
        found = found[:-2]  # Zentrum and Zentren
    return (found or folded.translate(_FLAT))[:MAX_TERM]


class Lexicon(Protocol):
    """What the index knows about words."""

    def count(self, term: str) -> int:
        """In how many documents `term` stands."""

    def is_part(self, term: str) -> bool:
        """May `term` be a part of a compound?"""

    def is_plain(self, term: str) -> bool:
        """Is `term` a plain word that must not be split?"""


def hint(terms: Iterable[str]) -> re.Pattern[str]:
    """What a word that carries one of `terms` nearly always looks like, lower case and without umlauts.

    Cheap, so that highlighting need not do grammar on every word of a page.
    """
    spell = {"a": "ae?", "o": "oe?", "u": "ue?", "s": "s+"}
    starts = sorted({term[: max(3, len(term) - 2)] for term in terms})
    return re.compile("|".join("".join(spell.get(c, c) for c in start) for start in starts) or "(?!)")


def lowered(text: str) -> str:
    """`text` for `hint`, letter for letter."""
    lower = text.lower()
    text = lower if len(lower) == len(text) else text
    return text.replace("ä", "a").replace("ö", "o").replace("ü", "u").replace("ß", "s")  # quicker than translate


def is_stop(folded: str) -> bool:
    return folded in STOP_WORDS or (len(folded) == 1 and not folded.isdigit())


# -- compounds -------------------------------------------------------------------------------------


@lru_cache(maxsize=1 << 14)
def flat(folded: str) -> str:
    """The word as the stemmer spells it, so that stems are beginnings of parts."""
    folded = folded.replace("ae", "ä").replace("oe", "ö")
    return re.sub(r"(?<![aeiouyqäöü])ue", "ü", folded).translate(_FLAT)


def split(folded: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The stems of a compound's parts, or () if it is none: fewest parts, then the longest shortest part.

    A part is a known stem with an ending that the stemmer takes off again, which covers the German linking letters.
    """
    if len(folded) < 6 or not folded.isalpha() or lexicon.is_plain(stem(folded)):
        return ()
    word = flat(folded)
    size = len(word)
    best: dict[int, tuple[int, int, tuple[str, ...]] | None] = {size: (0, 99, ())}
    for start in range(size - 3, -1, -1):
        best[start] = None
        for length in range(3, size - start + 1):
            base = word[start : start + length]
            if base in _NO_PART or not lexicon.is_part(base):
                continue
            for ending in _ENDINGS:
                stop = start + length + len(ending)
                rest = best.get(stop)
                if rest is None or (start == 0 and stop == size) or not word.startswith(ending, start + length):
                    continue
                part = word[start:stop]
                if ending and (stem(part) != base or is_stop(part)):
                    continue
                found = (rest[0] + 1, min(rest[1], length), (base, *rest[2]))
                now = best[start]
                if now is None or (found[0], -found[1]) < (now[0], -now[1]):
                    best[start] = found
    whole = best[0]
    return whole[2] if whole else ()


# -- documents -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Terms:
    """The analysed text, in order and separated by blanks, as the database keeps it."""

    title: str
    text: str
    parts: str


class Splitter(Protocol):
    def __call__(self, folded: str) -> tuple[str, ...]: ...


def analyse(title: str, text: str, parts_of: Splitter) -> Terms:
    """The terms of a document. `title` and `text` must be cleaned."""
    extra: set[str] = set()
    columns = []
    for column in (title, text):
        found: list[str] = []
        for token in tokens(column):
            single = len(token.pieces) == 1
            for piece in token.pieces:
                if single and is_stop(piece):
                    continue
                found.append(stem(piece))
                extra.update(_deep(piece, parts_of))
            if not single:
                extra.add(stem(token.joined))
        columns.append(found)
    known = set(columns[0]) | set(columns[1])
    return Terms(" ".join(columns[0]), " ".join(columns[1]), " ".join(sorted(extra - known)))


def _deep(folded: str, parts_of: Splitter) -> Iterator[str]:
    """Parts, and the parts of parts (Fahrradweg: fahrrad, weg, fahr, rad)."""
    for part in parts_of(folded):
        yield part
        yield from parts_of(part)


# -- queries ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a query: `options` are alternatives, each a tuple of terms that must all be there."""

    text: str  # as typed
    folded: str
    options: tuple[tuple[str, ...], ...]
    position: tuple[int, int] = (0, 0)

    @property
    def stem(self) -> str:
        return self.options[0][0]

    def count(self, lexicon: Lexicon) -> int:
        """An upper bound of the documents that this word finds."""
        return sum(min(lexicon.count(term) for term in option) for option in self.options)


def parse(text: str, parts_of: Splitter, synonyms: Synonyms) -> list[Word]:
    """The words of a cleaned query, without stop words, at most MAX_WORDS. Signs of any query language mean nothing."""
    words: list[Word] = []
    for token in tokens(text):
        if len(token.pieces) == 1 and is_stop(token.pieces[0]):
            continue
        options: list[tuple[str, ...]] = [(stem(token.joined),)]
        if len(token.pieces) > 1:
            options.append(tuple(stem(piece) for piece in token.pieces))
        elif parts := parts_of(token.joined):
            options.append(parts)
        options += [o for o in synonyms.of(stem(token.joined)) if o not in options]
        words.append(Word(text[token.start : token.end], token.joined, tuple(options), (token.start, token.end)))
        if len(words) == MAX_WORDS:
            break
    return _merge_phrases(words, synonyms)


def _merge_phrases(words: list[Word], synonyms: Synonyms) -> list[Word]:
    """Two words that have a common synonym (künstliche Intelligenz: KI) become one word with both readings."""
    out: list[Word] = []
    at = 0
    while at < len(words):
        if at + 1 < len(words):
            pair = (words[at].stem, words[at + 1].stem)
            others = synonyms.of_pair(pair)
            if others:
                first, second = words[at], words[at + 1]
                text = f"{first.text} {second.text}"
                out.append(
                    Word(text, first.folded + second.folded, (pair, *others), (first.position[0], second.position[1]))
                )
                at += 2
                continue
        out.append(words[at])
        at += 1
    return out


class Synonyms:
    """What people say = what offices write. Lines of `a = b = c`; `#` starts a comment."""

    def __init__(self, lines: Iterable[str] = ()) -> None:
        self._by: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for line in lines:
            phrases = [p for p in line.split("#")[0].split("=") if p.strip()]
            group = [tuple(stem(t.joined) for t in tokens(clean(p)) if not is_stop(t.joined)) for p in phrases]
            group = [terms for terms in group if terms]
            for terms in group:
                self._by.setdefault(terms, []).extend(o for o in group if o != terms)

    def of(self, term: str) -> list[tuple[str, ...]]:
        return self._by.get((term,), [])

    def of_pair(self, pair: tuple[str, str]) -> list[tuple[str, ...]]:
        return self._by.get(pair, [])


@lru_cache(maxsize=1)
def plain_words() -> frozenset[str]:
    """The stems of our list of plain words."""
    return frozenset(stem(fold(word)) for word in read_list("words.txt"))


# -- typing errors ---------------------------------------------------------------------------------


def allowed_errors(term: str) -> int:
    """How many letters may be wrong, missing, doubled or swapped in a word of this length."""
    return 0 if len(term) < 4 else 1 if len(term) < 6 else 2


def nearest(term: str, choices: Sequence[str], lexicon: Lexicon, errors: int | None = None) -> str | None:
    """The known term that was probably meant: fewest errors, then the same first letter, then the most frequent."""
    limit = allowed_errors(term) if errors is None else errors
    if not limit or not term.isalpha():
        return None
    found = process.extract(term, choices, scorer=OSA.distance, score_cutoff=limit, limit=12)
    ranked = sorted(found, key=lambda f: (f[1], f[0][:1] != term[:1], -lexicon.count(f[0]), f[0]))
    return ranked[0][0] if ranked else None
