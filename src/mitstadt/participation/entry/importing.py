"""A workshop's list from a spreadsheet, or what another tool exports: columns recognised, every row checked, all taken
over or none. What is too long for that at once goes through `lists`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import PurePath

from django.db import transaction
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import Actor
from mitstadt.kit import spreadsheets, tables
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.participation.models import Batch, Contribution, Module

from . import actions, rows
from .rows import CHANNEL, CODE, DAY, OWN_ID, REPLY, SHEET, Problem, Row

MAX_ROWS = 20_000
ROWS_AT_ONCE, BYTES_AT_ONCE = 500, tables.MEGABYTE  # one transaction holds them all
fields_of = rows.fields_of
# What people call a column, besides its label.
_ALSO = {
    "text": (
        "beitrag",
        "idee",
        "vorschlag",
        "kommentar",
        "was",
        "wortlaut",
        "karte",
        "comment-body",
        "comment",
        "body",
        "statement",
    ),
    "title": ("titel", "überschrift", "betreff", "kurz"),
    "name": ("name", "von", "wer"),
    "place": ("ort", "wo"),
    "category": ("kategorie", "thema"),
    "district": ("bezirk",),
    "geometry": ("geojson", "geometrie"),
    "side": ("haltung", "stance"),
    SHEET: ("blatt", "nummer", "nr", "nr.", "karte nr."),
    CODE: ("code", "zugangscode"),
    OWN_ID: ("kennung", "comment-id", "comment_id", "statement-id", "statement_id"),
    REPLY: ("antwort auf", "in_reply_to", "in-reply-to", "parent_id", "parent-id", "parent"),
    DAY: ("created_at", "tag", "datum", "day", "date", "datetime", "timestamp"),
    CHANNEL: ("weg", "kanal"),
}


@dataclass(frozen=True, slots=True)
class ListFile:
    """A list that was read, and what holds for all of it: `columns` says which heading is which field; `channel` and
    `held_on` count where a row names none of its own; `data` are the bytes it was read from."""

    table: tables.Table
    columns: Mapping[str, str]
    channel: str
    held_on: date
    data: bytes
    name: str = ""
    event: str = ""
    source: str = ""

    @property
    def digest(self) -> str:
        """By which the same file is noticed."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(slots=True)
class Outcome:
    """What came of reading a list. `batch` is None after a trial, or when there were problems."""

    rows: int = 0
    said: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    batch: Batch | None = None


def read(name: str, data: bytes) -> tables.Table:
    """The table of a CSV, XLSX or JSON file, also of other tools. Raises DomainError (field ``file``)."""
    try:
        tables.check_size(data)
        too_many = _("Die Liste hat mehr als %(most)s Zeilen. Bitte teilen Sie sie auf.") % {"most": MAX_ROWS}
        suffix = PurePath(name).suffix.lower()
        if suffix in (".csv", ".txt"):
            return _as_meant(tables.read_csv(data, MAX_ROWS, too_many))
        if suffix == ".xlsx":
            return tables.read_xlsx(data, MAX_ROWS, too_many)
        if suffix == ".json":
            return tables.read_json(data, MAX_ROWS, too_many)
    except tables.UnreadableError as error:
        raise DomainError(str(error), field="file") from error
    raise DomainError(_("Möglich sind CSV, JSON und Excel (XLSX)."), field="file")


def _as_meant(table: tables.Table) -> tables.Table:
    """Without the apostrophes that a CSV export sets before what a spreadsheet would run."""
    said = [(line, {name: spreadsheets.plain(cell) for name, cell in row.items()}) for line, row in table.rows]
    return replace(table, rows=said)


def is_long(table: tables.Table, data: bytes) -> bool:
    """Too much for one transaction and one form?"""
    return len(table.rows) > ROWS_AT_ONCE or len(data) > BYTES_AT_ONCE


def recognise(headings: list[str], fields: Mapping[str, str]) -> dict[str, str]:
    """Which heading belongs to which field, each at most once; what is not recognised is left out."""
    free = {" ".join(heading.casefold().split()): heading for heading in headings if heading}
    found: dict[str, str] = {}
    for name, label in fields.items():
        for word in (label.casefold(), name, *_ALSO.get(name, ())):
            if word in free:
                found[name] = free.pop(word)
                break
    return found


def require_columns(module: Module, columns: Mapping[str, str]) -> None:
    """Raises DomainError (field ``columns``) when a column is missing without which nothing can be entered."""
    lacking = [
        str(one.label or name)
        for name, one in rows.form_of(module)().fields.items()
        if one.required and name not in columns and not one.initial
    ]
    if lacking:
        raise DomainError(
            _("Welche Spalte ist „%(name)s“? Bitte wählen Sie sie aus.") % {"name": lacking[0]}, field="columns"
        )


def take_over(actor: Actor, module: Module, file: ListFile, *, trial: bool = False) -> Outcome:
    """Write every row as if it had been entered by hand; with one problem nothing stays, and a `trial` never does.

    Raises Refused, DomainError (fields of `actions.open_batch`; ``columns`` when no text is named; code ``twice`` for
    the same file again).
    """
    require_columns(module, file.columns)
    outcome = Outcome(rows=len(file.table.rows))
    with transaction.atomic():
        batch = actions.open_batch(
            actor,
            module,
            file.channel,
            file.held_on,
            event=file.event,
            source=file.source,
            file_name=file.name,
            file_hash=file.digest,
        )
        checked = rows.check(actor, module, file.table, file.columns, file.channel)
        outcome.problems, outcome.hints = checked.problems, checked.hints
        _write(actor, batch, checked.rows, file.columns, outcome)
        if trial or outcome.problems:
            transaction.set_rollback(True)
        else:
            outcome.batch = batch
    return outcome


def _write(actor: Actor, batch: Batch, good: list[Row], columns: Mapping[str, str], outcome: Outcome) -> None:
    """Try the rows that look right; what only writing shows is noted too."""
    form_class, labels = rows.form_of(batch.module), rows.fields_of(batch.module)
    made: list[Contribution | None] = []
    here = rows.standing(row.answers_id for row in good if row.answers_id)
    for row in good:
        answers = here.get(row.answers_id) if row.answers is None else made[row.answers]
        made.append(None)
        if row.answers is not None and answers is None:
            continue  # the row that it answers has a problem of its own
        try:
            with transaction.atomic():
                done = rows.enter(actor, batch, row, form_class, answers)
        except Refused as error:
            if not row.is_reply:
                raise
            outcome.problems.append(rows.problem(row, REPLY, error.message, labels, columns))
        except DomainError as error:
            outcome.problems.append(rows.problem(row, error.field, error.message, labels, columns))
        else:
            made[-1] = done.contribution
            outcome.said.append(done.said)
    outcome.problems.sort(key=lambda one: one.line)
