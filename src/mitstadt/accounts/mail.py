"""Plain text mails of this room: neutral subject, no tracking, link and reason."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from mitstadt.kit import jobs
from mitstadt.kit.city import current


def absolute(path: str) -> str:
    """The full address of `path` on this installation."""
    return f"{settings.MITSTADT_BASE_URL.rstrip('/')}{path}"


def send(address: str, template: str, context: dict[str, Any]) -> None:
    """Render `template`_subject.txt and `template`_message.txt in the active language and hand them to the worker, in
    the caller's transaction."""
    context = {"city": current(), **context}
    subject = " ".join(render_to_string(f"{template}_subject.txt", context).split())
    body = render_to_string(f"{template}_message.txt", context).strip() + "\n"
    post(address, subject, body)


def post(address: str, subject: str, body: str) -> None:
    """Have the worker send a plain text mail: it is not lost when the mail server is away, and whoever asked waits as
    long for a known address as for an unknown one."""
    jobs.enqueue("mitstadt.accounts.mail.deliver", address, subject, body)


def deliver(address: str, subject: str, body: str) -> None:
    """The job."""
    send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [address])
