"""Who sits where in the picture, kept with the revision that is in force: whoever comes or goes moves nobody else.

A revision freezes the picture's grid when it is published (`snapshot.freeze`). From then on every measure keeps its
place in its cell until it leaves the cell; who comes takes the first free place. `settle` stores that after each change
and once a day for ends that have passed. Readers work out what is not stored yet by the same rule (`arrange`), so a
late job or a lost race shows nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db.models import F

from mitstadt.kit import clock

from . import queries
from .arrange import resettle
from .models import Measure, Revision, Strategy
from .rows import MeasureRow

# What decides in which cells a measure stands, as facts of a version.
FACTS = ("field", "core_area", "department", "principles", "retired", "status", "end")
TRIES = 20


def settle(strategy: Strategy, changed: Mapping[int, dict[str, Any]] | None = None) -> None:
    """Store the places as they are now.

    `changed` are the measures whose change is the occasion, by key, with their facts before it (empty: not known): they
    come after everybody else who moved since the last time. Three queries and one update; one query without a grid.
    """
    for _try in range(TRIES):
        latest = _latest(strategy)
        if latest is None:
            return
        pk, grid, turn = latest
        now = _settled(grid, strategy, changed or {})
        if now == grid:
            return
        # Two writers at once: the second one finds another turn, reads again and comes after the first.
        if Revision.objects.filter(pk=pk, grid_turn=turn).update(grid=now, grid_turn=F("grid_turn") + 1):
            return


def settle_current() -> None:
    """Once a day: planned ends have passed, and their measures stand in another ring."""
    strategy = queries.current_strategy()
    if strategy is not None:
        settle(strategy)


def follow(strategy: Strategy, measure_id: int, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Settle after a version was recorded, if the measure can stand in another cell than with the facts `before`."""
    differing = {name for name in FACTS if name not in before or before[name] != after[name]}
    if differing:
        settle(strategy, {measure_id: before if differing <= {"status", "end"} else {}})


def _latest(strategy: Strategy) -> tuple[int, dict[str, Any], int] | None:
    found = Revision.objects.filter(strategy=strategy, state=Revision.State.PUBLISHED).exclude(grid={})
    return found.order_by("-order").values_list("pk", "grid", "grid_turn").first()


def _settled(grid: dict[str, Any], strategy: Strategy, changed: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
    rows, today = queries.rows(strategy), clock.today()
    gone = dict(Measure.objects.filter(strategy=strategy).exclude(retired_in=None).values_list("pk", "number"))
    before = [_before(row, changed[row.id]) if row.id in changed else row for row in rows]
    others = [row for row in before if row is not None]
    known = {row.number for row in others} | {number for pk, number in gone.items() if pk not in changed}
    now = resettle(grid, others, known, today)
    if changed:
        now = resettle(now, rows, {row.number for row in rows} | set(gone.values()), today)
    return now


def _before(row: MeasureRow, facts: dict[str, Any]) -> MeasureRow | None:
    """Where the measure would stand today without its change: its end may have passed meanwhile, too."""
    return replace(row, status=facts["status"], end=facts["end"]) if facts.keys() >= {"status", "end"} else None
