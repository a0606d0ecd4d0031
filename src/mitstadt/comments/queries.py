"""Reads of the discussion. A page of threads costs four queries, however many contributions there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from mitstadt.kit import past
from mitstadt.kit.prepared import Prepared
from mitstadt.subjects.models import Link, Subject

from . import conf, then
from .models import AnswerVersion, Comment, Held, Side, State, Step

Row = dict[str, Any]

# Orders of threads, as the address names them.
SORTS = {
    "neu": ("-created_at", "-pk"),
    "alt": ("created_at", "pk"),
    "beantwortet": (F("question__answered_on").desc(nulls_last=True), "-created_at", "-pk"),
}

# Sides as the address names them.
SIDES = {"dafuer": Side.PRO, "dagegen": Side.CONTRA, "weder-noch": Side.NEITHER}

_FIELDS = (
    "pk",
    "subject__public_id",
    "subject__restricted",
    "parent_id",
    "mentions_id",
    "mentions__author_label",
    "user_id",
    "guest_id",
    "author_label",
    "author_staff",
    "text",
    "language",
    "channel",
    "side",
    "created_at",
    "edited_at",
    "removed_at",
    "is_example",
    "reply_count",
    "question__state",
    "question__asked_on",
    "question__due_on",
    "question__since",
    "question__department__name",
    "question__answered_on",
    "question__working_days",
    "question__answer__public_id",
    "question__answer__label",
    "question__answer__text",
    "question__answer__version",
    "question__answer__corrected_at",
    "question__answer__is_example",
)


@dataclass(slots=True)
class ThreadPage:
    """What one page of a discussion shows. Rows are `values()` of Comment with the fields above.

    `replies` by key of the root; `steps` (forwardings, interim notes) by key of the question; `effects` (what changed
    because of it) by key of the contribution; `versions` of answers by their public id, on a thread's own page only.
    `side` is a key of `SIDES` where only contributions of one side are shown; `sides` counts the threads of each.
    """

    roots: list[Row]
    replies: dict[int, list[Row]] = field(default_factory=dict)
    steps: dict[int, list[Row]] = field(default_factory=dict)
    effects: dict[int, list[Row]] = field(default_factory=dict)
    versions: dict[str, list[Row]] = field(default_factory=dict)
    page: int = 1
    has_next: bool = False
    sort: str = "neu"
    side: str = ""
    sides: dict[str, int] = field(default_factory=dict)
    whole: bool = False  # all answers of a thread, not only the first ones


def public() -> QuerySet[Comment]:
    """What anybody may read, with its text. Page, feed, interface and open data share this."""
    return then.by_then(
        Comment.objects.filter(
            held=Held.NO,
            removed_at__isnull=True,
            subject__published=True,
            subject__restricted=False,
            about__published=True,
            about__restricted=False,
        )
    )


def _shown() -> QuerySet[Comment]:
    """Public contributions, and the places of hidden or withdrawn ones that something hangs on."""
    return then.by_then(
        Comment.objects.filter(held=Held.NO, subject__published=True).filter(
            Q(removed_at__isnull=True) | Q(reply_count__gt=0) | Q(question__answer__isnull=False)
        )
    )


def _roots(about_id: int, sort: str, start: int, end: int, side: str) -> QuerySet[Comment, Any]:
    rows = _shown().filter(about_id=about_id, parent__isnull=True).order_by(*SORTS[sort])
    if side:  # as many as are counted, without the places of hidden and withdrawn ones
        rows = rows.filter(side=SIDES[side], counted=True)
    return rows.values_list(*_FIELDS)[start:end]


def _replies(parents: tuple[int, ...], most: int) -> QuerySet[Comment, Any]:
    """Answers to these roots, oldest first; at most `most` to each unless that is 0."""
    rows = _shown().filter(parent_id__in=parents)
    if most:
        order = Window(RowNumber(), partition_by="parent_id", order_by=["created_at", "pk"])
        rows = rows.annotate(place=order).filter(place__lte=most)
    return rows.order_by("created_at", "pk").values_list(*_FIELDS)


_STEP_FIELDS = ("question_id", "kind", "at", "label", "text", "to_department__name")
_EFFECT_FIELDS = ("source_id", "note", "created_at", "target__path", "target__title")
_ROOTS = Prepared(_roots)
_REPLIES = Prepared(_replies)
_STEPS = Prepared(
    lambda questions: (
        Step.objects.filter(question_id__in=questions, kind__in=(Step.Kind.FORWARDED, Step.Kind.INTERIM))
        .order_by("pk")
        .values_list(*_STEP_FIELDS)
    )
)
_EFFECTS = Prepared(
    lambda sources: (
        Link.objects.filter(
            kind=Link.Kind.CAUSED, source_id__in=sources, target__published=True, target__restricted=False
        )
        .order_by("pk")
        .values_list(*_EFFECT_FIELDS)
    )
)


def threads(about_id: int, page: int = 1, sort: str = "neu", *, sides: bool = False, side: str = "") -> ThreadPage:
    """One page of threads about a subject (`about_id` is its key), in at most four queries.

    `sides` (one query more): count them, and show only those of `side` (a key of `SIDES`) if it is given.
    """
    side = side if sides and side in SIDES else ""
    sort = sort if sort in SORTS else "neu"
    page = min(max(page, 1), 10_000)
    size = conf.THREADS_PER_PAGE
    where: dict[str, Any] = {"sort": sort, "start": (page - 1) * size, "end": page * size + 1, "side": side}
    if past.day() is None:
        found = _dicts(_ROOTS.rows(about_id, **where), _FIELDS)
    else:
        found = _dicts(list(_roots(about_id, **where)), _FIELDS)
    result = ThreadPage(found[:size], page=page, has_next=len(found) > size, sort=sort, side=side)
    if sides:
        result.sides = side_counts(about_id)
    return _complete(result)


def thread(root_id: int) -> ThreadPage:
    """One whole thread by the key of its root, with the earlier versions of its answers."""
    roots = Comment.objects.filter(pk=root_id, held=Held.NO, subject__published=True)
    result = _complete(ThreadPage(list(then.by_then(roots).values(*_FIELDS)), whole=True))
    answers = [
        row["question__answer__public_id"]
        for row in [*result.roots, *result.replies.get(root_id, [])]
        if (row["question__answer__version"] or 1) > 1
    ]
    if answers:
        versions = AnswerVersion.objects.filter(answer__public_id__in=answers)
        if past.day() is not None:
            versions = versions.filter(replaced_at__lte=past.moment())
        result.versions = _grouped(
            versions.values("answer__public_id", "version", "text", "reason", "replaced_at"), "answer__public_id"
        )
    return result


def _complete(result: ThreadPage) -> ThreadPage:
    """Add the replies, then the steps and effects of everything shown."""
    if past.day() is not None:
        return _complete_then(result)
    with_replies = [row["pk"] for row in result.roots if row["reply_count"]]
    if not result.whole:
        # a hidden answer does not count, but its place is shown: ask for all threads that may have one
        with_replies = [row["pk"] for row in result.roots]
    elif result.roots:
        with_replies = [result.roots[0]["pk"]]
    if with_replies:
        most = max(row["reply_count"] for row in result.roots)
        limit = conf.REPLIES_SHOWN if most > conf.REPLIES_SHOWN and not result.whole else 0
        result.replies = _grouped(_dicts(_REPLIES.rows(tuple(with_replies), most=limit), _FIELDS), "parent_id")
    shown = [*result.roots, *(row for rows in result.replies.values() for row in rows)]
    moved = tuple(row["pk"] for row in shown if row["question__state"])
    result.steps = _grouped(_dicts(_STEPS.rows(moved), _STEP_FIELDS), "question_id")
    effects = _EFFECTS.rows(tuple(row["pk"] for row in shown))
    result.effects = _grouped(_dicts(effects, _EFFECT_FIELDS), "source_id")
    return result


def _complete_then(result: ThreadPage) -> ThreadPage:
    """The same for a past day; a handful of queries more, none of them prepared: their text names the day."""
    keys = tuple(row["pk"] for row in result.roots)
    replies = _grouped(_dicts(list(_replies(keys, 0)), _FIELDS), "parent_id") if keys else {}
    for row in result.roots:
        mine = replies.get(row["pk"], [])
        row["reply_count"] = sum(not r["subject__restricted"] and r["removed_at"] is None for r in mine)
        if not result.whole:
            replies[row["pk"]] = mine[: conf.REPLIES_SHOWN]
    result.replies = replies
    shown = then.as_it_was([*result.roots, *(row for rows in replies.values() for row in rows)])
    moved = [row["pk"] for row in shown if row["question__state"]]
    steps = Step.objects.filter(
        question_id__in=moved, kind__in=(Step.Kind.FORWARDED, Step.Kind.INTERIM), at__lte=past.moment()
    )
    result.steps = _grouped(steps.order_by("pk").values(*_STEP_FIELDS), "question_id")
    effects = Link.objects.filter(
        kind=Link.Kind.CAUSED,
        source_id__in=[row["pk"] for row in shown],
        target__published=True,
        target__restricted=False,
        created_at__lte=past.moment(),
    )
    result.effects = _grouped(effects.order_by("pk").values(*_EFFECT_FIELDS), "source_id")
    return result


def side_counts(about_id: int) -> dict[str, int]:
    """How many contributions that begin a thread take each side, with a zero for none: keys as in `Side`. One query."""
    rows = then.by_then(Comment.objects.filter(about_id=about_id, parent__isnull=True, counted=True))
    found = dict(rows.values_list("side").annotate(Count("pk")).order_by())
    return {side: found.get(side, 0) for side in Side.values}


def count_on(subject: Subject) -> int:
    """How many contributions a subject has on the day shown; no query today."""
    return subject.comment_count if past.day() is None else then.counts([subject.pk]).get(subject.pk, 0)


def _dicts(rows: list[tuple[Any, ...]], names: tuple[str, ...]) -> list[Row]:
    return [dict(zip(names, row, strict=True)) for row in rows]


def _grouped(rows: Any, key: str) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return found


_CAUSED_FIELDS = ("note", "created_at", "source__path", "source__title", "source__is_example")
_CAUSED = Prepared(
    lambda target_id: (
        Link.objects.filter(
            kind=Link.Kind.CAUSED,
            target_id=target_id,
            source__kind="comment",
            source__published=True,
            source__restricted=False,
            source__comment__removed_at__isnull=True,
        )
        .order_by("-created_at")
        .values_list(*_CAUSED_FIELDS)
    )
)


def caused(target_id: int) -> list[Row]:
    """The contributions that changed a subject: note, day, address and title of each. One query."""
    found = _dicts(_CAUSED.rows(target_id), _CAUSED_FIELDS)
    moment = past.moment()
    return [row for row in found if moment is None or row["created_at"] <= moment]


def find(public_id: str) -> Comment | None:
    """One contribution with its subjects, question and answer, whoever may see it."""
    return (
        Comment.objects.select_related(
            "subject", "about", "parent__subject", "question__answer", "question__department"
        )
        .filter(subject__public_id=public_id)
        .first()
    )


def subject(public_id: str) -> Subject | None:
    return Subject.objects.filter(public_id=public_id).first()


def on_first_page(comment: Comment) -> bool:
    """Does its thread stand on the first page of the newest?"""
    root = comment.parent or comment
    newer = _shown().filter(about_id=comment.about_id, parent__isnull=True, created_at__gt=root.created_at)
    return newer.values("pk")[: conf.THREADS_PER_PAGE].count() < conf.THREADS_PER_PAGE


def latest(limit: int = 3) -> list[Row]:
    """The newest contributions anywhere, for a front page."""
    fields = ("text", "author_label", "created_at", "is_example", "subject__path", "about__title")
    return [dict(row) for row in public().order_by("-created_at").values(*fields)[:limit]]


def stream(rows: QuerySet[Comment], fields: tuple[str, ...]) -> Iterator[Row]:
    """Rows one after the other without holding them all."""
    found: Iterator[Row] = rows.order_by("pk").values(*fields).iterator(chunk_size=2000)
    while chunk := list(islice(found, 2000)):
        yield from then.as_it_was(chunk)


def open_state(row: Row) -> bool:
    """Does the city still owe an answer for this row?"""
    return row["question__state"] in (State.OPEN, State.FORWARDED, State.INTERIM, State.BUNDLED)
