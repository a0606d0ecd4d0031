"""Whatever a test does, the copies that a search reads agree with the offers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from mitstadt.directory import copies
from mitstadt.directory.importing import shipped
from mitstadt.directory.models import Service, ServiceAt

from . import factories
from .probe import MAPPING


@pytest.fixture
def staff(db, editor, actor_of):
    """An editor, who has saved the mapping of `probe`."""
    factories.everyday()
    actor = actor_of(editor)
    shipped.save(actor, "probe", MAPPING)
    return actor


@pytest.fixture(autouse=True)
def copies_agree(request: Any) -> Iterator[None]:
    uses = {"db", "transactional_db"} & set(request.fixturenames) or request.node.get_closest_marker("django_db")
    if uses:
        request.getfixturevalue("transactional_db" if "transactional_db" in request.fixturenames else "db")
    yield
    if not uses or connection.needs_rollback:
        return
    listed = set(Service.objects.filter(copies.LISTED).values_list("pk", flat=True))
    for row in ServiceAt.objects.select_related("service"):
        assert row.listed is (row.service_id in listed), row.service
        assert [getattr(row, f) for f in copies.FIELDS] == [getattr(row.service, f) for f in copies.FIELDS], row.service
