"""Dora looks for care for a weekend and an appointment for herself, on a phone, without an account; the provider
answers from a mail and from its page; a case worker asks for somebody under a reference."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from mitstadt.capacity import links
from mitstadt.capacity.models import Ask, Booking, Capacity
from mitstadt.capacity.tests import factories
from mitstadt.directory import reminding
from mitstadt.directory.models import Provider
from mitstadt.kit import clock
from mitstadt.search import actions as search

pytestmark = pytest.mark.browser


@pytest.fixture
def offers(city: Any) -> dict[str, Any]:
    """Two houses with short-term care, and a debt advice with appointments."""
    factories.directory.everyday()
    houses = []
    for name in ("Haus Linde", "Haus Birke"):
        service = factories.offer(name, f"{name} gGmbH", categories=("pflege",), lead="Kurzzeitpflege am Wochenende.")
        houses.append(factories.capacity("Kurzzeitpflege", service, free=1, updated_at=clock.now()))
    advice = factories.offer("Schuldnerhilfe", "Klar e.V.", categories=("schulden",))
    slot = factories.slot(factories.capacity("Erstes Gespräch", advice, kind="appointment", way="book", total=None))
    search.fold()
    return {"houses": houses, "advice": advice, "slot": slot}


def test_dora_asks_two_houses_and_books_an_appointment_on_a_small_phone(
    offers: dict[str, Any], alice: Any, visit: Any, new_live_page: Any
) -> None:
    factories.member(alice, offers["houses"][0].service)
    page = new_live_page(viewport={"width": 320, "height": 640})
    page.goto("/angebote/")
    page.get_by_role("searchbox").first.fill("Wer pflegt meine Mutter im Urlaub?")
    page.get_by_role("button", name="Suchen").first.click()
    expect(page.get_by_role("link", name="Haus Linde").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320

    page.goto("/plaetze/?art=nursing")
    for name in ("Haus Linde", "Haus Birke"):
        page.get_by_role("checkbox", name=re.compile(name)).check()
    page.get_by_role("button", name="Die Angekreuzten anfragen").click()
    page.get_by_role("textbox", name=re.compile("Worum geht es")).fill("Meine Mutter, 84, ein Wochenende.")
    page.get_by_role("spinbutton", name=re.compile("Haus Linde")).fill("1")
    page.get_by_role("spinbutton", name=re.compile("Haus Birke")).fill("2")
    page.get_by_role("button", name="Anfrage senden").click()
    expect(page.get_by_text("Der erste Anbieter ist gefragt")).to_be_visible()
    mine = page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= 320

    provider = visit(alice)
    provider.goto("/plaetze/anbieter/")
    provider.get_by_role("link", name=Ask.objects.get(state="asked").enquiry.seeker.reference).click()
    expect(provider.get_by_text("Meine Mutter, 84")).to_be_visible()
    provider.get_by_role("button", name="Ja, wir haben einen Platz").click()
    expect(provider.get_by_text("Ihre Antwort ist unterwegs")).to_be_visible()

    page.goto(mine)
    page.get_by_role("button", name="Platz nehmen").click()
    expect(page.get_by_text("Angenommen. Der Anbieter meldet sich")).to_be_visible()
    expect(page.get_by_text("Anfrage gelesen").first).to_be_visible()

    page.goto(offers["slot"].capacity.get_absolute_url())
    page.get_by_role("link", name="Termin buchen").click()
    page.get_by_role("radio").first.check(force=True)
    page.get_by_role("button", name="Verbindlich buchen").click()
    expect(page.get_by_role("button", name="Absagen")).to_be_visible()
    assert Booking.objects.get().state == "booked"


def test_a_provider_confirms_and_reports_by_links_from_mails(offers: dict[str, Any], new_live_page: Any) -> None:
    service = offers["houses"][0].service
    factories.directory.put(service, confirmed_on=None)
    page = new_live_page()
    page.goto(f"/angebote/bestaetigen/{reminding.token(service)}/")
    page.get_by_role("button", name="Ja, alles stimmt noch").click()
    expect(page.get_by_role("heading", name="Danke, bestätigt")).to_be_visible()
    page.goto(f"/plaetze/melden/{links.token(offers['houses'][0])}/")
    page.get_by_role("button", name="3 frei").click()
    expect(page.get_by_role("heading", name="Danke, gemeldet")).to_be_visible()
    assert Capacity.objects.get(pk=offers["houses"][0].pk).free == 3


def test_a_case_worker_asks_with_consent_and_sees_only_the_state(offers: dict[str, Any], bob: Any, visit: Any) -> None:
    factories.member(bob, offers["advice"])
    assert Provider.objects.get(pk=offers["advice"].provider_id).verified_at is not None
    page = visit(bob)
    page.goto(f"/plaetze/vermitteln/?k={offers['houses'][0].public_id}")
    page.get_by_role("textbox", name=re.compile("Worum geht es")).fill("Klient, 71, nach einer Operation.")
    page.get_by_role("button", name="Anfrage senden").click()
    expect(page.get_by_role("textbox", name=re.compile("Worum geht es"))).to_have_value(
        "Klient, 71, nach einer Operation."
    )
    page.get_by_role("checkbox", name=re.compile("Die Person ist einverstanden")).check(force=True)
    page.get_by_role("button", name="Anfrage senden").click()
    reference = Ask.objects.get().enquiry.seeker.reference
    expect(page.get_by_text(reference).first).to_be_visible()
    expect(page.get_by_text("gefragt").first).to_be_visible()
    expect(page.get_by_text("nach einer Operation")).to_have_count(0)
