"""Real parallel connections, and counting queries."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext


@dataclass
class Outcome:
    """What every runner brought back: `results` in order, `errors` of those that raised."""

    results: list[Any] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)


def run_race(count: int, work: Callable[[int], Any], seconds: float = 60) -> Outcome:
    """Let `count` threads call `work(number)` at the same moment, each on its own connection."""
    outcome = Outcome()
    barrier = threading.Barrier(count)
    results: dict[int, Any] = {}

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=seconds)
            results[number] = work(number)
        except BaseException as error:
            outcome.errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,), daemon=True) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=seconds)
    if any(thread.is_alive() for thread in threads):
        raise TimeoutError(f"the race was not over after {seconds} s")
    outcome.results = [results[number] for number in sorted(results)]
    return outcome


@pytest.fixture
def race(transactional_db: None) -> Callable[..., Outcome]:
    """`race(8, lambda number: actions.rate(...))` → `.results`, `.errors`; eight real connections at one barrier."""
    return run_race


@contextmanager
def _counting() -> Iterator[CaptureQueriesContext]:
    with CaptureQueriesContext(connection) as captured:
        yield captured


@pytest.fixture
def assert_constant_queries(db: None) -> Callable[..., int]:
    """A page asks the database equally often, however many rows it shows.

    `assert_constant_queries(add_rows, read, at_most=6)`: `read()` is measured, `add_rows()` makes more rows, `read()`
    is measured again. Returns the number of queries.
    """

    def check(more: Callable[[], Any], read: Callable[[], Any], at_most: int | None = None) -> int:
        read()  # caches of the process (sites, content types) fill up
        with _counting() as few:
            read()
        more()
        with _counting() as many:
            read()
        first, second = len(few), len(many)
        if second > first:
            new = [q["sql"][:200] for q in many.captured_queries[first:]]
            raise AssertionError(f"{first} queries before, {second} with more rows, for example:\n" + "\n".join(new))
        if at_most is not None:
            assert second <= at_most, "\n".join(q["sql"][:200] for q in many.captured_queries)
        return second

    return check
