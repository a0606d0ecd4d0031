"""What several figures need."""

from __future__ import annotations

import contextlib
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any


def cpu_ms(work: Callable[[], Any], rounds: int = 15, warm: int = 3) -> dict[str, float]:
    """CPU milliseconds of this process for one call: median, best and worst of `rounds`."""
    for _ in range(warm):
        work()
    times = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        times.append((time.process_time() - started) * 1000)
    return {"median": round(statistics.median(times), 2), "best": round(min(times), 2), "worst": round(max(times), 2)}


def queries_of(work: Callable[[], Any]) -> int:
    """How many questions `work` asks the database."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


@contextlib.contextmanager
def uncached() -> Iterator[None]:
    """Without the page cache."""
    from django.test import override_settings

    with override_settings(MITSTADT_PAGE_CACHE_SECONDS=0):
        yield


@contextlib.contextmanager
def keeping() -> Iterator[None]:
    """With what a process keeps in production for half a minute (the test settings keep nothing), and with what is
    loaded out of the garbage collector's sight, as `project/wsgi.py` leaves it."""
    import gc

    from django.test import override_settings

    gc.collect()
    gc.freeze()
    with override_settings(MITSTADT_SNAPSHOT_SECONDS=30):
        yield


@contextlib.contextmanager
def demo_server(workers: int = 2) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The demo city behind gunicorn as `make run` starts it: its address and its first process."""
    from django.core.management import call_command

    from mitstadt.project.catalogues import compile_all
    from mitstadt.project.cli import gunicorn_command
    from mitstadt.project.demo import load

    compile_all()
    call_command("collectstatic", interactive=False, verbosity=0)
    with contextlib.redirect_stdout(sys.stderr):
        load()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(gunicorn_command(f"127.0.0.1:{port}", workers, 4), env=os.environ)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{base}/radar/", timeout=30).read()
                break
            time.sleep(0.1)
        yield base, server
    finally:
        server.terminate()
        server.wait(20)


def page(client: Any, address: str) -> Any:
    """The answer to a GET, which must be 200."""
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return response


def signed_in_client() -> Any:
    """A citizen's client."""
    from django.test import Client

    from mitstadt.accounts.models import User

    client = Client()
    user = User.objects.create_user(username="bench", email="bench@example.org", password=None)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
