"""The strategy as it stands, in the same shape as a file: what plans compare with and what exports write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q

from mitstadt.geo.models import District
from mitstadt.organisations.models import Organisation
from mitstadt.radar.models import (
    CoreArea,
    CouncilDecision,
    Field,
    Indicator,
    Measure,
    MeasureLineage,
    MeasureLink,
    MeasurePrinciple,
    Milestone,
    Principle,
    ProgressReport,
    Revision,
    Strategy,
)

from .columns import fold
from .shape import Known, MeasureIn
from .values import decimal

PLAIN = (
    "number", "slug", "title", "short_name", "kind", "summary", "reason", "audience", "plain_text",
    "core_area_basis", "contact", "start", "end", "status", "status_as_of", "source", "confidence", "note",
    "participate_path", "change_reason",
)  # fmt: skip


def measures_of(
    strategy: Strategy, *, numbers: Iterable[int] | None = None, only_public: bool = False
) -> dict[int, MeasureIn]:
    """{key: measure} by number, retired ones included. Ten queries however many measures."""
    found = Measure.objects.filter(strategy=strategy).order_by("number")
    if numbers is not None:
        found = found.filter(number__in=list(numbers))
    if only_public:
        found = found.filter(live=True, subject__published=True, subject__restricted=False)
    result: dict[int, MeasureIn] = {}
    for row in found.values(
        "pk", "participate_until", "core_area__slug", "field__slug", "department__code", "department__slug",
        "revision__code", "retired_in__code", "district__number", *PLAIN,
    ):  # fmt: skip
        until = row["participate_until"]
        result[row["pk"]] = MeasureIn(
            core_area=row["core_area__slug"] or "",
            field=row["field__slug"],
            department=row["department__code"] or row["department__slug"] or "",
            revision=row["revision__code"] or "",
            retired_in=row["retired_in__code"] or "",
            district=row["district__number"],
            participate_until=until.isoformat() if until else "",
            **{name: row[name] for name in PLAIN},
        )
    _add_children(strategy, result)
    return result


def _add_children(strategy: Strategy, result: dict[int, MeasureIn]) -> None:
    mine = Q(measure__strategy=strategy)
    for name, items in (
        ("links", _items(MeasureLink, mine, ("url", "label"))),
        ("council", _items(CouncilDecision, mine, ("paper", "date", "body", "url"), order="id")),
        ("milestones", _items(Milestone, mine, ("title", "due", "done_on", "source"))),
        ("progress", _items(ProgressReport, mine, ("percent", "end", "as_of", "confidence"))),
    ):
        for pk, values in items.items():
            if pk in result:
                setattr(result[pk], name, values)
    for pk, values in _items(Indicator, mine, ("name", "value")).items():
        if pk in result:
            result[pk].indicators = [{"name": v["name"], "value": decimal(v["value"])} for v in values]
    for pk, slug in MeasurePrinciple.objects.filter(mine).order_by("id").values_list("measure_id", "principle__slug"):
        if pk in result:
            result[pk].principles.append(slug)
    kinds = MeasureLineage.Kind
    for before, after, kind, before_slug, after_slug in (
        MeasureLineage.objects.filter(before__strategy=strategy)
        .order_by("id")
        .values_list("before_id", "after_id", "kind", "before__slug", "after__slug")
    ):
        if kind == kinds.MERGED and before in result:
            result[before].merged_into = after_slug
        elif kind == kinds.SPLIT and after in result:
            result[after].split_from = before_slug
        elif kind == kinds.RELATED and before in result:
            result[before].related.append(after_slug)


def _items(model: Any, mine: Q, names: Sequence[str], order: str = "order") -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in model.objects.filter(mine).order_by("measure_id", order, "id").values("measure_id", *names):
        found[row.pop("measure_id")].append(row)
    return found


def known_of(strategy: Strategy) -> Known:
    """What a file may name in an existing strategy, by code or by name."""

    def names(pairs: Iterable[tuple[str | None, str]]) -> dict[str, str]:
        listed = [(code, name) for code, name in pairs if code]
        result = {fold(name.replace("ß", "ss")): code for code, name in reversed(listed)}
        result.update({fold(code): code for code, _name in listed})
        return result

    return Known(
        fields=names(Field.objects.filter(strategy=strategy).values_list("slug", "name")),
        core_areas=names(CoreArea.objects.filter(strategy=strategy).values_list("slug", "name")),
        departments=names(
            (code or slug, name) for code, slug, name in Organisation.objects.values_list("code", "slug", "name")
        ),
        principles=names(Principle.objects.filter(strategy=strategy).values_list("slug", "name")),
        revisions=frozenset(Revision.objects.filter(strategy=strategy).values_list("code", flat=True)),
        districts=districts(),
    )


def districts() -> dict[str, int]:
    """District numbers by number and by name."""
    result: dict[str, int] = {}
    for number, name in District.objects.values_list("number", "name"):
        result[str(number)] = number
        result[fold(name.replace("ß", "ss"))] = number
    return result
