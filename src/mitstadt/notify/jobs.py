"""What the worker does: tell followers, build digests, send mails, forget.

Every function may run twice, be killed anywhere and be run by two workers at the same time: what is to do is read
from the tables (untold events, unmailed notifications, waiting mails), and unique keys and conditional updates keep
it from being done twice. `kit.jobs` only makes it prompt.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import CharField, Exists, Min, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from mitstadt.accounts.models import Guest, User
from mitstadt.kit import clock
from mitstadt.kit import jobs as kit_jobs
from mitstadt.kit.ids import new_id

from . import outbox, rules, topics
from .models import Cadence, Event, Follow, Mail, Notification, Recipient, is_visible

CHUNK = 5000  # recipients per transaction: well under a second on both databases
KEEP_MAILS = timedelta(days=90)
KEEP_NEWS = timedelta(days=365)


# -- telling followers ---------------------------------------------------------------------------
def enqueue_fan_out(event_id: int) -> None:
    """Ask the worker to tell the followers of an event soon; the periodic run would find it anyway."""
    kit_jobs.enqueue(fan_out, event_id, key=f"notify.fan_out:{event_id}")


def fan_out_pending() -> int:
    """Tell the followers of every event that was not told yet; returns how many events."""
    waiting = list(Event.objects.filter(told_at__isnull=True).order_by("id").values_list("pk", flat=True)[:200])
    for event_id in waiting:
        fan_out(event_id)
    return len(waiting)


def fan_out(event_id: int) -> int:
    """Write a notification for everybody who follows the event's subject or topics; returns how many were written.

    One INSERT … SELECT per `CHUNK` people, so that 10,000 followers take well under a second each.
    """
    event = Event.objects.select_related("subject", "source").filter(pk=event_id, told_at__isnull=True).first()
    if event is None:
        return 0
    told, after = 0, 0
    if is_visible(event):
        addresses = _topics_of(event)
        while True:
            with transaction.atomic():
                until = _chunk_end(event, addresses, after)
                if until is None:
                    break
                told += _insert_notifications(event, addresses, after, until)
                queue_mails_at_once(event.pk)
            after = until
    Event.objects.filter(pk=event_id, told_at__isnull=True).update(told_at=clock.now())
    return told


def _topics_of(event: Event) -> list[str]:
    """The topics the publisher named, and those whose room says that they match."""
    named = list(event.topics.values_list("topic", flat=True))
    prefixes = topics.with_matcher()
    if not prefixes:
        return named
    wanted = Q(pk__in=[])
    for prefix in prefixes:
        wanted |= Q(topic__startswith=f"{prefix}:")
    followed = list(Follow.objects.filter(wanted).values_list("topic", flat=True).distinct())
    return sorted({*named, *topics.matching(event.subject, followed)})


def _follows(event: Event, addresses: list[str]) -> QuerySet[Follow]:
    rows = Follow.objects.filter(Q(subject_id=event.subject_id) | Q(subject__isnull=True, topic__in=addresses))
    if event.actor_public_id:
        rows = rows.exclude(recipient__in=_actor_recipients(event.actor_public_id))
    return rows


def _actor_recipients(public_id: str) -> list[int]:
    """The recipient rows of the one who did it (one at most; public ids are unique per table)."""
    found = Recipient.objects.filter(
        Q(user__in=User.objects.filter(public_id=public_id)) | Q(guest__in=Guest.objects.filter(public_id=public_id))
    )
    return list(found.values_list("pk", flat=True))


def _chunk_end(event: Event, addresses: list[str], after: int) -> int | None:
    """The last recipient of the next chunk after `after`, None when there is none."""
    rows = _follows(event, addresses).filter(recipient_id__gt=after).order_by("recipient_id")
    ids = rows.values_list("recipient_id", flat=True).distinct()
    chunk = list(ids[:CHUNK])
    return chunk[-1] if chunk else None


def _insert_notifications(event: Event, addresses: list[str], after: int, until: int) -> int:
    """INSERT … SELECT the smallest cadence per recipient; those already told under this key are left alone."""
    rows = (
        _follows(event, addresses)
        .filter(recipient_id__gt=after, recipient_id__lte=until)
        .order_by()
        .values("recipient_id")
        .annotate(soonest=Min("cadence"))
    )
    sql, params = rows.query.sql_with_params()
    table = connection.ops.quote_name(Notification._meta.db_table)
    key = connection.ops.quote_name("key")
    insert = (
        f"INSERT INTO {table} (recipient_id, event_id, {key}, cadence, created_at) "  # noqa: S608 - our own names only
        f"SELECT chosen.recipient_id, %s, %s, chosen.soonest, {_moment()} FROM ({sql}) AS chosen "
        "WHERE 1 = 1 ON CONFLICT DO NOTHING"
    )
    now = connection.ops.adapt_datetimefield_value(clock.now())
    with connection.cursor() as cursor:
        cursor.execute(insert, [event.pk, event.told_as, now, *params])
        return int(cursor.rowcount)


def _moment() -> str:
    """A placeholder that a SELECT list understands as a moment."""
    return "CAST(%s AS timestamp with time zone)" if connection.vendor == "postgresql" else "%s"


# -- mails -----------------------------------------------------------------------------------------
def queue_mails_at_once(event_id: int) -> None:
    """One waiting mail for each notification of this event that goes out at once and has none."""
    unmailed = Notification.objects.filter(event_id=event_id, cadence=Cadence.AT_ONCE, mail__isnull=True)
    ids = list(unmailed.values_list("pk", "recipient_id"))
    if not ids:
        return
    now = clock.now()
    with transaction.atomic():
        Mail.objects.bulk_create(
            [Mail(key=f"once:{pk}", kind=Mail.Kind.ONCE, recipient_id=r, not_before=now) for pk, r in ids],
            ignore_conflicts=True,
            batch_size=500,
        )
        made = Mail.objects.filter(recipient_id=OuterRef("recipient_id"), key=_once_key())
        unmailed.update(mail_id=made.values("pk")[:1])


def _once_key() -> Concat:
    return Concat(Value("once:"), Cast(OuterRef("pk"), CharField()))


def build_digests(now: datetime | None = None) -> int:
    """Put everything that waits for a daily or weekly digest into one mail per person; returns how many mails.

    A digest holds what was written before its due moment (7:00 local time, weekly on Monday) and was not read on the
    page meanwhile. Its key names person and day: whoever runs this again, or at the same time, makes no second mail.
    """
    moment = now or clock.now()
    made = 0
    for cadence, kind in ((Cadence.DAILY, Mail.Kind.DAILY), (Cadence.WEEKLY, Mail.Kind.WEEKLY)):
        due = rules.digest_moment(cadence, moment, timezone.get_current_timezone())
        waiting = Notification.objects.filter(
            cadence=cadence, mail__isnull=True, read_at__isnull=True, created_at__lt=due
        )
        people: list[int] = []
        while True:
            after = people[-1] if people else 0
            rows = waiting.filter(recipient_id__gt=after).order_by("recipient_id")
            people = list(rows.values_list("recipient_id", flat=True).distinct()[:CHUNK])
            if not people:
                break
            made += _digest_chunk(waiting, people, kind, due, moment)
    return made


def _digest_chunk(
    waiting: QuerySet[Notification], people: list[int], kind: Mail.Kind, due: datetime, now: datetime
) -> int:
    """The mails of these people and the notifications in them, together or not at all; returns how many mails.

    Notifications join only mails of this very run (`batch`): another run's mail may have left already, and what came
    too late for it waits for the next digest instead of being lost.
    """
    batch = new_id()
    prefix = f"{kind.value}:{due:%Y-%m-%d}"
    with transaction.atomic():
        Mail.objects.bulk_create(
            [Mail(key=f"{prefix}:{pk}", kind=kind, recipient_id=pk, batch=batch, not_before=now) for pk in people],
            ignore_conflicts=True,
            batch_size=500,
        )
        mine = Mail.objects.filter(recipient_id=OuterRef("recipient_id"), batch=batch)
        first, last = people[0], people[-1]
        joining = waiting.filter(Exists(mine), recipient_id__gte=first, recipient_id__lte=last)
        joining.update(mail_id=mine.values("pk")[:1])
        return Mail.objects.filter(batch=batch).count()


def deliver(limit: int = 200) -> int:
    """Send up to `limit` waiting mails; returns how many left. See `outbox`."""
    return outbox.deliver(limit)


# -- forgetting --------------------------------------------------------------------------------------
def forget_addresses(recipients: QuerySet[Recipient]) -> int:
    """Erase the address of guests who follow nothing and wrote nothing lately; returns how many."""
    unreachable = Q(reachable_until__isnull=True) | Q(reachable_until__lt=clock.now())
    unfollowing = ~Exists(Follow.objects.filter(recipient=OuterRef("pk")))
    return recipients.filter(unreachable, unfollowing, guest__isnull=False).exclude(email="").update(email="")


def purge(now: datetime | None = None) -> int:
    """Delete mails that left 90 days ago, notifications older than a year, addresses no longer needed."""
    moment = now or clock.now()
    gone, _kinds = Notification.objects.filter(created_at__lt=moment - KEEP_NEWS).delete()
    sent = Mail.objects.filter(state__in=["sent", "failed"], not_before__lt=moment - KEEP_MAILS)
    # A mail keeps its row while a notification points at it: the row is what says "already mailed".
    gone += sent.filter(notifications__isnull=True).delete()[0]
    personal = Event.objects.filter(public=False, at__lt=moment - KEEP_NEWS, notifications__isnull=True)
    gone += personal.delete()[0]
    return gone + forget_addresses(Recipient.objects.all())
