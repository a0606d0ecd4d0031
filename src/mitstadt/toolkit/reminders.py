"""When a process has ended, its department hears once that others would like to know what was learned."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Max, Q
from django.utils.translation import gettext_noop

from mitstadt.accounts.actor import EDITOR
from mitstadt.accounts.who import Who
from mitstadt.kit import clock
from mitstadt.notify.actions import notify
from mitstadt.notify.models import Event
from mitstadt.notify.sayings import Saying
from mitstadt.organisations.models import Membership
from mitstadt.participation.models import Process

from .models import Use

LATEST = timedelta(days=180)  # what ended longer ago is not asked about any more


def send() -> int:
    """Remind of processes whose last phase is over and whose formats have no evaluation yet; returns how many. Running
    it again writes nothing."""
    now = clock.now()
    unsaid = Use.objects.filter(
        Q(persons__isnull=True) & Q(euro__isnull=True) & Q(days__isnull=True) & Q(reached="") & Q(learned="")
    )
    over = (
        Process.objects.filter(pk__in=unsaid.values("process"))
        .exclude(stage="draft")
        .annotate(ended=Max("phases__end"))
        .filter(ended__lt=now, ended__gt=now - LATEST)
        .select_related("subject")
        .order_by("pk")
    )
    keys = {f"toolkit:{process.subject.public_id}:learn": process for process in over}
    known = set(Event.objects.filter(key__in=list(keys), public=False).values_list("key", flat=True))
    sent = 0
    for key, process in keys.items():
        editors: list[Who] = [
            ("user", user)
            for user in Membership.objects.filter(
                organisation_id=process.department_id, role=EDITOR, user__is_active=True
            )
            .values_list("user_id", flat=True)
            .distinct()
        ]
        if key in known or not editors:
            continue
        notify(
            "toolkit.learn",
            subject=process.subject,
            recipients=editors,
            followers=False,
            title=Saying(gettext_noop("Was haben Sie gelernt? %(title)s"), {"title": process.title}),
            text=Saying(gettext_noop("Fünf kurze Angaben je Format helfen allen, die als Nächstes planen.")),
            path=f"/verwaltung/methoden/verfahren/{process.number}/",
            key=key,
        )
        sent += 1
    return sent
