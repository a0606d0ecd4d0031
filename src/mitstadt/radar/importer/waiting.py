"""Rows that wait: written in short chunks beforehand, put in place by a fixed number of statements.

A writer on SQLite keeps all others waiting, so a publication must not write 2,000 measures in one transaction from
Python. What it will write waits as JSON in `PreparedBatch`, where no reader looks; `put` and its siblings then move
everything of one kind by one statement inside the database. Nothing waiting is visible; what is left over after an
accident is found by its token and thrown away.
"""

# ruff: noqa: S608 - statements are made of names from the models, values are parameters
from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models, transaction

from mitstadt.radar.models import PreparedBatch
from mitstadt.subjects.models import Subject

ROWS = 250  # of one batch; a batch of measures is about half a megabyte
CREATED = "subjects.created"


@dataclass(slots=True)
class References:
    """Rows that do not exist yet, by kind and code: a waiting row names them by their place in this list."""

    places: dict[tuple[str, str], int] = field(default_factory=dict)

    def to(self, kind: str, code: str) -> int | None:
        """The place of a row; None for no code."""
        return self.places.setdefault((kind, code), len(self.places)) if code else None

    def resolved(self, keys: Mapping[str, Mapping[str, int]]) -> list[int | None]:
        """Database keys in the order of the places; None where there is no such row."""
        return [keys[kind].get(code) for kind, code in self.places]


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of waiting rows: columns of `model` whose values wait, those that refer to rows which do not exist yet,
    and those that all rows get when they are put in place (such as the time)."""

    what: str
    model: type[models.Model]
    columns: tuple[str, ...]
    references: tuple[str, ...] = ()
    constants: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, what: str, model: type[models.Model], *, references: Iterable[str] = (), constants: Iterable[str] = ()
    ) -> Shape:
        """All columns of a model but an automatic key."""
        named = tuple(f.attname for f in model._meta.concrete_fields if not isinstance(f, models.AutoField))
        refers, fixed = tuple(references), tuple(constants)
        return cls(what, model, tuple(c for c in named if c not in refers + fixed), refers, fixed)

    def row(self, instance: models.Model, references: Mapping[str, int | None] | None = None) -> list[Any]:
        """The waiting form of an unsaved instance, columns first, then references."""
        found = [_plain(self.model._meta.get_field(c), getattr(instance, c)) for c in self.columns]
        return [*found, *((references or {}).get(name) for name in self.references)]


def _plain(column: Any, value: Any) -> Any:
    """A value as the database writes it, in JSON."""
    if isinstance(column, models.JSONField) or value is None or isinstance(value, bool | int):
        return value
    prepared = column.get_db_prep_save(value, connection)
    return prepared if isinstance(prepared, str | bool | int | None) else str(prepared)


# -- keeping ---------------------------------------------------------------------------------------
def keep(
    token: str,
    waiting: Mapping[str, Sequence[Any]],
    *,
    still_ours: Callable[[], None],
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Keep waiting rows by kind, one short transaction per batch. `still_ours` runs first in each and raises if
    somebody else took over."""
    batches = [(what, rows[at : at + ROWS]) for what, rows in waiting.items() for at in range(0, len(rows), ROWS)]
    for number, (what, rows) in enumerate(batches, start=1):
        with transaction.atomic():
            still_ours()
            PreparedBatch.objects.create(token=token, what=what, rows=list(rows))
        if progress:
            progress(number, len(batches))


def create_subjects(token: str, subjects: Sequence[Subject], *, still_ours: Callable[[], None]) -> list[int]:
    """Unpublished subjects for what will be new, in short transactions; their keys are noted with the token."""
    keys: list[int] = []
    for at in range(0, len(subjects), ROWS):
        with transaction.atomic():
            still_ours()
            made = [s.pk for s in Subject.objects.bulk_create(subjects[at : at + ROWS])]
            PreparedBatch.objects.create(token=token, what=CREATED, rows=made)
        keys += made
    return keys


def forget(token: str, *, unused: bool) -> None:
    """Throw waiting rows away, a batch at a time. `unused`: they were never put in place, so neither are their
    subjects."""
    while batch := PreparedBatch.objects.filter(token=token).order_by("-id").first():
        with transaction.atomic():
            if unused and batch.what == CREATED:
                Subject.objects.filter(pk__in=batch.rows, published=False, measure=None).delete()
            batch.delete()


