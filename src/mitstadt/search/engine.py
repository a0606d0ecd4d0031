"""Asking the database. Visibility is the Subject's, read in the same statement, so nothing stale can show up."""

# ruff: noqa: S608 - only constants of this file and placeholders meet in a statement
from __future__ import annotations

import json
import sys
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from .expressions import Expression

Among = Collection[int] | QuerySet[Any, Any]

# How much a term counts in title, text and the parts of compounds.
_BM25 = "bm25(search_fts, 6.0, 1.0, 0.6)"
_TS_RANK = "ts_rank('{{0.15, 0.2, 0.4, 1.0}}', vector, {query}, 1)"
RANKED = 300  # documents whose vectors PostgreSQL reads and ranks for one answer


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
    among: Among | None = None,
) -> list[Row]:
    """Public subjects whose document matches, in no order, at most `limit`; with `among` only those of these keys, or
    of the keys that this query finds.

    `ranked` ranks them all on SQLite and `among` few; else up to RANKED on PostgreSQL: when there are more, `rank` has
    to follow.
    """
    sqlite = connection.vendor == "sqlite"
    later = ranked and not sqlite and not title_only  # how many there are decides whether they are ranked here
    none = "0.0" if sqlite else "0::real"
    rank = "-" + _BM25 if ranked and sqlite else "d.vector, q" if later else none
    if sqlite:
        text = expression.sqlite()
        params: list[Any] = [f"{{title_terms}} : ({text})" if title_only else text]
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
    if among is not None:
        # The plus keeps SQLite from looking into the index once for each key.
        column = "+s.id" if sqlite else "d.subject_id"
        if isinstance(among, QuerySet):
            chosen, more = among.query.get_compiler(connection=connection).as_sql()
            sql += f" AND {column} IN ({chosen})"
            params += more
        else:
            sql += f" AND {column} " + ("IN (SELECT value FROM json_each(%s))" if sqlite else "= ANY(%s)")
            params.append(json.dumps(list(among)) if sqlite else list(among))
    sql += " LIMIT %s"
    if later:
        most = RANKED if among is None else limit - 1  # of more, the likeliest are ranked later
        sql = (
            f"WITH found AS MATERIALIZED ({sql}) SELECT id, kind, district_id, weight, CASE WHEN "
            f"(SELECT count(*) FROM found) <= {most} THEN {_TS_RANK.format(query='q')} ELSE {none} END FROM found"
        )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, limit])
        return [Row(*row) for row in cursor.fetchall()]


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
            f"SELECT subject_id, {ts_rank} FROM search_document WHERE subject_id = ANY(%s)",
            [expression.postgres(), [row.id for row in likely]],
        )
        ranks = dict(cursor.fetchall())
    return [row._replace(rank=ranks[row.id]) if row.id in ranks else row for row in rows]
