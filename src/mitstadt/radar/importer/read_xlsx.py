"""A table as an Excel workbook: the sheet "Maßnahmen", else the first one."""

from __future__ import annotations

from mitstadt.kit import tables
from mitstadt.kit.tables import Formula

from .limits import MAX_MEASURES
from .read_csv import too_many
from .shape import Raw

SHEETS = ("maßnahmen", "massnahmen", "measures")

__all__ = ["Formula", "read"]


def read(data: bytes) -> Raw:
    """Raises UnreadableError."""
    table = tables.read_xlsx(data, MAX_MEASURES, too_many(), SHEETS)
    return Raw("xlsx", table.headings, table.rows)
