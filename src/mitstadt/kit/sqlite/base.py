"""`DatabaseWrapper`: Django's own, plus a place in the queue before anything is written."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from .creation import DatabaseCreation
from .queue import QueueTimeoutError, WriterQueue, queue_for

MAPPED = 256 * 1024 * 1024  # bytes of the file that are mapped into memory, at most
WRITING = ("INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "DROP", "ALTER")


class QueueingCursor(base.SQLiteCursorWrapper):
    """A single write outside a transaction takes its turn as well."""

    wrapper: DatabaseWrapper

    def execute(self, query: Any, params: Any = None) -> Any:
        if not self.wrapper.needs_turn(query):
            return super().execute(query, params)
        with self.wrapper.turn():
            return super().execute(query, params)

    def executemany(self, query: Any, param_list: Any) -> Any:
        if not self.wrapper.needs_turn(query):
            return super().executemany(query, param_list)
        with self.wrapper.turn():
            return super().executemany(query, param_list)


class DatabaseWrapper(base.DatabaseWrapper):
    creation_class = DatabaseCreation

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn: WriterQueue | None = None

    @property
    def _patience(self) -> float:
        return float(self.settings_dict["OPTIONS"].get("timeout", 5))

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        # Set once: the mode stays in the file, and switching while others connect would find it locked.
        if not self.is_in_memory_db() and connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            with self.turn():
                connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA mmap_size={MAPPED}")  # pages are read where they lie, without a call for each
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        assert self.connection is not None
        cursor = self.connection.cursor(factory=QueueingCursor)
        cursor.wrapper = self
        return cursor

    # -- transactions -------------------------------------------------------------------------------

    def _start_transaction_under_autocommit(self) -> None:
        self._enter()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._leave()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._leave()  # not reached when the commit fails: Django rolls back then

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._leave()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._leave()

    # -- the queue ------------------------------------------------------------------------------------

    def needs_turn(self, query: str) -> bool:
        """Does `query` write without a transaction that has its turn already?"""
        return self._turn is None and query.startswith(WRITING)

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the writer's turn for one statement."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def _enter(self) -> None:
        if self._turn is not None or self.is_in_memory_db():
            return
        queue = queue_for(str(self.settings_dict["NAME"]))
        try:
            queue.enter(self._patience)
        except QueueTimeoutError as error:
            raise OperationalError("database is locked: no turn to write within the timeout") from (
                sqlite3.OperationalError(str(error))
            )
        self._turn = queue

    def _leave(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.leave()
