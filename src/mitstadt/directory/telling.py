"""What other rooms hear of an offer: its searchable text. A secret address is not in it: no place is kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mitstadt.search import actions as search
from mitstadt.search.registry import Source

if TYPE_CHECKING:
    from .models import Service


def source(service: Service, names: Iterable[str]) -> Source:
    """`names` are those of its topics."""
    entry = service.entry
    places = "\n".join(f"{place.name} {place.address}".strip() for place in entry.places)
    return Source(
        service.pk,
        service.name,
        "\n".join(filter(None, [entry.everything(), ", ".join(names), places])),
        state=entry.provider,
        weight=50,
    )


def index(service: Service) -> None:
    """Make an offer findable as it is now."""
    found = source(service, service.categories.values_list("name", flat=True))
    search.index_many([found])


def offers() -> Iterable[Source]:
    """All of them, for a rebuild."""
    from .models import Service

    for service in Service.objects.prefetch_related("categories").iterator(chunk_size=500):
        yield source(service, [category.name for category in service.categories.all()])
