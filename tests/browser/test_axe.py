"""Accessibility of every page, once per address: axe's WCAG 2.2 A and AA rules find nothing.

`make audit` walks the same pages in every theme, mode, width and language.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import axe, walks

pytestmark = [pytest.mark.django_db(transaction=True)]
PATIENCE = 120_000  # milliseconds: machines that test are busy


def faults(new_live_page: Any, browser_sign_in: Any, watch: Any, addresses: walks.Addresses) -> dict[str, list[str]]:
    page, present, found = None, object(), {}
    for person, address in addresses:
        if page is None or person != present:
            page, present = new_live_page(), person
            page.set_default_timeout(PATIENCE)
            axe.equip(page.context)
            if person is not None:
                browser_sign_in(page, person)
        page.goto(address)
        if problems := axe.faults(page, address) + watch.take():
            found[address] = problems
    return found


@pytest.mark.parametrize("people", ["visitors", "citizens", "staff"])
def test_every_page(
    people: str, live_demo_city: None, live_server: Any, new_live_page: Any, browser_sign_in: Any, watch: Any
) -> None:
    addresses = getattr(walks, people)()
    assert len(addresses) > {"visitors": 30, "citizens": 8, "staff": 30}[people]
    assert faults(new_live_page, browser_sign_in, watch, addresses) == {}
