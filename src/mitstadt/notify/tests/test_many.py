"""10,000 followers are told within the budget (30 s; a fraction of it is used)."""

from __future__ import annotations

import time
from typing import Any

import pytest

from mitstadt.accounts.models import User
from mitstadt.kit import clock
from mitstadt.notify import actions, jobs
from mitstadt.notify.models import Follow, Mail, Notification, Recipient

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
MANY = 10_000


def test_ten_thousand_followers_are_told_in_time(subject_factory: Any) -> None:
    measure, now = subject_factory(), clock.now()
    User.objects.bulk_create([User(username=f"u{n}", email=f"u{n}@example.org") for n in range(MANY)], batch_size=500)
    Recipient.objects.bulk_create(
        [Recipient(user_id=pk, created_at=now) for pk in User.objects.values_list("pk", flat=True)], batch_size=500
    )
    Follow.objects.bulk_create(
        [
            Follow(recipient_id=pk, subject=measure, cadence=1 if n % 2 else 2, created_at=now)
            for n, pk in enumerate(Recipient.objects.values_list("pk", flat=True))
        ],
        batch_size=500,
    )
    actions.notify("t", subject=measure, title="Neu", path="/x/", key="k")
    start = time.monotonic()
    jobs.fan_out_pending()
    took = time.monotonic() - start
    assert Notification.objects.count() == MANY
    assert Mail.objects.count() == MANY // 2
    assert took <= 30, f"{took:.1f} s"
    print(f"{MANY} followers told in {took:.2f} s")
