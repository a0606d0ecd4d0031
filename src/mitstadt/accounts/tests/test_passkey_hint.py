"""Passkeys need a name; whoever comes by number is told, and shown the way."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory

HINT = (
    "{% load accounts %}{% passkey_address as better %}{% if better is None %}works{% else %}[{{ better }}]{% endif %}"
)


@pytest.mark.parametrize(
    ("host", "base", "said"),
    [
        ("localhost:8000", "", "works"),
        ("mitstadt.example", "", "works"),
        ("127.0.0.1:8000", "", "[http://localhost:8000/konto/2fa/webauthn/add/]"),
        ("[::1]:8000", "", "[http://localhost:8000/konto/2fa/webauthn/add/]"),
        ("10.1.2.3", "https://mitstadt.example", "[https://mitstadt.example/konto/2fa/webauthn/add/]"),
        ("10.1.2.3", "http://10.1.2.3", "[]"),
    ],
)
def test_an_address_of_numbers_is_no_place_for_passkeys(settings: Any, host: str, base: str, said: str) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    settings.MITSTADT_BASE_URL = base or "http://localhost:8000"
    request = RequestFactory().get("/konto/2fa/webauthn/add/", HTTP_HOST=host)
    assert Template(HINT).render(Context({"request": request})) == said


def test_without_a_provider_the_page_of_other_services_has_no_empty_heading(client_for: Any, alice: Any) -> None:
    text = client_for(alice).get("/konto/3rdparty/").content.decode()
    assert "bietet keinen anderen Dienst zum Anmelden an" in text
    assert "Einen Dienst verbinden" not in text
