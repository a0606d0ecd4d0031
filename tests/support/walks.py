"""The pages of the demo city as three kinds of people meet them, for walks that look at every one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.test import Client
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.models import Page, get_page_models
from wagtail.snippets.models import get_snippet_models
from wagtail.users.models import UserProfile

from .city import sample_values
from .people import make_staff, make_user, sign_in
from .routes import BACK_OFFICE, Route, fill, routes

NOT_PAGES = ("api/", "gesundheit/", "dokumente/", "_util/", "feeds/")
FRAGMENTS = ("radar/karte/", "suche/vorschlaege/")  # parts that a script puts into a page
ENDS_THE_VISIT = ("logout",)
# of the people who work for the city, the first who gets a page looks at it
STAFF = ("administrator", "coordinator", "editor", "moderator")

Addresses = list[tuple[Any, str]]  # who (None: a passer-by) opens what


def visitors() -> Addresses:
    values = sample_values()
    return [(None, at) for at in _pages(Client(), values, lambda route: not route.pattern.startswith(BACK_OFFICE))]


def citizens() -> Addresses:
    """The account of somebody who has one."""
    dora = make_user("dora")
    pages = _pages(sign_in(Client(), dora), sample_values(), lambda route: route.pattern.startswith("konto/"))
    return [(dora, address) for address in pages]


def staff() -> Addresses:
    """The back office: the house's own screens, Wagtail's that need no example, and a form of every kind of thing."""
    found: dict[str, Any] = {}
    values = sample_values()
    for role in STAFF:
        person = make_staff(f"walking_{role}", role)
        client = sign_in(Client(), person)
        for address in [*_pages(client, values, _is_screen), *_forms(client, person)]:
            found.setdefault(address, person)
    return [(person, address) for address, person in found.items()]


def _is_screen(route: Route) -> bool:
    return route.pattern.startswith(BACK_OFFICE) and (route.ours or not route.parameters)


def _forms(client: Client, person: Any) -> Iterator[str]:
    """The form of the first thing of every kind that `person` may edit."""
    finder = AdminURLFinder(person)
    for model in [*get_snippet_models(), *get_page_models()]:
        things = model.objects.order_by("pk")
        if issubclass(model, Page):
            things = things.filter(alias_of=None)  # the copy of a page in another language has no form
        thing = things.first()
        address = finder.get_edit_url(thing) if thing is not None else None
        if address and _is_page(client.get(address)):
            yield address


def _pages(
    client: Client, values: Callable[[Route, str], str | None], wanted: Callable[[Route], bool]
) -> Iterator[str]:
    """Addresses that answer this client with an HTML page."""
    client.raise_request_exception = False
    for route in routes():
        if route.pattern.startswith((*NOT_PAGES, *FRAGMENTS)) or not wanted(route):
            continue
        address = fill(route, values)
        assert address is not None, route.pattern
        if not any(word in address for word in ENDS_THE_VISIT) and _is_page(client.get(address)):
            yield address


def _is_page(response: Any) -> bool:
    """Not a redirect, a file, or a part that a script puts into a page. A page that breaks is a fault, not a page."""
    path = response.request["PATH_INFO"]
    assert response.status_code < 500 or path.endswith("/failwhale/"), path  # Wagtail's example of one that breaks
    if response.status_code != 200 or not response["Content-Type"].startswith("text/html"):
        return False
    return b"<html" in b"".join(response) if response.streaming else b"<html" in response.content


def in_english(addresses: Addresses) -> Addresses:
    """The same pages in English, as far as there are any; the back office asks the person instead."""
    found = []
    for person, address in addresses:
        if address.startswith(f"/{BACK_OFFICE}"):
            UserProfile.objects.update_or_create(user=person, defaults={"preferred_language": "en"})
            found.append((person, address))
            continue
        client = sign_in(Client(), person) if person else Client()
        if client.get(f"/en{address}").status_code == 200:
            found.append((person, f"/en{address}"))
    return found
