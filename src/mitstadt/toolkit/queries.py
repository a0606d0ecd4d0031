"""Reads. The catalogue is small (tens to hundreds of entries) and read often, so it is read whole."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from mitstadt.kit.city import current

from .catalogue import Catalogue, ExperienceData, closed
from .models import Combination, Elsewhere, Knowledge, Method, Use

_SHOWN = {"live": True, "subject__published": True, "subject__restricted": False}


def public_methods() -> QuerySet[Method]:
    """What page, interface, export and adviser share."""
    return Method.objects.filter(**_SHOWN).select_related("subject")


def public_combinations() -> QuerySet[Combination]:
    return Combination.objects.filter(**_SHOWN).select_related("subject")


def public_knowledge() -> QuerySet[Knowledge]:
    return Knowledge.objects.filter(**_SHOWN).select_related("subject")


def public_uses() -> QuerySet[Use]:
    """Where formats were used: in public processes. What was learned is public only with `released_at`."""
    return Use.objects.filter(process__subject__published=True, process__subject__restricted=False).exclude(
        process__stage="draft"
    )


@dataclass(frozen=True, slots=True)
class Experience:
    """How often a format was used here, and between how many people it had where that was released (or None)."""

    times: int
    least: int | None
    most: int | None


def experience() -> dict[str, Experience]:
    """Short name → experience, of every format that was used here. One query."""
    told = Q(released_at__isnull=False)
    rows = (
        public_uses()
        .order_by()
        .values_list("method__slug")
        .annotate(n=Count("pk"), low=Min("persons", filter=told), high=Max("persons", filter=told))
    )
    return {slug: Experience(*figures) for slug, *figures in rows}


def catalogue() -> Catalogue:
    """Everything public, as data. Two queries that say whether it is still what was read last, two more if not."""
    global _read
    state = tuple(
        tuple(found.aggregate(n=Count("pk"), keys=Sum("pk"), at=Max("changed_at")).values())
        for found in (public_methods(), public_combinations())
    )
    kept = _read
    if kept is not None and kept[0] == state:
        return kept[1]
    found = Catalogue(
        tuple(method.as_data() for method in public_methods().select_related(None)),
        tuple(combination.as_data() for combination in public_combinations().select_related(None)),
    )
    _read = (state, found)
    return found


def everything() -> Catalogue:
    """What another city's file is compared with: drafts and hidden entries too, and the experiences taken over."""
    return Catalogue(
        tuple(method.as_data() for method in Method.objects.all()),
        tuple(combination.as_data() for combination in Combination.objects.all()),
        _taken_over(Elsewhere.objects.all()),
    )


def for_export() -> Catalogue:
    """What other cities may take: everything public, and what was learned with it here and in cities before."""
    found = catalogue()
    city, base = current().short_name, settings.MITSTADT_BASE_URL.rstrip("/")
    rows = (
        public_uses()
        .filter(released_at__isnull=False)
        .order_by("process__number", "order", "pk")
        .values_list(
            "method__slug", "process__title", "released_at", "process__subject__path", "persons", "euro", "days",
            "reached", "learned", "process__is_example",
        )
    )  # fmt: skip
    own = tuple(
        ExperienceData(slug, city, title, at.year if at else 0, base + path, *learned)  # type: ignore[arg-type]
        for slug, title, at, path, *learned in rows
    )
    return closed(replace(found, experiences=own + _taken_over(Elsewhere.objects.exclude(city=city))))


def _taken_over(rows: QuerySet[Elsewhere]) -> tuple[ExperienceData, ...]:
    return tuple(one.as_data(one.method.slug) for one in rows.select_related("method"))


_read: tuple[object, Catalogue] | None = None  # the state of the tables and what they held


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody filters by. Empty values do not filter; `persons` and `weeks` are numbers or None."""

    kind: str = ""
    level: str = ""
    phase: str = ""
    cost: str = ""
    effort: str = ""
    persons: int | None = None
    weeks: int | None = None
    text: str = ""
    time: str = ""
    group: str = ""
    without: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return self == Choice()


_COSTS: Sequence[str] = ("€", "€€", "€€€", "€€€€")
_TIMES: Sequence[str] = ("hours", "days", "weeks", "months")
_EFFORTS: Sequence[str] = ("low", "medium", "high")


def _not_longer(time: str, most: str) -> bool:
    """`standing` is no length: who looks for it wants nothing else, and who looks for short wants none of it."""
    if "standing" in (time, most):
        return time == most
    return bool(time) and _TIMES.index(time) <= _TIMES.index(most)


def fits(method: Method, choice: Choice, hits: Collection[int] | None = None) -> bool:
    """Does `method` pass every filter? Cost, effort and time mean "at most", persons "with so many", weeks "ready
    within"; `group` is whom it reaches, `without` what it must not ask of people."""
    return (
        (not choice.kind or method.kind == choice.kind)
        and (not choice.level or choice.level in method.levels)
        and (not choice.phase or choice.phase in method.phases)
        and (not choice.cost or _COSTS.index(method.cost_class) <= _COSTS.index(choice.cost))
        and (not choice.effort or _EFFORTS.index(method.effort) <= _EFFORTS.index(choice.effort))
        and (choice.persons is None or method.group_min <= choice.persons <= method.group_max)
        and (choice.weeks is None or method.prep_min <= choice.weeks)
        and (not choice.time or _not_longer(method.time, choice.time))
        and (not choice.group or choice.group in method.groups)
        and set(choice.without).isdisjoint(method.needs)
        and (hits is None or method.pk in hits)
    )
