"""Who may do what in a discussion. Works on loaded objects; each refusal says why."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from mitstadt.accounts import rules as trust
from mitstadt.accounts.actor import COORDINATOR, EDITOR, Actor
from mitstadt.kit.decision import YES, Decision, no
from mitstadt.subjects import kinds
from mitstadt.subjects.models import Subject

from . import conf, rules
from .models import Channel, Comment, Held, State

# Somebody who has not confirmed an address yet, as if they had: decides whether the form is offered at all.
SOMEBODY = Actor(guest_id=0, trust=trust.EMAIL)


def about(actor: Actor, subject: Subject, now: datetime, *, for_others: bool = False) -> Decision:
    """May `actor` write about `subject` now? `for_others`: staff enter what came on paper, by telephone, at an event;
    a kind with the verb ``enter`` decides itself how long that is possible."""
    if subject.kind == "comment":
        return no(_("Auf einen Beitrag antworten Sie bitte im Gespräch, zu dem er gehört."))
    if not subject.published:
        return no(_("Das ist noch nicht veröffentlicht, deshalb kann man noch nicht mitreden."))
    if subject.restricted:
        return no(_("Das ist zurzeit ausgeblendet, deshalb kann man nicht mitreden."))
    try:
        kind = kinds.get(subject.kind)
    except KeyError:
        return no(_("Hier gibt es kein Gespräch."))
    verb = "enter" if for_others and "enter" in kind.verbs else "comment"
    decision = kind.can(actor, verb, subject, now)
    return decision and trust.need(actor, trust.EMAIL)


def reply_to(parent: Comment, subject: Subject) -> Decision:
    """Can `parent` (with its subject loaded) be answered, in the discussion about `subject`?"""
    if parent.about_id != subject.pk:
        return no(_("Dieser Beitrag gehört zu einem anderen Gespräch."))
    if parent.removed_at is not None:
        return no(_("Dieser Beitrag wurde zurückgezogen. Darauf kann man nicht mehr antworten."))
    if parent.subject.restricted:
        return no(_("Dieser Beitrag ist ausgeblendet. Darauf kann man nicht antworten."))
    if parent.held != Held.NO:
        return no(_("Dieser Beitrag ist noch nicht öffentlich."))
    return YES


def is_author(actor: Actor, comment: Comment) -> bool:
    if actor.user_id is not None:
        return comment.user_id == actor.user_id
    return actor.guest_id is not None and comment.guest_id == actor.guest_id


def edit(actor: Actor, comment: Comment, now: datetime) -> Decision:
    """May `actor` change the text? `comment` comes with its subject and, if there is one, its question."""
    decision = withdraw(actor, comment)
    if not decision:
        return decision
    if comment.subject.restricted:
        return no(_("Der Beitrag ist ausgeblendet und kann deshalb nicht geändert werden."))
    if not rules.may_edit(comment.created_at, now, conf.edit_minutes()):
        minutes = conf.edit_minutes()
        return no(
            _("Ändern geht nur in den ersten %(minutes)s Minuten, damit Antworten zum Text passen.")
            % {"minutes": minutes}
        )
    question = getattr(comment, "question", None)
    if question is not None and question.state == State.ANSWERED:
        return no(_("Die Stadt hat schon auf diesen Text geantwortet, deshalb bleibt er stehen."))
    return YES


def withdraw(actor: Actor, comment: Comment) -> Decision:
    if not is_author(actor, comment):
        return no(_("Das ist nicht Ihr Beitrag."))
    if comment.removed_at is not None:
        return no(_("Der Beitrag ist schon zurückgezogen."))
    return YES


def take_back_entered(actor: Actor, comment: Comment) -> Decision:
    """May staff undo what they entered for somebody? Only what nobody answered yet."""
    decision = trust.staff(actor)
    if not decision:
        return decision
    if comment.channel == Channel.ONLINE:
        return no(_("Was online kam, nimmt nur die Person selbst zurück."))
    if comment.reply_count or Comment.objects.filter(mentions=comment.pk, removed_at=None).exists():
        return no(_("Darauf hat schon jemand geantwortet. Der Beitrag bleibt stehen."))
    return YES


def answer(actor: Actor, department_id: int | None) -> Decision:
    """May `actor` answer a question that lies with this department? Coordination answers all."""
    decision = trust.staff(actor)
    if not decision:
        return decision
    if actor.has(COORDINATOR) or (department_id is not None and actor.has(EDITOR, department_id)):
        return YES
    return no(_("Diese Frage liegt bei einem anderen Referat."))


def can(actor: Actor, verb: str, subject: Subject, now: datetime) -> Decision:
    """The kind "comment". For `edit` and `withdraw` load the subject with ``select_related("comment__question")``."""
    if verb in ("edit", "withdraw"):
        comment = subject.comment
        comment.subject = subject
        return edit(actor, comment, now) if verb == "edit" else withdraw(actor, comment)
    if not subject.is_public:
        return no(_("Dieser Beitrag ist nicht öffentlich."))
    if verb in ("report", "follow", "see"):
        return YES
    return no(_("Das geht bei einem Beitrag nicht."))
