"""What the rooms have to show on the front page."""

from __future__ import annotations

from typing import Any

from mitstadt.kit import clock

CACHE_SECONDS = 30


def sections() -> dict[str, Any]:
    """Counts and the small picture of the radar, the latest articles and answers: shared by all readers."""
    from mitstadt.radar import queries as radar

    from .models import NewsPage

    rows = radar.rows()
    return {
        "radar_rows": rows,
        "articles": list(NewsPage.objects.live().public().filter(alias_of=None).order_by("-date", "-pk")[:3]),
        "day": clock.today(),
    }
