"""Jobs on both databases: with their change or not at all, once per key, again after a failure."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction

from mitstadt.kit import clock, jobs
from mitstadt.kit.jobs import api
from mitstadt.kit.jobs.models import Heartbeat, Job
from mitstadt.kit.jobs.worker import LEASE, Worker

from . import sample

WRITE = "mitstadt.kit.jobs.tests.sample.write"
SLOW = "mitstadt.kit.jobs.tests.sample.write_slowly"


@pytest.fixture(autouse=True)
def _no_rooms_periodic_work(monkeypatch):
    monkeypatch.setattr(api, "_periodic", {})


def lines(path):
    return path.read_text().splitlines() if path.exists() else []


@pytest.mark.django_db
def test_a_job_runs_once_and_is_gone(tmp_path):
    jobs.enqueue(sample.write, str(tmp_path / "out"), "hello")
    assert jobs.run_pending() == 1
    assert jobs.run_pending() == 0
    assert lines(tmp_path / "out") == ["hello"]
    assert Job.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_no_job_when_its_change_was_rolled_back():
    def change() -> None:
        with transaction.atomic():
            jobs.enqueue(WRITE, "x", "y")
            raise KeyError

    with pytest.raises(KeyError):
        change()
    assert Job.objects.count() == 0


@pytest.mark.django_db
def test_a_key_is_accepted_once_even_after_the_job_is_done(tmp_path):
    for _ in range(2):
        jobs.enqueue(WRITE, str(tmp_path / "out"), "letter", key="letter:7")
    jobs.run_pending()
    jobs.enqueue(WRITE, str(tmp_path / "out"), "letter", key="letter:7")
    jobs.run_pending()
    assert lines(tmp_path / "out") == ["letter"]


def test_the_same_key_from_parallel_requests_makes_one_job(race):
    outcome = race(8, lambda _n: jobs.enqueue(WRITE, "x", "y", key="one"))
    assert outcome.errors == []
    assert Job.objects.count() == 1


def test_parallel_workers_share_the_jobs_without_running_one_twice(race, tmp_path):
    for number in range(20):
        jobs.enqueue(WRITE, str(tmp_path / f"out{number}"), "x")
    outcome = race(4, lambda _n: Worker().run_due())
    assert outcome.errors == []
    assert sum(outcome.results) == 20
    assert [lines(tmp_path / f"out{n}") for n in range(20)] == [["x"]] * 20


@pytest.mark.django_db
def test_a_failing_job_is_tried_again_later_and_given_up_in_the_end(stopped_clock):
    jobs.enqueue(sample.fail)
    jobs.run_pending()
    job = Job.objects.get()
    assert (job.state, job.attempts) == ("waiting", 1)
    assert "the mail server is away" in job.error
    assert job.run_at == clock.now() + timedelta(seconds=10)
    assert jobs.run_pending() == 0
    for _ in range(6):
        stopped_clock.move(hours=7)
        assert jobs.run_pending() == 1
    stopped_clock.move(days=30)
    assert jobs.run_pending() == 0
    assert Job.objects.get().state == "failed"


@pytest.mark.django_db
def test_a_job_for_tomorrow_waits_until_tomorrow(stopped_clock, tmp_path):
    jobs.enqueue(WRITE, str(tmp_path / "out"), "x", run_at=clock.now() + timedelta(days=1))
    assert jobs.run_pending() == 0
    stopped_clock.move(days=1)
    assert jobs.run_pending() == 1


@pytest.mark.django_db
def test_a_job_of_a_dead_worker_returns_when_its_lease_is_over(stopped_clock, tmp_path):
    jobs.enqueue(WRITE, str(tmp_path / "out"), "x")
    assert Worker().claim() is not None  # and is never heard of again
    assert jobs.run_pending() == 0
    stopped_clock.move(seconds=LEASE.total_seconds() + 1)
    assert jobs.run_pending() == 1
    assert lines(tmp_path / "out") == ["x"]


@pytest.mark.django_db
def test_a_worker_that_lost_its_lease_does_not_finish_the_job_of_another(stopped_clock):
    jobs.enqueue(sample.fail)
    slow = Worker()
    job = slow.claim()
    stopped_clock.move(minutes=2)
    quick = Worker()
    quick.take_back()
    taken = quick.claim()
    assert taken.pk == job.pk
    slow._done(job)
    assert Job.objects.get().worker == quick.name


@pytest.mark.django_db
def test_periodic_work_runs_once_per_slot_and_is_made_up_for(stopped_clock, tmp_path, monkeypatch):
    sent = []
    monkeypatch.setattr(sample, "write", lambda: sent.append(clock.now()))
    jobs.every("digest", "07:00", WRITE)  # the clock stands at 10:00
    jobs.run_pending()
    jobs.run_pending()
    assert len(sent) == 1
    stopped_clock.move(hours=20)
    jobs.run_pending()
    assert len(sent) == 1
    stopped_clock.move(days=1)
    jobs.run_pending()
    assert len(sent) == 2


@pytest.mark.django_db
def test_done_keys_are_forgotten_after_five_weeks(stopped_clock, tmp_path):
    jobs.enqueue(WRITE, str(tmp_path / "out"), "x", key="k")
    jobs.run_pending()
    stopped_clock.move(days=34)
    Worker().tidy()
    assert Job.objects.count() == 1
    stopped_clock.move(days=2)
    Worker().tidy()
    assert Job.objects.count() == 0


# -- a real worker process --------------------------------------------------------------------------------


def database_address() -> str:
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite"):
        return f"sqlite:///{database['NAME']}"
    host = f"{database['HOST']}:{database['PORT'] or 5432}"
    return f"postgres://{database['USER']}:{database['PASSWORD']}@{host}/{database['NAME']}"


def start_worker() -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "DATABASE_URL": database_address()}
    environment["DJANGO_SETTINGS_MODULE"] = "mitstadt.project.settings.demo"  # with those of tests it refuses to start
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    return subprocess.Popen([sys.executable, "-m", "mitstadt", "worker"], env=environment)


def wait_for(condition, seconds=40):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("did not happen in time")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_job_survives_kill_9_of_its_worker(tmp_path):
    out, started = tmp_path / "out", tmp_path / "started"
    jobs.enqueue(SLOW, str(out), str(started), 60, key="slow")
    first = start_worker()
    try:
        wait_for(started.exists)
        wait_for(lambda: Heartbeat.objects.exists())
    finally:
        os.kill(first.pid, signal.SIGKILL)
        first.wait(10)
    assert Job.objects.get(key="slow").state == "running"
    assert lines(out) == []
    # the lease runs out (made short here: nobody wants to wait half a minute), the next worker takes over
    expired = clock.now() - timedelta(seconds=1)
    Job.objects.filter(key="slow").update(lease_until=expired, arguments=[str(out), str(started), 0])
    second = start_worker()
    try:
        wait_for(lambda: lines(out) == ["done"])
        wait_for(lambda: Job.objects.get(key="slow").state == "done")
        second.terminate()
        assert second.wait(20) == 0
    finally:
        if second.poll() is None:
            second.kill()
            second.wait(10)
    assert Job.objects.get(key="slow").attempts == 2
    assert not Heartbeat.objects.filter(seen_at__gt=clock.now(), worker__startswith=str(second.pid)).exists()