# -- putting in place ------------------------------------------------------------------------------
@dataclass(slots=True)
class Place:
    """Puts the waiting rows of one token in place; each method is one statement. Call inside the transaction of the
    publication."""

    token: str
    references: Sequence[int | None] = ()
    constants: Mapping[str, Any] = field(default_factory=dict)

    def put(self, shape: Shape, *, on_conflict: Sequence[str] | None = None, update: Sequence[str] = ()) -> None:
        """Insert. `on_conflict` names the unique columns that may meet an existing row: `update` then lists what it
        takes over (nothing: it stays as it is). None: a conflict is an error."""
        columns = (*shape.columns, *shape.references, *shape.constants)
        picked, values = self._picked(shape)
        ending = ""
        if on_conflict is not None:
            unique = f" ({', '.join(map(_column(shape.model), on_conflict))})" if on_conflict else ""
            ending = f" ON CONFLICT{unique} DO " + (
                "UPDATE SET " + ", ".join(f"{c} = excluded.{c}" for c in map(_column(shape.model), update))
                if update
                else "NOTHING"
            )
        self._run(
            f"INSERT INTO {shape.model._meta.db_table} ({', '.join(map(_column(shape.model), columns))}) "
            f"SELECT {', '.join(picked)} FROM {self._source()}{ending}",
            [*values, self.token, shape.what],
        )

    def change(self, shape: Shape, key: str) -> None:
        """Update the rows that `key` (one of the waiting columns) names."""
        columns = (*shape.columns, *shape.references, *shape.constants)
        picked, values = self._picked(shape)
        named = ", ".join(f"{sql} AS v{n}" for n, sql in enumerate(picked))
        table, column = shape.model._meta.db_table, _column(shape.model)
        sets = ", ".join(f"{column(c)} = w.v{n}" for n, c in enumerate(columns) if c != key)
        self._run(
            f"UPDATE {table} SET {sets} FROM (SELECT {named} FROM {self._source(ordered=False)}) AS w "
            f"WHERE {table}.{column(key)} = w.v{columns.index(key)}",
            [*values, self.token, shape.what],
        )

    def drop(self, what: str, model: type[models.Model], column: str, where: str = "", *values: Any) -> None:
        """Delete the rows of `model` whose `column` is among the waiting keys of `what`."""
        table = model._meta.db_table
        key = "r.value" if connection.vendor == "sqlite" else "(r.value #>> '{}')::bigint"
        self._run(
            f"DELETE FROM {table} WHERE {_column(model)(column)} IN (SELECT {key} FROM {self._source(ordered=False)})"
            + (f" AND {where}" if where else ""),
            [self.token, what, *values],
        )

    def _source(self, *, ordered: bool = True) -> str:
        batches = PreparedBatch._meta.db_table
        each = (
            f"{batches} b, json_each(b.rows) r"
            if connection.vendor == "sqlite"
            else f"{batches} b CROSS JOIN LATERAL jsonb_array_elements(b.rows) WITH ORDINALITY AS r(value, key)"
        )
        order = " ORDER BY b.id, r.key" if ordered else ""
        return f"{each} WHERE b.token = %s AND b.what = %s{order}"

    def _picked(self, shape: Shape) -> tuple[list[str], list[Any]]:
        """Expressions for all columns of a shape, and their parameters."""
        found: list[str] = []
        values: list[Any] = []
        lite = connection.vendor == "sqlite"
        for place, name in enumerate((*shape.columns, *shape.references)):
            column: Any = shape.model._meta.get_field(name)
            kind = (column.db_type(connection) or "text").split("(")[0]
            if name in shape.references:
                keys = json.dumps(list(self.references))
                values.append(keys)
                found.append(
                    f"json_extract(%s, '$[' || json_extract(r.value, '$[{place}]') || ']')"
                    if lite
                    else f"(%s::jsonb ->> (r.value ->> {place})::int)::bigint"
                )
            elif lite:
                found.append(f"json_extract(r.value, '$[{place}]')")
            elif kind == "jsonb":
                found.append(f"r.value -> {place}")
            else:
                found.append(f"(r.value ->> {place})::{kind}")
        for name in shape.constants:
            column = shape.model._meta.get_field(name)
            values.append(column.get_db_prep_save(self.constants[name], connection))
            found.append("%s" if lite else f"%s::{column.db_type(connection)}")
        return found, values

    def _run(self, sql: str, values: list[Any]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)


def _column(model: type[models.Model]) -> Callable[[str], str]:
    def quoted(name: str) -> str:
        column: Any = model._meta.get_field(name)
        return str(connection.ops.quote_name(column.column))

    return quoted


def by_kind(pairs: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    """Waiting rows sorted by kind."""
    found: dict[str, list[Any]] = defaultdict(list)
    for what, row in pairs:
        found[what].append(row)
    return found
