"""Import of 2,000 measures from a CSV file, and of their next revision, which changes, drops and adds: read, check,
compare, stage, publish; progress is counted. A writer on SQLite keeps all others waiting, so the longest transaction
counts as much as the sum."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

SETTINGS = "mitstadt.project.settings.test"
DATABASES = ("sqlite", "postgresql")
GOAL_SECONDS = 10
GOAL_TRANSACTION = 1.0


@contextmanager
def longest_transaction() -> Iterator[list[float]]:
    """Seconds that each outermost transaction inside took, begin to commit."""
    from django.db.transaction import Atomic

    taken: list[float] = []
    begun: list[float] = []
    enter, leave = Atomic.__enter__, Atomic.__exit__

    def entered(self: Any) -> None:
        begun.append(time.monotonic())
        enter(self)

    def left(self: Any, *error: Any) -> None:
        leave(self, *error)
        start = begun.pop()
        if not begun:
            taken.append(time.monotonic() - start)

    with patch.object(Atomic, "__enter__", entered), patch.object(Atomic, "__exit__", left):
        yield taken


def run() -> dict[str, Any]:
    from mitstadt.radar import actions, exporter, synthetic
    from mitstadt.radar.demo import INSTALLATION
    from mitstadt.radar.models import Measure

    city = synthetic.build(measures=2000, years=2)
    steps = 0

    def progress(_step: str, _done: int, _of: int) -> None:
        nonlocal steps
        steps += 1

    found: dict[str, Any] = {}
    for name, year, target in (
        ("first", city.years[0], {}),
        ("next", city.years[1], synthetic.target_of(city.years[1])),
    ):
        data = exporter.to_csv(year.measures)
        wall, cpu = time.monotonic(), time.process_time()
        with longest_transaction() as staging:
            staged = actions.stage_import(INSTALLATION, data, "massnahmen.csv", target=target, progress=progress)
        between = time.monotonic()
        with longest_transaction() as publishing:
            actions.publish_revision(INSTALLATION, staged, progress=progress)
        done = time.monotonic()
        found[name] = {
            "summary": {key: staged.summary[key] for key in ("new", "changed", "same", "retired")},
            "bytes": len(data),
            "seconds_stage": round(between - wall, 2),
            "seconds_publish": round(done - between, 2),
            "seconds": round(done - wall, 2),
            "cpu_seconds": round(time.process_time() - cpu, 2),
            "longest_transaction": round(max(*staging, *publishing), 3),
        }
    return {
        **found,
        "measures": Measure.objects.count(),
        "progress_calls": steps,
        "goal_seconds": GOAL_SECONDS,
        "goal_transaction": GOAL_TRANSACTION,
        "met": all(
            part["seconds"] <= GOAL_SECONDS and part["longest_transaction"] <= GOAL_TRANSACTION
            for part in (found["first"], found["next"])
        ),
    }
