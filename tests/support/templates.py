"""Test databases from a template: the migrations run once, later runs copy the result.

The template is named by a fingerprint of every migration and of the lock file, so a changed migration means a new one.
`MITSTADT_FRESH_DATABASE=1` (and CI) migrates from nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.backends.base.creation import BaseDatabaseCreation
from django.db.utils import DatabaseError

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "templates"
KEPT = 6  # older templates are removed
FRESH = bool(os.environ.get("MITSTADT_FRESH_DATABASE") or os.environ.get("CI"))

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


def create_test_db(
    self: Any, verbosity: int = 1, autoclobber: bool = False, serialize: Any = None, keepdb: bool = False
) -> str:
    """Django's own, unless a template fits."""
    connection = self.connection
    if FRESH or keepdb or (connection.vendor == "sqlite" and connection.is_in_memory_db()):
        return _create_from_nothing(self, verbosity, autoclobber, serialize or False, keepdb)
    use, keep = (_use_file, _keep_file) if connection.vendor == "sqlite" else (_use_postgresql, _keep_postgresql)
    mark = fingerprint()
    if use(self, mark, verbosity):
        name: str = self._get_test_db_name()
        connection.close()
        settings.DATABASES[connection.alias]["NAME"] = name
        connection.settings_dict["NAME"] = name
        connection.ensure_connection()
        if serialize:
            connection._test_serialized_contents = self.serialize_db_to_string()
        return name
    name = _create_from_nothing(self, verbosity, autoclobber, serialize or False, keepdb)
    connection.close()
    keep(self, mark, name)
    connection.ensure_connection()
    return name


BaseDatabaseCreation.create_test_db = create_test_db  # type: ignore[method-assign]


def _use_file(creation: Any, mark: str, verbosity: int) -> bool:
    template = FOLDER / f"{mark}.sqlite3"
    if not template.exists():
        return False
    shutil.copyfile(template, creation._create_test_db(verbosity, autoclobber=True))
    template.touch()
    return True


def _keep_file(_creation: Any, mark: str, name: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    part = FOLDER / f"{mark}.{os.getpid()}.part"
    with contextlib.closing(sqlite3.connect(name)) as source, contextlib.closing(sqlite3.connect(part)) as target:
        source.backup(target)
    part.replace(FOLDER / f"{mark}.sqlite3")
    for old in sorted(FOLDER.glob("*.sqlite3"), key=lambda file: file.stat().st_mtime)[:-KEPT]:
        old.unlink(missing_ok=True)


def _use_postgresql(creation: Any, mark: str, _verbosity: int) -> bool:
    quote = creation.connection.ops.quote_name
    name = quote(creation._get_test_db_name())
    with creation._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [f"mitstadt_template_{mark}"])
        if cursor.fetchone() is None:
            return False
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        try:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {quote(f'mitstadt_template_{mark}')}")
        except DatabaseError:  # somebody copies it at this moment, or has just removed it
            return False
    return True


def _keep_postgresql(creation: Any, mark: str, name: str) -> None:
    quote = creation.connection.ops.quote_name
    with creation._nodb_cursor() as cursor, contextlib.suppress(DatabaseError):  # another run was quicker
        cursor.execute(f"CREATE DATABASE {quote(f'mitstadt_template_{mark}')} TEMPLATE {quote(name)}")
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'mitstadt_template_%' ORDER BY oid DESC")
        for (old,) in cursor.fetchall()[KEPT:]:
            cursor.execute(f"DROP DATABASE IF EXISTS {quote(old)}")
