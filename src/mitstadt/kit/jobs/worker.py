"""`mitstadt worker`: one process with two threads.

The *job thread* takes one job after the other: it claims a job with a conditional update (one worker wins), runs it and
writes down the outcome. The *main thread* gives signs of life, renews the lease of the running job, turns due periodic
work into jobs, runs the short periodic work (sealing the log each second), and takes jobs back whose worker died.
"""

from __future__ import annotations

import logging
import os
import secrets
import signal
import threading
import time
import traceback
from datetime import timedelta
from types import FrameType
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import close_old_connections, connections
from django.db.models import F, Q
from django.utils.module_loading import import_string

from mitstadt.kit import clock

from .api import enqueue, periodic
from .models import Heartbeat, Job
from .periods import pause_after

logger = logging.getLogger("mitstadt.jobs")

LEASE = timedelta(seconds=30)  # a worker that gave no sign for so long is taken for dead
BEAT = 5.0  # seconds between two signs of life
POLL = 0.5  # seconds between two looks for work
LONGEST = 900.0  # seconds; a job running longer is stuck, and the worker makes room for a new one
KEEP = timedelta(days=35)  # done jobs with a key


class Worker:
    """One worker; `run_until_stopped` is the process, `run_due` does what is due and returns."""

    def __init__(self) -> None:
        self.name = f"{os.getpid()}-{secrets.token_hex(4)}"
        self.stopping = threading.Event()
        self.running: int | None = None
        self.running_since = 0.0
        self._short_runs: dict[str, float] = {}

    # -- one job ----------------------------------------------------------------------------------------

    def claim(self) -> Job | None:
        """Take the next due job, or None. Two workers never take the same one."""
        now = clock.now()
        due = Job.objects.filter(state=Job.State.WAITING, run_at__lte=now).order_by("run_at", "id")
        for pk in list(due.values_list("pk", flat=True)[:5]):
            mine = Job.objects.filter(pk=pk, state=Job.State.WAITING).update(
                state=Job.State.RUNNING, worker=self.name, lease_until=now + LEASE, attempts=F("attempts") + 1
            )
            if mine:
                return Job.objects.get(pk=pk)
        return None

    def run(self, job: Job) -> None:
        """Call the job's function and write down how it went; whatever it raises is a failed attempt."""
        self.running, self.running_since = job.pk, time.monotonic()
        try:
            import_string(job.function)(*job.arguments)
        except Exception:
            logger.exception("job %s failed (attempt %s)", job, job.attempts)
            self._failed(job, traceback.format_exc())
        else:
            self._done(job)
        finally:
            self.running = None

    def _mine(self, job: Job) -> Q:
        return Q(pk=job.pk, worker=self.name, state=Job.State.RUNNING)

    def _done(self, job: Job) -> None:
        if job.key is None:
            Job.objects.filter(self._mine(job)).delete()
        else:
            Job.objects.filter(self._mine(job)).update(
                state=Job.State.DONE, finished_at=clock.now(), lease_until=None, error=""
            )

    def _failed(self, job: Job, error: str) -> None:
        pause = pause_after(job.attempts)
        values: dict[str, object] = {"error": error[-4000:], "lease_until": None, "worker": ""}
        if pause is None:
            values |= {"state": Job.State.FAILED, "finished_at": clock.now()}
        else:
            values |= {"state": Job.State.WAITING, "run_at": clock.now() + pause}
        Job.objects.filter(self._mine(job)).update(**values)

    # -- what is due ------------------------------------------------------------------------------------

    def take_back(self) -> int:
        """Return jobs of workers that died to the queue. The attempt counts, so a job that kills its worker ends."""
        now = clock.now()
        lost = Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=now)
        if self.running is not None:
            lost = lost.exclude(pk=self.running)
        stuck = lost.filter(attempts__gt=6).update(
            state=Job.State.FAILED, finished_at=now, error="every worker that took it died"
        )
        return stuck + lost.update(state=Job.State.WAITING, worker="", lease_until=None)

    def plan(self) -> None:
        """Turn due periodic work into jobs; the slot's key makes sure that it happens once."""
        now, zone = clock.now(), ZoneInfo(settings.TIME_ZONE)
        due = {}
        for work in periodic():
            if not work.period.is_short:
                slot = work.period.last_due(now, zone)
                due[f"every:{work.name}:{slot:%Y-%m-%dT%H:%M:%S%z}"] = work.function
        known = set(Job.objects.filter(key__in=due).values_list("key", flat=True))
        for key in due.keys() - known:
            enqueue(due[key], key=key)

    def run_short_work(self) -> None:
        """Run the frequent work that is due. It looks after itself: failing once must not stop the worker."""
        for work in periodic():
            if work.period.is_short and time.monotonic() - self._short_runs.get(work.name, -1e9) >= work.period.seconds:
                self._short_runs[work.name] = time.monotonic()
                try:
                    import_string(work.function)()
                except Exception:
                    logger.exception("periodic work %s failed", work.name)

    def run_due(self, limit: int = 10_000) -> int:
        """Run everything that is due now, in this thread. Returns how many jobs ran."""
        self.take_back()
        self.plan()
        self.run_short_work()
        ran = 0
        while ran < limit and (job := self.claim()) is not None:
            self.run(job)
            ran += 1
        return ran

    # -- the process ------------------------------------------------------------------------------------

    def run_until_stopped(self) -> int:
        """Work until SIGTERM or SIGINT (the running job is finished first). Returns the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._asked_to_stop)
        parent = os.environ.get("MITSTADT_PARENT")
        jobs = threading.Thread(target=self._work, name="jobs", daemon=True)
        jobs.start()
        started, last_beat, last_tidy = clock.now(), -1e9, time.monotonic()
        while not self.stopping.is_set():
            try:
                close_old_connections()
                if time.monotonic() - last_beat >= BEAT:
                    last_beat = time.monotonic()
                    self._beat(started)
                    self.take_back()
                    self.plan()
                self.run_short_work()
                if time.monotonic() - last_tidy > 3600:
                    last_tidy = time.monotonic()
                    self.tidy()
            except Exception:
                logger.exception("the worker's main thread stumbled; going on")
                connections.close_all()
                self.stopping.wait(2)
            if self.running is not None and time.monotonic() - self.running_since > LONGEST:
                logger.critical("job %s is stuck; this worker ends so that another can start", self.running)
                os._exit(3)
            if parent and os.getppid() != int(parent):
                self.stopping.set()  # whoever started us was killed
            self.stopping.wait(0.25)
        jobs.join(timeout=10)
        self._leave()
        return 0

    def _work(self) -> None:
        while not self.stopping.is_set():
            try:
                close_old_connections()
                job = self.claim()
                if job is None:
                    self.stopping.wait(POLL)
                else:
                    self.run(job)
            except Exception:  # the database is away for a moment
                logger.exception("the job thread stumbled; going on")
                connections.close_all()
                self.stopping.wait(2)
        connections.close_all()

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping.set()

    def _beat(self, started: object) -> None:
        now = clock.now()
        Heartbeat.objects.update_or_create(worker=self.name, defaults={"seen_at": now, "started_at": started})
        if self.running is not None:
            Job.objects.filter(pk=self.running, worker=self.name).update(lease_until=now + LEASE)

    def _leave(self) -> None:
        """Stopped in good order: give back what is not finished, at once."""
        Job.objects.filter(worker=self.name, state=Job.State.RUNNING).update(
            state=Job.State.WAITING, worker="", lease_until=None
        )
        Heartbeat.objects.filter(worker=self.name).delete()
        connections.close_all()

    def tidy(self) -> None:
        """Forget done jobs whose key is old enough, and workers long gone."""
        now = clock.now()
        Job.objects.filter(state=Job.State.DONE, finished_at__lt=now - KEEP).delete()
        Heartbeat.objects.filter(seen_at__lt=now - timedelta(days=1)).delete()
