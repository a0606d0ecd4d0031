"""How the work is going."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Max, Q

from mitstadt.kit import clock

from .models import Heartbeat, Job


@dataclass(frozen=True, slots=True)
class Work:
    """`seconds_since_sign` is the latest worker's last sign of life, None when no worker ever gave one."""

    seconds_since_sign: float | None
    waiting: int
    failed: int


def state_of_work() -> Work:
    """Two queries."""
    now = clock.now()
    last = Heartbeat.objects.aggregate(last=Max("seen_at"))["last"]
    counts = Job.objects.filter(state__in=["waiting", "failed"]).aggregate(
        waiting=Count("pk", filter=Q(state="waiting", run_at__lte=now)), failed=Count("pk", filter=Q(state="failed"))
    )
    seconds = None if last is None else round((now - last).total_seconds(), 1)
    return Work(seconds, counts["waiting"], counts["failed"])
