"""A measure's page with 500 comments, of which it shows 50 threads, without the page cache."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ._tools import cpu_ms, page, queries_of, uncached

SETTINGS = "mitstadt.project.settings.test"  # static files without their hashes


def run() -> dict[str, Any]:
    from django.test import Client

    from mitstadt.accounts.actor import actor_for
    from mitstadt.accounts.models import Trust, User
    from mitstadt.comments import actions
    from mitstadt.kit import clock
    from mitstadt.radar.models import Measure
    from mitstadt.radar.synthetic import make_city

    make_city(measures=30, years=3)
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
    with uncached():
        cpu = cpu_ms(lambda: page(client, subject.path))
        queries = queries_of(lambda: page(client, subject.path))
        size = len(page(client, subject.path).content)
    return {
        "cpu_ms": cpu,
        "queries": queries,
        "bytes": size,
        "goal_cpu_ms": 15,
        "goal_queries": 12,
        "met": cpu["median"] <= 15 and queries <= 12,
    }
