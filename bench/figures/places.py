"""16 processes book 20 appointments with 10 places each, in random order: exactly 200 are booked, nobody sees an error
but "ausgebucht". Attempts a second over all processes.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from typing import Any

DATABASES = ("sqlite", "postgresql")
PROCESSES, SLOTS, SEATS = 16, 20, 10
ATTEMPTS = int(os.environ.get("BENCH_ATTEMPTS", "400"))  # of each process
WANTED = {"sqlite": 300, "postgresql": 1500}


def _work(number: int, slots: list[int], start: Any, results: Any) -> None:
    import django

    django.setup()
    from mitstadt.capacity import seekers
    from mitstadt.capacity.actions import slots as actions
    from mitstadt.capacity.models import Slot
    from mitstadt.kit.errors import DomainError

    chance = random.Random(number)
    people = [seekers.create()[0] for _n in range(30)]
    found = {slot.pk: slot for slot in Slot.objects.filter(pk__in=slots).select_related("capacity__at__district")}
    order = [chance.choice(slots) for _n in range(ATTEMPTS)]
    results.put("ready")
    start.wait()
    booked, full, errors, waits = 0, 0, [], []
    for turn, key in enumerate(order):
        asked = time.monotonic()
        try:
            actions.book(found[key], people[turn % len(people)], key=f"{number}-{turn}")
            booked += 1
        except DomainError as error:
            if error.code not in ("full", "twice"):
                errors.append(error.code)
            full += 1
        except Exception as error:
            errors.append(repr(error))
        waits.append(time.monotonic() - asked)
    results.put((booked, full, errors, waits))


def run() -> dict[str, Any]:
    """Booked, refused, errors, attempts a second, the longest wait in seconds."""
    from django.db import connection, connections

    from mitstadt.capacity.models import Booking, Slot
    from mitstadt.capacity.tests import factories

    capacity = factories.slot(seats=SEATS).capacity
    for _n in range(SLOTS - 1):
        factories.slot(capacity, seats=SEATS)
    slots = list(Slot.objects.filter(capacity=capacity).values_list("pk", flat=True))
    vendor = connection.vendor
    connections.close_all()
    context = multiprocessing.get_context("spawn")
    start, results = context.Event(), context.Queue()
    processes = [context.Process(target=_work, args=(n, slots, start, results)) for n in range(PROCESSES)]
    for process in processes:
        process.start()
    for _process in processes:
        assert results.get(timeout=240) == "ready"
    began = time.monotonic()
    start.set()
    collected = [results.get(timeout=240) for _process in processes]
    seconds = time.monotonic() - began
    for process in processes:
        process.join(30)
    attempts = PROCESSES * ATTEMPTS
    errors = [error for row in collected for error in row[2]]
    held = Booking.objects.filter(state="booked").count()
    return {
        "attempts": attempts,
        "booked": held,
        "booked_said": sum(row[0] for row in collected),
        "refused": sum(row[1] for row in collected),
        "errors": errors[:5],
        "attempts_per_s": round(attempts / seconds),
        "worst_wait_s": round(max(wait for row in collected for wait in row[3]), 2),
        "met": held == SLOTS * SEATS and not errors and attempts / seconds >= WANTED[vendor],
    }
