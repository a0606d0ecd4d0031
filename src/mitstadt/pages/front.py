"""What the rooms have to show on the front page: shared by all readers, no person in it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from mitstadt.comments import outcomes
from mitstadt.comments import queries as voices
from mitstadt.comments.rules import excerpt
from mitstadt.directory import components as directory
from mitstadt.directory import queries as offers
from mitstadt.directory.models import Situation
from mitstadt.kit import clock, languages
from mitstadt.kit.city import current
from mitstadt.kit.marks import MARKS, UNPROVEN
from mitstadt.participation import components as process_cards
from mitstadt.participation import dates, rules
from mitstadt.participation import queries as processes
from mitstadt.radar import components, snapshot
from mitstadt.radar.models import Status
from mitstadt.toolkit import components as toolkit

ORDER = (Status.RUNNING, Status.UNKNOWN, Status.DONE, Status.PLANNED, Status.STOPPED)


def sections() -> dict[str, Any]:
    """The radar's counts and small picture, what people talk about, the latest answers and articles.

    On a past day (`kit.past`) everything as it was then. A constant number of queries; the radar's rows come from the
    kept snapshot.
    """
    from .queries import articles

    radar = snapshot.current()
    table = languages.local_path("/radar/tabelle/")
    counts = Counter(row.status for row in radar.rows)
    unproven = [(UNPROVEN, MARKS[UNPROVEN].label, counts[UNPROVEN], f"{table}?status={UNPROVEN}")] if radar.past else []
    questions = outcomes.public_questions()
    now = clock.now()
    running = processes.listed(now, [rules.RUNNING, rules.ANNOUNCED], limit=3)[:3]
    return {
        "dates": dates.rows(now, limit=3),
        "help": _help(),
        "toolkit": toolkit.front() if current().front == "toolkit" else None,
        "processes": [process_cards.card(process, now) for process in running],
        "radar_day": radar.day,
        "radar_total": len(radar.rows),
        "radar_without_end": sum(not row.end for row in radar.rows),
        "radar_late": sum(row.is_late for row in radar.rows),
        "radar_late_url": f"{table}?verzoegert=1",
        "radar_counts": [(s.value, s.label, counts[s.value], f"{table}?status={s.value}") for s in ORDER] + unproven,
        "radar_circle": components.home_circle(radar),
        "radar_circle_small": components.home_circle(radar, labels=False, symbols=False),
        "answers": [
            {
                **row,
                "question": excerpt(row["comment__text"], 110),
                "answer": excerpt(row["answer__text"], 160),
                "href": languages.local_path(row["comment__subject__path"]),
            }
            for row in outcomes.latest_answers(2, questions)
        ],
        "voices": [_voice(row) for row in voices.latest(3)],
        "news_url": languages.local_path("/aktuelles/"),
        "articles": list(articles()[:3]),
    }


def _help() -> list[str]:
    """Sentences of everyday life, as somebody would say them; empty where the city has no offers yet."""
    if not offers.public().exists():
        return []
    return [directory.title_of(one) for one in Situation.objects.filter(shown=True)[:3]]


def _voice(row: dict[str, Any]) -> dict[str, Any]:
    """A contribution for its card: the first words, and its address in the reader's language."""
    return {
        **row,
        "excerpt": excerpt(row["text"], 110),
        "href": languages.local_path(row["subject__path"]),
    }
