"""Test databases from templates: the migrations run once and the demo city is loaded once, later runs copy the result.

A template is named by a fingerprint: of every migration and of the lock file; for the demo city also of all code, of
the city's folder and of the day. A changed migration means a new one. `MITSTADT_FRESH_DATABASE=1` (and CI, unless it is
0) migrates from nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection, connections
from django.db.backends.base.creation import BaseDatabaseCreation
from django.db.utils import DatabaseError

from mitstadt.kit import clock
from mitstadt.kit.sqlite.creation import COMPANIONS

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "templates"
KEPT = 6  # older templates of a kind are removed
FRESH = (os.environ.get("MITSTADT_FRESH_DATABASE") or os.environ.get("CI") or "0") != "0"
PATIENCE = 40  # tries to copy a database of the server that somebody else copies at the moment

_create_from_nothing = BaseDatabaseCreation.create_test_db


def fingerprint() -> str:
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    if not isinstance(settings.MIGRATION_MODULES, dict):  # pytest --no-migrations: tables without their triggers
        digest.update(b"no migrations")
    for config in sorted(apps.get_app_configs(), key=lambda config: config.label):
        digest.update(config.label.encode())
        if ROOT in Path(config.path).parents:  # the others are pinned by the lock file
            for file in sorted(Path(config.path).glob("migrations/*.py")):
                digest.update(file.name.encode() + file.read_bytes())
    digest.update((ROOT / "src/mitstadt/audit/triggers.py").read_bytes())
    digest.update((ROOT / "src/mitstadt/search/schema.py").read_bytes())
    return digest.hexdigest()[:16]


def demo_fingerprint() -> str:
    """The demo city is told up to today, by nearly all of the code."""
    digest = hashlib.sha256(f"{fingerprint()} {clock.today()} {settings.MITSTADT_CITY_FOLDER.name}".encode())
    code = [file for file in (ROOT / "src").rglob("*.py") if "tests" not in file.parts]
    city = [file for file in settings.MITSTADT_CITY_FOLDER.rglob("*") if file.is_file()]
    for file in sorted(code + city):
        digest.update(file.name.encode() + file.read_bytes())
    return f"demo_{digest.hexdigest()[:16]}"


def create_test_db(
    self: Any, verbosity: int = 1, autoclobber: bool = False, serialize: Any = None, keepdb: bool = False
) -> str:
    """Django's own, unless a template fits."""
    if keepdb or (self.connection.vendor == "sqlite" and self.connection.is_in_memory_db()):
        return _create_from_nothing(self, verbosity, autoclobber, serialize or False, keepdb)
    kind = _kind(self.connection)
    mark = fingerprint()
    name: str = self._get_test_db_name()
    if not FRESH and kind.copy(mark, name):
        self.connection.close()
        use(self.connection, name)
        self.connection.ensure_connection()
        if serialize:
            self.connection._test_serialized_contents = self.serialize_db_to_string()
        return name
    with _careless(self.connection):
        name = _create_from_nothing(self, verbosity, autoclobber, serialize or False, keepdb)
        self.connection.close()
    kind.keep(name, mark)
    self.connection.ensure_connection()
    return name


@contextlib.contextmanager
def _careless(connection: Any) -> Iterator[None]:
    """A SQLite file that is being made need not survive a power cut: four hundred migrations need not wait for the
    disk."""
    options = connection.settings_dict["OPTIONS"]
    careful = options.get("init_command")
    if connection.vendor == "sqlite":
        options["init_command"] = "PRAGMA synchronous=OFF;"
        connection.close()
    try:
        yield
    finally:
        if careful is not None:
            options["init_command"] = careful


BaseDatabaseCreation.create_test_db = create_test_db  # type: ignore[method-assign]


def use(connection: Any, name: str) -> None:
    """This connection and all that are opened from now on, in any thread, go to the database `name`."""
    connection.close()
    settings.DATABASES[connection.alias]["NAME"] = name
    connections.settings[connection.alias]["NAME"] = name
    connection.settings_dict["NAME"] = name


