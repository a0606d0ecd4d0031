"""Asking the database. Visibility is the Subject's, read in the same statement, so nothing stale can show up."""

# ruff: noqa: S608 - only constants of this file and placeholders meet in a statement
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

from .expressions import Expression

# How much a term counts in title, text and the parts of compounds.
_BM25 = "bm25(search_fts, 6.0, 1.0, 0.6)"
_TS_RANK = "ts_rank('{0.15, 0.2, 0.4, 1.0}', d.vector, q, 1)"


class Row(NamedTuple):
    """A candidate. `rank` is comparable within one answer of one engine only; more is better."""

    id: int
    kind: str
    district: int | None
    weight: int
    rank: float


def match(
    expression: Expression,
    *,
    limit: int,
    ranked: bool = True,
    title_only: bool = False,
    kinds: Sequence[str] | None = None,
    district: int | None = None,
) -> list[Row]:
    """Public subjects whose document matches, in no order, at most `limit`."""
    sqlite = connection.vendor == "sqlite"
    rank = ("-" + _BM25 if sqlite else _TS_RANK) if ranked else "0.0"
    if sqlite:
        text = expression.sqlite()
        params: list[str | int] = [f"{{title_terms}} : ({text})" if title_only else text]
        sql = (
            f"SELECT s.id, s.kind, s.district_id, d.weight, {rank} FROM search_fts "
            "CROSS JOIN subjects_subject s ON s.id = search_fts.rowid "
            "CROSS JOIN search_document d ON d.subject_id = s.id "
            "WHERE search_fts MATCH %s AND s.published AND NOT s.restricted"
        )
    else:
        params = [expression.postgres()]
        column = "title_vector" if title_only else "vector"
        sql = (
            f"SELECT s.id, s.kind, s.district_id, d.weight, {rank} FROM (SELECT %s::tsquery AS q) query, "
            f"search_document d JOIN subjects_subject s ON s.id = d.subject_id "
            f"WHERE d.{column} @@ q AND s.published AND NOT s.restricted"
        )
    if kinds is not None:
        sql += f" AND s.kind IN ({', '.join(['%s'] * len(kinds))})" if kinds else " AND 1 = 0"
        params += kinds
    if district is not None:
        sql += " AND s.district_id = %s"
        params.append(district)
    with connection.cursor() as cursor:
        cursor.execute(sql + " LIMIT %s", [*params, limit])
        return [Row(*row) for row in cursor.fetchall()]
