"""A real browser with a virtual authenticator: an editor sets up a passkey and signs in with nothing else."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from mitstadt.accounts.models import User

PASSWORD = "ein-langes-passwort-7"


@pytest.fixture
def authenticator(live_page):
    """A device with fingerprint reader, as Chromium's tools play it."""
    tools = live_page.context.new_cdp_session(live_page)
    tools.send("WebAuthn.enable")
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return tools


def test_an_editor_works_with_a_passkey_only(live_server, live_page, authenticator, home_page):
    from tests.support.people import make_staff

    cache.clear()
    make_staff("editor", "editor", function="Geschäftsstelle")
    User.objects.filter(username="editor").update(language="de")
    page = live_page
    page.goto(f"{live_server.url}/konto/login/?next=/verwaltung/")
    page.get_by_label("E-Mail-Adresse").fill("editor@example.org")
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Anmelden", exact=True).click()
    # no back office before a second factor
    page.get_by_role("heading", name="Noch ein Schritt: der zweite Faktor").wait_for()
    page.get_by_role("link", name="Passkey hinzufügen").click()
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Bestätigen").click()
    page.get_by_label("Auch ohne Passwort anmelden (Passkey)").check()
    page.get_by_role("button", name="Hinzufügen").click()
    page.get_by_role("heading", name="Ersatzcodes für den Notfall").wait_for()

    page.goto(f"{live_server.url}/konto/")
    page.get_by_role("main").get_by_role("button", name="Abmelden").click()
    page.goto(f"{live_server.url}/konto/login/?next=/konto/profil/")
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    page.get_by_role("heading", name="Öffentlicher Name und Sprache").wait_for()
    page.goto(f"{live_server.url}/verwaltung/rollen/")  # a page of the back office, though not one of an editor's
    assert "/konto/" not in page.url
