"""Who answered and who follows hears that a result is there: once, soon after the end."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from mitstadt.accounts import who
from mitstadt.kit import cache, clock
from mitstadt.notify import actions as notify
from mitstadt.notify.sayings import Saying

from . import queries
from .models import Survey


def tell_results(now: datetime | None = None) -> int:
    """Tell of every result that everybody may see since the survey ended; how many. Running twice tells once."""
    now = now or clock.now()
    told = 0
    for survey in queries.public_surveys().filter(told_at=None, responses__gt=0):
        module = survey.module
        if not queries.ended(module, now) or not queries.results_open(module, survey, now):
            continue
        with transaction.atomic():
            if not Survey.objects.filter(pk=survey.pk, told_at=None).update(told_at=now):
                continue
            notify.notify(
                "survey.results",
                subject=module.subject,
                title=Saying(gettext_noop("Das Ergebnis ist da: %(title)s"), {"title": module.title}),
                path=f"{module.subject.path}ergebnis/",
                key=f"survey:{survey.pk}:results",
                recipients=who.everybody(survey.given.values_list("user_id", "guest_id")),
            )
        cache.bump()
        told += 1
    return told
