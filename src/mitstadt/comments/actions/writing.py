"""Writing, changing and withdrawing a contribution."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mitstadt.accounts import guests, limits, pseudonyms, who
from mitstadt.accounts.actor import Actor
from mitstadt.accounts.personal import Person
from mitstadt.audit import actions as audit
from mitstadt.comments import conf, permissions, registry, rules
from mitstadt.comments.models import Channel, Comment, CommentVersion, Held, Question, Side, State, Step
from mitstadt.kit import clock
from mitstadt.kit.decision import no
from mitstadt.kit.errors import DomainError, Refused, require
from mitstadt.moderation import actions as moderation
from mitstadt.moderation.rules import Finding
from mitstadt.notify import actions as notify
from mitstadt.subjects import actions as subjects
from mitstadt.subjects.models import Subject

from . import telling
from .answering import open_question
from .visibility import count_in, index

PURPOSE = "comments.add"
WITHDRAWN_TITLE = "Zurückgezogener Beitrag"


def checked_text(text: str) -> str:
    """The cleaned text. Raises DomainError (field ``text``) when nothing is left or it is too long."""
    text = rules.clean(text)
    limit = conf.text_limit()
    if not text:
        raise DomainError(_("Bitte schreiben Sie etwas, bevor Sie abschicken."), field="text", code="empty")
    if len(text) > limit:
        raise DomainError(
            _("Der Text hat %(length)s Zeichen, möglich sind %(limit)s. Bitte kürzen Sie ihn oder teilen Sie ihn auf.")
            % {"length": f"{len(text):,}".replace(",", "."), "limit": f"{limit:,}".replace(",", ".")},
            field="text",
            code="too_long",
        )
    return text


def checked_name(name: str) -> str:
    """The public name a guest chose, or an empty string. Raises DomainError (field ``name``)."""
    name = pseudonyms.tidy(name)
    if not name:
        return ""
    problem = pseudonyms.problem(name)
    if problem == "reserved":
        raise DomainError(_("Dieser Name klingt nach der Stadt. Bitte wählen Sie einen anderen."), field="name")
    if problem:
        raise DomainError(
            _("Der Name hat 3 bis 40 Buchstaben und enthält keine Adresse. Sie können ihn auch weglassen."),
            field="name",
        )
    return name


def checked_side(side: str, subject: Subject, parent: Comment | None) -> str:
    """One of `Side`, where the discussion asks for it. Raises DomainError (field ``side``)."""
    if not side:
        return Side.NEITHER
    if side not in Side.values:
        raise DomainError(_("Hier gibt es nur: dafür, dagegen, weder noch."), field="side", code="unknown")
    if parent is not None:
        raise DomainError(
            _("Eine Antwort steht auf keiner Seite, nur ein eigener Beitrag."), field="side", code="reply"
        )
    if not registry.asks_side(subject):
        raise DomainError(_("Dieses Gespräch fragt nicht nach dafür oder dagegen."), field="side", code="not_asked")
    return side


def find_parent(subject: Subject, public_id: str) -> Comment | None:
    """The contribution with this public id, for a reply. Raises DomainError when there is none; None for no id."""
    if not public_id:
        return None
    found = Comment.objects.select_related("subject", "parent__subject").filter(subject__public_id=public_id).first()
    if found is None:
        raise DomainError(_("Den Beitrag, auf den Sie antworten wollten, gibt es nicht."), code="no_parent")
    require(permissions.reply_to(found, subject))
    return found


def add(
    actor: Actor,
    subject: Subject,
    text: str,
    *,
    parent: Comment | None = None,
    wants_answer: bool = False,
    side: str = Side.NEITHER,
    channel: str = Channel.ONLINE,
    key: str = "",
    name: str = "",
    person: who.Who | None = None,
    is_example: bool = False,
) -> Comment:
    """Write about `subject`, or answer `parent`. The same `key` from the same actor gives the same contribution.

    `name` is what a guest wants to be called, or, with another `channel` than ``online`` (staff only), whose words
    these are; `person` is then who stands behind the code of the sheet (("guest", key) or ("user", key)). `side` is one
    of `Side`, where the discussion asks for it; the city itself takes none. Raises Refused (who, when, where) or
    DomainError (field ``text``, ``side`` or ``name``, code ``too_many``).
    """
    text = checked_text(text)
    side = checked_side(side, subject, parent)
    for_others = channel != Channel.ONLINE
    if for_others and not actor.is_staff:
        raise Refused(no(_("Beiträge von Papier, Telefon oder Veranstaltungen trägt die Stadt ein.")))
    now = clock.now()
    require(permissions.about(actor, subject, now, for_others=for_others))
    if parent is not None:
        require(permissions.reply_to(parent, subject))
    stored_key = _own_key(actor, key)
    if stored_key and (known := _by_key(stored_key)):
        return known
    if not is_example and not actor.is_staff:
        for times, seconds in conf.rate_limits():
            limits.require("comments.add", actor.public_id, times=times, seconds=seconds)
    staff = actor.is_staff and not for_others
    findings = moderation.check_text(text, actor)
    label = checked_name(name) if for_others or actor.guest_id is not None else ""
    user_id, guest_id = who.keys(person) if for_others else (actor.user_id, actor.guest_id)
    comment = Comment(
        about=subject,
        parent=(parent.parent or parent) if parent is not None else None,
        mentions=parent if parent is not None and parent.parent_id is not None else None,
        user_id=user_id,
        guest_id=guest_id,
        author_label=label if for_others else (label or actor.label),
        author_staff=staff,
        text=text,
        language=(get_language() or "de")[:8],
        channel=channel,
        side=Side.NEITHER if staff else side,
        wants_answer=wants_answer and not staff,
        held=Held.REVIEW if findings else Held.NO,
        key=stored_key or None,
        created_at=now,
        is_example=is_example or actor.is_example,
    )
    try:
        with transaction.atomic():
            return _create(actor, comment, findings)
    except IntegrityError:
        # the same form arrived twice at the same moment; the other one has won
        known = _by_key(stored_key) if stored_key else None
        if known is None:
            raise
        return known


def _create(actor: Actor, comment: Comment, findings: list[Finding]) -> Comment:
    published = comment.held == Held.NO
    comment.subject = subjects.create(
        "comment",
        rules.excerpt(comment.text),
        "",
        published=published,
        district_id=comment.about.district_id,
        is_example=comment.is_example,
    )
    comment.subject.path = f"/kommentar/{comment.subject.public_id}/"
    Subject.objects.filter(pk=comment.subject_id).update(path=comment.subject.path)
    comment.save(force_insert=True)
    registry.added(comment)
    if comment.wants_answer and published:
        open_question(comment, actor.public_id)
    audit.record(
        "comments.comment.add",
        by=actor,
        obj=comment.subject.public_id,
        payload={
            "about": comment.about.public_id,
            "channel": comment.channel,
            "wants_answer": comment.wants_answer,
            **({"side": comment.side} if comment.side else {}),
        },
    )
    index(comment)
    if not published:
        moderation.open_case(comment.subject, findings)
        return comment
    telling.new_comment(comment, actor.public_id)
    count_in(comment)
    return comment


def _own_key(actor: Actor, key: str) -> str:
    """Keys are unique per person: nobody can take or find out somebody else's."""
    return hashlib.sha256(f"{actor.public_id}:{key}".encode()).hexdigest() if key else ""


