"""A measure's page with 500 comments, of which it shows 50 threads, without the page cache.

`kept`: the part that describes the measure is held for half a minute, as in production; `nothing_kept`: all of it is
read anew, as for the first reader of that time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ._tools import cpu_ms, keeping, page, queries_of, uncached

SETTINGS = "mitstadt.project.settings.test"  # static files without their hashes


def run() -> dict[str, Any]:
    from django.test import Client

    from mitstadt.accounts.actor import actor_for
    from mitstadt.accounts.models import Trust, User
    from mitstadt.comments import actions
    from mitstadt.kit import clock
    from mitstadt.radar import components, snapshot
    from mitstadt.radar.models import Measure
    from mitstadt.radar.synthetic import make_city
    from mitstadt.radar.views import kept as kept_pages

    strategy = make_city(measures=30, years=3)
    snapshot.freeze(strategy.revisions.last())  # as publishing a revision does
    subject = Measure.objects.filter(subject__published=True).select_related("subject").order_by("pk").first().subject
    people = [
        actor_for(
            User.objects.create_user(
                username=f"bench{n}",
                email=f"bench{n}@example.org",
                password=None,
                pseudonym=f"Bench {n}",
                trust=Trust.EMAIL,
            )
        )
        for n in range(50)
    ]
    started = clock.now() - timedelta(days=100)
    for number in range(100):  # over a hundred days: nobody may write so much in one
        with clock.at(started + timedelta(days=number)):
            comment = actions.add(
                people[number % 50],
                subject,
                f"Beitrag {number}: " + "Der Radweg fehlt noch an dieser Stelle, man muss auf die Straße.",
            )
            for reply in range(4):
                actions.add(people[(number + reply) % 50], subject, f"Antwort {reply} auf {number}.", parent=comment)
    client = Client()

    def cold() -> Any:
        snapshot.forget()
        components.forget()
        kept_pages.forget()
        return page(client, subject.path)

    with uncached(), keeping():
        kept = {
            "cpu_ms": cpu_ms(lambda: page(client, subject.path)),
            "queries": queries_of(lambda: page(client, subject.path)),
        }
        nothing = {"cpu_ms": cpu_ms(cold), "queries": queries_of(cold)}
        size = len(page(client, subject.path).content)
    return {
        "kept": kept,
        "nothing_kept": nothing,
        "bytes": size,
        "goal_cpu_ms": 15,
        "goal_queries": 12,
        "met": all(read["cpu_ms"]["median"] <= 15 and read["queries"] <= 12 for read in (kept, nothing)),
    }
