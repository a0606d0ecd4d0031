"""Who comes first counts first: nobody at a popular subject waits while others are served again and again."""

from __future__ import annotations

import threading
import time

from django.db import connection, connections, transaction

from mitstadt.kit import turns
from mitstadt.kit.sqlite.queue import queue_for


def _waiting() -> int:
    """How many writers stand in line, as the database (or on SQLite our queue) sees it."""
    if connection.vendor == "sqlite":
        return len(queue_for(str(connection.settings_dict["NAME"]))._waiting)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND classid = 19795")
        return int(cursor.fetchone()[0])


def test_writers_at_one_subject_are_served_in_the_order_they_came(transactional_db):
    served: list[int] = []

    def write(number: int) -> None:
        try:
            with transaction.atomic():
                turns.take(7)
                turns.take(7)  # a second time is no second wait
                served.append(number)
        finally:
            connections.close_all()

    threads = []
    with transaction.atomic():
        turns.take(7)
        for number in range(8):
            thread = threading.Thread(target=write, args=(number,), daemon=True)
            thread.start()
            threads.append(thread)
            end = time.monotonic() + 20
            while _waiting() <= number and time.monotonic() < end:
                time.sleep(0.002)
        assert served == []
    for thread in threads:
        thread.join(20)
    assert served == list(range(8))