@contextlib.contextmanager
def copied(mark: str, suffix: str) -> Iterator[None]:
    """Everything inside happens in a copy of the template `mark`, which is thrown away afterwards.

    Raises LookupError when there is no such template.
    """
    empty = connection.settings_dict["NAME"]
    kind = _kind(connection)
    name = kind.beside(empty, suffix)
    if not kind.copy(mark, name):
        raise LookupError(mark)
    try:
        use(connection, name)
        _forget()
        yield
    finally:
        use(connection, empty)
        _forget()
        kind.drop(name)


def _forget() -> None:
    ContentType.objects.clear_cache()
    cache.clear()


def demo_template(load: Callable[[], None]) -> str:
    """The mark of the template that holds what `load()` writes; it is made when there is none for today's code."""
    mark = demo_fingerprint()
    kind = _kind(connection)
    if not kind.exists(mark):
        with copied(fingerprint(), "loading"):
            load()
            name = connection.settings_dict["NAME"]
            connection.close()
            kind.keep(name, mark)
    return mark


class _Files:
    """Templates of SQLite: files in build/."""

    def path(self, mark: str) -> Path:
        return FOLDER / f"{mark}.sqlite3"

    def beside(self, name: Any, suffix: str) -> str:
        return f"{name}_{suffix}"

    def exists(self, mark: str) -> bool:
        return self.path(mark).exists()

    def copy(self, mark: str, name: str) -> bool:
        self.drop(name)
        try:
            shutil.copyfile(self.path(mark), name)
        except FileNotFoundError:
            return False
        self.path(mark).touch()
        return True

    def keep(self, name: str, mark: str) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        part = FOLDER / f"{mark}.{os.getpid()}.part"
        with contextlib.closing(sqlite3.connect(name)) as source, contextlib.closing(sqlite3.connect(part)) as target:
            source.backup(target)
        part.replace(self.path(mark))
        same = [file for file in FOLDER.glob("*.sqlite3") if file.name.startswith("demo_") == mark.startswith("demo_")]
        for old in sorted(same, key=lambda file: file.stat().st_mtime)[:-KEPT]:
            old.unlink(missing_ok=True)

    def drop(self, name: str) -> None:
        for ending in ("", *COMPANIONS):
            Path(f"{name}{ending}").unlink(missing_ok=True)


class _Server:
    """Templates of PostgreSQL: databases beside the others on the server."""

    def __init__(self, connection: Any) -> None:
        self.creation = connection.creation
        self.quote = connection.ops.quote_name

    def name(self, mark: str) -> str:
        return f"mitstadt_template_{mark}"

    def beside(self, name: Any, suffix: str) -> str:
        return f"{name}_{suffix}"

    def exists(self, mark: str) -> bool:
        with self.creation._nodb_cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.name(mark)])
            return cursor.fetchone() is not None

    def copy(self, mark: str, name: str) -> bool:
        for _try in range(PATIENCE):
            if not self.exists(mark):
                return False
            self.drop(name)
            with self.creation._nodb_cursor() as cursor:
                try:
                    cursor.execute(f"CREATE DATABASE {self.quote(name)} TEMPLATE {self.quote(self.name(mark))}")
                    return True
                except DatabaseError:  # somebody copies it at this moment, or has just removed it
                    time.sleep(0.25)
        return False

    def keep(self, name: str, mark: str) -> None:
        kind = "mitstadt_template_demo_%" if mark.startswith("demo_") else "mitstadt_template_%"
        with self.creation._nodb_cursor() as cursor, contextlib.suppress(DatabaseError):  # another run was quicker
            cursor.execute(f"CREATE DATABASE {self.quote(self.name(mark))} TEMPLATE {self.quote(name)}")
            cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY oid DESC", [kind])
            names = [old for (old,) in cursor.fetchall() if ("_demo_" in old) == mark.startswith("demo_")]
            for old in names[KEPT:]:
                cursor.execute(f"DROP DATABASE IF EXISTS {self.quote(old)}")

    def drop(self, name: str) -> None:
        with self.creation._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {self.quote(name)} WITH (FORCE)")


def _kind(connection: Any) -> _Files | _Server:
    return _Files() if connection.vendor == "sqlite" else _Server(connection)
