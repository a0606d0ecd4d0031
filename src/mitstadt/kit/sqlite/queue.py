"""One queue of writers per database file: first come, first served, across threads and processes.

SQLite lets one writer in at a time, and its own waiting (sleep, try again) starves single writers when many wait.
Here a writer first takes its place among the threads of its process, then passes two byte-range locks on a small
file beside the database: the *turnstile*, which only the next process in line holds, and the *work* lock. A process
that has just written must go through the turnstile again, so two busy processes take turns.

The kernel gives both locks back when a process dies, so ``kill -9`` blocks nobody.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections import deque

TURNSTILE, WORK = 0, 1
SHORTEST_PAUSE, LONGEST_PAUSE = 0.0002, 0.002  # seconds between two looks at another process's lock


class QueueTimeoutError(Exception):
    """Nobody let this writer in within the time it was willing to wait."""


class WriterQueue:
    """The queue of one database file. `enter(seconds)` waits for the turn, `leave()` gives it on."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._busy = False
        self._file: int | None = None

    def enter(self, seconds: float) -> None:
        """Return when it is this thread's turn. Raises QueueTimeoutError after `seconds`."""
        deadline = time.monotonic() + seconds
        self._enter_process(deadline)
        try:
            descriptor = self._descriptor()
            self._lock(descriptor, TURNSTILE, deadline)
            try:
                self._lock(descriptor, WORK, deadline)
            finally:
                self._unlock(descriptor, TURNSTILE)
        except BaseException:
            self._leave_process()
            raise

    def leave(self) -> None:
        """Give the turn to the next in line."""
        self._unlock(self._descriptor(), WORK)
        self._leave_process()

    # -- among the threads of this process: a baton handed from one to the next -------------------

    def _enter_process(self, deadline: float) -> None:
        with self._guard:
            if not self._busy:
                self._busy = True
                return
            baton = threading.Lock()
            baton.acquire()
            self._waiting.append(baton)
        if baton.acquire(timeout=max(0.0, deadline - time.monotonic())):
            return
        with self._guard:
            if baton in self._waiting:
                self._waiting.remove(baton)
                raise QueueTimeoutError(self.path)
        # the baton arrived in the last instant: it is ours after all

    def _leave_process(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._busy = False

    # -- among processes ----------------------------------------------------------------------------

    def _descriptor(self) -> int:
        if self._file is None:
            # never closed while the process lives: closing it would give back this process's locks
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        return self._file

    def _lock(self, descriptor: int, byte: int, deadline: float) -> None:
        pause = SHORTEST_PAUSE
        while True:
            try:
                fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
            except OSError:
                if time.monotonic() >= deadline:
                    raise QueueTimeoutError(self.path) from None
                time.sleep(pause)
                pause = min(LONGEST_PAUSE, pause * 1.5)
            else:
                return

    def _unlock(self, descriptor: int, byte: int) -> None:
        fcntl.lockf(descriptor, fcntl.LOCK_UN, 1, byte)


_queues: dict[str, WriterQueue] = {}
_queues_guard = threading.Lock()


def queue_for(database: str) -> WriterQueue:
    """The queue of the database file `database` (its lock file stands beside it)."""
    path = os.path.realpath(database) + ".queue"
    with _queues_guard:
        queue = _queues.get(path)
        if queue is None:
            queue = _queues[path] = WriterQueue(path)
        return queue


def _after_fork() -> None:
    """A child starts with empty queues: its parent's threads and locks did not come along."""
    global _queues_guard
    _queues_guard = threading.Lock()
    for queue in _queues.values():
        if queue._file is not None:
            os.close(queue._file)
    _queues.clear()


os.register_at_fork(after_in_child=_after_fork)
