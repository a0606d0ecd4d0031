"""`/gesundheit/` says how the installation is, and 503 when a person must look."""

from datetime import timedelta

import pytest

from mitstadt.audit.actions import record
from mitstadt.kit import clock, jobs
from mitstadt.kit.jobs.models import Heartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    now = clock.now()
    return Heartbeat.objects.create(worker="w", started_at=now, seen_at=now)


def test_all_is_well(client, worker):
    response = client.get("/gesundheit/")
    told = response.json()
    assert (response.status_code, told["status"]) == (200, "ok")
    assert told["database"]["ok"]
    assert told["migrations"] == {"ok": True, "missing": 0}
    assert told["worker"]["ok"]
    assert told["audit"] == {"ok": True, "seconds_unsealed": 0.0}
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies


def test_no_worker_is_told(client):
    response = client.get("/gesundheit/")
    assert response.status_code == 503
    assert response.json()["worker"]["seconds_since_sign"] is None


def test_a_worker_that_fell_silent_is_told(client, worker):
    Heartbeat.objects.update(seen_at=clock.now() - timedelta(minutes=2))
    response = client.get("/gesundheit/")
    assert (response.status_code, response.json()["worker"]["ok"]) == (503, False)


def test_entries_that_nobody_seals_are_told(client, worker, stopped_clock):
    Heartbeat.objects.update(seen_at=clock.now())
    record("x.y.z")
    assert client.get("/gesundheit/").status_code == 200
    stopped_clock.move(minutes=2)
    Heartbeat.objects.update(seen_at=clock.now())
    response = client.get("/gesundheit/")
    assert (response.status_code, response.json()["audit"]) == (503, {"ok": False, "seconds_unsealed": 120.0})


def test_waiting_jobs_are_counted(client, worker):
    jobs.enqueue("mitstadt.kit.jobs.tests.sample.fail")
    assert client.get("/gesundheit/").json()["worker"]["waiting"] == 1


def test_the_database_is_away(client, monkeypatch):
    from django.db import OperationalError

    from mitstadt.project import health

    class Away:
        vendor = "x"

        def ensure_connection(self):
            raise OperationalError("secret host name")

    monkeypatch.setattr(health, "connection", Away())
    response = client.get("/gesundheit/")
    assert (response.status_code, response.json()["database"]["ok"]) == (503, False)
    assert "secret" not in response.content.decode()
