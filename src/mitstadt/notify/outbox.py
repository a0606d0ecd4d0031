"""Sending what waits in the outbox, at least once and, wherever a mail server lets us know, exactly once.

A mail is claimed by a conditional update that is committed before anything leaves, so two workers never send the same
one. When a worker is killed, its claim ends after `LEASE` and the mail is tried again. Only a death in the moment
between the mail server's "accepted" and our own note of it can send a mail twice; both then carry the same
Message-ID, by which mail programs recognise the second as the first.
"""

from __future__ import annotations

import logging
import smtplib
from datetime import timedelta

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F, Q, QuerySet

from mitstadt.kit import clock

from . import letters, rules
from .models import Mail

LEASE = timedelta(minutes=5)
log = logging.getLogger(__name__)


def deliver(limit: int = 200) -> int:
    """Send up to `limit` mails that are due; returns how many the mail server accepted."""
    due = list(_due().order_by("not_before").values_list("pk", flat=True)[:limit])
    if not due:
        return 0
    connection: BaseEmailBackend = get_connection()
    sent = 0
    try:
        for pk in due:
            sent += _send_one(pk, connection)
    finally:
        connection.close()
    return sent


def _due() -> QuerySet[Mail]:
    now = clock.now()
    return Mail.objects.filter(
        Q(state=Mail.State.WAITING, not_before__lte=now) | Q(state=Mail.State.SENDING, claimed_until__lt=now)
    )


def _claim(pk: int) -> Mail | None:
    """Make this mail ours until the lease ends, None when another worker was quicker."""
    until = clock.now() + LEASE
    claimed = _due().filter(pk=pk).update(state=Mail.State.SENDING, claimed_until=until, attempts=F("attempts") + 1)
    return Mail.objects.select_related("recipient__user").get(pk=pk) if claimed else None


def _send_one(pk: int, connection: BaseEmailBackend) -> bool:
    mail = _claim(pk)
    if mail is None:
        return False
    letter = letters.build(mail)
    if letter is None:  # no address any more, or everything in it was hidden meanwhile
        _finish(mail, Mail.State.SENT, "nothing to send")
        return False
    try:
        connection.send_messages([letter])
    except smtplib.SMTPRecipientsRefused:
        _finish(mail, Mail.State.FAILED, "recipient refused")
        return False
    except (OSError, smtplib.SMTPException) as error:
        _again(mail, type(error).__name__)
        return False
    _finish(mail, Mail.State.SENT, "")
    return True


def _finish(mail: Mail, state: Mail.State, error: str) -> None:
    """Note what became of it, and forget address and words of a direct mail."""
    mine = Mail.objects.filter(pk=mail.pk, state=Mail.State.SENDING, claimed_until=mail.claimed_until)
    mine.update(state=state, sent_at=clock.now(), error=error, claimed_until=None, address="", title="", text="")


def _again(mail: Mail, error: str) -> None:
    """Try later, or give up after the last pause. The log holds ids and the kind of error, never an address."""
    pause = rules.pause_after(mail.attempts)
    log.warning("mail %s: attempt %s failed with %s", mail.pk, mail.attempts, error)
    if pause is None:
        _finish(mail, Mail.State.FAILED, error)
        return
    mine = Mail.objects.filter(pk=mail.pk, state=Mail.State.SENDING, claimed_until=mail.claimed_until)
    mine.update(state=Mail.State.WAITING, not_before=clock.now() + pause, claimed_until=None, error=error)