def _by_key(stored_key: str) -> Comment | None:
    return Comment.objects.select_related("subject", "about").filter(key=stored_key).first()


# -- guests ------------------------------------------------------------------------------------------
def request_from_guest(
    subject: Subject,
    email: str,
    text: str,
    *,
    name: str = "",
    parent: Comment | None = None,
    wants_answer: bool = False,
    side: str = Side.NEITHER,
    key: str = "",
    client: str = "",
) -> None:
    """Somebody without an account writes: check everything now, let it appear when the address is confirmed.

    Raises what `add` raises, and DomainError (field ``email``) for a malformed address.
    """
    text = checked_text(text)
    side = checked_side(side, subject, parent)
    name = checked_name(name)
    require(permissions.about(permissions.SOMEBODY, subject, clock.now()))
    if parent is not None:
        require(permissions.reply_to(parent, subject))
    payload = {
        "subject": subject.public_id,
        "title": subject.title,
        "email": email,
        "text": text,
        "name": name,
        "parent": parent.subject.public_id if parent is not None else "",
        "wants_answer": wants_answer,
        "side": side,
        "key": key,
    }
    guests.request_confirmation(email, PURPOSE, payload, get_language() or "de", client=client)


def confirmed(actor: Actor, payload: dict[str, Any]) -> str:
    """A guest opened the link: now the contribution appears. Returns where it stands.

    Where the discussion stopped asking for sides meanwhile, the text appears without one.
    """
    subject = Subject.objects.filter(public_id=payload["subject"]).first()
    if subject is None:
        raise DomainError(_("Das, wozu Sie geschrieben haben, gibt es nicht mehr."), code="gone")
    # so that they can be told what became of it: answers, and moderation's reasons
    notify.reachable(actor, payload["email"])
    comment = add(
        actor,
        subject,
        payload["text"],
        parent=find_parent(subject, payload["parent"]),
        wants_answer=payload["wants_answer"],
        side=payload.get("side", "") if registry.asks_side(subject) else Side.NEITHER,
        key=payload["key"],
        name=payload["name"],
    )
    return comment.subject.path if comment.held == Held.NO else subject.path


