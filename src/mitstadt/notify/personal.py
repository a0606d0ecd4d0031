"""What this room keeps about a person, handed out and erased on request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mitstadt.accounts import personal
from mitstadt.accounts.personal import Person

from . import actions
from .models import Event, Follow, Notification, Recipient


def _of(person: Person) -> Q:
    return person.owns("recipient__user", "recipient__guest")


def _follows(person: Person) -> Iterable[Mapping[str, Any]]:
    fields = ("public_id", "subject__title", "subject__path", "topic", "cadence", "created_at")
    rows: Iterable[Mapping[str, Any]] = Follow.objects.filter(_of(person)).order_by("pk").values(*fields)
    return rows


def _stop_following(person: Person, keep_without_name: bool) -> int:
    return actions.stop(list(Follow.objects.filter(_of(person)).values_list("pk", flat=True)))


def _notifications(person: Person) -> Iterable[Mapping[str, Any]]:
    fields = ("event__title", "event__text", "event__path", "created_at", "read_at")
    rows: Iterable[Mapping[str, Any]] = Notification.objects.filter(_of(person)).order_by("pk").values(*fields)
    return rows


def _erase_notifications(person: Person, keep_without_name: bool) -> int:
    """Notifications, and the personal notices that only this person had."""
    own = Notification.objects.filter(_of(person))
    notices = list(own.filter(event__public=False).values_list("event_id", flat=True))
    gone, _kinds = own.delete()
    Event.objects.filter(pk__in=notices, notifications__isnull=True).delete()
    return gone


def _forget_actor(public_id: str) -> None:
    Event.objects.filter(actor_public_id=public_id).update(actor_public_id="")


def register_all() -> None:
    """Declare this room's models to the accounts room."""
    personal.register(
        Follow,
        label=_("Abonnements"),
        export=_follows,
        erase=_stop_following,
        retention=_("bis Sie sie beenden"),
        count=lambda person: Follow.objects.filter(_of(person)).count(),
    )
    personal.register(
        Notification,
        label=_("Nachrichten an Sie"),
        export=_notifications,
        erase=_erase_notifications,
        retention=_("ein Jahr"),
        count=lambda person: Notification.objects.filter(_of(person)).count(),
    )
    personal.register(
        Recipient,
        label=_("Zustellung: Takt, Sprache und bei Gästen die E-Mail-Adresse"),
        export=personal.rows(Recipient, ["public_id", "email", "language", "cadence", "created_at"], guest="guest"),
        erase=personal.delete(Recipient, guest="guest"),
        retention=_("so lange Sie etwas abonniert haben oder auf eine Antwort warten"),
    )
    personal.after_erase(_forget_actor)
