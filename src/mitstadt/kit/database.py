"""Database settings from an address such as ``postgres://user:password@host:5432/name``."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

# PostgreSQL plans for a spinning disc and for reports unless it is told otherwise; pages are many small questions.
PLANNER = "-c random_page_cost=1.1 -c jit=off -c max_parallel_workers_per_gather=0"


def from_url(url: str, var: Path) -> dict[str, Any]:
    """Return Django's settings for one database.

    An empty `url` means the embedded SQLite file `var/mitstadt.sqlite3`; ``sqlite:///path`` names another file.
    ``postgres://…/name?options=…`` replaces `PLANNER` (a pooler that takes no options at the start needs it empty).
    Raises ValueError for any other kind of database.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite" or not url:
        name = Path(unquote(parts.path)) if url else var / "mitstadt.sqlite3"
        name.parent.mkdir(parents=True, exist_ok=True)
        return {
            "ENGINE": "mitstadt.kit.sqlite",
            "NAME": name,
            # tests run on a file as well: only a file has parallel writers
            "TEST": {"NAME": str(name.with_name(f"test_{name.name}"))},
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA synchronous=FULL;",
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "OPTIONS": {"options": parse_qs(parts.query, keep_blank_values=True).get("options", [PLANNER])[0]},
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    raise ValueError(f"DATABASE_URL: unknown kind of database {parts.scheme!r}; use sqlite:///… or postgres://…")
