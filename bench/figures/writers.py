"""50 people write at once for 10 seconds, from two processes: nothing lost, no error, nobody waits longer than 2 s.

Twice, always about one and the same subject, so that everybody meets at its counters: the bare minimum of a write
(an entry in the log, one counter), and whole contributions as people write them (`comments.actions.add`).
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from typing import Any

DATABASES = ("sqlite", "postgresql")
PROCESSES, THREADS, SECONDS = 2, 25, float(os.environ.get("BENCH_SECONDS", "10"))
KIND = "bench"


def _count(subject: int) -> Callable[[], None]:
    from django.db import transaction

    from mitstadt.audit.actions import record
    from mitstadt.subjects import actions as subjects

    def write() -> None:
        with transaction.atomic():
            record("bench.subject.count", obj="bench")
            subjects.count(subject, "comment_count", 1)

    return write


def _contribute(subject: int) -> Callable[[], None]:
    """Somebody signed in writes a contribution; how many one person may write in a minute is not asked."""
    from django.conf import settings

    from mitstadt.accounts import rules as trust
    from mitstadt.accounts.actor import Actor
    from mitstadt.accounts.models import User
    from mitstadt.comments.actions.writing import add
    from mitstadt.kit.decision import YES
    from mitstadt.subjects import kinds
    from mitstadt.subjects.models import Subject

    settings.MITSTADT_COMMENT_RATES = ()
    kinds.register(kinds.Kind(KIND, "Bank", "Bänke", can=lambda *_of: YES))
    about = Subject.objects.get(pk=subject)
    user = User.objects.get(username="bench")
    actor = Actor(user_id=user.pk, public_id=user.public_id, pseudonym="Bank", trust=trust.EMAIL)

    def write() -> None:
        add(actor, about, "Der Radweg an der Isar ist an dieser Stelle zu schmal. Zwei Räder kommen kaum vorbei.")

    return write


def _work(prepare: Callable[[int], Callable[[], None]], subject: int, start: Any, results: Any) -> None:
    """One process: its threads write until the time is over."""
    import django

    django.setup()
    from django.db import connection, connections

    lock, waits, errors = threading.Lock(), [], []
    work = prepare(subject)
    connections.close_all()

    def write() -> None:
        connection.ensure_connection()
        mine: list[float] = []
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            asked = time.monotonic()
            try:
                work()
            except Exception as error:
                with lock:
                    errors.append(repr(error))
            else:
                mine.append(time.monotonic() - asked)
        with lock:
            waits.extend(mine)
        connections.close_all()

    results.put("ready")
    start.wait()
    threads = [threading.Thread(target=write) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put((waits, errors))


def _measure(prepare: Callable[[int], Callable[[], None]]) -> dict[str, Any]:
    from django.db import connections

    from mitstadt.audit.models import Entry
    from mitstadt.kit import clock
    from mitstadt.subjects.models import Subject

    now = clock.now()
    subject = Subject.objects.create(
        kind=KIND, title="Bench", path="/bench/", published=True, created_at=now, changed_at=now
    )
    logged = Entry.objects.count()
    connections.close_all()
    context = multiprocessing.get_context("spawn")
    start, results = context.Event(), context.Queue()
    processes = [context.Process(target=_work, args=(prepare, subject.pk, start, results)) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    for _ in processes:
        assert results.get(timeout=120) == "ready"
    start.set()
    collected = [results.get(timeout=SECONDS + 120) for _ in processes]
    for process in processes:
        process.join(30)
    waits = sorted(wait for waits, _ in collected for wait in waits)
    errors = [error for _, errors in collected for error in errors]
    subject.refresh_from_db()
    lost = len(waits) - subject.comment_count
    return {
        "writes_per_s": round(len(waits) / SECONDS),
        "lost": lost,
        "log_entries_lost": len(waits) - (Entry.objects.count() - logged),
        "errors": len(errors),
        "first_errors": errors[:3],
        "wait_median_s": round(waits[len(waits) // 2], 3) if waits else None,
        "wait_p99_s": round(waits[int(len(waits) * 0.99)], 3) if waits else None,
        "wait_worst_s": round(waits[-1], 3) if waits else None,
        "met": bool(waits) and lost == 0 and not errors and waits[-1] <= 2,
    }


def run() -> dict[str, Any]:
    from mitstadt.accounts.models import User

    User.objects.create_user(username="bench", email="bench@example.org", password=None)
    result = {"counter": _measure(_count), "contribution": _measure(_contribute)}
    met = all(one["met"] for one in result.values())
    return {"writers": PROCESSES * THREADS, **result, "goal_worst_s": 2, "met": met}
