"""The chain of every contribution: what was said, what the city decided and why, what it led to and how that stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from mitstadt.kit import clock, past
from mitstadt.participation import queries, then
from mitstadt.participation.models import Assessment, Process
from mitstadt.subjects import kinds
from mitstadt.subjects.models import Link

FIELDS = (
    "pk",
    "subject__public_id",
    "subject__path",
    "title",
    "words",
    "channel",
    "created_at",
    *queries.SUPPORTS,
    "category__name",
    "district__name",
    "assessment__decision",
    "assessment__reason",
    "assessment__label",
    "assessment__decided_on",
    "assessment__due_on",
    "assessment__group__name",
    "assessment__group__summary",
    "is_example",
)
STATES = ("beantwortet", "offen", "ueberfaellig", "verbunden")


@dataclass(frozen=True, slots=True)
class Effect:
    """What a contribution led to. `state` is a word, empty where that kind has none; `since` as people say it."""

    kind: str
    title: str
    path: str
    note: str
    state: str
    since: str
    at: date


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of the page, only values that exist; `district` is a number."""

    show: str = ""
    decision: str = ""
    category: str = ""
    district: str = ""
    words: str = ""


def read(query: Mapping[str, str]) -> Asked:
    """Filters from an address; what nobody offers is left out."""
    show = query.get("zeigen", "")
    decision = query.get("entscheidung", "")
    district = query.get("bezirk", "")
    return Asked(
        show=show if show in STATES else "",
        decision=decision if decision and decision in Assessment.Decision.values else "",
        category=query.get("kategorie", "")[:80],
        district=district if district.isascii() and district.isdigit() and len(district) < 5 else "",
        words=query.get("q", "")[:100].replace("\x00", ""),
    )


def of(process: Process) -> Any:
    """Every public contribution that can get an answer; those that went into another are told there."""
    return (
        queries.with_words(queries.public_contributions().filter(process=process, merged_into__isnull=True))
        .filter(subject__comment__removed_at__isnull=True)
        .annotate(decision=then.decision())
    )


def chosen(process: Process, asked: Asked) -> Any:
    """Those the filters leave, last answered first, then the oldest open ones."""
    rows = of(process)
    if asked.show == "beantwortet":
        rows = rows.exclude(decision="")
    elif asked.show == "offen":
        rows = rows.filter(decision="")
    elif asked.show == "ueberfaellig":
        rows = rows.filter(decision="", assessment__due_on__lt=clock.today())
    elif asked.show == "verbunden":
        rows = rows.filter(pk__in=_effects_of(rows).values("source"))
    if asked.decision:
        rows = rows.filter(decision=asked.decision)
    if asked.category:
        rows = rows.filter(category__name=asked.category)
    if asked.district:
        rows = rows.filter(district__number=int(asked.district))
    for word in asked.words.split()[:5]:
        rows = rows.filter(Q(title__icontains=word) | Q(words__icontains=word))
    return rows.order_by(F("assessment__decided_on").desc(nulls_last=True), "-support_count", "pk")


def _effects_of(rows: Any) -> QuerySet[Link]:
    return Link.objects.filter(
        then.links(),
        source__in=rows.order_by().values("pk"),
        kind__in=(Link.Kind.CAUSED, Link.Kind.DECIDED),
        target__published=True,
        target__restricted=False,
    )


def effects(keys: Iterable[int]) -> dict[int, list[Effect]]:
    """What these contributions led to: key → effects, oldest first. One query, and one for each kind of target."""
    rows = list(
        Link.objects.filter(
            then.links(),
            source__in=list(keys),
            kind__in=(Link.Kind.CAUSED, Link.Kind.DECIDED),
            target__published=True,
            target__restricted=False,
        )
        .order_by("created_at", "pk")
        .values("source", "note", "created_at", "target", "target__kind", "target__title", "target__path")
    )
    states = {} if past.day() else kinds.states_of({(row["target__kind"], row["target"]) for row in rows})
    found: dict[int, list[Effect]] = {}
    for row in rows:
        state = states.get(row["target"])
        known = kinds.find(row["target__kind"])
        found.setdefault(row["source"], []).append(
            Effect(
                kind=str(known.label) if known is not None else "",
                title=row["target__title"],
                path=row["target__path"],
                note=row["note"],
                state=str(state.word) if state is not None else "",
                since=state.since if state is not None else "",
                at=timezone.localdate(row["created_at"]),
            )
        )
    return found


def rows_of(page: Any) -> list[dict[str, Any]]:
    """Contributions with `effects`, ready to draw."""
    rows: list[dict[str, Any]] = then.rows_as_they_were(list(page.values(*FIELDS)))
    led = effects(row["pk"] for row in rows)
    return [{**row, "effects": led.get(row["pk"], [])} for row in rows]


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of a process over all channels. `days` is the median number of days until the answer, None without one."""

    total: int
    answered: int
    overdue: int
    connected: int
    decisions: Sequence[tuple[str, int]]  # (slug, how many), most first
    channels: Sequence[tuple[str, int]]
    days: int | None


def figures(process: Process) -> Figures:
    """Four queries."""
    rows = of(process).order_by()
    decisions = {row["decision"]: row["n"] for row in rows.values("decision").annotate(n=Count("pk"))}
    channels = [(row["channel"], row["n"]) for row in rows.values("channel").annotate(n=Count("pk"))]
    total = sum(decisions.values())
    pairs = rows.exclude(decision="").values_list("created_at", "assessment__decided_on")
    waited = sorted(
        max((end - timezone.localdate(start)).days, 0) for start, end in pairs.iterator(chunk_size=5000) if end
    )
    return Figures(
        total=total,
        answered=total - decisions.get("", 0),
        overdue=rows.filter(decision="", assessment__due_on__lt=clock.today()).count(),
        connected=_effects_of(rows).values("source").distinct().count(),
        decisions=sorted(decisions.items(), key=lambda pair: (pair[0] == "", -pair[1])),
        channels=sorted(channels, key=lambda pair: -pair[1]),
        days=waited[len(waited) // 2] if waited else None,
    )
