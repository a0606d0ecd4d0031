"""Import of 2,000 measures from a CSV file: read, check, compare, stage, publish; progress is counted."""

from __future__ import annotations

import time
from typing import Any

SETTINGS = "mitstadt.project.settings.test"
DATABASES = ("sqlite", "postgresql")
GOAL_SECONDS = 10


def run() -> dict[str, Any]:
    from mitstadt.radar import actions, exporter, synthetic
    from mitstadt.radar.demo import INSTALLATION
    from mitstadt.radar.models import Measure

    city = synthetic.build(measures=2000, years=1)
    data = exporter.to_csv(city.years[-1].measures)
    steps = 0

    def progress(_step: str, _done: int, _of: int) -> None:
        nonlocal steps
        steps += 1

    wall, cpu = time.monotonic(), time.process_time()
    staged = actions.stage_import(INSTALLATION, data, "massnahmen.csv", progress=progress)
    between = time.monotonic()
    actions.publish_revision(INSTALLATION, staged, progress=progress)
    done = time.monotonic()
    return {
        "measures": Measure.objects.count(),
        "bytes": len(data),
        "seconds_stage": round(between - wall, 2),
        "seconds_publish": round(done - between, 2),
        "seconds": round(done - wall, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "progress_calls": steps,
        "goal_seconds": GOAL_SECONDS,
        "met": done - wall <= GOAL_SECONDS and Measure.objects.count() == 2000,
    }
