"""Writing the index: in the action's own transaction, so that what is saved is found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from django.db import connection, transaction

from mitstadt.kit.ids import new_id
from mitstadt.subjects.models import Subject

from . import analyze, vocabulary
from .models import Document, Vocabulary, Word, WordChange
from .registry import Source, sources

CONTENT = ["title", "text", "state", "facets", "weight", "title_terms", "text_terms", "part_terms"]
CHUNK = 500
FOLD = 5_000  # changes in one go; two seconds of counting, a fraction of a second in the transaction
WRITERS_AGE = 60.0  # seconds; a writer need not know the newest words, a rebuild splits what it missed
T = TypeVar("T")


def index(
    subject: Subject | int,
    title: str,
    text: str = "",
    *,
    state: str = "",
    facets: dict[str, Any] | None = None,
    weight: int = 0,
) -> None:
    """Make a subject findable by `title` and `text`; call it inside the transaction that changes them.

    Whether it *is* found follows `Subject.published` and `.restricted`, so drafts are indexed like everything else.
    `state` is one German line under a hit; `weight` (0 to 100) lifts a document among equals.
    """
    subject_id = subject if isinstance(subject, int) else subject.pk
    index_many([Source(subject_id, title, text, state, facets or {}, weight)])


def index_many(found: Iterable[Source]) -> int:
    """`index` for many, in one statement per chunk. Returns how many."""
    total = 0
    for chunk in _chunks(found, CHUNK):
        found_here = list(documents_for(chunk))
        Document.objects.bulk_create(
            found_here, update_conflicts=True, unique_fields=["subject"], update_fields=CONTENT
        )
        total += len(found_here)
    indexed()
    return total


def documents_for(found: Iterable[Source]) -> Iterator[Document]:
    """What `index_many` would write, unsaved, for a room that prepares a publication and writes `CONTENT` itself.
    Call `indexed` inside the transaction that does."""
    words = vocabulary.current(WRITERS_AGE, own_writes=False)
    for source in found:
        yield _document(source, words)


def indexed() -> None:
    """Say that documents were written: once the transaction is over, new words are read."""
    transaction.on_commit(vocabulary.expire)


def remove(subject: Subject | int) -> None:
    """Take a subject out of the index."""
    Document.objects.filter(pk=subject if isinstance(subject, int) else subject.pk).delete()
    transaction.on_commit(vocabulary.expire)


def _document(source: Source, words: vocabulary.Words) -> Document:
    title = analyze.clean(source.title)[:300]
    text = analyze.clean(source.text)
    terms = analyze.analyse(title, text, words.parts_of)
    return Document(
        subject_id=source.subject_id,
        title=title,
        text=text,
        state=source.state[:200],
        facets=source.facets,
        weight=max(0, min(100, source.weight)),
        title_terms=terms.title,
        text_terms=terms.text,
        part_terms=terms.parts,
    )


def fold() -> int:
    """Work pending changes into the vocabulary, in short transactions. Returns how many were folded."""
    total = 0
    while folded := _fold_some():
        total += folded
    return total


def _fold_some() -> int:
    """Adding up happens before the transaction, so that other writers wait for two or three statements only."""
    changes = list(WordChange.objects.order_by("id").values_list("id", "before", "after")[:FOLD])
    if not changes:
        return 0
    moves = vocabulary.moves_of((before, after) for _id, before, after in changes)
    with transaction.atomic():
        state = _next_version()  # this row makes folders queue
        mine = WordChange.objects.filter(id__in=[change[0] for change in changes])
        if mine.delete()[0] != len(changes):  # another folder was quicker with some of them
            transaction.set_rollback(True)
        else:
            _add_to_words(moves, state.version)
            transaction.on_commit(vocabulary.expire)
    return len(changes)


def _next_version(epoch: str | None = None) -> Vocabulary:
    Vocabulary.objects.get_or_create(id=1)
    state = Vocabulary.objects.select_for_update().get(id=1)
    state.version += 1
    if epoch is not None:
        state.epoch = epoch
    state.save()
    return state


def _add_to_words(moves: dict[str, int], version: int) -> None:
    """Add `moves` to the counts, in one statement: an import touches tens of thousands of words.

    A count may be below zero for a while (a loss was folded before the gain of a slower transaction); nobody who reads
    takes that for a word.
    """
    params: list[Any]
    moves = {term: by for term, by in sorted(moves.items()) if by}
    if connection.vendor == "sqlite":
        rows, params = "SELECT key, value, %s FROM json_each(%s) WHERE true", [version, json.dumps(moves)]
    else:
        rows = "SELECT term, moved, %s FROM unnest(%s::text[], %s::int[]) AS moves(term, moved)"
        params = [version, list(moves), list(moves.values())]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO search_word (term, documents, version) {rows} ON CONFLICT (term) DO UPDATE "
            "SET documents = search_word.documents + excluded.documents, version = excluded.version",
            params,
        )


def rebuild(progress: Callable[[str, int], None] | None = None) -> int:
    """Ask every room for its texts and bring index and vocabulary in line with them. Returns the number of documents.

    Runs beside everything else in short transactions and may be repeated or broken off at any time. Two rounds: the
    first meets all words, the second splits the compounds whose parts became known on the way.
    """
    say = progress or (lambda _step, _count: None)
    for kind, text_of in sources().items():
        seen: set[int] = set()
        for chunk in _chunks(text_of(), CHUNK):
            with transaction.atomic():
                index_many(chunk)
            seen.update(source.subject_id for source in chunk)
            if len(seen) % FOLD < CHUNK:
                fold()
            say(kind, len(seen))
        _remove_unseen(kind, seen)
    fold()
    total = 0
    vocabulary.expire()
    for documents in _documents(CONTENT):
        _analyse_again(documents)
        total += len(documents)
        say("", total)
    fold()
    recount()
    return total


def _remove_unseen(kind: str, seen: set[int]) -> None:
    there = set(Document.objects.filter(subject__kind=kind).values_list("pk", flat=True))
    for chunk in _chunks(sorted(there - seen), CHUNK):
        Document.objects.filter(pk__in=chunk).delete()


def _analyse_again(documents: Sequence[Document]) -> None:
    words = vocabulary.current()
    changed = []
    for document in documents:
        terms = analyze.analyse(document.title, document.text, words.parts_of)
        if (terms.title, terms.text, terms.parts) != (document.title_terms, document.text_terms, document.part_terms):
            document.title_terms, document.text_terms, document.part_terms = terms.title, terms.text, terms.parts
            changed.append(document)
    with transaction.atomic():
        for document in changed:  # only if nobody has written it meanwhile: theirs is newer
            Document.objects.filter(pk=document.pk, title=document.title, text=document.text).update(
                title_terms=document.title_terms, text_terms=document.text_terms, part_terms=document.part_terms
            )


def recount() -> None:
    """Count the vocabulary anew from the documents, which heals whatever an accident left behind."""
    fold()
    counts: dict[str, int] = {}
    for documents in _documents(["title_terms", "text_terms", "part_terms"]):
        for d in documents:
            for term in {*d.title_terms.split(), *d.text_terms.split(), *d.part_terms.split()}:
                counts[term] = counts.get(term, 0) + 1
    held = dict(Word.objects.values_list("term", "documents"))
    moves = {term: counts.get(term, 0) - held.get(term, 0) for term in counts.keys() | held.keys()}
    with transaction.atomic():
        state = _next_version(epoch=new_id())
        _add_to_words(moves, state.version)
        Word.objects.filter(documents__lte=0).delete()
        transaction.on_commit(vocabulary.expire)


def _documents(fields: list[str]) -> Iterator[list[Document]]:
    """All documents in chunks, each read on its own, so that no transaction spans them."""
    last = 0
    while documents := list(Document.objects.filter(pk__gt=last).order_by("pk").only("subject_id", *fields)[:CHUNK]):
        yield documents
        last = documents[-1].pk


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def rebuild_job() -> None:
    """`rebuild` for the worker, which wants no answer."""
    rebuild()
