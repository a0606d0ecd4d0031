"""CPU time and queries of the pages that people open most, without the page cache."""

from __future__ import annotations

from typing import Any

from ._tools import cpu_ms, queries_of, uncached

SETTINGS = "mitstadt.project.settings.test"  # static files without their hashes


def run() -> dict[str, Any]:
    from django.test import Client

    from mitstadt.accounts.models import User
    from mitstadt.radar.models import Strategy
    from mitstadt.radar.synthetic import make_city

    anonymous, signed_in = Client(), Client()
    signed_in.force_login(
        User.objects.create_user(username="bench", email="bench@example.org", password=None),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )

    def get(client: Client, address: str) -> Any:
        response = client.get(address)
        assert response.status_code == 200, (address, response.status_code)
        return response

    result: dict[str, Any] = {}
    with uncached():
        make_city(measures=300, years=4)
        result["radar_300"] = {
            "cpu_ms": cpu_ms(lambda: get(anonymous, "/radar/")),
            "queries": queries_of(lambda: get(anonymous, "/radar/")),
            "bytes": len(get(anonymous, "/radar/").content),
            "goal_cpu_ms": 40,
        }
        Strategy.objects.all().delete()
        make_city(measures=2000, years=2, seed=2)
        table = "/radar/tabelle/"
        result["list_2000"] = {
            "cpu_ms": cpu_ms(lambda: get(anonymous, table)),
            "cpu_ms_signed_in": cpu_ms(lambda: get(signed_in, table)),
            "queries_anonymous": queries_of(lambda: get(anonymous, table)),
            "queries_signed_in": queries_of(lambda: get(signed_in, table)),
            "goal_cpu_ms": 8,
            "goal_queries": [6, 9],
        }
    met = [
        result["radar_300"]["cpu_ms"]["median"] <= 40,
        result["list_2000"]["cpu_ms"]["median"] <= 8,
        result["list_2000"]["queries_anonymous"] <= 6,
        result["list_2000"]["queries_signed_in"] <= 9,
    ]
    return {**result, "met": all(met)}
