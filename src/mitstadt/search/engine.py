"""Asking the database. Visibility is the Subject's, read in the same statement, so nothing stale can show up."""

# ruff: noqa: S608 - only constants of this file and placeholders meet in a statement
from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from mitstadt.kit.among import spread

from .expressions import Expression

Among = Collection[int] | QuerySet[Any, Any]

# How much a term counts in title, text and the parts of compounds.
_BM25 = "bm25(search_fts, 6.0, 1.0, 0.6)"
_TS_RANK = "ts_rank('{{0.15, 0.2, 0.4, 1.0}}', d.vector, {query}, 1)"
RANKED = 300  # documents whose vectors PostgreSQL reads and ranks for one answer


class Row(NamedTuple):
    """A candidate. `rank` is comparable within one answer of one engine only; more is better. `titled`: it is known to
    have the words in the title."""

    id: int
    kind: str
    district: int | None
    weight: int
    rank: float
    titled: bool = False


def match(
    expression: Expression,
    *,
    limit: int,
    ranked: bool = True,
    title_only: bool = False,
    kinds: Sequence[str] | None = None,
    district: int | None = None,
    among: Among | None = None,
) -> list[Row]:
    """Public subjects whose document matches, at most `limit`; with `among` only those of these keys, or of the keys
    that this query finds. In no order, but PostgreSQL knows which of `among` are `titled` and gives these first.

    `ranked` ranks them all on SQLite and `among` keys; else up to RANKED on PostgreSQL: when there are more, `rank` has
    to follow.
    """
    read = _sqlite if connection.vendor == "sqlite" else _postgres
    sql, params = read(expression, ranked, title_only, among, limit, _seen(kinds, district))
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [Row(*row) for row in cursor.fetchall()]


class Seen(NamedTuple):
    """Which of the subjects `s` may be seen and are wanted."""

    sql: str
    params: list[Any]


def _seen(kinds: Sequence[str] | None, district: int | None) -> Seen:
    sql, params = "s.published AND NOT s.restricted", list[Any]()
    if kinds is not None:
        sql += f" AND s.kind IN ({', '.join(['%s'] * len(kinds))})" if kinds else " AND 1 = 0"
        params += kinds
    if district is not None:
        sql += " AND s.district_id = %s"
        params.append(district)
    return Seen(sql, params)


def _sqlite(
    expression: Expression, ranked: bool, title_only: bool, among: Among | None, limit: int, seen: Seen
) -> tuple[str, list[Any]]:
    text = expression.sqlite()
    rank = f"-{_BM25}" if ranked else "0.0"
    sql = (
        f"SELECT s.id, s.kind, s.district_id, d.weight, {rank} FROM search_fts "
        "CROSS JOIN subjects_subject s ON s.id = search_fts.rowid "
        "CROSS JOIN search_document d ON d.subject_id = s.id "
        f"WHERE search_fts MATCH %s AND {seen.sql}"
    )
    params: list[Any] = [f"{{title_terms}} : ({text})" if title_only else text, *seen.params]
    if among is not None:
        # The plus keeps SQLite from looking into the index once for each key.
        chosen, more = _keys(among)
        sql += f" AND +s.id IN ({chosen})"
        params += more
    return f"{sql} LIMIT %s", [*params, limit]


def _postgres(
    expression: Expression, ranked: bool, title_only: bool, among: Among | None, limit: int, seen: Seen
) -> tuple[str, list[Any]]:
    """Vectors are wide: what was found is carried on without them, and those that are ranked are read again."""
    query = "query AS NOT MATERIALIZED (SELECT %s::tsquery AS q)"  # as a constant it can be estimated
    columns, column = "s.id, s.kind, s.district_id, d.weight", "title_vector" if title_only else "vector"
    ranked = ranked and not title_only
    rank = _TS_RANK.format(query="q") if ranked else "0::real"
    if among is None:
        found = (
            f"SELECT {columns} FROM query, search_document d JOIN subjects_subject s ON s.id = d.subject_id "
            f"WHERE d.{column} @@ q AND {seen.sql} LIMIT %s"
        )
        if ranked:
            rank = (
                f"CASE WHEN (SELECT count(*) FROM found) <= {RANKED} "
                f"THEN (SELECT {rank} FROM query, search_document d WHERE d.subject_id = found.id) ELSE 0::real END"
            )
        return (
            f"WITH {query}, found AS MATERIALIZED ({found}) SELECT found.*, {rank} FROM found",
            [expression.postgres(), *seen.params, limit],
        )
    chosen, params = _keys(among)
    document = (
        f"SELECT subject_id, weight, {rank} AS rank, title_vector @@ q AS titled FROM query, search_document d "
        f"WHERE {column} @@ q AND subject_id IN ({chosen})"
    )
    return (
        f"WITH {query}, d AS MATERIALIZED ({document}) SELECT {columns}, d.rank, d.titled "
        f"FROM d JOIN subjects_subject s ON s.id = d.subject_id WHERE {seen.sql} ORDER BY d.titled DESC LIMIT %s",
        [expression.postgres(), *params, *seen.params, limit],
    )


def _keys(among: Among) -> tuple[str, list[Any]]:
    """Keys as a subquery and its parameters."""
    if isinstance(among, QuerySet):
        sql, params = among.query.get_compiler(connection=connection).as_sql()
        return sql, list(params)
    return spread(among)


def titles_first(among: Among | None) -> bool:
    """Does `match` know which of `among` have the words in the title?"""
    return among is not None and connection.vendor == "postgresql"


def ranked_at_once() -> int:
    """With more candidates than this, `rank` wants to know which have the words in the title."""
    return RANKED if connection.vendor == "postgresql" else sys.maxsize


def rank(expression: Expression, rows: Sequence[Row], titled: Collection[int] = ()) -> list[Row]:
    """The same rows with their ranks, if `match` left them out. `titled` have the words in the title.

    `ts_rank` has to read the vector of each document, which is dear for a wide query. PostgreSQL ranks the RANKED that
    look best without it (title, then weight, then newer); the others keep 0.
    """
    if connection.vendor == "sqlite" or not (titled or len(rows) > RANKED):
        return list(rows)
    likely = sorted(rows, key=lambda row: (row.id not in titled, -row.weight, -row.id))[:RANKED]
    ts_rank = _TS_RANK.format(query="%s::tsquery")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT subject_id, {ts_rank} FROM search_document d WHERE subject_id = ANY(%s)",
            [expression.postgres(), [row.id for row in likely]],
        )
        ranks = dict(cursor.fetchall())
    return [row._replace(rank=ranks[row.id]) if row.id in ranks else row for row in rows]
