"""Asking providers for a fresh figure when the agreed time is over."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from mitstadt.kit import clock
from mitstadt.notify import actions as notify

from . import links
from .models import Capacity, Way

MOST = 500


def remind() -> int:
    """One mail a capacity and agreed interval, to the provider's address. Returns how many."""
    now, sent = clock.now(), 0
    late = (
        Capacity.objects.filter(active=True, way__in=(Way.ENQUIRE, Way.CALL, Way.ROUND))
        .exclude(service__provider__email="")
        .select_related("service__provider")
    )
    for capacity in late[:MOST]:
        interval = timedelta(hours=capacity.interval_hours)
        if capacity.updated_at is not None and now - capacity.updated_at < interval:
            continue
        turn = int(now.timestamp() // interval.total_seconds())
        with transaction.atomic(), override("de"):
            notify.mail(
                capacity.service.provider.email,
                title=_("Wie viel ist gerade frei?"),
                text=_(
                    "%(what)s\n\nDer Link öffnet eine Seite mit Knöpfen: eine Zahl oder „unverändert“. Erst der Knopf "
                    "ändert etwas."
                )
                % {"what": capacity},
                key=f"capacity:{capacity.pk}:{turn}",
                path=f"/plaetze/melden/{links.token(capacity)}/",
            )
        sent += 1
    return sent


def daily() -> None:
    remind()
