"""Finding things. `find` is what page and API share, `find_ids` what other rooms filter their lists with.

A query is answered in up to three steps, each only when the one before found less than `FEW`:
1. every word, as its stem, its compound's parts, or a synonym;
2. unknown words read as beginnings, as parts of compounds, or as typing errors (which is said openly);
3. the rarest words only (said openly, too).
Both databases find the same; when more than `MOST` match, each takes those with the words in the title first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import combinations
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mitstadt.kit import past
from mitstadt.subjects import kinds as subject_kinds
from mitstadt.subjects.kinds import Then
from mitstadt.subjects.models import Subject

from . import analyze, engine, snippets, vocabulary
from .engine import Row
from .expressions import Expression, Phrase, Term, every, some
from .models import Document

FEW = 3
MOST = 1_000  # more hits than this are not counted and not ranked among each other
MOST_IDS = 20_000
MAX_QUERY = 200  # characters
_FREQUENT = 10  # times MOST: a word in so many documents is in the titles of many, too
_LIKE_TEXT, _LIKE_WORDS, _LIKE_MOST = 400, 6, 300  # characters and words that are compared, documents that are ranked
_RELAX_BUDGET = 3_000  # documents that the widest "any of these words" may touch


@dataclass(frozen=True, slots=True)
class Hit:
    subject_id: int
    public_id: str
    kind: str
    path: str
    title: SafeString
    plain_title: str
    snippet: SafeString
    state: str
    facets: dict[str, Any]
    district: str
    is_example: bool


@dataclass(frozen=True, slots=True)
class Results:
    """`total` is exact unless `more` says that there are more than that. `facets` counts hits by kind.

    `corrected_query` is what was searched instead of `query`; `left_out` are words without which something was found;
    `reason` says why there is nothing: ``empty``, ``stopwords`` or ``nothing``.
    """

    query: str
    hits: tuple[Hit, ...] = ()
    total: int = 0
    more: bool = False
    corrected_query: str = ""
    left_out: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    facets: dict[str, int] = field(default_factory=dict)
    reason: str = ""
    too_long: bool = False


@dataclass(frozen=True, slots=True)
class _Answer:
    """`expression`: what found the `rows`, for asking again among fewer."""

    rows: list[Row]
    words: list[analyze.Word]
    expression: Expression
    corrected: str = ""
    left_out: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def synonyms() -> analyze.Synonyms:
    """Ours and the city's."""
    from pathlib import Path

    ours = Path(__file__).parent / "data" / "synonyms.txt"
    city = settings.MITSTADT_CITY_FOLDER / "synonyms.txt"
    lines = [line for path in (ours, city) if path.is_file() for line in path.read_text(encoding="utf-8").splitlines()]
    return analyze.Synonyms(lines)


def find(
    query: str, *, kinds: Sequence[str] | None = None, district: int | None = None, limit: int = 20, offset: int = 0
) -> Results:
    """Public subjects that match `query`, best first. `district` is a District's key.

    Never raises, whatever the query holds: signs of any query language mean nothing, the rest is words.
    """
    text = analyze.clean(query[: 10 * MAX_QUERY])
    text = " ".join(text.split())
    too_long, text = len(text) > MAX_QUERY, text[:MAX_QUERY]
    if not text:
        return Results(text, reason="empty", too_long=too_long)
    words_known = vocabulary.current()
    words = analyze.parse(text, words_known.parts_of, synonyms())
    if not words:
        return Results(text, reason="stopwords", too_long=too_long)
    answer = _answer(text, words, words_known)
    rows, facets = answer.rows, dict(Counter(row.kind for row in answer.rows).most_common())
    there: dict[int, Then] | None = None
    if past.day() is not None:
        rows, there = _there(rows)
        facets = dict(Counter(row.kind for row in rows).most_common())
        past.doubt(
            _(
                "Gesucht wird mit den Wörtern von heute, gefunden nur, was es an diesem Tag schon gab. "
                "Wo der Text seitdem geändert wurde, fehlt der Auszug: Wie er lautete, ist nicht belegt."
            )
        )
    more = len(rows) > MOST
    if kinds is not None or district is not None:
        if more:
            rows = _candidates(answer.expression, kinds=kinds, district=district)
            more = len(rows) > MOST
        else:
            rows = [r for r in rows if (kinds is None or r.kind in kinds) and district in (None, r.district)]
    rows = _ranked(rows[:MOST], answer.words)
    terms = tuple(sorted({t for word in answer.words for option in word.options for t in option}))
    page = [row.id for row in rows[max(0, offset) : max(0, offset) + max(0, limit)]]
    return Results(
        query=text,
        hits=tuple(_hits(page, terms, words_known, there)),
        total=len(rows),
        more=more,
        corrected_query=answer.corrected,
        left_out=answer.left_out,
        terms=terms,
        facets=facets,
        reason="" if rows else "nothing",
        too_long=too_long,
    )


