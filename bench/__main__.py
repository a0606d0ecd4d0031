"""Runs every module in `bench/figures/` and prints one JSON.

A module has `run() -> dict`, called with Django set up on a fresh, migrated database of its own. `DATABASES` (default
``("sqlite",)``) says on which kinds it is measured. To add a figure, add a module; `python -m bench pages writers`
runs some of them. The machine's load is printed with them: on a busy machine only CPU times and counts mean much.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench import figures

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "bench"


def names() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(figures.__path__) if not module.name.startswith("_"))


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    memory = next(
        (line.split()[1] for line in Path("/proc/meminfo").read_text().splitlines() if "MemTotal" in line), "0"
    )
    return {
        "commit": commit.stdout.strip(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "memory_mb": int(memory) // 1024,
        "load": [round(value, 2) for value in os.getloadavg()],
    }


def postgresql() -> str | None:
    """An address for a bench database on the server that the tests use, or None."""
    import psycopg

    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith(("postgres://", "postgresql://")):
        url = "postgres://postgres@127.0.0.1:5432/mitstadt"
    base = url.rpartition("/")[0]
    try:
        psycopg.connect(f"{base}/postgres", connect_timeout=3).close()
    except psycopg.OperationalError:
        return None
    return f"{base}/mitstadt_bench_{os.getpid()}"


def recreate(url: str, *, drop_only: bool = False) -> None:
    import psycopg

    base, _, name = url.rpartition("/")
    with psycopg.connect(f"{base}/postgres", autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}"')
        if not drop_only:
            server.execute(f'CREATE DATABASE "{name}"')


def measure(name: str, kind: str) -> dict[str, Any]:
    """One module on one kind of database, in a process of its own."""
    module = importlib.import_module(f"bench.figures.{name}")
    folder = BUILD / f"{name}-{kind}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    url = f"sqlite:///{folder}/bench.sqlite3"
    if kind == "postgresql":
        server = postgresql()
        if server is None:
            return {"error": "no PostgreSQL server"}
        url = server
        recreate(url)
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "MITSTADT_VAR": str(folder),
        "DJANGO_SETTINGS_MODULE": getattr(module, "SETTINGS", "mitstadt.project.settings.demo"),
    }
    started = time.monotonic()
    load = os.getloadavg()[0]
    try:
        command = [sys.executable, "-m", "bench", "--one", name]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=1200)
        result: dict[str, Any] = (
            json.loads(done.stdout.splitlines()[-1])
            if done.returncode == 0 and done.stdout.strip()
            else {"error": done.stderr.strip()[-600:]}
        )
    except subprocess.TimeoutExpired:
        result = {"error": "not ready after 20 minutes"}
    finally:
        if kind == "postgresql":
            recreate(url, drop_only=True)
        shutil.rmtree(folder, ignore_errors=True)
    result["took_s"], result["load_before"] = round(time.monotonic() - started, 1), round(load, 2)
    return result


def one(name: str) -> None:
    """Inside the process of its own: a migrated database, then the figure."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    if connection.vendor == "sqlite":
        empty = BUILD / "empty.sqlite3"
        newest = max(file.stat().st_mtime for file in (ROOT / "src").glob("mitstadt/**/migrations/*.py"))
        target = connection.settings_dict["NAME"]
        if empty.exists() and empty.stat().st_mtime > newest:
            shutil.copyfile(empty, target)
        else:
            call_command("migrate", verbosity=0, interactive=False)
            with connection.cursor() as cursor:
                empty.unlink(missing_ok=True)
                cursor.execute("VACUUM INTO %s", [str(empty)])
    else:
        call_command("migrate", verbosity=0, interactive=False)
    result = importlib.import_module(f"bench.figures.{name}").run()
    sys.stdout.write("\n" + json.dumps(result) + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("figures", nargs="*", help=f"which ones (default: all of {', '.join(names())})")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(options.one)
        return 0
    result: dict[str, Any] = {"machine": machine(), "figures": {}}
    for name in options.figures or names():
        kinds = getattr(importlib.import_module(f"bench.figures.{name}"), "DATABASES", ("sqlite",))
        for kind in kinds:
            sys.stderr.write(f"measuring {name} on {kind} …\n")
            result["figures"].setdefault(name, {})[kind] = measure(name, kind)
    result["load_after"] = [round(value, 2) for value in os.getloadavg()]
    sys.stdout.write(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    failed = [
        n
        for n, kinds in result["figures"].items()
        if any("error" in r or r.get("met") is False for r in kinds.values())
    ]
    sys.stderr.write(f"missed or failed: {', '.join(failed)}\n" if failed else "every figure was met\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
