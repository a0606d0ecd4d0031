"""Reads of editorial pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language

from . import then
from .models import NewsPage


def articles(language: str | None = None) -> Any:
    """A queryset of what a reader of `language` (the active one by default) sees, newest first.

    The article in that language, in German where it does not exist. Private pages and what moderation has hidden are
    left out. One query.
    """
    code = language or get_language() or settings.LANGUAGE_CODE
    same = NewsPage.objects.filter(translation_key=OuterRef("translation_key"))
    mine = Q(locale__language_code=code)
    if code != settings.LANGUAGE_CODE:
        there = same.filter(locale__language_code=code, live=True)
        mine |= Q(~Exists(there), locale__language_code=settings.LANGUAGE_CODE)
    hidden = Exists(same.filter(subject__restricted=True))
    found = then.by_then(NewsPage.objects.live().public().filter(mine).exclude(hidden))
    return found.select_related("locale").order_by("-date", "-pk")
