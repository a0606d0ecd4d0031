"""The rows of a list: what they may hold, everything that is wrong with them, and entering one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mitstadt.accounts.actor import Actor
from mitstadt.comments.actions.writing import checked_name, checked_side
from mitstadt.comments.forms import side_field
from mitstadt.comments.models import Channel, Comment
from mitstadt.kit import clock, tables
from mitstadt.kit.errors import DomainError
from mitstadt.participation import access, queries, registry
from mitstadt.participation.actions import codes, contributions
from mitstadt.participation.models import Batch, Contribution, Entered, Module, PrintedSheet

from . import actions, sheetcodes

SHEET, CODE, OWN_ID, REPLY, DAY, CHANNEL = "sheet", "access_code", "id", "reply_to", "said_on", "channel"
# The field that an action names where it is called otherwise in a row.
_FIELDS = {"code": CODE, "held_on": DAY}
MOST_IN_ONE_QUERY = 500


class ReplyForm(forms.Form):
    """A row that answers another one, whatever the format. Its heading, if it has one, begins its text."""

    title = forms.CharField(max_length=contributions.TITLE_LIMIT, required=False)
    text = forms.CharField(widget=forms.Textarea)
    name = forms.CharField(max_length=60, required=False)
    side = side_field()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("title") and data.get("text"):
            data["text"] = f"{data['title']}\n\n{data['text']}"
        return data


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell: the line of the file, the field and the heading of its column, what stands there."""

    line: int
    label: str
    value: str
    message: str
    column: str = ""


@dataclass(slots=True)
class Row:
    """One row that can be entered. `typed` is {field: text}; `answers` the place of the row that it answers among those
    of `Checked.rows`, `answers_id` the public id of what stands here already."""

    line: int
    typed: dict[str, str]
    channel: str
    held_on: date | None
    answers: int | None = None
    answers_id: str = ""

    @property
    def is_reply(self) -> bool:
        return self.answers is not None or bool(self.answers_id)


