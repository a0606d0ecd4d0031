from __future__ import annotations

from typing import Any

import pytest

from .factories import CLOSED, DEPARTMENT, test_kind


@pytest.fixture
def thing(subject_factory: Any, settings: Any) -> Any:
    """Something published that people talk about; nobody's answers are limited in speed."""
    settings.MITSTADT_COMMENT_RATES = ()
    return subject_factory(kind=test_kind(), title="Radweg an der Isar")


@pytest.fixture
def owned(thing: Any, department: Any) -> Any:
    """The same, with the department RIT owing the answers."""
    DEPARTMENT["id"] = department("RIT").pk
    return thing


@pytest.fixture(autouse=True)
def _open_again() -> Any:
    yield
    DEPARTMENT["id"], CLOSED["reason"] = None, ""
