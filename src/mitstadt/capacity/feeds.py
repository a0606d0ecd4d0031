"""Sources: what another system says is read again and again. When that fails, the figure stays and grows old."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from mitstadt.accounts.actor import Actor
from mitstadt.audit import actions as audit
from mitstadt.directory import access
from mitstadt.directory.models import Provider
from mitstadt.kit import clock, jobs
from mitstadt.kit.errors import DomainError, require

from . import fetching, permissions
from .actions import telling
from .adapters import Reader, Reading, Span, UnreadableError, fhir, ical, table
from .models import Capacity, Feed, Slot, Way

READERS: dict[str, Reader] = {Feed.Kind.ICAL: ical.read, Feed.Kind.FHIR: fhir.read, Feed.Kind.CSV: table.read}
CHANNELS = {Feed.Kind.ICAL: "ical", Feed.Kind.FHIR: "fhir", Feed.Kind.CSV: "csv"}
MOST_DUE = 500


def of_providers(providers: Sequence[Provider]) -> QuerySet[Feed]:
    return _all().filter(capacity__service__provider__in=[provider.pk for provider in providers])


def shown_to(actor: Actor, providers: Sequence[Provider]) -> QuerySet[Feed]:
    """One's own; those who keep the directory see every source, what is broken first."""
    if access.may_keep(actor):
        return _all().order_by("-last_error", "capacity__service__name", "pk")
    return of_providers(providers)


def _all() -> QuerySet[Feed]:
    return Feed.objects.select_related("capacity__service__provider__organisation")


def connect(actor: Actor, capacity: Capacity, *, kind: str, url: str, interval_minutes: int = 60) -> Feed:
    """Read this capacity from `url` from now on; a capacity has one source, a new one takes its place.

    Raises DomainError (field ``url``, ``interval_minutes``, ``capacity``).
    """
    require(permissions.may_say(actor, capacity))
    if capacity.way == Way.BOOK:
        raise _twice()
    if kind not in READERS:
        raise DomainError(_("Dieses Format gibt es nicht."), field="kind")
    if not 15 <= interval_minutes <= 10_080:
        raise DomainError(_("Zwischen 15 Minuten und 7 Tagen."), field="interval_minutes")
    try:
        fetching.check_url(url)
    except fetching.UnreachableError as error:
        raise DomainError(str(error), field="url") from error
    try:
        with transaction.atomic():
            Feed.objects.filter(capacity=capacity).delete()
            feed = Feed.objects.create(
                capacity=capacity, kind=kind, url=url, interval_minutes=interval_minutes, created_at=clock.now()
            )
            audit.record(
                "capacity.feed.connect",
                by=actor,
                obj=capacity.public_id,
                payload={"kind": kind, "host": urlsplit(url).hostname or ""},  # the rest may be a secret
            )
            jobs.enqueue(read_one, feed.pk)
    except IntegrityError as error:  # somebody else of the provider did it in the same moment
        raise DomainError(_("Dieser Platz hat schon eine Quelle."), field="capacity") from error
    return feed


def _twice() -> DomainError:
    """Two systems that both give away the same times would give them away twice."""
    return DomainError(_("Was hier gebucht wird, kann nicht zugleich anderswo gebucht werden."), field="capacity")


def disconnect(actor: Actor, feed: Feed) -> None:
    """Read it no more; the last figure stays and grows old, its times are taken down."""
    require(permissions.may_say(actor, feed.capacity))
    with transaction.atomic():
        if Feed.objects.filter(pk=feed.pk).delete()[0]:
            _sync(feed.capacity, ())
            audit.record(
                "capacity.feed.disconnect",
                by=actor,
                obj=feed.capacity.public_id,
            )


def periodic() -> None:
    """One job for each source that is due, so that a slow one holds nobody up."""
    now = clock.now()
    for pk, minutes, tried in Feed.objects.filter(capacity__active=True).values_list(
        "pk", "interval_minutes", "tried_at"
    )[:MOST_DUE]:
        if tried is None or tried + timedelta(minutes=minutes) <= now:
            turn = int(now.timestamp() // (minutes * 60))
            jobs.enqueue(read_one, pk, key=f"feed:{pk}:{turn}")


def read_one(pk: int) -> bool:
    """Read one source and say what it says; False when that failed, which is written down for its provider."""
    feed = _all().filter(pk=pk).first()
    if feed is None:
        return False
    now = clock.now()
    Feed.objects.filter(pk=pk).update(tried_at=now)
    with override("de"):
        try:
            content = fetching.fetch(feed.url)
            reading = READERS[feed.kind](content, feed.capacity.public_id, now)
            take(feed, reading)
        except (fetching.UnreachableError, UnreadableError) as error:
            return _failed(feed, str(error))
        except DomainError as error:
            return _failed(feed, error.message)
    return True


def _failed(feed: Feed, text: str) -> bool:
    Feed.objects.filter(pk=feed.pk).update(last_error=text[:300])
    return False


def take(feed: Feed, reading: Reading) -> None:
    """Times and figure together, or nothing. Raises DomainError when the figure cannot be."""
    if feed.capacity.way == Way.BOOK:  # it was changed after the source was connected
        raise _twice()
    with transaction.atomic():
        if reading.spans is not None:
            _sync(feed.capacity, reading.spans)
        said = telling.Said(reading.free, reading.total, reading.has_waiting_list, None, reading.free_from)
        telling.say(feed.capacity, said, by=str(feed.get_kind_display()), channel=CHANNELS[Feed.Kind(feed.kind)])
        Feed.objects.filter(pk=feed.pk).update(last_at=clock.now(), last_error="")


def _sync(capacity: Capacity, spans: Sequence[Span]) -> None:
    """The coming times of this capacity are those of the source; one that somebody was promised here stays."""
    wanted = {span.starts_at: span for span in spans}
    coming = Slot.objects.filter(capacity=capacity, starts_at__gt=clock.now())
    known = {slot.starts_at: slot for slot in coming}
    gone = [slot.pk for start, slot in known.items() if start not in wanted and not slot.taken and not slot.held]
    for at in range(0, len(gone), 500):
        Slot.objects.filter(pk__in=gone[at : at + 500], taken=0, held=0, bookings=None).delete()
    for start, span in wanted.items():
        slot = known.get(start)
        if slot is not None and (slot.ends_at, slot.source_id) != (span.ends_at, span.source_id):
            Slot.objects.filter(pk=slot.pk).update(ends_at=span.ends_at, source_id=span.source_id)
    Slot.objects.bulk_create(
        [
            Slot(capacity=capacity, starts_at=start, ends_at=span.ends_at, source_id=span.source_id)
            for start, span in wanted.items()
            if start not in known
        ],
        ignore_conflicts=True,
        batch_size=500,
    )