@dataclass(slots=True)
class Checked:
    """`rows` without a problem, each after the one it answers; `hints` are sentences about the whole list."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)


def form_of(module: Module) -> type[forms.Form]:
    entry = registry.get(module.format).entry
    assert entry is not None
    return entry.row_form(module)


def fields_of(module: Module) -> dict[str, str]:
    """What a row may hold: name of the field → its label."""
    entry = registry.get(module.format).entry
    assert entry is not None
    labels = {name: str(one.label or name) for name, one in form_of(module)().fields.items()}
    replies = {} if entry.sheets else {OWN_ID: _("Kennung in der Datei"), REPLY: _("Antwort auf (Kennung)")}
    more = {DAY: _("Wann es gesagt oder geschrieben wurde"), CHANNEL: _("Auf welchem Weg")}
    return {**labels, SHEET: _("Nummer des Blatts oder Anrufs"), CODE: _("Code aus dem Brief"), **replies, **more}


def day_of(text: str) -> date:
    """The day of a date or moment: ISO 8601, ``12.5.2026``, seconds or milliseconds since 1970. Raises ValueError."""
    text = text.strip()
    if re.fullmatch(r"\d{9,10}|\d{12,13}", text):
        seconds = int(text) / (1000 if len(text) > 10 else 1)
        return timezone.localtime(datetime.fromtimestamp(seconds, UTC)).date()
    if german := re.match(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:\D|$)", text):
        day, month, year = map(int, german.groups())
        return date(year, month, day)
    moment = datetime.fromisoformat(text)
    return (timezone.localtime(moment) if timezone.is_aware(moment) else moment).date()


def check(actor: Actor, module: Module, table: tables.Table, columns: Mapping[str, str], channel: str) -> Checked:
    """Look at every cell of every row; writes nothing. `columns` is {field: heading}, `channel` counts where a row
    names none. The number of queries grows by one with 500 codes, sheets or unknown ids, not with the rows."""
    return _Check(actor, module, table, columns, channel).run()


class _Check:
    def __init__(
        self, actor: Actor, module: Module, table: tables.Table, columns: Mapping[str, str], channel: str
    ) -> None:
        self.actor, self.module, self.table, self.columns, self.channel = actor, module, table, columns, channel
        self.labels = fields_of(module)
        self.form_class = form_of(module)
        self.rows: list[Row] = []
        self.wrong: set[int] = set()
        self.problems: list[Problem] = []
        self.came_online = 0
        words = {str(one.label).casefold().split()[-1]: one.value for one in Channel}
        self.ways = words | {one.value: one.value for one in Channel}

    def run(self) -> Checked:
        for line, cells in self.table.rows:
            self.rows.append(self._row(line, cells))
            self._plain(len(self.rows) - 1, cells)
        self._sheets()
        self._codes()
        order = self._replies() if REPLY in self.columns else range(len(self.rows))
        hints = self._hints()
        return Checked(self._entered_in(order), sorted(self.problems, key=lambda one: one.line), hints)

    def note(self, index: int, name: str, message: str) -> None:
        row, name = self.rows[index], _FIELDS.get(name, name)
        self.wrong.add(index)
        self.problems.append(problem(row, name, message, self.labels, self.columns))

    def _row(self, line: int, cells: Mapping[str, Any]) -> Row:
        found = {name: cells.get(heading) for name, heading in self.columns.items()}
        return Row(line, {name: "" if cell is None else str(cell) for name, cell in found.items()}, self.channel, None)

    def _plain(self, index: int, cells: Mapping[str, Any]) -> None:
        """What one row says without the others."""
        row = self.rows[index]
        computed = [name for name, heading in self.columns.items() if isinstance(cells.get(heading), tables.Formula)]
        for name in computed:
            self.note(index, name, _("Hier steht eine Formel. Bitte ersetzen Sie sie durch ihren Wert."))
        if computed:
            return
        self._when_and_how(index, row)
        is_reply = bool(self._text(row, REPLY))
        form = (ReplyForm if is_reply else self.form_class)(row.typed)
        if not form.is_valid():
            for name, messages in form.errors.items():
                self.note(index, name, str(messages[0]))
        data = form.cleaned_data
        for name in ("name", "text", "side"):
            try:
                if data.get(name):
                    self._said(name, data[name], is_reply)
            except DomainError as error:
                self.note(index, error.field or name, error.message)

    def _said(self, name: str, said: str, is_reply: bool) -> None:
        """What every action says of these, without writing. Raises DomainError."""
        if name == "name":
            checked_name(said)
        elif name == "text":
            contributions.checked("", said, needs_title=False)
        elif is_reply:
            checked_side(said, self.module.subject, Comment())

    def _when_and_how(self, index: int, row: Row) -> None:
        if day := self._text(row, DAY):
            try:
                row.held_on = day_of(day)
                actions.check_day(row.held_on)
            except (ValueError, OverflowError, OSError):
                self.note(index, DAY, _("Das ist kein Tag. Lesbar sind zum Beispiel 2026-05-12 und 12.05.2026."))
            except DomainError as error:
                self.note(index, DAY, error.message)
        if way := self._text(row, CHANNEL).casefold():
            found = self.ways.get(way.split()[-1], "")  # "auf Papier" and "Papier"
            if found == Channel.ONLINE:
                self.came_online += 1  # only people themselves write online
                return
            try:
                actions.check_channel(self.module, found)
                row.channel = found
            except DomainError as error:
                self.note(index, CHANNEL, error.message)

    @staticmethod
    def _text(row: Row, name: str) -> str:
        return " ".join(row.typed.get(name, "").split())

    # -- what rows say together ------------------------------------------------------------------------------
    def _sheets(self) -> None:
        """A printed form is entered once, and into its module."""
        where: dict[str, list[int]] = {}
        for index, row in enumerate(self.rows):
            if sheet := sheetcodes.tidy(row.typed.get(SHEET, ""))[:40]:
                where.setdefault(sheet, []).append(index)
        for sheet in [sheet for sheet in where if sheetcodes.is_mistyped(sheet)]:
            for index in where.pop(sheet):
                message = _("Diese Nummer ist vertippt. Bitte vergleichen Sie sie mit dem Bogen.")
                self.note(index, SHEET, message)
        for part in _parts(where):
            printed = PrintedSheet.objects.filter(code__in=part).values_list("code", "module_id", "used_at")
            for code, module_id, used_at in printed:
                if module_id != self.module.pk:
                    late, message = where[code], _("Dieser Bogen gehört zu einem anderen Modul.")
                else:
                    late = where[code] if used_at else where[code][1:]
                    message = _("Dieser Bogen ist schon eingetragen.")
                for index in late:
                    self.note(index, SHEET, message)

    def _codes(self) -> None:
        typed = {index: code for index, row in enumerate(self.rows) if (code := row.typed.get(CODE, "").strip())}
        valid = codes.valid_among(set(typed.values()), self.module.process) if typed else set()
        for index, code in typed.items():
            if code not in valid:
                message = _("Dieser Code ist hier nicht gültig. Bitte vergleichen Sie ihn mit dem Brief.")
                self.note(index, CODE, message)

    def _replies(self) -> list[int]:
        """Find what each reply answers; the rows in the order in which they can be entered."""
        ids: dict[str, int] = {}
        for index, row in enumerate(self.rows):
            own = self._text(row, OWN_ID)
            if own and ids.setdefault(own, index) != index:
                line = self.rows[ids[own]].line
                self.note(index, OWN_ID, _("Diese Kennung steht schon in Zeile %(line)s.") % {"line": line})
        asked = {index: wanted for index, row in enumerate(self.rows) if (wanted := self._text(row, REPLY))}
        if not asked:
            return list(range(len(self.rows)))
        may = access.can_for_others(self.actor, "comment", self.module, clock.now(), self.channel)
        here = self._standing_here({wanted for wanted in asked.values() if wanted not in ids})
        for index, wanted in asked.items():
            if not may:
                self.note(index, REPLY, may.reason)
            elif wanted in ids:
                self.rows[index].answers = ids[wanted]
            elif wanted in here:
                self.rows[index].answers_id = wanted
            else:
                message = _("Diese Kennung steht in keiner Zeile der Datei und gehört zu keinem Beitrag dieses Moduls.")
                self.note(index, REPLY, message)
        depth = self._depths()
        for index in sorted(set(range(len(self.rows))) - set(depth)):
            self.note(index, REPLY, _("Diese Antworten antworten im Kreis auf sich selbst."))
        return sorted(depth, key=lambda index: (depth[index], index))

    def _standing_here(self, wanted: Iterable[str]) -> set[str]:
        found: set[str] = set()
        for part in _parts([one for one in wanted if len(one) <= 16]):
            rows = queries.public_contributions().filter(module=self.module, subject__public_id__in=part)
            found.update(rows.filter(merged_into=None).values_list("subject__public_id", flat=True))
        return found

    def _depths(self) -> dict[int, int]:
        """How many rows stand above each; those that answer in a circle are not in it."""
        below: dict[int, list[int]] = {}
        level = []
        for index, row in enumerate(self.rows):
            if row.answers is None:
                level.append(index)
            else:
                below.setdefault(row.answers, []).append(index)
        depth: dict[int, int] = {}
        number = 0
        while level:
            depth.update(dict.fromkeys(level, number))
            level = [index for above in level for index in below.get(above, ())]
            number += 1
        return depth

    def _entered_in(self, order: Iterable[int]) -> list[Row]:
        """Without what is wrong, and what answers that."""
        places: dict[int, int] = {}
        good: list[Row] = []
        for index in order:
            row = self.rows[index]
            if index in self.wrong or (row.answers is not None and row.answers not in places):
                continue
            if row.answers is not None:
                row.answers = places[row.answers]
            places[index] = len(good)
            good.append(row)
        return good

    def _hints(self) -> list[str]:
        hints = []
        if unused := [name for name in self.table.headings if name and name not in self.columns.values()]:
            hints.append(_("Nicht übernommen werden die Spalten: %(names)s.") % {"names": ", ".join(unused)})
        if self.came_online:
            said = ngettext(
                "%(n)s Zeile kam anderswo online. Sie zählt hier als: %(channel)s.",
                "%(n)s Zeilen kamen anderswo online. Sie zählen hier als: %(channel)s.",
                self.came_online,
            )
            hints.append(said % {"n": self.came_online, "channel": Channel(self.channel).label})
        if deep := sum(1 for row in self.rows if row.answers is not None and self.rows[row.answers].is_reply):
            said = ngettext(
                "%(n)s Antwort auf eine Antwort steht mit ihr im selben Faden.",
                "%(n)s Antworten auf Antworten stehen mit ihnen im selben Faden.",
                deep,
            )
            hints.append(said % {"n": deep})
        return hints


def _parts(items: Iterable[str]) -> Iterable[Sequence[str]]:
    found = list(items)
    return [found[start : start + MOST_IN_ONE_QUERY] for start in range(0, len(found), MOST_IN_ONE_QUERY)]


def standing(public_ids: Iterable[str]) -> dict[str, Contribution]:
    """Contributions that stand here and can be answered, by public id; one query for 500."""
    found: dict[str, Contribution] = {}
    for part in _parts(set(public_ids)):
        rows = Contribution.objects.select_related("subject", *actions.ANSWERED).filter(subject__public_id__in=part)
        found.update({one.subject.public_id: one for one in rows})
    return found


def problem(row: Row, name: str, message: str, labels: Mapping[str, str], columns: Mapping[str, str]) -> Problem:
    name = _FIELDS.get(name, name)
    return Problem(row.line, labels.get(name, ""), row.typed.get(name, "")[:80], message, columns.get(name, ""))


def enter(
    actor: Actor,
    batch: Batch,
    row: Row,
    form_class: type[forms.Form],
    answers: Contribution | None = None,
    *,
    key: str = "",
) -> Entered:
    """Write one checked row. `answers` is what it answers, loaded with `actions.ANSWERED`; the same `key` gives the
    same entry. Raises what `actions.enter` raises, and DomainError (field ``reply_to``) when nothing is there."""
    if row.is_reply and answers is None:
        raise DomainError(_("Was diese Zeile beantwortet, gibt es hier nicht."), field=REPLY)
    form = (ReplyForm if row.is_reply else form_class)(row.typed)
    if not form.is_valid():
        name, messages = next(iter(form.errors.items()))
        raise DomainError(str(messages[0]), field=name)
    return actions.enter(
        actor,
        batch,
        form.cleaned_data,
        sheet=row.typed.get(SHEET, ""),
        code=row.typed.get(CODE, "").strip(),
        key=key,
        channel=row.channel,
        held_on=row.held_on,
        answers=answers,
    )
