"""The radar with 300 measures, drawn by the server, without the page cache."""

from __future__ import annotations

from typing import Any

from ._tools import cpu_ms, page, queries_of, uncached

SETTINGS = "mitstadt.project.settings.test"  # static files without their hashes


def run() -> dict[str, Any]:
    from django.core.cache import cache
    from django.test import Client

    from mitstadt.radar.synthetic import make_city

    make_city(measures=300, years=4)
    client = Client()

    def cold() -> Any:
        cache.clear()
        return page(client, "/radar/")

    with uncached():
        warm = cpu_ms(lambda: page(client, "/radar/"))
        return {
            "cpu_ms": warm,
            "cpu_ms_every_cache_empty": cpu_ms(cold),
            "queries": queries_of(lambda: page(client, "/radar/")),
            "bytes": len(page(client, "/radar/").content),
            "goal_cpu_ms": 40,
            "met": warm["median"] <= 40,
        }
