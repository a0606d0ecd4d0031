"""The list of 2,000 measures, first page; facet counts may be cached, the page is not."""

from __future__ import annotations

from typing import Any

from ._tools import cpu_ms, page, queries_of, signed_in_client, uncached

SETTINGS = "mitstadt.project.settings.test"  # static files without their hashes
ADDRESS = "/radar/tabelle/"


def run() -> dict[str, Any]:
    from django.test import Client

    from mitstadt.radar.synthetic import make_city

    make_city(measures=2000, years=2)
    anonymous, signed_in = Client(), signed_in_client()
    with uncached():
        result = {
            "cpu_ms": cpu_ms(lambda: page(anonymous, ADDRESS)),
            "cpu_ms_signed_in": cpu_ms(lambda: page(signed_in, ADDRESS)),
            "queries_anonymous": queries_of(lambda: page(anonymous, ADDRESS)),
            "queries_signed_in": queries_of(lambda: page(signed_in, ADDRESS)),
            "goal_cpu_ms": 8,
            "goal_queries": [6, 9],
        }
    met = result["cpu_ms"]["median"] <= 8 and result["queries_anonymous"] <= 6 and result["queries_signed_in"] <= 9
    return {**result, "met": met}
