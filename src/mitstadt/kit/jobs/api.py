"""What rooms call: `enqueue`, `every`; and `run_pending` for tests and `mitstadt worker --once`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mitstadt.kit import clock

from .periods import Period, parse


@dataclass(frozen=True, slots=True)
class Periodic:
    name: str
    period: Period
    function: str


_periodic: dict[str, Periodic] = {}


def path_of(function: str | Callable[..., Any]) -> str:
    """``room.module.name`` of a function at the top of its module. Raises ValueError for any other callable."""
    if isinstance(function, str):
        return function
    path = f"{function.__module__}.{function.__qualname__}"
    if "<" in path:
        raise ValueError(f"{path}: a job must be a function at the top of a module")
    return path


def enqueue(function: str | Callable[..., Any], *arguments: Any, key: str = "", run_at: datetime | None = None) -> None:
    """Have the worker call `function(*arguments)` after this transaction, not before `run_at`.

    `arguments` must be JSON. A `key` that was used in the last 35 days is accepted silently and does nothing.
    """
    from .models import Job

    now = clock.now()
    job = Job(
        function=path_of(function), arguments=list(arguments), key=key or None, run_at=run_at or now, created_at=now
    )
    # One statement that never fails on a known key: neither a race nor a broken transaction.
    Job.objects.bulk_create([job], ignore_conflicts=bool(key))


def is_on(function: str | Callable[..., Any], first: Any) -> bool:
    """Does a job wait or run that calls `function` with `first` as its first argument? What gave up is not on."""
    from .models import Job

    return bool(_about(function, first, Job.State.WAITING, Job.State.RUNNING))


def resume(function: str | Callable[..., Any], *arguments: Any) -> None:
    """Enqueue anew what gave up; those with the same first argument that failed are forgotten."""
    from .models import Job

    Job.objects.filter(pk__in=_about(function, arguments[0], Job.State.FAILED)).delete()
    enqueue(function, *arguments)


def _about(function: str | Callable[..., Any], first: Any, *states: str) -> list[int]:
    from .models import Job

    rows = Job.objects.filter(function=path_of(function), state__in=states).values_list("pk", "arguments")
    return [pk for pk, arguments in rows if arguments[:1] == [first]]


def every(name: str, when: int | str, function: str | Callable[..., Any]) -> None:
    """Name periodic work in `AppConfig.ready`: `when` is seconds, ``"07:00"`` (city time) or ``"mon 07:00"``.

    Due work becomes a job with the key of its slot, so it runs once however many workers there are, and is made up for
    when no worker ran at that time. Work due more often than once a minute runs inside each worker and must bear that.
    """
    _periodic[name] = Periodic(name, parse(when), path_of(function))


def periodic() -> list[Periodic]:
    return list(_periodic.values())


def run_pending() -> int:
    """Run everything that is due now, in this thread, and what that enqueues. Returns how many jobs ran."""
    from .worker import Worker

    return Worker().run_due()