def find_ids(query: str, kind: str | None = None) -> set[int]:
    """Keys of the public subjects that match, for another room's filter; the same finds as `find`, not ranked."""
    text = " ".join(analyze.clean(query[: 10 * MAX_QUERY]).split())[:MAX_QUERY]
    words_known = vocabulary.current()
    words = analyze.parse(text, words_known.parts_of, synonyms())
    if not words:
        return set()
    kinds = None if kind is None else [kind]
    answer = _answer(text, words, words_known, ranked=False)
    if len(answer.rows) > MOST:
        found = engine.match(answer.expression, limit=MOST_IDS, ranked=False, kinds=kinds)
        return {row.id for row in found}
    return {row.id for row in answer.rows if kind in (None, row.kind)}


@dataclass(frozen=True, slots=True)
class Ranked:
    """`scores`: key of a subject → from 0 to about 2, best first. `more`: there are more than these (`find_ids` has
    them). `corrected_query` and `left_out` as in `Results`; `unknown` are words that no document holds."""

    scores: dict[int, float]
    more: bool = False
    corrected_query: str = ""
    left_out: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def ranked(query: str, kind: str, among: engine.Among | None = None) -> Ranked:
    """What a room that orders its own list needs: the public subjects of one kind that match, with their scores.

    `among`: only these keys, or those that this query finds, count, all of them however many others match; how words
    are read is decided without them.
    """
    text = " ".join(analyze.clean(query[: 10 * MAX_QUERY]).split())[:MAX_QUERY]
    known = vocabulary.current()
    words = analyze.parse(text, known.parts_of, synonyms())
    if not words:
        return Ranked({})
    unknown = tuple(word.text for word in words if not word.count(known))
    # How the words are read needs to know only whether there are a few.
    answer = _answer(text, words, known) if among is None else _answer(text, words, known, ranked=False, most=FEW)
    rows = answer.rows
    if among is not None or (len(rows) > MOST and any(row.kind != kind for row in rows)):
        rows = _candidates(answer.expression, kinds=[kind], among=among)
    rows = [row for row in rows if row.kind == kind]
    more, rows = len(rows) > MOST, rows[:MOST]
    return Ranked(_scores(rows, answer.words), more, answer.corrected, answer.left_out, unknown)


def _there(rows: list[Row]) -> tuple[list[Row], dict[int, Then]]:
    """Those that were there on the past day that is shown, and how they were."""
    by_kind: dict[str, list[int]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row.id)
    there = subject_kinds.then(by_kind)
    return [row for row in rows if row.id in there], there


@dataclass(frozen=True, slots=True)
class Suggestion:
    title: str
    kind: str
    path: str


def suggest(start: str, limit: int = 6) -> list[Suggestion]:
    """Titles that hold all words of `start`, the last one perhaps unfinished. Nothing below three letters."""
    text = analyze.clean(start[:MAX_QUERY])
    found = [t for t in analyze.tokens(text) if len(t.pieces) > 1 or not analyze.is_stop(t.joined)]
    if not found or len(found[-1].joined) < 3:
        return []
    *whole, last = found[: analyze.MAX_WORDS]
    flat = analyze.stem(last.joined)
    members: list[Expression] = [Term(analyze.stem(piece)) for token in whole for piece in token.pieces]
    members.append(some([Term(flat), Term(flat, prefix=True), Term(analyze.flat(last.joined), prefix=True)]))
    rows = engine.match(every(members), limit=200, ranked=False, title_only=True)
    if past.day() is not None:
        rows, _there_then = _there(rows)
    best = sorted(rows, key=lambda r: (-r.weight, r.id))[:limit]
    rows_by_id = {
        row["id"]: row
        for row in Subject.objects.filter(id__in=[r.id for r in best]).values("id", "title", "kind", "path")
    }
    return [Suggestion(s["title"], s["kind"], s["path"]) for r in best if (s := rows_by_id.get(r.id))]


