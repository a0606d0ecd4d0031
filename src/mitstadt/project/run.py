"""`make run`: prepare the demo city, serve it and work for it; a second start skips what is done.

What was done is remembered in `var/<city>/start.json` as one fingerprint per step (paths, sizes and times of the files
it depends on). A step runs again when its fingerprint changed, and all of them when the database is gone.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType
from typing import Any

PACKAGE = Path(__file__).resolve().parents[1]
ROOT = PACKAGE.parents[1]
PATIENCE = 60  # seconds for the server to answer


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def fingerprint(files: Iterable[Path], *words: str) -> str:
    """Changes when a file comes, goes or changes, or when a word differs."""
    digest = hashlib.sha256("\0".join(words).encode())
    for file in sorted(files):
        status = file.stat()
        digest.update(f"{file}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def files_in(folder: Path, *patterns: str) -> list[Path]:
    return [f for pattern in patterns for f in folder.glob(pattern) if f.is_file()]


def applied_migrations(database: dict[str, Any]) -> int:
    """How many migrations this database has; 0 when there is none. Looks without starting Django."""
    try:
        if database["ENGINE"].endswith("sqlite"):
            import sqlite3

            if not Path(database["NAME"]).exists():
                return 0
            with sqlite3.connect(database["NAME"]) as connection:
                return int(connection.execute("SELECT count(*) FROM django_migrations").fetchone()[0])
        import psycopg

        with psycopg.connect(**_login(database), dbname=database["NAME"], connect_timeout=5) as server:
            row = server.execute("SELECT count(*) FROM django_migrations").fetchone()
            return int(row[0]) if row else 0
    except Exception:  # no database, no table, no server: the steps that follow say what is wrong
        return 0


def _login(database: dict[str, Any]) -> dict[str, Any]:
    names = {"user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return {key: database[name] for key, name in names.items() if database.get(name)}


def create_database_if_missing(database: dict[str, Any]) -> None:
    """On PostgreSQL: create the named database when the server is there but the database is not."""
    if database["ENGINE"].endswith("sqlite"):
        return
    import psycopg
    from psycopg import sql

    with psycopg.connect(**_login(database), dbname="postgres", autocommit=True, connect_timeout=5) as server:
        found = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database["NAME"]]).fetchone()
        if found is None:
            say(f"  creating the database {database['NAME']}")
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database["NAME"])))


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Steps:
    """The steps of a start, with what is remembered of the last one."""

    def __init__(self, memory: Path, database_key: str, migrations: int) -> None:
        self.memory = memory
        self.known: dict[str, Any] = {}
        if memory.exists():
            self.known = json.loads(memory.read_text())
        if self.known.get("database") != database_key or self.known.get("migrations") != migrations:
            self.known = {"database": database_key}
        self.worked = False

    def step(self, name: str, title: str, mark: str, work: Callable[[], object]) -> None:
        """Do `work` unless it was done for the same `mark`."""
        if self.known.get(name) == mark:
            return
        say(f"▸ {title}")
        started = time.monotonic()
        work()
        say(f"  done in {time.monotonic() - started:.1f} s")
        self.worked = True
        self.known[name] = mark
        self.save()

    def save(self) -> None:
        self.memory.parent.mkdir(parents=True, exist_ok=True)
        self.memory.write_text(json.dumps(self.known, indent=1, ensure_ascii=False))


def prepare(steps: Steps, settings: Any) -> None:
    """Catalogues, database, static files, demo city: only what changed since the last start."""
    city = settings.MITSTADT_CITY_FOLDER
    lock = [f for f in [ROOT / "requirements.txt"] if f.exists()]

    def setup() -> None:
        import django

        django.setup()

    def migrate() -> None:
        create_database_if_missing(settings.DATABASES["default"])
        setup()
        from django.core.management import call_command

        call_command("migrate", interactive=False, verbosity=0)

    def collect() -> None:
        setup()
        from django.core.management import call_command

        call_command("collectstatic", interactive=False, verbosity=0, clear=False)

    def load() -> None:
        setup()
        from mitstadt.kit import demo

        from .demo import load as load_demo

        load_demo()
        steps.known["logins"] = [[a.role, a.email, a.password, a.note] for a in demo.logins()]

    from .catalogues import compile_all

    compile_all()
    static = files_in(PACKAGE, "**/static/**/*") + files_in(city, "static/**/*")
    migrations = files_in(PACKAGE, "**/migrations/*.py")
    steps.step("migrate", "Database", fingerprint(migrations + lock), migrate)
    steps.step("static", "Static files", fingerprint(static + lock), collect)
    loaders = ("**/demo*.py", "**/demo/**/*.py", "**/models*.py", "project/voices.py")
    texts = files_in(city, "**/*") + files_in(PACKAGE, *loaders)
    steps.step("demo", "Demo city", fingerprint(texts, steps.known["migrate"]), load)
    if steps.worked:
        steps.known["migrations"] = applied_migrations(settings.DATABASES["default"])
        steps.save()


class Children:
    """The server and the worker: started together, stopped together."""

    def __init__(self) -> None:
        self.processes: list[subprocess.Popen[bytes]] = []
        self.stopping = False
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def start(self, command: list[str]) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(command, env={**os.environ, "MITSTADT_PARENT": str(os.getpid())})  # noqa: S603
        self.processes.append(process)
        return process

    def stop(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + 15
        for process in self.processes:
            try:
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def answers(port: int) -> bool:
    """Does the server answer? It listens only after it has loaded everything (`preload`)."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(b"HEAD /favicon.ico HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
            return connection.recv(5) == b"HTTP/"
    except OSError:
        return False


