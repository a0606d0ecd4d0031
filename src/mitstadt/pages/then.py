"""Editorial pages as they were on a past day (`kit.past`): the revision that was live at its end, by Wagtail's log."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time
from typing import Any, TypeVar

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page, PageLogEntry

from mitstadt.kit import past
from mitstadt.subjects.kinds import Then

P = TypeVar("P", bound=Page)
PUBLIC, NOT_PUBLIC = ("wagtail.publish",), ("wagtail.unpublish", "wagtail.create_view_restriction")


def as_it_was(page: P, *, lasting: bool = False) -> P:
    """`page` with the words that were live on the day shown, itself today. Two queries.

    Where no record proves them, the page's banner says so. Raises `past.NotYet` for a page that was not public, unless
    it is `lasting`: front page and lists are the frame around what has its own days.
    """
    moment = past.moment()
    if moment is None:
        return page
    known = PageLogEntry.objects.filter(page=page.pk, action__in=(*PUBLIC, *NOT_PUBLIC))
    last = known.filter(timestamp__lte=moment).order_by("-timestamp", "-pk").select_related("revision").first()
    if last is not None and last.action in NOT_PUBLIC and not lasting:
        raise past.NotYet
    if last is not None and last.action in PUBLIC and last.revision is not None:
        then: P = last.revision.as_object()
        return then
    published = first_public(page)
    if last is None and published is not None and published > moment and not lasting:
        raise past.NotYet
    changed = page.last_published_at or page.latest_revision_created_at
    if published is None or published > moment or changed is None or changed > moment:
        past.doubt(
            _("Wie die Texte dieser Seite am gewählten Tag lauteten, ist nicht belegt. Gezeigt werden die von heute.")
        )
    return page


def first_public(page: Any) -> datetime | None:
    """Since when everybody may read it; an article without a record since its date, else None."""
    if page.first_published_at is not None:
        moment: datetime = page.first_published_at
        return moment
    day = getattr(page, "date", None)
    return timezone.make_aware(datetime.combine(day, time())) if day else None


def by_then(articles: Any) -> Any:
    """Those articles that were public on the day shown; all of them today."""
    moment, day = past.moment(), past.day()
    if moment is None:
        return articles
    known = Q(first_published_at__isnull=True, date__lte=day) | Q(first_published_at__lte=moment)
    found = articles.filter(known)
    if found.filter(last_published_at__gt=moment).exists():
        past.doubt(_("Artikel, die seitdem geändert wurden, stehen in dieser Liste mit ihrer neueren Überschrift."))
    return found


def subjects(keys: Collection[int]) -> dict[int, Then]:
    """For `subjects.kinds`: articles that were public on the day shown. Two queries."""
    from .models import NewsPage

    moment = past.moment()
    found = by_then(NewsPage.objects.filter(subject__in=keys)).values_list("subject_id", "title", "last_published_at")
    return {pk: Then(None if changed and moment and changed > moment else title) for pk, title, changed in found}
