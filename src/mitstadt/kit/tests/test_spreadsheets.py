"""Cells for files that people open: no formulas, and nothing that a workbook cannot hold."""

from __future__ import annotations

import io

import openpyxl
import pytest

from mitstadt.kit.spreadsheets import cell


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("=1+1", "'=1+1"), ("@x", "'@x"), ("a\x0bb\x00c\x1f", "abc"), ("\x01=1+1", "'=1+1"),
        ("a\tb\nc", "a\tb\nc"), (-5, "-5"),
    ],
)  # fmt: skip
def test_a_cell_is_text_that_any_program_reads(given, shown):
    assert cell(given) == shown
    book = openpyxl.Workbook()
    book.active.append([cell(given)])  # raises for signs that a workbook cannot hold
    book.save(io.BytesIO())
