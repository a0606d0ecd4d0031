"""Whose limit it is: behind the city's proxy each visitor has an own one, and nobody can make up another address."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import RequestFactory

from mitstadt.accounts.views.common import client_of

SOURCE = Path(__file__).resolve().parents[2]
PROXY, VISITOR = "10.0.0.1", "203.0.113.7"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "", PROXY),
        (0, VISITOR, PROXY),  # nobody in front: the header is the visitor's own invention
        (1, VISITOR, VISITOR),
        (1, f"198.51.100.1, {VISITOR}", VISITOR),  # what the visitor wrote stands before what the proxy saw
    ],
)
def test_the_visitors_address_behind_the_proxies_of_the_city(settings, proxies, forwarded, expected):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert client_of(RequestFactory().get("/", REMOTE_ADDR=PROXY, **headers)) == expected


def test_nobody_counts_by_the_address_of_the_proxy():
    found = [
        str(file.relative_to(SOURCE))
        for file in SOURCE.rglob("*.py")
        if "tests" not in file.parts and "REMOTE_ADDR" in file.read_text(encoding="utf-8")
    ]
    assert found == []
