"""Background jobs that survive `kill -9`, on both databases.

`enqueue` writes the job in the same transaction as the change it belongs to: no change without its job, no job without
its change. A job runs at least once, so it must bear running twice; with a `key` it is accepted only once. What fails
is tried again after growing pauses. `every` names periodic work. `mitstadt worker` does both.
"""

from __future__ import annotations

from .api import enqueue, every, is_on, resume, run_pending

__all__ = ["enqueue", "every", "is_on", "resume", "run_pending"]
