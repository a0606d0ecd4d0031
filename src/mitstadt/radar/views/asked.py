"""What every page of the radar starts with: the selection in the address and the snapshot it is about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from mitstadt.kit import past
from mitstadt.kit.past import asked_day
from mitstadt.radar import listing, snapshot
from mitstadt.radar.layout import horizon
from mitstadt.radar.layout.horizon import Horizon
from mitstadt.radar.listing import Problem, Result, Selection
from mitstadt.radar.models import Revision
from mitstadt.radar.rows import MeasureRow
from mitstadt.radar.snapshot import Snapshot


@dataclass(slots=True)
class Asked:
    selection: Selection
    snapshot: Snapshot
    problems: list[Problem]

    @property
    def result(self) -> Result:
        return listing.run(self.selection, self.snapshot)

    @property
    def shown(self) -> set[int] | None:
        """Numbers that pass the filters; None without filters."""
        return {row.number for row in self.result.matches} if self.selection.is_filtered else None

    @property
    def rows(self) -> dict[int, MeasureRow]:
        kept: dict[int, MeasureRow] | None = self.snapshot.memo.get("rows")
        if kept is None:
            kept = self.snapshot.remember("rows", {row.number: row for row in self.snapshot.rows})
        return kept

    @property
    def chosen(self) -> MeasureRow | None:
        return self.rows.get(self.selection.chosen) if self.selection.chosen else None

    def horizon(self, scale: int = 1) -> Horizon:
        """The large picture's layout; kept with the snapshot, because filters do not move anything."""
        key = ("horizon", self.selection.by, self.selection.rings, scale)
        kept: Horizon | None = self.snapshot.memo.get(key)
        if kept is None:
            a = listing.arrangement(self.selection, self.snapshot)
            made = horizon.lay_out(a.items, a.sectors, a.rings, a.grid, more_text=_("+{} weitere"), scale=scale)
            kept = self.snapshot.remember(key, made)
        return kept


def ask(request: HttpRequest) -> Asked:
    """Never raises for anything a person may type; what was not understood stands in `problems`."""
    day, message = asked_day(request)
    if day == past.today():
        day = None
    query: Any = request.GET
    selection, problems = listing.parse(query, day)
    if message:
        problems.append(Problem("stand", query.get("stand", "")[:60], message))
    try:
        found = snapshot.current(selection.day, selection.revision or None)
    except Revision.DoesNotExist:
        problems.append(
            Problem(
                "fortschreibung",
                selection.revision,
                _("Die Fortschreibung „%(code)s“ gibt es nicht. Gezeigt wird heute.") % {"code": selection.revision},
            )
        )
        selection = replace(selection, revision="")
        found = snapshot.current()
    selection, more = listing.check(selection, found)
    return Asked(selection, found, problems + more)