def like(text: str, kind: str, limit: int = 40) -> list[int]:
    """Keys of public subjects of a kind that share at least two of the rarer words of `text`, most alike first.

    With one known word only, those that have it in their title. Nothing is corrected or guessed. Cheap enough to be
    asked while somebody types.
    """
    known = vocabulary.current()
    words = analyze.parse(" ".join(analyze.clean(text[:_LIKE_TEXT]).split()), known.parts_of, synonyms())
    counted = sorted((count, place) for place, word in enumerate(words) if (count := word.count(known)))
    rare = [words[place] for _count, place in counted[:_LIKE_WORDS]]
    if not rare:
        return []
    if len(rare) == 1:
        rows = engine.match(_word(rare[0]), limit=_LIKE_MOST, ranked=False, title_only=True, kinds=[kind])
        return [row.id for row in sorted(rows, key=lambda row: -row.id)[:limit]]
    pairs = some(every([_word(one), _word(other)]) for one, other in combinations(rare, 2))
    rows = engine.rank(pairs, engine.match(pairs, limit=_LIKE_MOST, kinds=[kind]))
    return [row.id for row in sorted(rows, key=lambda row: (-row.rank, -row.id))[:limit]]


# -- the three steps -------------------------------------------------------------------------------


def _answer(
    text: str, words: list[analyze.Word], known: vocabulary.Words, ranked: bool = True, most: int = MOST
) -> _Answer:
    frequent = most == MOST and min(word.count(known) for word in words) > _FREQUENT * MOST
    rows = _candidates(_all(words), ranked=ranked, frequent=frequent, most=most)
    best = _Answer(rows, words, _all(words))
    if len(rows) >= FEW:
        return best
    wider, replaced = _widen(words, known)
    if wider != words:
        found = _candidates(_all(wider), ranked=ranked, most=most)
        if len(found) > len(rows):
            corrected = _corrected(text, wider, replaced, found, known) if replaced else ""
            if not replaced or corrected:
                best = _Answer(found, wider, _all(wider), corrected)
    if best.rows or len(words) == 1:
        return best
    kept = _rarest(wider, known)
    left_out = tuple(w.text for w in wider if w not in kept)
    if not kept:
        return best
    any_of = some(_word(w) for w in kept)
    found = _candidates(any_of, ranked=ranked, most=most)
    return _Answer(found, kept, any_of, "", left_out or ("",)) if found else best


def _candidates(
    expression: Expression,
    *,
    ranked: bool = True,
    frequent: bool = False,
    kinds: Sequence[str] | None = None,
    district: int | None = None,
    among: engine.Among | None = None,
    most: int = MOST,
) -> list[Row]:
    """At most `most` + 1 rows; when there are more than MOST, those with the words in the title come first.

    `frequent` words are looked for in the titles first: where those are enough, the texts are not asked.
    """

    def match(*, title_only: bool = False) -> list[Row]:
        return engine.match(
            expression, limit=most + 1, ranked=ranked, title_only=title_only, kinds=kinds, district=district,
            among=among,
        )  # fmt: skip

    titles = match(title_only=True) if frequent else []
    rows = titles if len(titles) > MOST else match()
    if engine.titles_first(among):
        return rows
    late = ranked and among is None and len(rows) > engine.ranked_at_once()
    if not frequent and (len(rows) > MOST or late):
        titles = match(title_only=True)
    first = {row.id: row for row in titles}
    if len(rows) > MOST:
        rows = [*first.values(), *(row for row in rows if row.id not in first)][: MOST + 1]
    return engine.rank(expression, rows, first) if ranked and (among is None or first) else rows


def _all(words: Iterable[analyze.Word]) -> Expression:
    return every(_word(word) for word in words)


def _word(word: analyze.Word) -> Expression:
    return some(every(Term(term) for term in option) for option in word.options)


def _widen(words: list[analyze.Word], known: vocabulary.Words) -> tuple[list[analyze.Word], dict[int, str]]:
    """Words with further readings; `replaced` maps the place of a misspelt word to the term that was meant."""
    wider, replaced = [], {}
    for place, word in enumerate(words):
        options = list(word.options)
        options += [(t,) for t in known.compounds_with(word.stem) if (t,) not in options]
        if not word.count(known):
            start = analyze.flat(word.folded)
            options += [(t,) for t in known.starting_with(start) if (t,) not in options] if len(start) >= 4 else []
            if len(options) == len(word.options) and (meant := _meant(word, known)):
                options.append(meant)
                replaced[place] = " ".join(meant)
        wider.append(replace(word, options=tuple(options)))
    return wider, replaced


