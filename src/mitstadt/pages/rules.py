"""What people may do with an article."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from mitstadt.accounts.actor import Actor
from mitstadt.kit.decision import YES, Decision, no
from mitstadt.subjects.models import Subject

VERBS = frozenset({"read", "comment", "follow", "report"})


def can(actor: Actor, verb: str, subject: Subject, now: datetime) -> Decision:
    """Decide about one article. Whether comments are open is the article's own switch, see `closed_articles`."""
    if verb not in VERBS:
        return no(_("Das ist bei einem Artikel nicht vorgesehen."))
    if not subject.is_public:
        return no(_("Dieser Artikel ist nicht öffentlich."))
    if verb == "comment" and subject.pk in closed_articles([subject]):
        return no(_("Bei diesem Artikel sind Kommentare geschlossen."))
    return YES


def closed_articles(subjects: Sequence[Subject]) -> set[int]:
    """The keys of those subjects whose article takes no comments."""
    from .models import NewsPage

    return set(
        NewsPage.objects.filter(subject__in=[s.pk for s in subjects], comments_open=False).values_list(
            "subject_id", flat=True
        )
    )


def can_many(actor: Actor, verb: str, subjects: Sequence[Subject], now: datetime) -> list[Decision]:
    """`can` for a list, in one query."""
    closed = closed_articles(subjects) if verb == "comment" else set()
    decisions = []
    for subject in subjects:
        if verb not in VERBS:
            decisions.append(no(_("Das ist bei einem Artikel nicht vorgesehen.")))
        elif not subject.is_public:
            decisions.append(no(_("Dieser Artikel ist nicht öffentlich.")))
        elif subject.pk in closed:
            decisions.append(no(_("Bei diesem Artikel sind Kommentare geschlossen.")))
        else:
            decisions.append(YES)
    return decisions
