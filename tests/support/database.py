"""Real parallel connections, and counting queries."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, connections
from django.db.backends.postgresql.operations import DatabaseOperations as PostgresqlOperations
from django.db.backends.sqlite3.base import DatabaseWrapper as SqliteWrapper
from django.test.utils import CaptureQueriesContext

from mitstadt.audit import triggers


def _flush_postgresql(self: Any, _style: Any, tables: list[str], **_options: Any) -> list[str]:
    """Empty the tables that have rows. Truncating all hundred of them took seconds after every race."""
    names = ", ".join(f"'{table}'" for table in sorted(tables))
    body = f"""
        DECLARE name text; filled boolean;
        BEGIN
            SET LOCAL session_replication_role = replica;
            FOREACH name IN ARRAY ARRAY[{names}] LOOP
                EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', name) INTO filled;
                IF filled THEN EXECUTE format('DELETE FROM %I', name); END IF;
            END LOOP;
        END"""
    return [f"DO $flush$ {body} $flush$"] if tables else []


_flush_sqlite_plainly = SqliteWrapper.ops_class.sql_flush


def _flush_sqlite(self: Any, style: Any, tables: list[str], **options: Any) -> list[str]:
    """The log refuses to be emptied; between two tests it must be."""
    statements = _flush_sqlite_plainly(self, style, tables, **options)
    if "audit_entry" not in tables:
        return statements
    return [*triggers.SQLITE_DROP, *statements, *triggers.SQLITE]


@pytest.fixture(scope="session", autouse=True)
def _quick_flush() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(PostgresqlOperations, "sql_flush", _flush_postgresql)
    patch.setattr(SqliteWrapper.ops_class, "sql_flush", _flush_sqlite)
    yield
    patch.undo()


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
