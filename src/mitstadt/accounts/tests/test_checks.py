"""What a production start refuses."""

from __future__ import annotations

import pytest

from mitstadt.accounts import checks


@pytest.fixture
def production(settings, monkeypatch):
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "mitstadt.project.settings.production")
    return settings


@pytest.mark.parametrize("key", ["", "short", "demo-only-and-refused-in-production"])
def test_default_and_short_keys(production, key):
    production.MITSTADT_HASH_KEY = key
    assert [error.id for error in checks.hash_key(None)] == ["accounts.E001"]


def test_a_long_key_is_fine(production):
    production.MITSTADT_HASH_KEY = "k" * 32
    assert checks.hash_key(None) == []


def test_demo_people_with_their_known_password(production, user_factory):
    assert checks.no_invented_people(None, databases=["default"]) == []
    user_factory("eve", is_example=True)
    assert [e.id for e in checks.no_invented_people(None, databases=["default"])] == ["accounts.E002"]


def test_an_identity_provider_without_tls(production):
    app = {"settings": {"server_url": "http://id.example.org"}}
    production.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    assert [error.id for error in checks.online_id_over_tls(None)] == ["accounts.E003"]
    app["settings"]["server_url"] = "https://id.example.org"
    assert checks.online_id_over_tls(None) == []
