"""The demo city inside a test database, loaded once for a module and rolled back after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from .routes import Route


@pytest.fixture(scope="module")
def demo_city(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Everything that `make run` loads. Tests of the module run in savepoints of this one transaction."""
    from mitstadt.project.demo import load

    with django_db_blocker.unblock(), override_settings(MITSTADT_DEMO=True):
        block = transaction.atomic()
        block.__enter__()
        try:
            load()
            yield
        finally:
            transaction.set_rollback(True)
            block.__exit__(None, None, None)


def sample_values() -> Callable[[Route, str], str | None]:
    """Values for the parameters of addresses, taken from what the demo city has."""
    from mitstadt.comments.models import Comment
    from mitstadt.radar.models import Measure
    from mitstadt.subjects.models import Subject

    measure = Measure.objects.filter(subject__published=True).select_related("subject").order_by("pk").first()
    assert measure is not None, "the demo city has no public measure"
    comment = Comment.objects.filter(subject__published=True, subject__restricted=False).order_by("pk").first()
    number, _, slug = measure.subject.path.rstrip("/").rpartition("/m-")[2].partition("-")
    example = Subject.objects.filter(kind="measure", published=True).order_by("pk").first()
    assert example is not None
    known = {
        "number": number,
        "measure": number,
        "slug": slug,
        "public_id": example.public_id,
        "subject": example.public_id,
        "suffix": "json",
        "token": "unbekannt",
        "code": "unbekannt",
        "key": "unbekannt",
        "uidb36": "a",
        "provider_id": "stadt",
        "pk": "1",
        "role": "burgerin",
        "topic": "alles",
    }

    def value(route: Route, name: str) -> str | None:
        if route.pattern.startswith("daten/"):
            return {"slug": "massnahmen", "suffix": "ttl" if "katalog" in route.pattern else "csv"}.get(name)
        if comment is not None and name == "public_id" and route.pattern.startswith(("kommentar/", "api/v1/comments")):
            return comment.subject.public_id
        return "1" if f"<int:{name}>" in route.pattern and name not in known else known.get(name)

    return value
