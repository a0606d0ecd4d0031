"""Each room introduces its kinds of subject here when it starts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mitstadt.accounts.actor import Actor
from mitstadt.kit import past
from mitstadt.kit.decision import Decision

from .models import Subject


@dataclass(frozen=True, slots=True)
class State:
    """How something stands: a word, since when (as people say it, perhaps empty); `done`: nothing more will come."""

    word: Any
    since: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True)
class Then:
    """A subject as it was on the past day that is shown (`kit.past`); None where no record says it."""

    title: str | None = None
    state: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """`can(actor, verb, subject, now)` decides on loaded objects without a query; `can_many` for lists.

    `department_of(subject_id)` names the organisation that owes answers about it (its key, or None). `states(keys)`
    says how those of these subjects that have a state stand now, in one query: key → `State`.
    `then(keys)` names those that were public on the past day that is shown; without it a subject is there from its
    creation on.
    """

    slug: str
    label: Any  # lazily translated, singular
    plural: Any
    can: Callable[[Actor, str, Subject, datetime], Decision]
    can_many: Callable[[Actor, str, Sequence[Subject], datetime], list[Decision]] | None = None
    department_of: Callable[[int], int | None] = lambda _subject_id: None
    verbs: frozenset[str] = frozenset()  # what people may do: comment, rate, follow, report
    states: Callable[[Sequence[int]], Mapping[int, State]] = lambda _keys: {}
    then: Callable[[Collection[int]], dict[int, Then]] | None = None


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Introduce a kind. Raises ValueError when two rooms claim one slug."""
    known = _kinds.get(kind.slug)
    if known is not None and known is not kind:
        raise ValueError(f"kind {kind.slug!r} is registered twice")
    _kinds[kind.slug] = kind


def get(slug: str) -> Kind:
    """The registered kind. Raises KeyError for an unknown slug."""
    return _kinds[slug]


def find(slug: str) -> Kind | None:
    return _kinds.get(slug)


def all_kinds() -> list[Kind]:
    return sorted(_kinds.values(), key=lambda kind: kind.slug)


def can(actor: Actor, verb: str, subject: Subject, now: datetime) -> Decision:
    """May `actor` do `verb` to `subject` at `now`?"""
    return get(subject.kind).can(actor, verb, subject, now)


def then(keys_by_kind: dict[str, list[int]]) -> dict[int, Then]:
    """Which of these subjects were there on the past day that is shown, and how. A few queries for each kind."""
    found: dict[int, Then] = {}
    for slug, keys in keys_by_kind.items():
        kind = _kinds.get(slug)
        found |= kind.then(keys) if kind is not None and kind.then is not None else _created(keys)
    return found


def _created(keys: Collection[int]) -> dict[int, Then]:
    moment = past.moment()
    rows = Subject.objects.filter(pk__in=keys, created_at__lte=moment).values_list("pk", "title", "changed_at")
    return {pk: Then(title if moment is None or changed_at <= moment else None) for pk, title, changed_at in rows}


def can_many(actor: Actor, verb: str, subjects: Sequence[Subject], now: datetime) -> list[Decision]:
    """`can` for a list of subjects of any kinds, in their order."""
    return [can(actor, verb, subject, now) for subject in subjects]


def states_of(pairs: Iterable[tuple[str, int]]) -> dict[int, State]:
    """How subjects stand, given as (kind, key); one query for each kind that has states."""
    by_kind: dict[str, list[int]] = {}
    for slug, key in pairs:
        by_kind.setdefault(slug, []).append(key)
    found: dict[int, State] = {}
    for slug, keys in sorted(by_kind.items()):
        kind = find(slug)
        if kind is not None:
            found.update(kind.states(keys))
    return found
