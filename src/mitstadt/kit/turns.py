"""Turns at a row that many people change at once, such as a counter. SQLite's writers queue anyway (`kit.sqlite`).

PostgreSQL grants a contested *row* to whoever asks at the right moment: who waits for an old version of it must find
the new one and may lose again, so with 50 writers most were served at once and some waited seconds. Its advisory
locks are handed on in the order people came. The row stays correct without a turn; a turn only makes the waiting fair.
"""

from __future__ import annotations

from django.db import connection

_CLASS = 0x4D53  # of our advisory locks ("MS")
_PLACES = 256  # a transaction that counts at many rows must not fill the server's lock table


def take(key: int) -> None:
    """Wait for the turn at `key` and keep it until the transaction ends. Taking it twice is taking it once.

    Call it as late as you can, right before the first statement on the contested rows.
    """
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_CLASS, key % _PLACES])
