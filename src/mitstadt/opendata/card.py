"""What travels with every file, so that it explains itself."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from mitstadt.kit import clock
from mitstadt.kit.city import current
from mitstadt.kit.datasets import Dataset


def about(dataset: Dataset) -> dict[str, Any]:
    """What travels with every JSON file: title, licence, publisher, moment, meaning of the columns."""
    return {
        "title": str(dataset.title),
        "description": str(dataset.description),
        "publisher": current().name,
        "licence": current().licence.name,
        "licence_url": current().licence.url,
        "as_of": clock.now(),
        "example_data": settings.MITSTADT_DEMO,
        "columns": [{"name": c.name, "kind": c.kind, "meaning": str(c.meaning)} for c in dataset.columns],
    }
