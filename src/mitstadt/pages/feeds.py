"""News as an Atom feed."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.contrib.syndication.views import Feed
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from mitstadt.kit.city import current
from mitstadt.notify.rules import xml_text

from .models import NewsIndexPage, NewsPage
from .queries import articles


class NewsFeed(Feed[NewsPage, None]):
    """The 30 newest articles."""

    feed_type = Atom1Feed

    def title(self) -> str:
        return _("Aktuelles aus %(city)s") % {"city": current().short_name}

    def author_name(self) -> str:
        return xml_text(current().name)

    def link(self) -> str:
        index = NewsIndexPage.objects.live().first()
        return str(index.url) if index else "/"

    def subtitle(self) -> str:
        return _("Neues zur Digitalstrategie und zur Beteiligung")

    def items(self) -> Any:
        return articles()[:30]

    def item_title(self, item: Any) -> str:
        return xml_text(item.title)

    def item_description(self, item: Any) -> str:
        return xml_text(item.lead)

    def item_link(self, item: Any) -> str:
        return str(item.get_url())

    def item_pubdate(self, item: NewsPage) -> datetime:
        return timezone.make_aware(datetime.combine(item.date, time(8)))

    def item_updateddate(self, item: NewsPage) -> datetime:
        moment: datetime = item.last_published_at or self.item_pubdate(item)
        return moment
