"""Formats that people miss in the catalogue: anybody suggests, moderation reads, staff make a draft of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from mitstadt.accounts import guests, limits, personal, who
from mitstadt.accounts import rules as trust
from mitstadt.accounts.actor import COORDINATOR, EDITOR, Actor
from mitstadt.audit import actions as audit
from mitstadt.comments.actions.writing import checked_name, checked_text
from mitstadt.kit import cache, clock
from mitstadt.kit.decision import YES, Decision, no
from mitstadt.kit.errors import DomainError, require
from mitstadt.moderation import actions as moderation
from mitstadt.moderation.models import Case
from mitstadt.notify import actions as notify
from mitstadt.notify.sayings import Saying
from mitstadt.search import actions as search
from mitstadt.subjects import actions as subjects
from mitstadt.subjects.models import Subject

from .models import SUGGESTION, Method, Suggestion

PURPOSE = "toolkit.suggest"
PER_DAY = 5  # suggestions of one person
SALT = "mitstadt.toolkit.suggestion"
WITHDRAWN = gettext_noop("Zurückgezogener Vorschlag")


def public() -> QuerySet[Suggestion]:
    """What moderation has let appear."""
    return Suggestion.objects.filter(subject__published=True, subject__restricted=False).select_related(
        "subject", "made_into__subject"
    )


# -- suggesting ---------------------------------------------------------------------------------------------------
def _checked(data: Mapping[str, Any]) -> dict[str, str]:
    """Raises DomainError with the field."""
    name, source = (" ".join(str(data.get(field, "")).split()) for field in ("name", "source"))
    if not name:
        raise DomainError(_("Bitte schreiben Sie, wie das Format heißt."), field="name")
    if len(name) > 120 or len(source) > 300:
        raise DomainError(_("Das ist zu lang."), field="name" if len(name) > 120 else "source")
    return {"name": name, "text": checked_text(str(data.get("text", ""))), "source": source}


def suggest(
    actor: Actor, data: Mapping[str, Any], *, author_name: str = "", key: str = "", language: str = ""
) -> Suggestion:
    """It appears once moderation has read it. The same `key` from the same person gives the same suggestion.
    `language` is the one it was written in, else that of the page.

    Raises DomainError (field ``name``, ``text``, ``source``; code ``too_many``) or Refused.
    """
    fields = _checked(data)
    require(trust.need(actor, trust.EMAIL))
    stored = hashlib.sha256(f"{actor.public_id}:{key}".encode()).hexdigest() if key else None
    if stored and (known := Suggestion.objects.filter(key=stored).first()):
        return known
    if not actor.is_staff:
        limits.require("toolkit.suggest", actor.public_id, times=PER_DAY, seconds=86_400)
    label = checked_name(author_name) if actor.guest_id is not None else actor.label
    try:
        with transaction.atomic():
            subject = subjects.create(SUGGESTION, fields["name"], "", is_example=actor.is_example)
            made = Suggestion(
                subject=subject, user_id=actor.user_id, guest_id=actor.guest_id, author_label=label[:160], key=stored,
                created_at=clock.now(), language=(language or get_language() or "de")[:8], **fields,
            )  # fmt: skip
            subject.path = made.get_absolute_url()
            Subject.objects.filter(pk=subject.pk).update(path=subject.path)
            made.save(force_insert=True)
            audit.record(
                "toolkit.suggestion.add",
                by=actor,
                obj=subject.public_id,
                payload={"name": made.name},
            )
            search.index(subject, made.name, made.text, weight=10)
            moderation.open_case(subject, moderation.check_text(f"{made.name}\n{made.text}\n{made.source}", actor))
    except IntegrityError:
        known = Suggestion.objects.filter(key=stored).first() if stored else None
        if known is None:
            raise
        return known
    return made


def request_from_guest(email: str, data: Mapping[str, Any], *, author_name: str, key: str, client: str) -> None:
    """Somebody without an account: check now, put before moderation when the address is confirmed."""
    language = get_language() or "de"
    payload = {
        **_checked(data), "author_name": checked_name(author_name), "key": key, "email": email, "language": language,
    }  # fmt: skip
    guests.request_confirmation(email, PURPOSE, payload, language, client=client)


def confirmed(actor: Actor, payload: dict[str, Any]) -> str:
    notify.reachable(actor, payload["email"])
    made = suggest(
        actor, payload, author_name=payload["author_name"], key=payload["key"], language=payload.get("language", "")
    )
    notify.notify(
        "toolkit.suggestion.received",
        subject=made.subject,
        recipients=who.everybody([(made.user_id, made.guest_id)]),
        followers=False,
        title=Saying(gettext_noop("Ihr Vorschlag für ein Format ist eingegangen")),  # no name: it may be taken back
        text=Saying(
            gettext_noop(
                "Auf der verlinkten Seite sehen Sie, wie es um ihn steht. Solange niemand über ihn entschieden hat, "
                "können Sie ihn dort zurückziehen."
            )
        ),
        path=own_path(made),
        key=f"toolkit:{made.subject.public_id}:received",
    )
    return own_path(made)


def describe(payload: dict[str, Any]) -> str:
    return _("Ihr Vorschlag „%(name)s“") % {"name": payload["name"]}


# -- one's own ----------------------------------------------------------------------------------------------------
def own_path(found: Suggestion) -> str:
    """The German address where its author sees how it stands. A guest needs no more than this link."""
    return f"/methoden/vorschlaege/meine/{Signer(salt=SALT).sign(found.subject.public_id)}/"


def behind(token: str) -> Suggestion | None:
    """The suggestion of an address that `own_path` made."""
    try:
        public_id = Signer(salt=SALT).unsign(token)
    except BadSignature:
        return None
    found = Suggestion.objects.select_related("subject", "guest", "made_into__subject")
    return found.filter(subject__public_id=public_id).first()


def of(actor: Actor) -> QuerySet[Suggestion]:
    """What somebody with an account suggested."""
    return Suggestion.objects.filter(user_id=actor.user_id or 0).select_related("subject", "made_into__subject")


def in_catalogue(found: Suggestion) -> bool:
    return found.made_into is not None and found.made_into.live and found.made_into.subject.is_public


def state(found: Suggestion) -> str:
    """How it stands, in words for its author."""
    if not found.text:
        return _("zurückgezogen")
    if found.subject.restricted:
        return _("von der Moderation ausgeblendet")
    if not found.subject.published:
        return _("wird gelesen")
    return _("im Katalog") if in_catalogue(found) else _("erschienen")


def may_withdraw(found: Suggestion) -> Decision:
    """May its author take it back? Only while nobody has decided."""
    if found.text and not found.subject.restricted and not found.subject.published:
        return YES
    return no(_("Über Ihren Vorschlag ist schon entschieden. Zurückziehen lässt er sich nicht mehr."))


def withdraw(actor: Actor, found: Suggestion) -> None:
    """Its author takes it back: text, name and the waiting case go. Doing it again changes nothing. Raises Refused."""
    with transaction.atomic():
        if may_withdraw(found) and moderation.take_back(found.subject):
            _blank(found.subject)
            Suggestion.objects.filter(pk=found.pk).update(user=None, guest=None, author_label="")
            audit.record("toolkit.suggestion.withdraw", actor=actor.public_id, obj=found.subject.public_id)
            return
    found = Suggestion.objects.select_related("subject").get(pk=found.pk)
    if found.text:
        require(no(_("Über Ihren Vorschlag ist schon entschieden. Zurückziehen lässt er sich nicht mehr.")))


def _blank(subject: Subject) -> None:
    subjects.mirror(subject, title=WITHDRAWN, published=False)
    search.remove(subject.pk)
    Suggestion.objects.filter(pk=subject.pk).update(name=WITHDRAWN, text="", source="")


# -- moderation ---------------------------------------------------------------------------------------------------
def _of(subject: Subject) -> Suggestion | None:
    return Suggestion.objects.select_related("subject").filter(pk=subject.pk).first()


def author_of(subject: Subject) -> who.Who | None:
    found = _of(subject)
    return who.behind(found.user_id, found.guest_id) if found is not None else None


def excerpt_of(subject: Subject) -> str:
    found = _of(subject)
    return "\n\n".join(filter(None, [found.name, found.text, found.source])) if found is not None else ""


def settled(subject: Subject, what: str) -> None:
    """Moderation decided: what may stay appears, and its author hears of it."""
    found = _of(subject)
    if found is None or not found.text:
        return
    if what != "restricted" and not found.subject.published:
        Subject.objects.filter(pk=subject.pk).update(published=True)
        subject.published = True
        notify.notify(
            "toolkit.suggestion.published",
            subject=subject,
            recipients=who.everybody([(found.user_id, found.guest_id)]),
            followers=False,
            title=Saying(gettext_noop("Ihr Vorschlag ist erschienen: %(name)s"), {"name": found.name}),
            path=found.get_absolute_url(),
            key=f"toolkit:{subject.public_id}:published",
        )
    cache.bump()


def arrived(method: Method) -> None:
    """A method was published: whoever suggested it hears of it, once. One query, as a rule for nothing."""
    found = Suggestion.objects.filter(made_into=method, subject__restricted=False).exclude(text="")
    for one in found.select_related("subject"):
        notify.notify(
            "toolkit.suggestion.in_catalogue",
            subject=one.subject,
            recipients=who.everybody([(one.user_id, one.guest_id)]),
            followers=False,
            title=Saying(gettext_noop("Ihr Vorschlag steht jetzt im Katalog: %(name)s"), {"name": one.name}),
            path=method.get_absolute_url(),
            key=f"toolkit:{one.subject.public_id}:catalogue",
        )


def redact(subject: Subject, text: str, actor: Actor) -> None:
    """Moderation took private details out of the text."""
    Suggestion.objects.filter(pk=subject.pk).update(text=checked_text(text))
    search.index(subject, subject.title, text, weight=10)
    audit.record("toolkit.suggestion.redact", actor=actor.public_id, obj=subject.public_id)


def waiting() -> int:
    """How many wait for moderation. One query."""
    return Case.objects.filter(kind=SUGGESTION, state=Case.State.OPEN).count()


# -- into the catalogue -------------------------------------------------------------------------------------------
def may_draft(actor: Actor) -> bool:
    return bool(trust.staff(actor)) and (actor.has(EDITOR) or actor.has(COORDINATOR))


def make_draft(actor: Actor, found: Suggestion) -> Method:
    """A draft of the catalogue with what was suggested; the rest is filled in there. Suggested in English, it fills the
    English texts too. Doing it again gives the same."""
    require(trust.staff(actor))
    if found.made_into is not None:
        return found.made_into
    base = slugify(found.name.translate(_UMLAUTS))[:50] or "vorschlag"
    taken = set(Method.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug = next(s for s in (base, *(f"{base}-{n}" for n in range(2, 1000))) if s not in taken)
    with transaction.atomic():
        made = Method(
            slug=slug, name=found.name, description=found.text, kind="analog", levels=["consult"], phases=["ideas"],
            group_min=1, group_max=100, duration="?", prep_min=2, prep_max=6, effort="medium", cost_class="€",
            name_en=found.name if found.language.startswith("en") else "",
            description_en=found.text if found.language.startswith("en") else "",
            sources=[found.source] if found.source else [], live=False, has_unpublished_changes=True, order=999,
        )  # fmt: skip
        made.save()
        made.save_revision(changed=False)
        Suggestion.objects.filter(pk=found.pk).update(made_into=made)
        audit.record(
            "toolkit.suggestion.drafted",
            by=actor,
            obj=found.subject.public_id,
            payload={"method": slug},
        )
    return made


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


# -- personal data ------------------------------------------------------------------------------------------------
def export(person: personal.Person) -> Iterable[Mapping[str, Any]]:
    fields = ("name", "text", "source", "language", "author_label", "created_at", "subject__published")
    yield from Suggestion.objects.filter(person.owns("user", "guest")).order_by("pk").values(*fields)


def erase(person: personal.Person, keep_without_name: bool) -> int:
    """An account or guest goes: suggestions stay without a name, or go from the public with their text."""
    mine = Suggestion.objects.filter(person.owns("user", "guest")).select_related("subject")
    found = list(mine)
    if not keep_without_name:
        for one in found:
            moderation.take_back(one.subject)
            _blank(one.subject)
    mine.update(user=None, guest=None, author_label="", key=None)
    return len(found)


def mine(person: personal.Person) -> int:
    return Suggestion.objects.filter(person.owns("user", "guest")).count()
