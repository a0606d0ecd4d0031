"""Asking providers for a fresh figure when the agreed time is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from mitstadt.kit import clock
from mitstadt.notify import actions as notify
from mitstadt.notify.models import Mail

from . import links
from .models import Capacity, Way

CHUNK = 500
SHORT = 160  # signs of a short message


def remind() -> int:
    """One letter a capacity and agreed interval, to the provider's address and the capacity's mobile phone. Returns
    for how many."""
    now, due = clock.now(), 0
    rows = Capacity.objects.filter(active=True, way__in=(Way.ENQUIRE, Way.CALL, Way.ROUND)).order_by("pk")
    with override("de"):
        for capacity in rows.select_related("service__provider").iterator(CHUNK):
            interval = timedelta(hours=capacity.interval_hours)
            if capacity.updated_at is not None and now - capacity.updated_at < interval:
                continue
            letters = _letters(capacity, now, interval)
            with transaction.atomic():
                notify.mail_all(letters)
            due += bool(letters)
    return due


def _letters(capacity: Capacity, now: datetime, interval: timedelta) -> list[notify.Letter]:
    key = f"capacity:{capacity.pk}:{int(now.timestamp() // interval.total_seconds())}"
    path = links.path(capacity)
    found = []
    if capacity.service.provider.email:
        text = _(
            "%(what)s\n\nDer Link öffnet eine Seite mit Knöpfen: eine Zahl oder „unverändert“. Erst der Knopf "
            "ändert etwas."
        )
        found.append(
            notify.Letter(
                capacity.service.provider.email, _("Wie viel ist gerade frei?"), text % {"what": capacity}, key, path
            )
        )
    if address := notify.short_address(capacity.mobile):
        text = _("Wie viel ist frei?")
        room = SHORT - len(f"{text}  {links.address(capacity)}")
        text = f"{str(capacity)[: max(0, room)]} {text}".strip()
        found.append(notify.Letter(address, "", text, key, path, kind=Mail.Kind.SHORT))
    return found


def daily() -> None:
    remind()
