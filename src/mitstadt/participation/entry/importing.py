"""A workshop's list from a spreadsheet: columns recognised, every row tried out, all of them taken over or none."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePath
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import Actor
from mitstadt.kit import tables
from mitstadt.kit.errors import DomainError, Refused
from mitstadt.participation import registry
from mitstadt.participation.models import Batch, Module

from . import actions

MAX_BYTES = 1024 * 1024
MAX_ROWS = 500  # one transaction holds them all
SHEET, CODE = "sheet", "access_code"
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
    SHEET: ("blatt", "nummer", "nr", "nr.", "karte nr."),
    CODE: ("code", "zugangscode"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell: the line of the file, the field, what stands there."""

    line: int
    label: str
    value: str
    message: str


@dataclass(slots=True)
class Outcome:
    """What came of reading a list. `batch` is None after a trial, or when there were problems."""

    rows: int = 0
    said: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    batch: Batch | None = None


def read(name: str, data: bytes) -> tables.Table:
    """The table of a CSV, XLSX or JSON file, also of other tools. Raises DomainError (field ``file``)."""
    try:
        tables.check_size(data)
        if len(data) > MAX_BYTES:
            raise DomainError(_("Die Datei ist größer als 1 MB. Bitte teilen Sie die Liste auf."), field="file")
        too_many = _("Die Liste hat mehr als %(most)s Zeilen. Bitte teilen Sie sie auf.") % {"most": MAX_ROWS}
        suffix = PurePath(name).suffix.lower()
        if suffix in (".csv", ".txt"):
            return tables.read_csv(data, MAX_ROWS, too_many)
        if suffix == ".xlsx":
            return tables.read_xlsx(data, MAX_ROWS, too_many)
        if suffix == ".json":
            return tables.read_json(data, MAX_ROWS, too_many)
    except tables.UnreadableError as error:
        raise DomainError(str(error), field="file") from error
    raise DomainError(_("Möglich sind CSV, JSON und Excel (XLSX)."), field="file")


def fields_of(module: Module) -> dict[str, str]:
    """What a row may hold: name of the field → its label."""
    found = registry.get(module.format)
    assert found.entry is not None
    labels = {name: str(one.label or name) for name, one in found.entry.form(module)().fields.items()}
    return {**labels, SHEET: _("Nummer des Blatts oder Anrufs"), CODE: _("Code aus dem Brief")}


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


def take_over(
    actor: Actor,
    module: Module,
    table: tables.Table,
    columns: Mapping[str, str],
    channel: str,
    held_on: date,
    *,
    event: str = "",
    source: str = "",
    file_name: str = "",
    data: bytes = b"",
    trial: bool = False,
) -> Outcome:
    """Write every row as if it had been entered by hand; with one problem nothing stays, and a `trial` never does.

    Raises Refused, DomainError (fields of `actions.open_batch`; ``columns`` when no text is named; code ``twice`` for
    the same file again).
    """
    fields = fields_of(module)
    form_class = registry.get(module.format).entry.form(module)  # type: ignore[union-attr]
    lacking = [
        fields[name]
        for name, one in form_class().fields.items()
        if one.required and name not in columns and not one.initial
    ]
    if lacking:
        raise DomainError(
            _("Welche Spalte ist „%(name)s“? Bitte wählen Sie sie aus.") % {"name": lacking[0]}, field="columns"
        )
    outcome = Outcome(rows=len(table.rows))
    with transaction.atomic():
        batch = actions.open_batch(
            actor,
            module,
            channel,
            held_on,
            event=event,
            source=source,
            file_name=file_name,
            file_hash=hashlib.sha256(data).hexdigest(),
        )
        for line, row in table.rows:
            _row(actor, batch, form_class, fields, columns, line, row, outcome)
        if trial or outcome.problems:
            transaction.set_rollback(True)
        else:
            outcome.batch = batch
    return outcome


def _row(
    actor: Actor,
    batch: Batch,
    form_class: type[forms.Form],
    fields: Mapping[str, str],
    columns: Mapping[str, str],
    line: int,
    row: Mapping[str, Any],
    outcome: Outcome,
) -> None:
    """Try one row; what is wrong is noted with its cell."""
    cells = {name: row.get(heading) for name, heading in columns.items()}
    before = len(outcome.problems)

    def note(name: str, message: str) -> None:
        value = str(cells.get(name) or "")[:80]
        outcome.problems.append(Problem(line, fields.get(name, ""), value, message))

    for name, cell in cells.items():
        if isinstance(cell, tables.Formula):
            note(name, _("Hier steht eine Formel. Bitte ersetzen Sie sie durch ihren Wert."))
    if len(outcome.problems) > before:
        return
    typed = {name: "" if cell is None else str(cell) for name, cell in cells.items()}
    form = form_class(typed)
    if not form.is_valid():
        for name, messages in form.errors.items():
            note(name, str(messages[0]))
        return
    try:
        with transaction.atomic():
            done = actions.enter(actor, batch, form.cleaned_data, sheet=typed.get(SHEET, ""), code=typed.get(CODE, ""))
    except Refused:
        raise
    except DomainError as error:
        note(CODE if error.field == "code" else error.field, error.message)
    else:
        outcome.said.append(done.said)
