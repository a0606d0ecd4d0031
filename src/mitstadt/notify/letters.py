"""What a mail says: plain text and a plain HTML twin, in the reader's language, with nothing loaded from anywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.signing import BadSignature, dumps, loads
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mitstadt.kit.city import current
from mitstadt.kit.languages import path_in

from . import rules, sayings
from .models import Event, Mail, Notification, is_visible

SALT = "mitstadt.notify.unsubscribe"

Attachment = tuple[str, str, str]  # file name, text, media type
_attachments: dict[str, Callable[[Event], Sequence[Attachment]]] = {}


def register_attachments(room: str, attachments: Callable[[Event], Sequence[Attachment]]) -> None:
    """A room above adds files to the single mails about its events (``room.thing.verb``): a date for the calendar."""
    _attachments[room] = attachments


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of news in a mail; `link` is a full address."""

    title: str
    text: str
    subject: str
    link: str


@dataclass(frozen=True, slots=True)
class Stop:
    """What an unsubscribe link stops: a digest (`cadence`), the follows behind one event, or personal news."""

    recipient: str
    cadence: str = ""
    event: str = ""


def absolute(path: str) -> str:
    """The full address of a German `path` in the active language."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    return f"{settings.MITSTADT_BASE_URL.rstrip('/')}{path_in(path, language)}"


def stop_token(stop: Stop) -> str:
    return dumps([stop.recipient, stop.cadence, stop.event], salt=SALT)


def read_stop(token: str) -> Stop | None:
    """What the token stops, None when it was not made here."""
    try:
        recipient, cadence, event = loads(token, salt=SALT)
    except (BadSignature, ValueError):
        return None
    return Stop(recipient, cadence, event)


def message_id(key: str) -> str:
    """The same for every attempt of one mail, so that a second copy is recognised as the first."""
    digest = hashlib.sha256(f"{settings.SECRET_KEY}:{key}".encode()).hexdigest()[:32]
    return f"<{digest}@{urlsplit(settings.MITSTADT_BASE_URL).hostname or 'localhost'}>"


def build(mail: Mail) -> EmailMultiAlternatives | None:
    """The mail, or None when there is nobody to send it to or nothing left to say."""
    if mail.kind == Mail.Kind.DIRECT:
        with translation.override(mail.language):
            link = absolute(mail.path) if mail.path else ""
            return _compose(mail, mail.address, mail.title, "direct", {"text": mail.text, "link": link}, None)
    if mail.kind == Mail.Kind.SHORT:
        text = f"{mail.text} {absolute(mail.path)}" if mail.path else mail.text
        headers = {"Message-ID": message_id(mail.key), "Auto-Submitted": "auto-generated"}
        return EmailMultiAlternatives("", text, settings.DEFAULT_FROM_EMAIL, [mail.address], headers=headers)
    recipient = mail.recipient
    if recipient is None:
        return None
    address = recipient.user.email if recipient.user else recipient.email
    if not address or (recipient.user and not recipient.user.is_active):
        return None
    language = recipient.user.language if recipient.user else recipient.language
    with translation.override(language):
        notes = _notes(mail)
        if not notes:
            return None
        return _news(mail, address, [note.event for note in notes])


def _notes(mail: Mail) -> list[Notification]:
    """The mail's notifications, oldest first, without what was hidden meanwhile."""
    rows = Notification.objects.filter(mail=mail).select_related("event__subject", "event__source").order_by("id")[:200]
    return [n for n in rows if is_visible(n.event)]


def _item(event: Event) -> Item:
    return Item(
        sayings.read(event.sayings, "title", event.title),
        sayings.read(event.sayings, "text", event.text),
        event.subject.title,
        absolute(event.path),
    )


def _news(mail: Mail, address: str, events: list[Event]) -> EmailMultiAlternatives:
    assert mail.recipient is not None
    person = mail.recipient.public_id
    items = [_item(event) for event in events]
    if mail.kind == Mail.Kind.ONCE:
        title = items[0].title
        stop = None if events[0].must else Stop(person, event=events[0].public_id)
        letter = _compose(mail, address, title, "once", {"item": items[0], "public": events[0].public}, stop)
        attach = _attachments.get(events[0].event.partition(".")[0])
        for name, content, media_type in attach(events[0]) if attach else ():
            letter.attach(name, content, media_type)
        return letter
    count = len(items)
    title = ngettext("%(count)d Neuigkeit aus %(city)s", "%(count)d Neuigkeiten aus %(city)s", count)
    title %= {"count": count, "city": current().short_name}
    stop = Stop(person, cadence=mail.kind)
    lead = _("Das Neueste von heute") if mail.kind == Mail.Kind.DAILY else _("Das Neueste der Woche")
    return _compose(mail, address, title, "digest", {"groups": _by_subject(items), "lead": lead}, stop)


def _by_subject(items: list[Item]) -> list[tuple[str, list[Item]]]:
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.subject, []).append(item)
    return list(groups.items())


def _compose(
    mail: Mail, address: str, title: str, template: str, context: dict[str, Any], stop: Stop | None
) -> EmailMultiAlternatives:
    """Both forms and the headers. A mail with `stop` can be ended by one click (RFC 8058)."""
    stop_link = ""
    headers = {
        "Message-ID": message_id(mail.key),
        "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office answers, please
    }
    if stop is not None:
        base = settings.MITSTADT_BASE_URL.rstrip("/")
        stop_link = base + reverse("notify:unsubscribe", args=[stop_token(stop)])
        headers["List-Unsubscribe"] = f"<{stop_link}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    context = {
        **context,
        "title": title,
        "city": current(),
        "stop_link": stop_link,
        "mine": absolute("/konto/nachrichten/"),
        "has_account": mail.recipient is not None and mail.recipient.user_id is not None,
        "language": translation.get_language(),
    }
    body = render_to_string(f"notify/mail/{template}.txt", context).strip() + "\n"
    letter = EmailMultiAlternatives(
        rules.mail_subject(title), body, settings.DEFAULT_FROM_EMAIL, [address], headers=headers
    )
    letter.attach_alternative(render_to_string(f"notify/mail/{template}.html", context), "text/html")
    return letter
