"""The list of 2,000 measures, first page, without the page cache.

`kept` is what a reader meets while the process still holds the rows and facet counts of the last half minute, as in
production; `nothing_kept` is the one reader in that time for whom they are read anew.
"""

from __future__ import annotations

from typing import Any

from ._tools import cpu_ms, keeping, page, queries_of, signed_in_client, uncached

SETTINGS = "mitstadt.project.settings.test"  # static files without their hashes
ADDRESS = "/radar/tabelle/"


def run() -> dict[str, Any]:
    from django.test import Client

    from mitstadt.radar import snapshot
    from mitstadt.radar.synthetic import make_city

    make_city(measures=2000, years=2)
    anonymous, signed_in = Client(), signed_in_client()

    def cold() -> Any:
        snapshot.forget()
        return page(anonymous, ADDRESS)

    with uncached(), keeping():
        kept = {
            "cpu_ms": cpu_ms(lambda: page(anonymous, ADDRESS)),
            "cpu_ms_signed_in": cpu_ms(lambda: page(signed_in, ADDRESS)),
            "queries_anonymous": queries_of(lambda: page(anonymous, ADDRESS)),
            "queries_signed_in": queries_of(lambda: page(signed_in, ADDRESS)),
        }
        nothing = {"cpu_ms": cpu_ms(cold), "queries_anonymous": queries_of(cold)}
    met = kept["cpu_ms"]["median"] <= 8 and kept["queries_anonymous"] <= 6 and kept["queries_signed_in"] <= 9
    return {"kept": kept, "nothing_kept": nothing, "goal_cpu_ms": 8, "goal_queries": [6, 9], "met": met}