def welcome(base: str, city: str, logins: list[list[str]]) -> str:
    """The addresses and logins shown at the end."""
    lines = ["", f"Mitstadt for {city} is running. Stop it with Ctrl+C.", ""]
    for label, path in [
        ("Start page", "/"),
        ("Radar", "/radar/"),
        ("Radar as a table", "/radar/tabelle/"),
        ("Search", "/suche/"),
        ("Sign in", "/konto/login/"),
        ("Back office", "/verwaltung/"),
        ("API", "/api/openapi.json"),
        ("Health", "/gesundheit/"),
    ]:
        lines.append(f"  {label:<18} {base}{path}")
    lines += ["", "Demo logins (invented people):", f"  {'Visitor':<44} no login needed"]
    for role, email, password, note in logins:
        lines.append(f"  {role:<44} {email:<34} {password}{'   ' + note if note else ''}")
    return "\n".join(lines) + "\n"


def main(words: list[str]) -> int:
    """Prepare, serve, work. Returns 0 after a wanted stop, 1 when the server did not start."""
    parser = argparse.ArgumentParser(prog="mitstadt run", description="The demo city on this machine.")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
    parser.add_argument("--no-serve", action="store_true", help="only prepare")
    options = parser.parse_args(words)
    started = time.monotonic()
    base = f"http://127.0.0.1:{options.port}"
    os.environ["MITSTADT_BASE_URL"] = base
    if not options.no_serve and not port_is_free(options.port):
        say(f"Port {options.port} is in use. Choose another one: make run PORT={options.port + 1}")
        return 1

    from django.conf import settings

    database = settings.DATABASES["default"]
    key = hashlib.sha256(os.environ.get("DATABASE_URL", "").encode()).hexdigest()[:16]
    steps = Steps(settings.VAR / f"start-{key}.json", key, applied_migrations(database))
    prepare(steps, settings)
    if options.no_serve:
        return 0

    from .cli import gunicorn_command

    children = Children()
    server = children.start(gunicorn_command(f"127.0.0.1:{options.port}", 2, 4))
    try:
        while not answers(options.port):
            if server.poll() is not None or time.monotonic() - started > PATIENCE + 600 or children.stopping:
                say("The server did not start; its messages stand above.")
                return 1
            time.sleep(0.05)
        worker_command = [sys.executable, "-m", "mitstadt", "worker"]
        worker = children.start(worker_command)  # now: people wait for the server, nobody for the worker
        say(welcome(base, settings.MITSTADT_CITY.name, steps.known.get("logins", [])))
        say(f"Ready after {time.monotonic() - started:.1f} s.")
        while not children.stopping and server.poll() is None:
            if worker.poll() is not None:  # the server stays up without it; its jobs are safe in the database
                say("The worker stopped; starting it again.")
                time.sleep(2)
                children.processes.remove(worker)
                worker = children.start(worker_command)
            time.sleep(0.2)
        return 0 if children.stopping else 1
    finally:
        children.stop()
