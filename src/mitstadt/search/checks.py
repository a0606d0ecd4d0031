"""A missing index is noticed at the start, not by the first person who finds nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections

from . import schema


def index_is_there(*, databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """E001 when index or triggers are missing although the table exists (`search_rebuild --index` makes them)."""
    problems: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if "search_vocabulary" not in connection.introspection.table_names() or schema.is_there(connection):
            continue
        problems.append(
            Error(
                "The full-text index of the search is missing or incomplete.",
                hint="Run `mitstadt manage search_rebuild --index`.",
                id="search.E001",
            )
        )
    return problems
