"""Tags for pages of other rooms: `{% load discussion %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import SafeString

from mitstadt.accounts.actor import Actor
from mitstadt.comments import components, queries
from mitstadt.subjects.models import Subject

register = template.Library()


@register.simple_tag(takes_context=True)
def discussion(
    context: dict[str, Any], subject: Subject, page: int = 0, sort: str = "", closed: str = "", sides: bool = False
) -> SafeString:
    """The discussion about `subject`. Page and order come from ``?seite=`` and ``?reihenfolge=`` unless given.

    `closed` says why nobody can write any more. `sides`: count for, against and neither, and let readers choose by
    ``?haltung=``; one query more.
    Four queries. For readers without a session cookie nothing personal is asked or shown, so the page can be cached.
    """
    request: HttpRequest | None = context.get("request")
    asked = request.GET if request is not None else {}
    number = str(asked.get("seite", "1"))
    threads = queries.threads(
        subject.pk,
        page or (int(number) if number.isdecimal() and len(number) < 6 else 1),
        sort or str(asked.get("reihenfolge", "")),
        sides=sides,
        side=str(asked.get("haltung", "")),
    )
    return components.discussion(subject, threads, actor_of(request), closed=closed)


@register.simple_tag
def discussion_effects(subject: Subject) -> SafeString:
    """ "Was Beiträge bewirkt haben" for the page of the thing that changed. One query, empty without any."""
    return components.effects_on(subject)


def actor_of(request: HttpRequest | None) -> Actor | None:
    """The person who reads, only if a session cookie says that somebody may be signed in."""
    if request is None or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    actor: Actor | None = getattr(request, "actor", None)
    return actor if actor is not None and actor.is_known else None