def describe(payload: dict[str, Any]) -> str:
    """What a guest is about to confirm."""
    return _("Ihr Beitrag zu „%(title)s“") % {"title": payload["title"]}


# -- changing ----------------------------------------------------------------------------------------
def edit(actor: Actor, comment: Comment, text: str, *, side: str | None = None) -> Comment:
    """Change text and, unless it is None, side within the first while; what stood there before is kept.

    Raises Refused or DomainError (field ``text`` or ``side``).
    """
    text = checked_text(text)
    now = clock.now()
    require(permissions.edit(actor, comment, now))
    before, side_before = comment.text, comment.side
    side = side_before if side in (None, side_before) else checked_side(side or "", comment.about, comment.parent)
    if (text, side) == (before, side_before):
        return comment
    with transaction.atomic():
        subjects.mirror(comment.subject, title=rules.excerpt(text), published=comment.subject.published)
        unchanged = Comment.objects.filter(pk=comment.pk, removed_at__isnull=True, text=before, side=side_before)
        if not unchanged.update(text=text, side=side, edited_at=now):
            raise DomainError(_("Der Beitrag wurde gerade an anderer Stelle geändert."), field="text", code="stale")
        comment.text, comment.side, comment.edited_at = text, side, now
        CommentVersion.objects.create(comment=comment, text=before, side=side_before, replaced_at=now)
        audit.record("comments.comment.edit", actor=actor.public_id, obj=comment.subject.public_id)
        index(comment)
    return comment


def redact(comment: Comment, text: str, actor_public_id: str) -> None:
    """Moderation took private details out: no earlier text stays. Call it inside the transaction of the decision."""
    text = checked_text(text)
    now = clock.now()
    subjects.mirror(comment.subject, title=rules.excerpt(text), published=comment.subject.published)
    if not Comment.objects.filter(pk=comment.pk, removed_at__isnull=True).update(text=text, edited_at=now):
        return
    comment.text, comment.edited_at = text, now
    comment.versions.all().delete()
    audit.record("comments.comment.redact", actor=actor_public_id, obj=comment.subject.public_id)
    index(comment)


def withdraw(actor: Actor, comment: Comment) -> Comment:
    """Take a contribution back: text and earlier texts go, its place stays where others answered. Raises Refused."""
    require(permissions.withdraw(actor, comment))
    with transaction.atomic():
        _blank(comment)
        audit.record("comments.comment.withdraw", actor=actor.public_id, obj=comment.subject.public_id)
    return comment


def take_back_entered(actor: Actor, comment: Comment) -> None:
    """Undo what staff just entered for somebody; nothing of it stays readable. Raises Refused once it was answered."""
    require(permissions.take_back_entered(actor, comment))
    with transaction.atomic():
        _blank(comment)
        audit.record(
            "comments.comment.take_back_entered",
            by=actor,
            obj=comment.subject.public_id,
        )


def _blank(comment: Comment) -> None:
    """Text gone, question closed, counters moved. Twice does nothing."""
    now = clock.now()
    subjects.mirror(comment.subject, title=WITHDRAWN_TITLE, published=comment.subject.published)
    gone = {"text": "", "side": Side.NEITHER, "removed_at": now, "counted": False}
    there = Comment.objects.filter(pk=comment.pk, removed_at__isnull=True)
    was_counted = there.filter(counted=True).update(**gone)
    if not was_counted and not there.update(**gone):
        return
    comment.text, comment.side, comment.removed_at, comment.counted = "", Side.NEITHER, now, False
    comment.versions.all().delete()
    notify.withdraw(comment.subject)  # news that quote the text
    waiting = Question.objects.filter(pk=comment.pk, answer__isnull=True)
    if waiting.update(state=State.WITHDRAWN, lead=None, revision=F("revision") + 1):
        Question.objects.filter(lead_id=comment.pk).update(lead=None, state=State.OPEN, revision=F("revision") + 1)
        Step.objects.create(question_id=comment.pk, kind=Step.Kind.WITHDRAWN, at=now)
    index(comment)
    if was_counted:
        subjects.queue(comment.about_id)
        if comment.parent_id is not None:
            Comment.objects.filter(pk=comment.parent_id).update(reply_count=F("reply_count") - 1)
        subjects.count(comment.about_id, "comment_count", -1)


def forget_author(person: Person, keep_without_name: bool) -> int:
    """An account or guest goes: contributions stay without a name, or go too. Answers of others stay in either case."""
    own = Comment.objects.filter(person.owns("user", "guest")).select_related("subject")
    touched = 0
    with transaction.atomic():
        for comment in own.order_by("pk"):
            if not keep_without_name:
                _blank(comment)
            touched += 1
        own.update(user=None, guest=None, author_label="", key=None)
    return touched
