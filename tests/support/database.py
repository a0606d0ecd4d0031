"""Real parallel connections, and counting queries."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.backends.postgresql.operations import DatabaseOperations as PostgresqlOperations
from django.db.backends.sqlite3.base import DatabaseWrapper as SqliteWrapper
from django.test.utils import CaptureQueriesContext

from mitstadt.audit import triggers


def _flush_postgresql(self: Any, _style: Any, tables: list[str], **_options: Any) -> list[str]:
    """Empty the tables that have rows. Truncating all hundred of them took seconds after every race."""
    body = f"""
        DECLARE name text;
        BEGIN
            SET LOCAL session_replication_role = replica;
            FOREACH name IN ARRAY ARRAY[{_quoted(_filled(self.connection, tables))}]::text[] LOOP
                EXECUTE format('DELETE FROM %I', name);
            END LOOP;
        END"""
    return [f"DO $flush$ {body} $flush$"]


def _flush_sqlite(self: Any, _style: Any, tables: list[str], **_options: Any) -> list[str]:
    """Empty the tables that have rows. The log refuses to be emptied; between two tests it must be."""
    filled = _filled(self.connection, tables)
    statements = [f"DELETE FROM {self.quote_name(table)}" for table in filled]
    if "audit_entry" not in filled:
        return statements
    return [*triggers.SQLITE_DROP, *statements, *triggers.SQLITE]


def _quoted(tables: list[str]) -> str:
    return ", ".join(f"'{table}'" for table in tables)


def _filled(connection: Any, tables: list[str]) -> list[str]:
    """Those of the `tables` that have a row, asked in one query."""
    if not tables:
        return []
    quote = connection.ops.quote_name
    asked = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {quote(table)})" for table in sorted(tables)
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [table for (table,) in cursor.fetchall()]


@pytest.fixture(scope="session", autouse=True)
def _quick_flush() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(PostgresqlOperations, "sql_flush", _flush_postgresql)
    patch.setattr(SqliteWrapper.ops_class, "sql_flush", _flush_sqlite)
    yield
    patch.undo()


@contextmanager
def rolled_back() -> Iterator[None]:
    """What is written inside is gone afterwards; inside of another transaction just as well."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # a durable block inside is as durable as it gets
    block.__enter__()
    try:
        yield
    finally:
        transaction.set_rollback(True)
        block.__exit__(None, None, None)


@pytest.fixture(scope="module")
def module_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What fixtures of the module write stands for all of its tests; each of them is rolled back to it.

    `@pytest.fixture(scope="module") def strategy(module_db): …`. Not for tests whose transactions are real.
    """
    with django_db_blocker.unblock(), rolled_back():
        yield


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
