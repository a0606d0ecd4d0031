"""A worker is killed (SIGKILL, a real process) in the worst moments; the next one loses nothing and doubles nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection

from mitstadt.kit import clock
from mitstadt.notify import actions, jobs
from mitstadt.notify.models import Mail, Notification

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

DIES = """
import os, signal, sys
import django
django.setup()
from django.db.models import QuerySet
from mitstadt.notify import jobs, outbox, models

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

where = sys.argv[1]
if where == "fan_out":
    jobs.queue_mails_at_once = die       # notifications are written, mails are not
    jobs.fan_out_pending()
elif where == "digest":
    update = QuerySet.update
    QuerySet.update = lambda self, **kw: die() if "mail_id" in kw else update(self, **kw)
    jobs.build_digests()                 # the mail exists, nothing is in it yet
elif where == "claimed":
    outbox.letters.build = die           # claimed, not sent
    jobs.deliver()
"""


def database_url() -> str:
    """The test database, for another process."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}" if str(values["NAME"]).startswith("/") else f"sqlite:////{values['NAME']}"
    password = f":{values['PASSWORD']}" if values["PASSWORD"] else ""
    return f"postgres://{values['USER']}{password}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


def worker_dies(where: str) -> None:
    source = Path(settings.ROOT) / "src"
    result = subprocess.run(
        [sys.executable, "-c", DIES, where],
        env={
            **os.environ,
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE,
            "PYTHONPATH": os.pathsep.join([str(source), os.environ.get("PYTHONPATH", "")]),
        },
        capture_output=True,
        timeout=90,
    )
    assert result.returncode == -signal.SIGKILL, result.stderr.decode()[-2000:]


def tell(subject: Any) -> None:
    actions.notify("test.happened", subject=subject, title="Neu", text="", path=subject.path, key="k")


def test_killed_while_telling_followers(alice: Any, bob: Any, actor_of: Any, subject_factory: Any) -> None:
    measure = subject_factory()
    for person in (alice, bob):
        actions.follow(actor_of(person), subject=measure, cadence="at_once")
    tell(measure)
    worker_dies("fan_out")
    jobs.fan_out_pending()
    jobs.deliver()
    assert Notification.objects.count() == 2
    assert sorted(letter.to[0] for letter in mail.outbox) == ["alice@example.org", "bob@example.org"]


def test_killed_while_building_digests(alice: Any, actor_of: Any, subject_factory: Any) -> None:
    from datetime import timedelta

    measure = subject_factory()
    actions.follow(actor_of(alice), subject=measure, cadence="daily")
    tell(measure)
    jobs.fan_out_pending()
    Notification.objects.update(created_at=clock.now() - timedelta(days=2))
    worker_dies("digest")
    assert Mail.objects.count() == 0
    jobs.build_digests()
    jobs.build_digests()
    jobs.deliver()
    assert len(mail.outbox) == 1


def test_killed_between_claiming_and_sending(alice: Any, actor_of: Any, subject_factory: Any) -> None:
    from datetime import timedelta

    measure = subject_factory()
    actions.follow(actor_of(alice), subject=measure, cadence="at_once")
    tell(measure)
    jobs.fan_out_pending()
    worker_dies("claimed")
    jobs.deliver()
    assert mail.outbox == []  # the dead worker's claim still holds
    with clock.at(clock.now() + timedelta(minutes=6)):
        jobs.deliver()
        jobs.deliver()
    assert len(mail.outbox) == 1


def test_a_second_copy_would_carry_the_same_message_id(alice: Any, actor_of: Any, subject_factory: Any) -> None:
    """Killed after the mail server accepted: nobody can know; the copy is recognisable by its Message-ID."""
    measure = subject_factory()
    actions.follow(actor_of(alice), subject=measure, cadence="at_once")
    tell(measure)
    jobs.fan_out_pending()
    jobs.deliver()
    Mail.objects.update(state="sending", claimed_until=clock.now())
    from datetime import timedelta

    with clock.at(clock.now() + timedelta(minutes=6)):
        jobs.deliver()
    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
