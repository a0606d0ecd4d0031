"""Every address of the house, and an example of each in the demo city."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

BACK_OFFICE = "verwaltung/"


@dataclass(frozen=True)
class Route:
    """`pattern` as written in urls.py, `module` of the view. `ours` means that a room of the house answers it."""

    pattern: str
    module: str

    @property
    def ours(self) -> bool:
        return self.module.startswith("mitstadt.")

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"<(?:\w+:)?(\w+)>", self.pattern)


def routes() -> list[Route]:
    """Sorted and without doubles; the language prefix is left out (German has none)."""
    found = {Route(pattern, module) for pattern, module in _walk(get_resolver(), "")}
    return sorted(found, key=lambda route: route.pattern)


def _walk(resolver: Any, prefix: str) -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, pattern)
        elif isinstance(entry, URLPattern):
            view = entry.callback
            view = getattr(view, "view_class", getattr(view, "__wrapped__", view))
            yield pattern, getattr(view, "__module__", "")


def fill(route: Route, values: Callable[[Route, str], str | None]) -> str | None:
    """The address with `values(route, name)` for each parameter, None if one has no value."""
    address = route.pattern
    if address.endswith("^((?:[\\w\\-]+/)*)$"):  # Wagtail's pages
        return "/aktuelles/"
    address = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<\1>", address)
    address = address.replace("^", "").replace("$", "").replace("\\.", ".").replace("\\Z", "")
    for name in dict.fromkeys(re.findall(r"<(?:\w+:)?(\w+)>", address)):
        value = values(route, name)
        if value is None:
            return None
        address = re.sub(rf"<(?:\w+:)?{name}>", value, address)
    return "/" + address
