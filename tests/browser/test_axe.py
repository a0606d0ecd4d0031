"""Accessibility of every page, once per address: axe's WCAG 2.2 A and AA rules find nothing.

`make audit` walks the same pages in every theme, mode, width and language.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import override_settings

from tests.support.city import sample_values
from tests.support.people import make_user
from tests.support.routes import BACK_OFFICE, fill, routes

pytestmark = [pytest.mark.django_db(transaction=True)]

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
NOT_PAGES = ("api/", "gesundheit/", "dokumente/", "_util/", "feeds/")
FRAGMENTS = ("radar/karte/", "suche/vorschlaege/")  # parts that a script puts into a page


def pages(client) -> list[str]:
    """Addresses that answer this client with an HTML page."""
    values = sample_values()
    found = []
    for route in routes():
        if route.pattern.startswith((BACK_OFFICE, *NOT_PAGES, *FRAGMENTS)):
            continue
        address = fill(route, values)
        assert address is not None, route.pattern
        response = client.get(address)
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            found.append(address)
    return found


def faults(page, base: str, addresses: list[str]) -> dict[str, list[str]]:
    axe, found = Axe(), {}
    for address in addresses:
        page.goto(base + address)
        violations = axe.run(page, options=RULES).response["violations"]
        if violations:
            found[address] = [f"{v['id']}: {v['nodes'][0]['target']} ({len(v['nodes'])}×)" for v in violations]
    return found


@pytest.fixture
def loaded_city():
    from mitstadt.project.demo import load

    with override_settings(MITSTADT_DEMO=True):
        load()
        yield


def test_visitors_pages(loaded_city, live_server, live_page, client):
    addresses = pages(client)
    assert len(addresses) > 25
    assert faults(live_page, live_server.url, addresses) == {}


def test_the_account_of_a_citizen(loaded_city, live_server, live_page, client_for, browser_sign_in):
    dora = make_user("dora")
    browser_sign_in(live_page, dora)
    addresses = [address for address in pages(client_for(dora)) if address.startswith("/konto/")]
    addresses = [address for address in addresses if "logout" not in address]
    assert len(addresses) > 8
    assert faults(live_page, live_server.url, addresses) == {}