def _meant(word: analyze.Word, known: vocabulary.Words) -> tuple[str, ...] | None:
    """The terms a misspelt word means: one known term, or a compound with one misspelt part."""
    if known.is_plain(word.stem):
        return None  # a right word that nobody has written yet
    near = known.nearest(word.stem) or known.nearest(analyze.flat(word.folded))
    if near:
        return (near,)
    flat = analyze.flat(word.folded)
    for cut in range(4, len(flat) - 2):
        head, tail = flat[:cut], analyze.stem(flat[cut:])
        if known.is_part(tail) and known.count(tail):
            first = known.nearest(analyze.stem(head))
            if first:
                return (first, tail)
    return None


def _corrected(
    text: str, words: list[analyze.Word], replaced: dict[int, str], rows: list[Row], known: vocabulary.Words
) -> str:
    """The query with its misspelt words as some public document spells them; "" if none does."""
    texts = Document.objects.filter(pk__in=[row.id for row in rows[:20]]).values_list("title", "text")
    spelled: dict[str, str] = {}
    wanted = {term for terms in replaced.values() for term in terms.split()}
    for title, body in texts:
        for column in (title, body[:20_000]):
            for token in analyze.tokens(column):
                term = analyze.stem(token.joined)
                if term in wanted:
                    spelled.setdefault(term, column[token.start : token.end])
                elif len(wanted) > len(spelled) and len(token.pieces) == 1:
                    for part in wanted & set(known.parts_of(token.joined)):
                        spelled.setdefault(part, column[token.start : token.end])
        if len(spelled) == len(wanted):
            break
    if len(spelled) < len(wanted):
        return ""
    for place in sorted(replaced, reverse=True):
        start, end = words[place].position
        meant = " ".join(dict.fromkeys(spelled[term] for term in replaced[place].split()))
        text = text[:start] + meant + text[end:]
    return text


def _rarest(words: list[analyze.Word], known: vocabulary.Words) -> list[analyze.Word]:
    """The words that are in the index at all, from the rarest on, as long as reading any of them stays quick."""
    budget = _RELAX_BUDGET
    kept: list[analyze.Word] = []
    for word in sorted(words, key=lambda w: w.count(known)):
        count = word.count(known)
        if count and (not kept or count <= budget):
            kept.append(word)
            budget -= count
    return [w for w in words if w in kept]


# -- order and presentation ------------------------------------------------------------------------


def _ranked(rows: list[Row], words: list[analyze.Word]) -> list[Row]:
    """Best first: the engine's measure (from 0 to 1), the exact phrase, the document's weight, then the newer."""
    by_id = {row.id: row for row in rows}
    return [by_id[key] for key in _scores(rows, words)]


def _scores(rows: list[Row], words: list[analyze.Word]) -> dict[int, float]:
    """Key → score, best first."""
    if len(rows) < 2:
        return {row.id: 1.0 for row in rows}
    top = max(row.rank for row in rows) or 1.0
    phrase: set[int] = set()
    if len(words) > 1 and len(rows) < MOST:
        terms = tuple(word.stem for word in words)
        phrase = {row.id for row in engine.match(Phrase(terms), limit=MOST, ranked=False, among=[r.id for r in rows])}
    scores = {row.id: row.rank / top + (0.5 if row.id in phrase else 0.0) + row.weight * 0.002 for row in rows}
    return dict(sorted(scores.items(), key=lambda pair: (-pair[1], -pair[0])))


def _hits(
    ids: list[int], terms: tuple[str, ...], known: vocabulary.Words, there: dict[int, Then] | None = None
) -> Iterable[Hit]:
    if not ids:
        return
    columns = ("public_id", "kind", "path", "is_example", "district__name")
    rows = {
        row["pk"]: row
        for row in Document.objects.filter(pk__in=ids).values(
            "pk", "title", "text", "state", "facets", *(f"subject__{c}" for c in columns)
        )
    }
    wanted = frozenset(terms)
    for row in (rows[i] for i in ids if i in rows):
        if there is not None:
            then = there[row["pk"]]
            row["title"], row["state"] = then.title or row["title"], then.state or ""
            row["text"] = then.text or (row["text"] if then.title is not None else "")
        title = row["title"]
        yield Hit(
            subject_id=row["pk"],
            public_id=row["subject__public_id"],
            kind=row["subject__kind"],
            path=row["subject__path"],
            title=snippets.marked(title, snippets.found_in(title, wanted, known.parts_of)),
            plain_title=title,
            snippet=snippets.snippet(row["text"], wanted, known.parts_of),
            state=row["state"],
            facets=row["facets"],
            district=row["subject__district__name"] or "",
            is_example=row["subject__is_example"],
        )
