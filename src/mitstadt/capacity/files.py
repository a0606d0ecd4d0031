"""What a provider says for many capacities at once, as a table: `id;free;total;free_from;waiting_list`.

Every row is read before anything is written; one wrong cell and nothing is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from mitstadt.accounts.actor import Actor
from mitstadt.kit import tables
from mitstadt.kit.errors import DomainError
from mitstadt.kit.spreadsheets import cell

from .actions import telling
from .actions.telling import Said
from .models import Capacity

COLUMNS = ("id", "free", "total", "free_from", "waiting_list")
MOST_ROWS = 2_000
MOST_SHOWN = 20
YES = frozenset({"ja", "yes", "true", "1", "x"})
NO = frozenset({"nein", "no", "false", "0"})


class FileError(DomainError):
    """Nothing was taken over. `problems` are sentences, each with its row and column."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems[:MOST_SHOWN]), field="file")
        self.problems = list(problems)


@dataclass(frozen=True, slots=True)
class Row:
    """One row that says something. `line` counts from 1, the headings included; `id` is empty where none was given."""

    line: int
    id: str
    said: Said


def template(capacities: Sequence[Capacity]) -> str:
    """The table to fill in: the figures as they are, and the name of each in a column that is not read."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([*COLUMNS, "name"])
    for capacity in capacities:
        writer.writerow(
            [
                capacity.public_id,
                cell(capacity.free),
                cell(capacity.total),
                cell(capacity.free_from),
                "ja" if capacity.has_waiting_list else "nein",
                cell(str(capacity)),
            ]
        )
    return out.getvalue()


def parse(data: bytes) -> list[Row]:
    """The rows with a figure; a row whose cell `free` is empty says nothing. Raises FileError with everything wrong."""
    try:
        table = tables.read_csv(data, MOST_ROWS, _("Die Tabelle hat mehr als %(n)s Zeilen.") % {"n": MOST_ROWS})
    except tables.UnreadableError as error:
        raise FileError([str(error)]) from error
    names = {heading.casefold(): heading for heading in table.headings}
    if "free" not in names:
        raise FileError([_("Die Spalte „free“ fehlt. Gebraucht werden: %(names)s.") % {"names": "; ".join(COLUMNS)}])
    problems: list[str] = []
    rows = []
    for line, cells in table.rows:
        found = {name: str(cells.get(heading) or "").strip() for name, heading in names.items()}
        if not found["free"]:
            continue
        reader = _Cells(line, found, problems)
        said = Said(
            free=reader.number("free"),
            total=reader.number("total"),
            has_waiting_list=reader.flag("waiting_list"),
            free_from=reader.day("free_from"),
        )
        rows.append(Row(line, found.get("id", ""), said))
    if problems:
        raise FileError(problems)
    return rows


@dataclass(slots=True)
class _Cells:
    """The cells of a row; what cannot be understood goes to `problems`."""

    line: int
    cells: Mapping[str, str]
    problems: list[str]

    def _wrong(self, column: str, text: str) -> None:
        self.problems.append(problem(self.line, column, text))

    def number(self, column: str) -> int | None:
        text = self.cells.get(column, "")
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 7):
            self._wrong(column, _("„%(value)s“ ist keine Zahl.") % {"value": text[:40]})
            return None
        return int(text)

    def flag(self, column: str) -> bool | None:
        text = self.cells.get(column, "").casefold()
        if not text:
            return None
        if text not in YES | NO:
            self._wrong(column, _("„%(value)s“: Bitte ja oder nein.") % {"value": text[:40]})
        return text in YES

    def day(self, column: str) -> date | None:
        text = self.cells.get(column, "")
        for pattern in ("%Y-%m-%d", "%d.%m.%Y"):
            try:
                return datetime.strptime(text, pattern).date()  # noqa: DTZ007  a day has no time zone
            except ValueError:
                continue
        if text:
            self._wrong(
                column, _("„%(value)s“ ist kein Datum. So geht es: 2027-01-31 oder 31.01.2027.") % {"value": text[:40]}
            )
        return None


def problem(line: int, column: str, text: str) -> str:
    return _("Zeile %(line)s, Spalte %(column)s: %(text)s") % {"line": line, "column": column, "text": text}


def check(rows: Sequence[Row], known: Mapping[str, Capacity]) -> list[tuple[Capacity, Said]]:
    """Rows with their capacities. Raises FileError for what is unknown, stands twice or cannot be."""
    problems: list[str] = []
    found: dict[str, tuple[Capacity, Said]] = {}
    for row in rows:
        capacity = known.get(row.id)
        if capacity is None:
            problems.append(problem(row.line, "id", _("„%(value)s“ gehört nicht zu Ihnen.") % {"value": row.id[:40]}))
            continue
        if row.id in found:
            problems.append(problem(row.line, "id", _("„%(value)s“ steht zweimal.") % {"value": row.id}))
            continue
        found[row.id] = (capacity, row.said)
        total = capacity.total if row.said.total is None else row.said.total
        free = row.said.free or 0
        if total is not None and free > total:
            text = _("Es können nicht mehr Plätze frei sein, als es gibt.")
            problems.append(problem(row.line, "free", text))
        elif total is not None and free + capacity.held > total:
            text = _("So viele Plätze gibt es nicht: Einige sind gerade jemandem angeboten.")
            problems.append(problem(row.line, "free", text))
        if row.said.has_waiting_list and capacity.emergency:
            problems.append(problem(row.line, "waiting_list", _("Notplätze haben nie eine Warteliste.")))
    if problems:
        raise FileError(problems)
    return list(found.values())


def take(data: bytes, capacities: Sequence[Capacity], *, by: str, actor: Actor | None = None) -> int:
    """Take a whole file over or nothing of it. Returns how many were reported. Raises FileError."""
    rows = check(parse(data), {capacity.public_id: capacity for capacity in capacities})
    if not rows:
        raise FileError([_("In der Tabelle steht keine Zahl in der Spalte „free“.")])
    try:
        return telling.said_all(rows, by=by, channel="csv", actor=actor)
    except DomainError as error:  # somebody was offered a place between the check and now
        raise FileError([error.message]) from error


def shown(error: FileError) -> list[Any]:
    """The problems for a page, with what is left out counted."""
    more = len(error.problems) - MOST_SHOWN
    found: list[Any] = list(error.problems[:MOST_SHOWN])
    if more > 0:
        found.append(_("und %(n)s weitere Fehler") % {"n": more})
    return found
