"""Writing: telling people, following, stopping. Call these inside the transaction of the change they are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import Actor
from mitstadt.accounts.who import Who
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError
from mitstadt.subjects import actions as subjects
from mitstadt.subjects.models import Subject

from . import jobs, rules, sayings
from . import onward as to_those_concerned
from . import topics as topic_registry
from .models import Cadence, Event, EventTopic, Follow, Mail, Notification, Recipient
from .sayings import Saying


def notify(
    event: str,
    *,
    subject: Subject,
    title: str | Saying,
    text: str | Saying = "",
    path: str,
    key: str,
    once: str = "",
    actor_public_id: str = "",
    recipients: Sequence[Who] = (),
    followers: bool = True,
    topics: Iterable[str] = (),
    must: bool = False,
    source: Subject | None = None,
    onward: bool = False,
) -> Event:
    """Say that something happened. Call it inside the transaction of the change: both happen or neither.

    `event` reads ``room.thing.verb``; `path` is a German address without language prefix; `title` and `text` are German
    strings, or `Saying(gettext_noop("… %(name)s"), {...})` where readers of other languages should get theirs.
    `recipients` (``("user", id)`` or ``("guest", id)``) are told now, in this transaction; `followers` of the subject
    and of the `topics` (``field:mobilitaet``) by the worker, which also puts the event into the public feeds. With
    ``followers=False`` it is a personal notice: no feed, no followers.

    Nobody is told twice under one `key` (name the happening, e.g. ``comment:4711:answered``), and never the actor
    themself. To give an author a more personal wording, call it twice under the same key: with `recipients` and
    ``followers=False``, and with ``followers=True`` for everybody else. Where one happening is several events (an
    answer to equal questions about different subjects), give them the same `once`: each person still hears of it once.
    `source` is the subject whose words `text` quotes (the comment, when `subject` is the measure it is about): when
    moderation hides it, the event is hidden too, and `withdraw(source)` removes it.
    `must`: mail at once whatever the person chose, without a way to unsubscribe (statements of reasons).
    `onward`: the subject itself moved; those whose contribution led to it hear of it too (see `onward.py`).
    """
    with transaction.atomic():
        found, created = Event.objects.get_or_create(
            key=key[:120],
            public=followers,
            defaults={
                "once": once[:120],
                "event": event,
                "subject": subject,
                "source": source,
                "title": sayings.german(title)[:300],
                "text": sayings.german(text),
                "sayings": sayings.keep(title, text),
                "path": path,
                "actor_public_id": actor_public_id,
                "at": clock.now(),
                "must": must,
                "told_at": None if followers else clock.now(),
            },
        )
        if created and followers:
            addresses = sorted(set(topics))
            EventTopic.objects.bulk_create([EventTopic(event=found, topic=topic) for topic in addresses])
        _tell_named(found, recipients, must=must)
        if created and followers:
            jobs.enqueue_fan_out(found.pk)
        if created and onward:
            to_those_concerned.enqueue(found.pk)
    return found


_bundled: ContextVar[bool] = ContextVar("followers are told of many at once", default=False)


@contextmanager
def bundled() -> Iterator[None]:
    """Many things happen inside this block that one event speaks of afterwards: whoever tells followers of each single
    one asks `is_bundled` and stays silent. People who are named are told even so."""
    token = _bundled.set(True)
    try:
        yield
    finally:
        _bundled.reset(token)


def is_bundled() -> bool:
    return _bundled.get()


def withdraw(source: Subject) -> int:
    """Remove every event that quotes `source`, from feeds, inboxes and waiting mails: its author took it back.

    Returns how many rows. Personal notices about it that quote nothing (a statement of reasons) stay.
    """
    gone, _kinds = Event.objects.filter(Q(source=source) | Q(subject=source, public=True)).delete()
    return gone


def _tell_named(event: Event, recipients: Sequence[Who], *, must: bool) -> None:
    """Notifications for people named by the caller; few, so they are written at once."""
    for recipient in recipients_for(recipients):
        person = recipient.user or recipient.guest
        if person is None or (event.actor_public_id and person.public_id == event.actor_public_id):
            continue
        cadence = Cadence.AT_ONCE if must else Cadence(recipient.cadence)
        Notification.objects.bulk_create(
            [
                Notification(
                    recipient=recipient, event=event, key=event.told_as, cadence=cadence, created_at=clock.now()
                )
            ],
            ignore_conflicts=True,
        )
    if recipients:
        jobs.queue_mails_at_once(event.pk)


def recipients_for(people: Sequence[Who]) -> list[Recipient]:
    """The recipients behind ``("user", id)`` and ``("guest", id)``, made where missing; two queries when all exist."""
    users = {key for kind, key in people if kind == "user"}
    guests = {key for kind, key in people if kind == "guest"}
    if len(users) + len(guests) != len(set(people)):
        raise ValueError("recipients: expected ('user', id) or ('guest', id)")

    def find() -> list[Recipient]:
        rows = Recipient.objects.select_related("user", "guest")
        return [*rows.filter(user__in=users), *rows.filter(guest__in=guests)] if people else []

    found = find()
    if len(found) < len(users) + len(guests):
        known = {(r.user_id, r.guest_id) for r in found}
        wanted = [*((u, None) for u in users), *((None, g) for g in guests)]
        now = clock.now()
        Recipient.objects.bulk_create(
            [Recipient(user_id=u, guest_id=g, created_at=now) for u, g in wanted if (u, g) not in known],
            ignore_conflicts=True,
        )
        found = find()
    return found


def recipient_of(actor: Actor, email: str = "") -> Recipient:
    """The recipient behind an actor (account or confirmed guest). Raises DomainError for nobody.

    `email` is stored for guests: without it they cannot be written to.
    """
    if actor.user_id is not None:
        return recipients_for([("user", actor.user_id)])[0]
    if actor.guest_id is None:
        raise DomainError(_("Bitte melden Sie sich an oder bestätigen Sie Ihre E-Mail-Adresse."), code="email")
    recipient = recipients_for([("guest", actor.guest_id)])[0]
    if (email and email != recipient.email) or recipient.language != actor.language:
        recipient.email = email or recipient.email
        recipient.language = actor.language
        recipient.save(update_fields=["email", "language"])
    return recipient


def reachable(actor: Actor, email: str, days: int = 365) -> None:
    """Keep a guest's confirmed address for `days`, so that they can be told what became of what they wrote.

    Rooms that accept contributions from guests call this when the address is confirmed. Nothing happens for accounts.
    """
    if actor.guest_id is None:
        return
    recipient = recipient_of(actor, email)
    until = clock.now() + timedelta(days=days)
    later = Q(reachable_until__isnull=True) | Q(reachable_until__lt=until)
    Recipient.objects.filter(later, pk=recipient.pk).update(reachable_until=until)


def follow(
    actor: Actor,
    *,
    subject: Subject | None = None,
    topic: str | None = None,
    cadence: str = "daily",
    email: str = "",
    channel: str = "online",
) -> Follow:
    """Follow a subject or a topic; doing it again changes the cadence.

    `cadence` is ``at_once``, ``daily``, ``weekly`` or ``in_app``; `email` is a guest's confirmed address.
    Raises DomainError when there is nobody to tell, nothing public to follow, or a guest has no address.
    """
    if (subject is None) == (topic is None):
        raise ValueError("follow exactly one: a subject or a topic")
    if subject is not None and not subject.is_public:
        raise DomainError(_("Das ist nicht öffentlich und kann deshalb nicht abonniert werden."), code="not_public")
    if topic is not None and topic_registry.find(topic) is None:
        raise DomainError(_("Dieses Thema gibt es nicht."), field="topic", code="unknown_topic")
    number = rules.cadence_number(cadence)
    with transaction.atomic():
        recipient = recipient_of(actor, email)
        if recipient.guest_id is not None and (number == Cadence.IN_APP or not recipient.email):
            raise DomainError(_("Ohne Konto geht es nur per E-Mail."), field="cadence", code="guest_needs_mail")
        found, created = Follow.objects.get_or_create(
            recipient=recipient,
            subject=subject,
            topic=topic or "",
            defaults={"cadence": number, "channel": channel, "created_at": clock.now()},
        )
        if created and subject is not None:
            subjects.count(subject.pk, "follower_count", 1)
        elif not created and found.cadence != number:
            found.cadence = number
            found.save(update_fields=["cadence"])
    return found


def unfollow(actor: Actor, *, subject: Subject | None = None, topic: str | None = None) -> bool:
    """Stop following; True when something was stopped."""
    follows = Follow.objects.filter(subject=subject, topic=topic or "")
    if actor.user_id is not None:
        follows = follows.filter(recipient__user_id=actor.user_id)
    elif actor.guest_id is not None:
        follows = follows.filter(recipient__guest_id=actor.guest_id)
    else:
        return False
    return stop(list(follows.values_list("pk", flat=True))) > 0


def stop(follow_ids: Sequence[int]) -> int:
    """Delete these follows, keep the counters right, forget the address of guests who follow nothing any more.

    Returns how many were deleted. A follow that somebody else deletes at the same moment is counted once.
    """
    stopped = 0
    with transaction.atomic():
        rows = Follow.objects.filter(pk__in=follow_ids).values_list("pk", "subject_id", "recipient_id")
        guests = set()
        for pk, subject_id, recipient_id in list(rows):
            deleted, _kinds = Follow.objects.filter(pk=pk).delete()
            stopped += deleted
            guests.add(recipient_id)
            if deleted and subject_id is not None:
                subjects.count(subject_id, "follower_count", -1)
        jobs.forget_addresses(Recipient.objects.filter(pk__in=guests))
    return stopped


def stop_own(actor: Actor, follow_public_id: str) -> bool:
    """Stop one of the actor's own follows; False when it is not theirs."""
    if actor.user_id is None:
        return False
    own = Follow.objects.filter(public_id=follow_public_id, recipient__user_id=actor.user_id)
    return stop(list(own.values_list("pk", flat=True))) > 0


