from __future__ import annotations

from typing import Any

import pytest

from mitstadt.kit.decision import YES
from mitstadt.subjects import kinds


def _can(actor: Any, verb: str, subject: Any, now: Any) -> Any:
    return YES


@pytest.fixture
def thing(subject_factory: Any) -> Any:
    """Something published that people rate."""
    try:
        kinds.get("rated")
    except KeyError:
        kinds.register(kinds.Kind(slug="rated", label="Ding", plural="Dinge", can=_can, verbs=frozenset({"rate"})))
    return subject_factory(kind="rated", title="Radweg an der Isar")
