"""Reads. The list of a module, its map, one idea's parts, what is similar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, F, Q, QuerySet, Window

from mitstadt.kit import past
from mitstadt.kit.prepared import Prepared
from mitstadt.participation import queries as participation
from mitstadt.participation.models import Assessment, Contribution, Kind, Module
from mitstadt.search import queries as search

PAGE = 20
MARKS = 300  # places on one map
SORTS = ("unterstuetzt", "neu", "offen")
STATES = ("offen", "wartet", "beantwortet", "umgesetzt", "ueberfaellig", "zusammengelegt")
FIELDS = (*participation.CONTRIBUTION_FIELDS, "subject_id", "geometry", "place", "merged_into_id", "assessment__due_on")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; empty means everything."""

    category: int | None = None
    district: int | None = None
    state: str = ""
    sort: str = SORTS[0]


def public(module: Module) -> QuerySet[Contribution]:
    """Every idea of a module that anybody may read, merged ones too."""
    return participation.public_contributions().filter(module=module, kind=Kind.IDEA)


def listed(module: Module, filters: Filters, today: date) -> QuerySet[Contribution]:
    """The ideas of one list in its order. Merged ones only when asked for.

    What the module's counter includes is what anybody may read, so today no other table is asked about that.
    """
    if past.day() is None and filters.state != "zusammengelegt":
        rows = Contribution.objects.filter(module=module, kind=Kind.IDEA, counted=True)
    else:
        rows = public(module).filter(merged_into__isnull=filters.state != "zusammengelegt")
    if filters.category is not None:
        rows = rows.filter(category_id=filters.category)
    if filters.district is not None:
        rows = rows.filter(district__number=filters.district)
    if filters.state in ("offen", "wartet", "ueberfaellig"):
        rows = rows.filter(assessment__decision=Assessment.Decision.OPEN)
    if filters.state == "wartet":
        rows = rows.filter(assessment__due_on__isnull=False)
    elif filters.state == "ueberfaellig":
        rows = rows.filter(assessment__due_on__lt=today)
    elif filters.state == "beantwortet":
        rows = rows.exclude(assessment__decision=Assessment.Decision.OPEN)
    elif filters.state == "umgesetzt":
        rows = rows.filter(assessment__decision=Assessment.Decision.DONE)
    if filters.sort == "neu":
        return rows.order_by("-created_at", "-pk")
    if filters.sort == "offen":
        return rows.order_by(F("assessment__decided_on").asc(nulls_first=True), "-support_count", "-pk")
    return rows.order_by("-support_count", "-created_at", "-pk")


def _keys(module_id: int, *, filters: Filters, today: date, page: int) -> QuerySet[Contribution, Any]:
    """The keys of one page with the number of all: sorted before anything is joined."""
    rows = listed(Module(pk=module_id), filters, today)
    return rows.annotate(total=Window(Count("*"))).values_list("pk", "total")[(page - 1) * PAGE : page * PAGE]


_KEYS = Prepared(_keys)
_ROWS = Prepared(lambda keys: Contribution.objects.filter(pk__in=keys).values_list(*FIELDS))


def page_of(module: Module, filters: Filters, today: date, page: int) -> tuple[int, int, list[Row]]:
    """How many there are in a list, the number of the page that is shown (`page`, or the last), its rows of `FIELDS`.

    Two queries, three or four for a page that is not there.
    """
    read = _KEYS.rows if past.day() is None else lambda *keys, **shape: list(_keys(*keys, **shape))
    found = read(module.pk, filters=filters, today=today, page=page)
    if not found and page > 1:
        first = read(module.pk, filters=filters, today=today, page=1)
        page = max(1, -(-first[0][1] // PAGE)) if first else 1
        found = read(module.pk, filters=filters, today=today, page=page) if first else []
    keys = tuple(pk for pk, _total in found)
    by_key = {row["subject_id"]: row for row in (dict(zip(FIELDS, one, strict=True)) for one in _ROWS.rows(keys))}
    return (found[0][1] if found else 0), page, [by_key[pk] for pk in keys]


def categories_of(module: Module) -> list[tuple[int, str]]:
    """Key and name of each category, kept for half a minute while staff change nothing of the process."""
    key = f"ideas.categories:{module.subject.public_id}:{module.process.changed_at.timestamp()}"
    found: list[tuple[int, str]] | None = cache.get(key)
    if found is None:
        found = list(module.categories.values_list("pk", "name"))
        cache.set(key, found, settings.MITSTADT_SNAPSHOT_SECONDS)
    return found


def placed(rows: QuerySet[Contribution]) -> list[Row]:
    """Those of a list that have a place, at most `MARKS`. One query."""
    fields = ("title", "geometry", "subject__path", "support_count")
    return list(rows.filter(geometry__isnull=False).values(*fields)[:MARKS])


def similar(module: Module, text: str, *, without: int | None = None, limit: int = 5) -> list[Row]:
    """Public ideas of the same process that say something similar, most alike first. They are only suggested."""
    found = search.like(text, Kind.IDEA)
    if not found:
        return []
    rows = participation.public_contributions().filter(
        pk__in=found, process_id=module.process_id, merged_into__isnull=True
    )
    by_key = {row["subject_id"]: row for row in rows.exclude(pk=without).values(*FIELDS)}
    return [by_key[pk] for pk in found if pk in by_key][:limit]


def supports(contribution: Contribution, actor: Any) -> bool:
    """Does this person stand behind it? One query, none for nobody."""
    if actor is None or (actor.user_id is None and actor.guest_id is None):
        return False
    who = {"user_id": actor.user_id} if actor.user_id is not None else {"guest_id": actor.guest_id}
    return contribution.supports.filter(**who).exists()


def drafts(module: Module, user_id: int) -> list[Contribution]:
    """The person's own drafts, and those of others they write along with."""
    mine = Q(user_id=user_id) | Q(co_authors__user_id=user_id)
    rows = Contribution.objects.filter(mine, module=module, kind=Kind.IDEA, draft=True, removed_at__isnull=True)
    return list(rows.select_related("subject").distinct().order_by("-created_at")[:20])