def change_cadence(actor: Actor, follow_public_id: str, cadence: str) -> bool:
    """Choose another cadence for one of the actor's own follows; False when it is not theirs."""
    if actor.user_id is None:
        return False
    own = Follow.objects.filter(public_id=follow_public_id, recipient__user_id=actor.user_id)
    return own.update(cadence=rules.cadence_number(cadence)) > 0


def change_personal_cadence(actor: Actor, cadence: str) -> None:
    """Choose how news about one's own contributions arrive."""
    recipient = recipient_of(actor)
    Recipient.objects.filter(pk=recipient.pk).update(cadence=rules.cadence_number(cadence))


def mark_read(actor: Actor, notification_ids: Sequence[int] | None = None) -> int:
    """Mark these (None: all) of the actor's notifications as read; returns how many were unread."""
    if actor.user_id is None:
        return 0
    unread = Notification.objects.filter(recipient__user_id=actor.user_id, read_at__isnull=True)
    if notification_ids is not None:
        unread = unread.filter(pk__in=notification_ids)
    return unread.update(read_at=clock.now())


def mail(address: str, *, title: str, text: str, key: str, path: str = "", language: str = "de") -> None:
    """A direct mail to an address without account or guest (a reporter's contact). Once per `key`.

    It goes through the outbox in the caller's transaction; address and text are erased once it has left.
    """
    mail_all([Letter(address, title, text, key, path, language)])


@dataclass(frozen=True, slots=True)
class Letter:
    """What `mail` says, for many at once."""

    address: str
    title: str
    text: str
    key: str
    path: str = ""
    language: str = "de"
    kind: str = Mail.Kind.DIRECT


def short_address(number: str) -> str:
    """Where the city's gateway takes a mail for a mobile number; empty where the city has none."""
    digits = "".join(sign for sign in number if sign.isdigit())
    return settings.MITSTADT_SMS_MAIL.format(number=digits) if digits else ""


def mail_all(letters: Iterable[Letter]) -> None:
    """Direct mails to many addresses, each once per its `key`; see `mail`."""
    now = clock.now()
    rows = [
        Mail(
            key=f"{letter.kind}:{letter.key}"[:160],
            kind=letter.kind,
            address=letter.address,
            language=letter.language,
            title=rules.mail_subject(letter.title),
            text=letter.text,
            path=letter.path,
            not_before=now,
        )
        for letter in letters
    ]
    Mail.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
