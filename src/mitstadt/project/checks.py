"""What must be true before a city relies on it: `mitstadt check`, and at every start of the production settings."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.utils import DatabaseError

NETWORK_FILE_SYSTEMS = (
    *("nfs", "nfs4", "cifs", "smbfs", "smb2", "smb3", "9p", "afs", "ceph", "fuse.ceph", "glusterfs", "fuse.glusterfs"),
    *("lustre", "gpfs", "ocfs2", "gfs2", "fuse.sshfs", "fuse.rclone", "fuse.s3fs", "davfs", "fuse.davfs2", "virtiofs"),
)
SHORTEST_SECRET = 40
FEWEST_CHARACTERS = 8  # different ones: 40 random hexadecimal digits practically never have fewer


def file_system_of(path: Path, mounts: str) -> str:
    """The kind of file system that holds `path`, by the longest mount point in `mounts` (as in /proc/mounts)."""
    place = os.path.realpath(path)
    best, kind = "", ""
    for line in mounts.splitlines():
        words = line.split()
        if len(words) < 3:
            continue
        point = words[1].encode().decode("unicode_escape")  # spaces are written \\040
        inside = place == point or place.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, words[2]
    return kind


@register(Tags.database)
def local_file_system(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """SQLite's locks do not hold on network file systems: writers would destroy each other's work."""
    found: list[CheckMessage] = []
    mounts = Path("/proc/mounts")
    for alias in databases or ():
        connection = connections[alias]
        if connection.vendor != "sqlite" or not mounts.exists():
            continue
        kind = file_system_of(Path(str(connection.settings_dict["NAME"])), mounts.read_text())
        if kind in NETWORK_FILE_SYSTEMS:
            found.append(
                Error(
                    f"The database file lies on a network file system ({kind}).",
                    hint="Put it on a local disk, or use PostgreSQL.",
                    id="mitstadt.E001",
                )
            )
    return found


@register(Tags.security, deploy=True)
def no_demo_settings(**_: Any) -> list[CheckMessage]:
    """A live installation has its own secrets, no DEBUG, and is not the demo."""
    found: list[CheckMessage] = []
    if settings.MITSTADT_DEMO:
        found.append(Error("These are the demo settings.", id="mitstadt.E002"))
    if settings.DEBUG:
        found.append(Error("DEBUG shows the city's secrets to everybody who finds a fault.", id="mitstadt.E003"))
    for name in ("SECRET_KEY", "MITSTADT_HASH_KEY"):
        try:
            value = str(getattr(settings, name, ""))
        except ImproperlyConfigured:  # Django itself does not hand out an empty SECRET_KEY
            value = ""
        variable = "MITSTADT_SECRET_KEY" if name == "SECRET_KEY" else name
        if not value:
            found.append(Error(f"{name} is missing.", hint=f"Set {variable}.", id="mitstadt.E004"))
        elif (
            len(value) < SHORTEST_SECRET
            or len(set(value)) < FEWEST_CHARACTERS
            or "demo-only" in value
            or "test-only" in value
            or "insecure" in value
        ):
            found.append(
                Error(
                    f"{name} is a default, too short or not random.",
                    hint=f"Set {variable} to at least {SHORTEST_SECRET} random characters.",
                    id="mitstadt.E005",
                )
            )
    if not str(settings.MITSTADT_BASE_URL).startswith("https://"):
        found.append(
            Error("The public address is not https.", hint="Set MITSTADT_BASE_URL=https://…", id="mitstadt.E006")
        )
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        found.append(Error("The host names are not set.", hint="Set MITSTADT_HOSTS=stadt.example", id="mitstadt.E007"))
    return found


@register(Tags.database, deploy=True)
def no_demo_data(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Invented people and texts belong into the demo only: an installation that has them does not start."""
    if "default" not in (databases or ()):
        return []
    found: list[CheckMessage] = []
    for model in apps.get_models():
        if any(field.name == "is_example" for field in model._meta.concrete_fields):
            try:
                count = model._default_manager.filter(is_example=True).count()
            except DatabaseError:  # not migrated yet: `migrate` comes first and says so itself
                continue
            if count:
                found.append(Error(f"{count} invented entries of the demo in {model._meta.label}.", id="mitstadt.E008"))
    return found


@register(Tags.database, deploy=True)
def nothing_given_up(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Background jobs that failed on every attempt need a person."""
    if "default" not in (databases or ()):
        return []
    from mitstadt.kit.jobs.models import Job

    try:
        count = Job.objects.filter(state=Job.State.FAILED).count()
    except DatabaseError:
        return []
    return [Warning(f"{count} background jobs were given up.", id="mitstadt.W001")] if count else []


def refuse_unsafe_start() -> None:
    """Raise SystemExit with what is wrong, unless this installation may serve a city."""
    if settings.MITSTADT_DEMO:
        return
    messages = run_checks(include_deployment_checks=True, databases=["default"])
    errors = [message for message in messages if message.is_serious() and not message.is_silenced()]
    connections.close_all()  # the web server forks next
    if errors:
        raise SystemExit("Mitstadt does not start:\n" + "\n".join(f"  {error}" for error in errors))
