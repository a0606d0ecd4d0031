"""Questions about methods, and which answer holds: staff or an experienced organisation accepts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from mitstadt.accounts import rules as trust
from mitstadt.accounts import who
from mitstadt.accounts.actor import MEMBER, Actor
from mitstadt.audit import actions as audit
from mitstadt.comments import queries as comments
from mitstadt.comments import registry
from mitstadt.comments.models import Comment
from mitstadt.comments.rules import excerpt
from mitstadt.kit import cache, clock, past
from mitstadt.kit import components as ui
from mitstadt.kit.decision import YES, Decision, no
from mitstadt.kit.errors import DomainError, require
from mitstadt.notify.actions import notify
from mitstadt.notify.sayings import Saying
from mitstadt.organisations.models import Organisation

from .models import COMBINATION, KNOWLEDGE, METHOD, Accepted, Experienced

KINDS = (METHOD, COMBINATION, KNOWLEDGE)


# -- who ----------------------------------------------------------------------------------------------------------
def voice_of(actor: Actor) -> str:
    """As whom `actor` accepts: function and department, or the experienced organisation; empty for everybody else.

    One query for members of organisations, none for others.
    """
    if trust.staff(actor):
        return actor.label
    mine = {grant.organisation_id: grant.organisation for grant in actor.grants if grant.role == MEMBER}
    known = Experienced.objects.filter(organisation__in=mine).values_list("organisation_id", flat=True) if mine else ()
    return next((mine[key] for key in known), "")


def may_accept(actor: Actor, comment: Comment) -> Decision:
    """`comment` comes with its subject, about and parent."""
    if comment.about.kind not in KINDS or comment.parent_id is None:
        return no(_("Annehmen lassen sich Antworten auf Fragen zu Methoden."))
    if not comments.public().filter(pk=comment.pk).exists():
        return no(_("Diese Antwort ist nicht öffentlich."))
    if not voice_of(actor):
        return no(_("Antworten nehmen Beschäftigte der Stadt und erfahrene Organisationen an."))
    if comment.user_id == actor.user_id and not trust.staff(actor):
        return no(_("Über die eigene Antwort entscheidet jemand anderes."))
    return YES


# -- writing ------------------------------------------------------------------------------------------------------
def accept(actor: Actor, comment: Comment) -> Accepted:
    """This answer holds; another one to the same question no longer does. Raises Refused."""
    require(may_accept(actor, comment))
    assert comment.parent_id is not None
    question = Comment.objects.select_related("subject").get(pk=comment.parent_id)
    with transaction.atomic():
        Accepted.objects.filter(question=question).exclude(comment=comment).delete()
        made, created = Accepted.objects.get_or_create(
            comment=comment,
            defaults={"question": question, "label": voice_of(actor)[:300], "at": clock.now()},
        )
        if created:
            _record(actor, "toolkit.answer.accepted", comment)
            _tell(actor, comment, question, made)
        cache.bump()
    return made


def take_back(actor: Actor, comment: Comment) -> None:
    """It does not hold after all. Raises Refused."""
    require(may_accept(actor, comment))
    with transaction.atomic():
        if Accepted.objects.filter(comment=comment).delete()[0]:
            _record(actor, "toolkit.answer.taken_back", comment)
        cache.bump()


def _record(actor: Actor, verb: str, comment: Comment) -> None:
    audit.record(
        verb,
        actor=actor.public_id,
        actor_label=voice_of(actor)[:160],
        obj=comment.subject.public_id,
        payload={"about": comment.about.public_id},
    )


def _tell(actor: Actor, comment: Comment, question: Comment, made: Accepted) -> None:
    """Who answered, who asked, and who follows."""
    key = f"toolkit:{comment.subject.public_id}:accepted"
    values = {"subject": comment.about.title}
    people = (
        (gettext_noop("Ihre Antwort wurde angenommen: %(subject)s"), comment),
        (gettext_noop("Zu Ihrer Frage gibt es eine angenommene Antwort: %(subject)s"), question),
        (gettext_noop("Angenommene Antwort: %(subject)s"), None),
    )
    for title, written in people:
        notify(
            "toolkit.answer.accepted",
            subject=comment.about,
            actor_public_id=actor.public_id,
            recipients=who.everybody([(written.user_id, written.guest_id)]) if written is not None else (),
            followers=written is None,
            title=Saying(title, values),
            text=excerpt(comment.text, 300),
            path=comment.subject.path,
            source=comment.subject,
            key=key if written is None else f"{key}:{written.subject.public_id}",
            once=key,
        )


def set_experienced(actor: Actor, organisation: Organisation, reason: str, experienced: bool) -> None:
    """Only the coordination decides; see the screen. Raises DomainError (field ``reason``)."""
    if organisation.kind not in (Organisation.Kind.ASSOCIATION, Organisation.Kind.PROVIDER):
        raise DomainError(_("Das gilt für Vereine und Träger."), field="organisation")
    if experienced and not reason.strip():
        raise DomainError(_("Schreiben Sie bitte, woher die Erfahrung kommt."), field="reason")
    with transaction.atomic():
        if experienced:
            Experienced.objects.update_or_create(
                organisation=organisation, defaults={"reason": reason.strip()[:200], "since": clock.now()}
            )
        else:
            Experienced.objects.filter(organisation=organisation).delete()
        audit.record(
            "toolkit.organisation.experienced" if experienced else "toolkit.organisation.not_experienced",
            by=actor,
            obj=organisation.public_id,
            payload={"reason": reason.strip()[:200]},
        )


# -- reading ------------------------------------------------------------------------------------------------------
def questions() -> QuerySet[Comment]:
    """Public contributions that begin a thread about a method, a combination or an entry of knowledge."""
    return comments.public().filter(about__kind__in=KINDS, parent__isnull=True)


def holding() -> QuerySet[Accepted]:
    """Accepted answers that can still be read: not hidden, not withdrawn."""
    return Accepted.objects.filter(comment__in=comments.public())


FIELDS = (
    "text", "language", "author_label", "created_at", "subject__public_id", "subject__path", "about__title",
    "about__path", "is_example", "reply_count", "holds", "accepted_answer__comment__text",
    "accepted_answer__comment__language", "accepted_answer__comment__subject__path", "accepted_answer__label",
    "accepted_answer__at", "about__method__name_en", "about__method__outdated_en", "about__combination__name_en",
    "about__combination__outdated_en", "about__knowledge__language",
)  # fmt: skip


def listed(state: str = "", most: int = 50) -> list[dict[str, Any]]:
    """Questions, the newest first; `state`: ``offen`` (no answer holds), ``beantwortet``, or all. One query."""
    rows = questions().annotate(holds=Exists(holding().filter(question=OuterRef("pk"))))
    if state in ("offen", "beantwortet"):
        rows = rows.filter(holds=state == "beantwortet")
    return [dict(row) for row in rows.order_by("-pk").values(*FIELDS)[:most]]


def figures() -> dict[str, int]:
    """How many questions there are, and how many of them have an answer that holds. Two queries."""
    return {"all": questions().count(), "answered": holding().filter(question__in=questions()).count()}


# -- in the discussion --------------------------------------------------------------------------------------------
def marks(keys: Sequence[int]) -> Mapping[int, SafeString]:
    moment = past.moment()
    found = Accepted.objects.filter(comment__in=keys)
    if moment is not None:
        found = found.filter(at__lte=moment)
    return {
        key: format_html(
            '<p class="ms-answer__became">{} <strong>{}</strong> <span class="ms-muted">{}, {}</span></p>',
            ui.icon("success"),
            _("Angenommene Antwort"),
            label,
            ui.day(at),
        )
        for key, label, at in found.values_list("comment_id", "label", "at")
    }


def link(actor: Actor) -> tuple[str, str] | None:
    if not voice_of(actor):
        return None
    return _("Als Antwort annehmen"), reverse("toolkit:accept", args=["SUBJECT"])


def connect() -> None:
    for kind in KINDS:
        registry.register_extra(kind, registry.Extra(marks, link))
