"""50 people write at once for 10 seconds, from two processes: nothing lost, no error, nobody waits longer than 2 s."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from typing import Any

DATABASES = ("sqlite", "postgresql")
PROCESSES, THREADS, SECONDS = 2, 25, float(os.environ.get("BENCH_SECONDS", "10"))


def _work(subject: int, start: Any, results: Any) -> None:
    """One process: its threads write until the time is over."""
    import django

    django.setup()
    from django.db import connection, connections, transaction
    from django.db.models import F

    from mitstadt.audit.actions import record
    from mitstadt.subjects.models import Subject

    lock, waits, errors = threading.Lock(), [], []

    def write() -> None:
        connection.ensure_connection()
        mine: list[float] = []
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            asked = time.monotonic()
            try:
                with transaction.atomic():
                    Subject.objects.filter(pk=subject).update(comment_count=F("comment_count") + 1)
                    record("bench.subject.count", obj="bench")
            except Exception as error:
                with lock:
                    errors.append(repr(error))
            else:
                mine.append(time.monotonic() - asked)
        with lock:
            waits.extend(mine)
        connections.close_all()

    start.wait()
    threads = [threading.Thread(target=write) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put((waits, errors))


def run() -> dict[str, Any]:
    from django.db import connections

    from mitstadt.audit.models import Entry
    from mitstadt.kit import clock
    from mitstadt.subjects.models import Subject

    now = clock.now()
    subject = Subject.objects.create(kind="bench", title="Bench", path="/bench/", created_at=now, changed_at=now)
    connections.close_all()
    context = multiprocessing.get_context("spawn")
    start, results = context.Event(), context.Queue()
    processes = [context.Process(target=_work, args=(subject.pk, start, results)) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    time.sleep(4)  # both have Django loaded
    start.set()
    collected = [results.get(timeout=SECONDS + 120) for _ in processes]
    for process in processes:
        process.join(30)
    waits = sorted(wait for waits, _ in collected for wait in waits)
    errors = [error for _, errors in collected for error in errors]
    subject.refresh_from_db()
    lost = len(waits) - subject.comment_count
    return {
        "writers": PROCESSES * THREADS,
        "writes_per_s": round(len(waits) / SECONDS),
        "lost": lost,
        "log_entries_lost": len(waits) - Entry.objects.count(),
        "errors": len(errors),
        "first_errors": errors[:3],
        "wait_median_s": round(waits[len(waits) // 2], 3) if waits else None,
        "wait_worst_s": round(waits[-1], 3) if waits else None,
        "goal_worst_s": 2,
        "met": bool(waits) and lost == 0 and not errors and waits[-1] <= 2,
    }
