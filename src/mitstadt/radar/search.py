"""What of a measure is searchable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import override

from mitstadt.search.registry import Source

from .models import Measure, Status

COLUMNS = (
    "pk", "number", "title", "short_name", "summary", "reason", "audience", "plain_text", "contact", "note",
    "field__name", "field__slug", "core_area__name", "department__name", "department__code", "status",
    "subject__district__number", "retired_in_id",
)  # fmt: skip


def sources(keys: Iterable[int] | None = None) -> Iterator[Source]:
    """The texts of all measures, or of those with these keys, drafts too."""
    found = Measure.objects.order_by("pk")
    if keys is not None:
        found = found.filter(pk__in=list(keys))
    for row in found.values(*COLUMNS).iterator(500):
        yield source_of(row)


def source_of(row: dict[str, Any]) -> Source:
    words = (
        "short_name", "summary", "reason", "audience", "plain_text", "contact", "field__name", "core_area__name",
        "department__name", "department__code",
    )  # fmt: skip
    text = "\n".join([f"M-{row['number']:03d}", *(row[name] for name in words if row[name])])
    with override("de"):  # the index is German, whoever publishes
        status = str(dict(Status.choices).get(row["status"], ""))
    return Source(
        row["pk"],
        row["title"],
        text,
        state=f"{status} · {row['field__name']}",
        facets={
            "field": row["field__slug"],
            "department": row["department__code"] or "",
            "status": row["status"],
            "district": row["subject__district__number"],
        },
        weight=20 if row["retired_in_id"] else 60,
    )
