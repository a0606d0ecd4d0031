"""Memory of two web workers (with their parent) and of the job worker, after they have answered pages."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from ._tools import demo_server

PAGES = [
    "/",
    "/radar/",
    "/radar/tabelle/",
    "/suche/?q=Radweg",
    "/daten/",
    "/konto/login/",
    "/api/v1/measures",
    "/stil/",
]


def proportional_mb(process: int) -> float:
    """What this process takes of the machine: shared pages are counted by their share (PSS)."""
    text = Path(f"/proc/{process}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def children_of(process: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def run() -> dict[str, Any]:
    with demo_server() as (base, server):
        jobs = subprocess.Popen([sys.executable, "-m", "mitstadt", "worker"])
        try:
            for number in range(6):
                for page in PAGES:
                    urllib.request.urlopen(f"{base}{page}{'&' if '?' in page else '?'}n={number}", timeout=60).read()
            time.sleep(6)
            workers = [proportional_mb(pid) for pid in children_of(server.pid)]
            parent, worker = proportional_mb(server.pid), proportional_mb(jobs.pid)
        finally:
            jobs.terminate()
            jobs.wait(20)
    web = sum(workers) + parent
    return {
        "web_workers_mb": [round(value) for value in workers],
        "web_parent_mb": round(parent),
        "web_together_mb": round(web),
        "job_worker_mb": round(worker),
        "goal_mb": 350,
        "met": len(workers) == 2 and web <= 350,
    }
