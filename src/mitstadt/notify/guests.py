"""Following without an account: the confirmed link starts the follow."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from mitstadt.accounts import guests
from mitstadt.accounts.actor import Actor
from mitstadt.kit.errors import DomainError
from mitstadt.subjects.models import Subject

from . import actions, topics

PURPOSE = "notify.follow"


def request_follow(
    email: str, *, subject: Subject | None, topic: str | None, cadence: str, language: str, client: str = ""
) -> None:
    """Mail a confirmation link. The answer is the same for every address. Raises DomainError as the accounts room
    does."""
    payload = {
        "subject": subject.public_id if subject else "",
        "topic": topic or "",
        "cadence": cadence,
        "email": email,
    }
    guests.request_confirmation(email, PURPOSE, payload, language, client=client)


def on_confirmed(actor: Actor, payload: dict[str, Any]) -> str | None:
    """The link was used: follow now. Raises DomainError when the subject is no longer public."""
    subject = None
    if payload["subject"]:
        subject = Subject.objects.public().filter(public_id=payload["subject"]).first()
        if subject is None:
            raise DomainError(_("Das ist nicht öffentlich und kann deshalb nicht abonniert werden."), code="not_public")
    actions.follow(
        actor,
        subject=subject,
        topic=payload["topic"] or None,
        cadence=payload["cadence"],
        email=payload["email"],
    )
    if subject is not None:
        return subject.path
    found = topics.find(payload["topic"])
    return found.path if found else None


def describe(payload: dict[str, Any]) -> str:
    """What the mail and the page with the button call it."""
    if payload["subject"]:
        subject = Subject.objects.public().filter(public_id=payload["subject"]).first()
        title = subject.title if subject else ""
    else:
        found = topics.find(payload["topic"])
        title = found.label if found else ""
    return _("Ihr Abonnement von „%(title)s“") % {"title": title} if title else _("Ihr Abonnement")
