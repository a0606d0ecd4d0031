"""Reads of follows, notifications and public events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from mitstadt.accounts.actor import Actor
from mitstadt.kit import past
from mitstadt.kit.languages import path_in
from mitstadt.subjects.models import Subject

from . import rules, sayings, topics
from .models import Event, EventTopic, Follow, Notification, Recipient


@dataclass(frozen=True, slots=True)
class Followed:
    """One thing a person follows, as their page shows it."""

    public_id: str
    label: str
    path: str
    cadence: str
    subject_id: int | None
    topic: str


@dataclass(frozen=True, slots=True)
class News:
    """One notification, as the inbox shows it."""

    id: int
    title: str
    text: str
    path: str
    subject_title: str
    at: datetime
    unread: bool


def here(path: str) -> str:
    """A German address in the language of this page."""
    return path_in(path, get_language() or "de") if path else ""


def _self(actor: Actor) -> Q:
    return Q(user_id=actor.user_id) if actor.user_id is not None else Q(pk__in=[])


def _own(actor: Actor) -> Q:
    if actor.user_id is not None:
        return Q(recipient__user_id=actor.user_id)
    if actor.guest_id is not None:
        return Q(recipient__guest_id=actor.guest_id)
    return Q(pk__in=[])


def follows_of(actor: Actor) -> list[Followed]:
    """What the actor follows, newest first; one query."""
    rows = Follow.objects.filter(_own(actor)).order_by("-id")
    found = []
    for public_id, topic, cadence, subject_id, title, path, published, restricted in rows.values_list(
        "public_id",
        "topic",
        "cadence",
        "subject_id",
        "subject__title",
        "subject__path",
        "subject__published",
        "subject__restricted",
    ):
        if subject_id is None:
            known = topics.find(topic)
            title, path = (known.label, known.path) if known else (topic, "")
        elif not published or restricted:
            title, path = "", ""  # what is hidden keeps its place in the list, not its words
        found.append(Followed(public_id, title, here(path), rules.NAMES[cadence], subject_id, topic))
    return found


def label_of(follow: Follow) -> str:
    """What a loaded follow is about."""
    if follow.subject is not None:
        return follow.subject.title if follow.subject.is_public else ""
    found = topics.find(follow.topic)
    return found.label if found else follow.topic


def personal_cadence(actor: Actor) -> str:
    """How news about the actor's own contributions arrive."""
    found = Recipient.objects.filter(_self(actor)).values_list("cadence", flat=True).first()
    return rules.NAMES[found or rules.AT_ONCE]


def is_following(actor: Actor, *, subject: Subject | None = None, topic: str | None = None) -> bool:
    return Follow.objects.filter(_own(actor), subject=subject, topic=topic or "").exists()


def unread_count(actor: Actor) -> int:
    """How many unread notifications the actor has; one query, none for nobody."""
    return 0 if actor.user_id is None else unread_of(actor.user_id)


def unread_of(user_id: int) -> int:
    """The same by the key of the account: for the header, which must not load roles to know it."""
    rows = Notification.objects.filter(recipient__user_id=user_id, read_at__isnull=True)
    return rows.filter(_readable()).count()


def _readable() -> Q:
    """What `models.is_visible` says, for the notifications of a query."""
    return _quotes_public("event__") & (Q(event__public=False) | _about_public("event__"))


def _quotes_public(prefix: str = "") -> Q:
    """Nothing is quoted, or what is quoted is public."""
    public = Q(**{f"{prefix}source__published": True, f"{prefix}source__restricted": False})
    return Q(**{f"{prefix}source__isnull": True}) | public


def _about_public(prefix: str = "") -> Q:
    return Q(**{f"{prefix}subject__published": True, f"{prefix}subject__restricted": False})


def inbox(actor: Actor, *, only_unread: bool = False) -> QuerySet[Notification]:
    """The actor's notifications, newest first."""
    rows = Notification.objects.filter(_own(actor), _readable()).order_by("-id")
    return rows.filter(read_at__isnull=True) if only_unread else rows


def news(rows: QuerySet[Notification]) -> list[News]:
    """These notifications in the active language; one query."""
    fields = (
        "id",
        "event__title",
        "event__text",
        "event__sayings",
        "event__path",
        "event__subject__title",
        "event__at",
        "read_at",
    )
    return [
        News(
            pk,
            sayings.read(kept, "title", title),
            sayings.read(kept, "text", text),
            here(path),
            subject,
            at,
            read_at is None,
        )
        for pk, title, text, kept, path, subject, at, read_at in rows.values_list(*fields)
    ]


def public() -> QuerySet[Event]:
    """Events that anybody may read, newest first: what feeds, pages and programs share."""
    rows = Event.objects.filter(_quotes_public(), _about_public(), public=True)
    moment = past.moment()
    if moment is not None:
        rows = rows.filter(at__lte=moment)
    return rows.order_by("-at", "-id")


def public_about(*, subject: Subject | None = None, topic: str | None = None) -> QuerySet[Event]:
    """`public()` of one subject or one topic."""
    rows = public()
    if subject is not None:
        rows = rows.filter(subject=subject)
    if topic is not None:
        named = EventTopic.objects.filter(topic=topic).values("event")
        rows = rows.filter(Q(pk__in=named) | Q(subject__in=topics.subjects_of(topic)))
    return rows


def readings(rows: Sequence[Event]) -> list[tuple[Event, str, str]]:
    """Each event with its title and text in the active language."""
    return [(e, sayings.read(e.sayings, "title", e.title), sayings.read(e.sayings, "text", e.text)) for e in rows]
