"""When a branch of the page tree moves, its articles' discussions move along."""

from __future__ import annotations

from typing import Any

from mitstadt.subjects.models import Subject


def moved(instance: Any, **_kwargs: Any) -> None:
    """Signal of Wagtail: a page got another slug or place. Its descendants were not saved, only their addresses."""
    from .models import NewsPage

    for article in NewsPage.objects.descendant_of(instance, inclusive=True).exclude(subject=None):
        Subject.objects.filter(pk=article.subject_id).update(path=article.german_path)
