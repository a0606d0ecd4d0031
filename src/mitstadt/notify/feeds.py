"""Atom feeds of public events: the same rows as pages and notifications, cacheable, with ids that never change."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit
from xml.sax.xmlreader import AttributesImpl

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import http_date, quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator

from mitstadt.kit import past
from mitstadt.kit.city import current
from mitstadt.subjects.models import Subject

from . import letters, queries, rules, topics
from .models import Event

LENGTH = 50
MAX_AGE = 120  # seconds a feed may be served from a cache
CONTENT_TYPE = "application/atom+xml; charset=utf-8"


def tag(kind: str, name: str) -> str:
    """A permanent identifier (RFC 4151). The year is when the address was minted, not when something happened."""
    return f"tag:{urlsplit(settings.MITSTADT_BASE_URL).hostname},2026:{kind}/{name}"


class Feed(Atom1Feed):
    """Atom with an id of its own instead of its address, so that a moved feed stays the same feed."""

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        handler.addQuickElement("title", self.feed["title"])
        handler.addQuickElement("subtitle", self.feed["subtitle"] or "")
        handler.addQuickElement("link", "", {"rel": "alternate", "type": "text/html", "href": self.feed["link"]})
        handler.addQuickElement("link", "", {"rel": "self", "href": self.feed["feed_url"]})
        handler.addQuickElement("id", self.feed["id"])
        handler.addQuickElement("updated", self.latest_post_date().astimezone(UTC).isoformat())
        handler.startElement("author", AttributesImpl({}))
        handler.addQuickElement("name", self.feed["author_name"])
        handler.endElement("author")


@past.shown
def newest(request: HttpRequest) -> HttpResponse:
    """Everything that happened lately."""
    return _answer(request, queries.public(), _("Was gerade geschieht"), "/", tag("feed", "neu"))


@past.shown
def of_subject(request: HttpRequest, public_id: str) -> HttpResponse:
    """What happened to one subject."""
    subject = get_object_or_404(Subject.objects.public(), public_id=public_id)
    rows = queries.public_about(subject=subject)
    return _answer(request, rows, subject.title, subject.path, tag("feed", f"gegenstand/{public_id}"))


@past.shown
def of_topic(request: HttpRequest, topic: str) -> HttpResponse:
    """What happened in one field, district, saved search …"""
    found = topics.find(topic)
    if found is None:
        raise Http404(_("Dieses Thema gibt es nicht."))
    rows = queries.public_about(topic=topic)
    return _answer(request, rows, found.label, found.path, tag("feed", f"thema/{topic}"))


def _answer(request: HttpRequest, rows: QuerySet[Event], title: str, path: str, guid: str) -> HttpResponse:
    """The feed, or 304. One query; the validator is the newest event and how many there are."""
    events = list(rows.select_related("subject")[:LENGTH])
    stamp = max((e.at for e in events), default=datetime(2026, 1, 1, tzinfo=UTC))
    etag = quote_etag(f"{get_language()}-{len(events)}-{events[0].pk if events else 0}-{int(stamp.timestamp())}")
    fresh = get_conditional_response(request, etag=etag, last_modified=int(stamp.timestamp()))
    response = fresh or _render(events, stamp, title, path, guid, request.path)
    response["ETag"] = etag
    response["Last-Modified"] = http_date(int(stamp.timestamp()))
    patch_cache_control(response, public=True, max_age=MAX_AGE)
    return response


def _render(events: list[Event], stamp: datetime, title: str, path: str, guid: str, own_path: str) -> HttpResponse:
    feed = start(title, path, guid, own_path)
    for event, heading, text in queries.readings(events):
        feed.add_item(
            title=rules.xml_text(heading),
            link=letters.absolute(event.path),
            description=rules.xml_text(text),
            unique_id=tag("ereignis", event.public_id),
            pubdate=event.at,
            updateddate=event.at,
            categories=[rules.xml_text(event.subject.title)],
        )
    return finish(feed, stamp)


def start(title: str, path: str, guid: str, own_path: str) -> Feed:
    """An empty feed; `path` is the German address of the page it stands for, `own_path` the request's own."""
    city = current()
    return Feed(
        title=rules.xml_text(f"{title} – Mitstadt {city.short_name}"),
        link=letters.absolute(path),
        description=rules.xml_text(city.headline),
        language=get_language() or "de",
        author_name=rules.xml_text(city.name),
        feed_url=settings.MITSTADT_BASE_URL.rstrip("/") + own_path,
        feed_guid=guid,
    )


def finish(feed: Feed, stamp: datetime) -> HttpResponse:
    """The answer; `stamp` is when something in the feed last changed."""
    feed.latest_post_date = lambda: stamp  # type: ignore[method-assign]
    return HttpResponse(feed.writeString("utf-8"), content_type=CONTENT_TYPE)
