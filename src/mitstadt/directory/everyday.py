"""What somebody means who writes "Ich kann die Miete nicht zahlen": topics, life situations, and whether it is urgent.

A phrase counts when each of its words is in the question: by stem, as part of a compound, with one slip in longer
words, or from its beginning where the phrase says so (``beiß*``). Stop words of a phrase are left out where two telling
words remain. No model, no statistics: staff can read why something was found.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.core.cache import cache
from rapidfuzz.distance import OSA

from mitstadt.search import analyze, vocabulary

from .models import Category, Situation, Urgent

_KEY = "directory.everyday"
LONGEST = 300  # characters of a question that are read
_NO = frozenset({"nicht", "kein", "keine", "keinen", "keiner", "nie", "ohne", "not", "no"})  # turn a sentence around
_NO_MORE = _NO | {"mehr"}
SLIP_FROM = 6  # letters; shorter words must be right
_CODE = re.compile(r"u(\d[0-9a-f]{2,4})")  # a letter of another script, as `analyze.fold` writes it


class _Word(NamedTuple):
    """`letters`: as `flat`, but one sign a letter in every script, so that a slip is one letter and not half of one."""

    stem: str
    flat: str
    letters: str
    is_start: bool


class _Phrase(NamedTuple):
    words: tuple[_Word, ...]
    slug: str


class _Words:
    """The words of all phrases, so that a question looks at few of them."""

    def __init__(self, phrases: Iterable[_Phrase]) -> None:
        self.by_stem: dict[str, list[_Word]] = {}
        self.starts: dict[str, list[_Word]] = {}
        self.slips: dict[tuple[str, int], list[_Word]] = {}
        for word in {word for phrase in phrases for word in phrase.words}:
            self.by_stem.setdefault(word.stem, []).append(word)
            if word.is_start:
                self.starts.setdefault(word.flat, []).append(word)
            elif len(word.letters) >= SLIP_FROM:
                self.slips.setdefault((word.letters[0], len(word.letters)), []).append(word)

    def said(self, text: str) -> set[_Word]:
        """Those that a question holds in any of the forms in which a phrase may name them."""
        known = vocabulary.current()
        found: set[_Word] = set()
        for token in analyze.tokens(analyze.clean(text[:LONGEST])):
            for form in {token.joined, *token.pieces}:
                flat = analyze.flat(form)
                for stem in (analyze.stem(form), *known.parts_of(form)):
                    found.update(self.by_stem.get(stem, ()))
                for end in range(len(flat) + 1):
                    found.update(self.starts.get(flat[:end], ()))
                letters = _letters(flat)
                for size in range(len(letters) - 1, len(letters) + 2):
                    for word in self.slips.get((letters[:1], size), ()):
                        if OSA.distance(letters, word.letters, score_cutoff=1) <= 1:
                            found.add(word)
        return found


@dataclass(frozen=True, slots=True)
class Sayings:
    """All phrases, ready to be compared. `children` are the topics below a topic."""

    urgent: tuple[_Phrase, ...]
    situations: tuple[_Phrase, ...]
    categories: tuple[_Phrase, ...]
    leads_to: dict[str, tuple[str, ...]]
    children: dict[str, tuple[str, ...]]
    words: _Words


@dataclass(frozen=True, slots=True)
class Meant:
    """Slugs. `categories` with those below them, the most telling first; `urgent` in their order."""

    urgent: tuple[str, ...] = ()
    situations: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


NOTHING = Meant()
_kept: tuple[str, Sayings] | None = None


def _letters(flat: str) -> str:
    return _CODE.sub(lambda code: chr(int(code[1], 16)), flat)


def _word(text: str, is_start: bool) -> _Word:
    flat = analyze.flat(text)
    return _Word(analyze.stem(text), flat, _letters(flat), is_start)


def _phrase(line: str, slug: str) -> _Phrase | None:
    starts = {analyze.fold(w.rstrip("*")) for w in line.split() if w.endswith("*")}
    found = [piece for token in analyze.tokens(analyze.clean(line.replace("*", " "))) for piece in token.pieces]
    telling = [word for word in found if not analyze.is_stop(word) or word in _NO]
    if len(telling) < min(2, len(found)) or _NO_MORE.issuperset(telling):
        telling = found  # "nicht lesen" is not "lesen", and "kann nicht mehr" is not every "nicht mehr"
    words = tuple(_word(w, w in starts) for w in telling)
    return _Phrase(words, slug) if words else None


def _phrases(rows: Iterable[tuple[str, Sequence[str]]]) -> tuple[_Phrase, ...]:
    return tuple(
        phrase
        for slug, texts in rows
        for text in texts
        for line in text.splitlines()
        if line.strip() and (phrase := _phrase(line, slug)) is not None
    )


def sayings() -> Sayings:
    """Everything that staff wrote, read in a few queries and kept for half a minute.

    The shared cache holds a version only: unpacking thousands of phrases for each question would cost more than asking.
    """
    global _kept
    version = cache.get(_KEY)
    if version is not None and _kept is not None and version == _kept[0]:
        return _kept[1]
    found = _read()
    if version is None:
        version = secrets.token_hex(8)
        cache.set(_KEY, version, settings.MITSTADT_SNAPSHOT_SECONDS)
    _kept = (version, found)
    return found


def forget(**_options: object) -> None:
    """Somebody changed a topic, a situation or the numbers."""
    cache.delete(_KEY)


def _read() -> Sayings:
    categories = list(Category.objects.values_list("pk", "slug", "parent__slug", "name", "name_en", "synonyms"))
    children: dict[str, tuple[str, ...]] = {}
    for _pk, slug, parent, *_texts in categories:
        if parent:
            children[parent] = (*children.get(parent, ()), slug)
    leads: dict[str, tuple[str, ...]] = {}
    for slug, category in Situation.categories.through.objects.order_by("id").values_list(
        "situation__slug", "category__slug"
    ):
        leads[slug] = (*leads.get(slug, ()), category)
    situations = Situation.objects.values_list("slug", "title", "title_en", "phrases")
    urgent = _phrases((slug, [text]) for slug, text in Urgent.objects.values_list("slug", "phrases"))
    of_situations = _phrases((slug, texts) for slug, *texts in situations)
    of_categories = _phrases((slug, texts) for _pk, slug, _parent, *texts in categories)
    words = _Words((*urgent, *of_situations, *of_categories))
    return Sayings(urgent, of_situations, of_categories, leads, children, words)


def meant(text: str, known: Sayings | None = None) -> Meant:
    """What a question means. An empty or strange one means nothing."""
    known = known or sayings()
    said = known.words.said(text)
    if not said:
        return NOTHING

    def matching(phrases: Iterable[_Phrase]) -> dict[str, int]:
        scores: dict[str, int] = {}
        for phrase in phrases:
            if said.issuperset(phrase.words) and len(phrase.words) > scores.get(phrase.slug, 0):
                scores[phrase.slug] = len(phrase.words)
        return scores

    situations = matching(known.situations)
    by_category = matching(known.categories)
    for slug, score in situations.items():
        for place, category in enumerate(known.leads_to.get(slug, ())):
            by_category[category] = max(by_category.get(category, 0), score * 2 - min(place, 1))
    found = sorted(by_category, key=lambda slug: (-by_category[slug], slug in known.children))  # the narrower first
    wider: list[str] = []
    for slug in found:
        wider += [slug, *known.children.get(slug, ())]
    return Meant(
        urgent=tuple(matching(known.urgent)),
        situations=tuple(sorted(situations, key=lambda slug: -situations[slug])),
        categories=tuple(dict.fromkeys(wider)),
    )
