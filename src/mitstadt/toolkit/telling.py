"""What other rooms hear of an entry: its searchable text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mitstadt.kit import cache
from mitstadt.search import actions as search
from mitstadt.search.registry import Source

if TYPE_CHECKING:
    from .models import Combination, Knowledge, Method


def index(entry: Method | Combination | Knowledge) -> None:
    """Make an entry findable as it is now, and forget what was read before."""
    search.index(entry.pk, entry.name, entry.search_text(), weight=40)
    cache.bump()


def arrived(entry: Method) -> None:
    """A method is in the catalogue: whoever suggested it hears of it, once."""
    from . import suggesting

    suggesting.arrived(entry)


def methods() -> Iterable[Source]:
    from .models import Method

    for entry in Method.objects.iterator():
        yield Source(entry.pk, entry.name, entry.search_text(), weight=40)


def combinations() -> Iterable[Source]:
    from .models import Combination

    for entry in Combination.objects.iterator():
        yield Source(entry.pk, entry.name, entry.search_text(), weight=40)


def knowledge() -> Iterable[Source]:
    from .models import Knowledge

    for entry in Knowledge.objects.iterator():
        yield Source(entry.pk, entry.name, entry.search_text(), weight=40)


def suggestions() -> Iterable[Source]:
    from .models import Suggestion

    for entry in Suggestion.objects.iterator():
        yield Source(entry.pk, entry.name, entry.text, weight=10)
