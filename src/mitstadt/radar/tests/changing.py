"""Measures as they look after somebody changed them and a second person approved: for tests of what readers see."""

from __future__ import annotations

from typing import Any

from mitstadt.radar import history, telling
from mitstadt.radar.models import Measure, MeasureLineage, Revision

BY = "Musterreferat 1, Koordination"


def change(measure: Measure, *, reason: str = "", by: str = BY, **facts: Any) -> Measure:
    """Publish changed columns of a measure."""
    with history.occasion(history.Occasion(by=by, reason=reason)):
        for name, value in facts.items():
            setattr(measure, name, value)
        measure.change_reason, measure.changed_by = reason, by
        measure.save()
    telling.published(measure)
    return measure


def retire(measure: Measure, revision: Revision, *, reason: str, merged_into: Measure | None = None) -> Measure:
    """A measure that a revision dropped, or that went into another one."""
    if merged_into is not None:
        MeasureLineage.objects.create(
            before=measure, after=merged_into, kind=MeasureLineage.Kind.MERGED, revision=revision
        )
    return change(measure, reason=reason, retired_in=revision)
