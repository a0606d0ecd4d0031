"""Moderators hear each morning what came in and what is overdue; on a quiet day nobody is written to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mitstadt.kit import clock
from mitstadt.moderation import reminders
from mitstadt.moderation.models import Case
from mitstadt.notify.models import Mail

pytestmark = pytest.mark.django_db


def open_case(subject: Any) -> Case:
    now = clock.now()
    return Case.objects.create(
        subject=subject, kind="remark", title="Meinung", source="report", opened_at=now, due_at=now + timedelta(days=3)
    )


def test_new_and_overdue_cases_are_told_once_a_day(
    alice: Any, bob: Any, moderator: Any, wrote: Any, stopped_clock: Any
) -> None:
    reminders.send()
    assert not Mail.objects.exists()
    open_case(wrote(alice))  # Tuesday, 3 March, 10:00
    stopped_clock.set(datetime(2026, 3, 4, 7, 0, tzinfo=UTC))  # 8:00 in Berlin
    reminders.send()
    reminders.send()
    mails = list(Mail.objects.values_list("address", "title", "text", "path"))
    assert mails == [
        (
            moderator.email,
            "Moderation: was heute wartet",
            "1 Fall ist neu.\nInsgesamt wartet 1 Fall.",
            "/verwaltung/moderation/",
        )
    ]
    stopped_clock.move(days=1)  # nothing new, nothing late
    reminders.send()
    assert Mail.objects.count() == 1
    stopped_clock.move(days=2)
    reminders.send()
    assert Mail.objects.latest("pk").text == "1 Fall ist überfällig.\nInsgesamt wartet 1 Fall."


def test_settled_cases_wait_for_nobody(alice: Any, moderator: Any, wrote: Any, stopped_clock: Any) -> None:
    case = open_case(wrote(alice))
    Case.objects.filter(pk=case.pk).update(state="closed", outcome="keep", decided_at=clock.now())
    stopped_clock.move(days=10)
    assert reminders.send() == 0
