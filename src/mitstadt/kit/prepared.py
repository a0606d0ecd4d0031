"""Queries whose SQL is worked out once. Making the SQL of a join over six tables costs Django more than running it.

_NAMES = Prepared(lambda key: Measure.objects.filter(field_id=key).values_list("number", "title"))
_NAMES.rows(7)  # [(1, "E-Akte"), …]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.query import get_related_populators  # type: ignore[attr-defined]
from django.db.models.sql.compiler import SQLCompiler

# Whole numbers that stand for arguments while the SQL is made; never run. They fit columns of 32 bits: PostgreSQL's
# compiler answers a larger one with "no rows" instead of SQL.
_FIRST = 2_100_000_000
_LARGEST = 2**63 - 1  # what no column can hold is nobody's key; SQLite would answer with an error instead of no rows
_MOST = 200  # statements kept per query: lists of keys come in many lengths


class Prepared:
    """`build` gets whole numbers (keys) or tuples of them, and `shape` as named arguments, and gives a
    ``values_list`` of them. What belongs to the SQL's text, such as an order or a limit, is a shape."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]]) -> None:
        self._build = build
        self._kept: dict[Any, tuple[str, list[tuple[int, Any]], list[tuple[int, Any, Any]]]] = {}

    def rows(self, *keys: int | tuple[int, ...], **shape: Any) -> list[tuple[Any, ...]]:
        """The rows for these keys; one query, none for an empty tuple."""
        if () in keys:
            return []
        lengths = tuple(len(key) if isinstance(key, tuple) else -1 for key in keys)
        place = (connection.vendor, lengths, *sorted(shape.items()))
        known = self._kept.get(place)
        if known is None:
            if len(self._kept) >= _MOST:
                self._kept.clear()
            known = self._kept[place] = self._prepare(lengths, shape)
        sql, slots, converters = known
        values = list(_flat(keys))
        with connection.cursor() as cursor:
            cursor.execute(sql, [values[at] if at >= 0 else fixed for at, fixed in slots])
            found: list[tuple[Any, ...]] = cursor.fetchall()
        if not converters or not found:
            return found
        columns = list(zip(*found, strict=True))
        for at, converter, expression in converters:
            columns[at] = tuple([converter(value, expression, connection) for value in columns[at]])
        return list(zip(*columns, strict=True))

    def _prepare(
        self, lengths: tuple[int, ...], shape: dict[str, Any]
    ) -> tuple[str, list[tuple[int, Any]], list[tuple[int, Any, Any]]]:
        marks: list[int | tuple[int, ...]] = []
        after = _FIRST
        for length in lengths:
            marks.append(after if length < 0 else tuple(range(after, after + length)))
            after += max(length, 1)
        compiler = self._build(*marks, **shape).query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        slots = [(p - _FIRST, None) if isinstance(p, int) and _FIRST <= p < after else (-1, p) for p in params]
        if {at for at, _fixed in slots if at >= 0} != set(range(after - _FIRST)):
            raise ValueError("every key of a prepared query must reach its SQL as it is")
        columns = [column for column, _sql, _alias in compiler.select[: compiler.col_count]]
        converters = [
            (at, one, expression) for at, (each, expression) in compiler.get_converters(columns).items() for one in each
        ]
        return sql, slots, converters


def _flat(keys: tuple[int | tuple[int, ...], ...]) -> Iterator[int]:
    for key in keys:
        if isinstance(key, tuple):
            yield from key
        else:
            yield key


class PreparedObjects:
    """`build` gets one key (a whole number or a text, by `sample`) and gives a queryset of objects, with what
    ``select_related`` joins to them. Objects are new each time; only the SQL and how to read a row are kept.

    _BY_ID = PreparedObjects(lambda key: Measure.objects.select_related("subject").filter(subject__public_id=key), "")
    """

    def __init__(self, build: Callable[[Any], QuerySet[Any]], sample: int | str = 0) -> None:
        self._build = build
        self._mark: int | str = _FIRST if isinstance(sample, int) else "\ue000prepared\ue000"
        self._kept: dict[str, tuple[str, list[Any], SQLCompiler, list[str], slice, list[tuple[int, Any, Any]]]] = {}

    def all(self, key: int | str) -> list[Any]:
        """The objects for this key; one query, none for a number that no key can be."""
        if isinstance(key, int) and abs(key) > _LARGEST:
            return []
        known = self._kept.get(connection.vendor)
        if known is None:
            known = self._kept[connection.vendor] = self._prepare()
        sql, params, compiler, names, own, converters = known
        with connection.cursor() as cursor:
            cursor.execute(sql, [key if param == self._mark else param for param in params])
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        if not rows:
            return []
        if converters:
            columns = list(zip(*rows, strict=True))
            for at, converter, expression in converters:
                columns[at] = tuple([converter(value, expression, connection) for value in columns[at]])
            rows = list(zip(*columns, strict=True))
        info: Any = compiler.klass_info
        populators = get_related_populators(info, compiler.select, connection.alias)
        found = []
        for row in rows:
            made = info["model"].from_db(connection.alias, names, row[own])
            for populator in populators:
                populator.populate(row, made)
            found.append(made)
        return found

    def one(self, key: int | str) -> Any:
        """The first of them, None without any."""
        return next(iter(self.all(key)), None)

    def _prepare(self) -> tuple[str, list[Any], SQLCompiler, list[str], slice, list[tuple[int, Any, Any]]]:
        compiler = self._build(self._mark).query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        if list(params).count(self._mark) != 1:
            raise ValueError("the key of a prepared query must reach its SQL once, as it is")
        info: Any = compiler.klass_info
        own = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
        names = [column[0].target.attname for column in compiler.select[own]]
        columns = [column for column, _sql, _alias in compiler.select[: compiler.col_count]]
        converters = [
            (at, one, expression) for at, (each, expression) in compiler.get_converters(columns).items() for one in each
        ]
        return sql, list(params), compiler, names, own, converters
