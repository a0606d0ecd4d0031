"""A table as CSV: separator ; or , or tab, with or without byte order mark."""

from __future__ import annotations

from django.utils.translation import gettext

from mitstadt.kit import tables

from .limits import MAX_MEASURES
from .shape import Raw


def read(data: bytes) -> Raw:
    """Raises UnreadableError."""
    table = tables.read_csv(data, MAX_MEASURES, too_many())
    return Raw("csv", table.headings, table.rows)


def too_many() -> str:
    return gettext("Die Tabelle hat mehr als %(most)s Zeilen; so viele Maßnahmen hat keine Strategie.") % {
        "most": MAX_MEASURES
    }
