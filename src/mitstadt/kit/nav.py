"""Navigation as a registry: each room says in its AppConfig.ready() where it stands, the base page draws it.

from mitstadt.kit import nav
nav.register(nav.NavItem("radar", _("Radar"), "radar:picture", order=20))
nav.register_footer(nav.NavItem("imprint", _("Impressum"), "/impressum/", order=10))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language

from . import languages
from .city import current


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry. `target` is a URL name or a German path (starts with ``/``, ``http`` or ``#``).

    `match` are German path prefixes under which the entry counts as the current one; without any, the entry's own path.
    """

    slug: str
    label: str | Promise
    target: str
    order: int = 100
    match: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A NavItem resolved for one page and language. `current` is ``page``, ``true`` (a page below it) or empty."""

    slug: str
    label: str
    href: str
    current: str


_unread: list[Callable[[int], int]] = []
_main: dict[str, NavItem] = {}
_footer: dict[str, NavItem] = {}


def register(item: NavItem) -> None:
    """Add or replace an entry of the main navigation."""
    _main[item.slug] = item


def register_footer(item: NavItem) -> None:
    """Add or replace an entry of the footer."""
    _footer[item.slug] = item


def register_unread(count: Callable[[int], int]) -> None:
    """A room above counts what an account (by its key) has not read yet; the header shows the sum."""
    if count not in _unread:
        _unread.append(count)


def unread(user_id: int) -> int:
    """What an account has not read yet. Asked once a page, and only for somebody signed in."""
    return sum(count(user_id) for count in _unread)


def easy() -> Entry | None:
    """The footer's entry "easy": the texts in easy language, which the header offers beside the languages."""
    return next(iter(_resolve([i for i in _footer.values() if i.slug == "easy"], "")), None)


def main(path: str = "") -> list[Entry]:
    """The main navigation in the active language; `path` is the path of the page being shown."""
    hidden = current().hidden_navigation
    return _resolve([item for item in _main.values() if item.slug not in hidden], path)


def footer(path: str = "") -> list[Entry]:
    """The footer's entries in the active language."""
    return _resolve(_footer.values(), path)


def _resolve(items: Iterable[NavItem], path: str) -> list[Entry]:
    language = get_language() or ""
    here = languages.german_path(path)
    entries = []
    for item in sorted(items, key=lambda i: (i.order, i.slug)):
        href = href_of(item.target, language)
        if href is None:
            continue  # the room is not part of this installation
        own = languages.german_path(href)
        current = ""
        if here:
            if here == own:
                current = "page"
            elif any(here.startswith(prefix) for prefix in item.match or ((own,) if own != "/" else ())):
                current = "true"
        entries.append(Entry(item.slug, str(item.label), href, current))
    return entries


def href_of(target: str, language: str, **kwargs: Any) -> str | None:
    """The address of a URL name or German path in `language`, None where no room answers to that name."""
    if target.startswith("/"):
        return languages.path_in(target, language)
    if target.startswith(("http:", "https:", "#", "mailto:")):
        return target
    try:
        return reverse(target, kwargs=kwargs or None)
    except NoReverseMatch:
        return None
