"""A table by address: the same columns as a provider's upload; the row of this capacity, or the only one."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from mitstadt.capacity import files

from . import Reading, UnreadableError


def read(content: bytes, capacity_id: str, now: datetime) -> Reading:
    """Raises UnreadableError for a table that cannot be read, and where the row is missing or stands twice."""
    try:
        rows = files.parse(content)
    except files.FileError as error:
        raise UnreadableError(error.problems[0]) from error
    own = [row for row in rows if row.id == capacity_id] or ([rows[0]] if len(rows) == 1 and not rows[0].id else [])
    if len(own) != 1:
        raise UnreadableError(_("In der Tabelle steht nicht genau eine Zeile für diesen Platz."))
    said = own[0].said
    assert said.free is not None
    return Reading(said.free, said.total, said.free_from, said.has_waiting_list)
