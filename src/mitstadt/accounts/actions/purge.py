"""Forgetting in time: every registered model's own rule, run each night."""

from __future__ import annotations

from datetime import datetime

from mitstadt.accounts import personal
from mitstadt.kit import clock


def purge(now: datetime | None = None) -> dict[str, int]:
    """Delete what is older than its declared retention; returns the number of rows per model. May run at any time."""
    moment = now or clock.now()
    done: dict[str, int] = {}
    for kind in personal.kinds():
        if kind.purge is not None:
            done[kind.key] = kind.purge(moment)
    return done
