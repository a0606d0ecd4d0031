"""What the rooms below need to know about contributions, handed to their registries once at the start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from mitstadt.accounts import drafts, guests, personal, who
from mitstadt.accounts.actor import Actor
from mitstadt.kit import datasets, jobs, nav
from mitstadt.moderation import registry as moderation
from mitstadt.organisations import saved_filters
from mitstadt.search import registry as search
from mitstadt.subjects import kinds
from mitstadt.subjects.models import Subject

from . import permissions, then
from .models import Comment, CommentVersion


def connect() -> None:
    """Called by AppConfig.ready()."""
    from . import open_data, reminders, staff
    from .actions import writing

    kinds.register(
        kinds.Kind(
            slug="comment",
            label=_("Beitrag"),
            plural=_("Beiträge"),
            can=permissions.can,
            verbs=frozenset({"follow", "report"}),
            then=then.subjects,
        )
    )
    nav.register(
        nav.NavItem("outcomes", _("Was daraus wurde"), "comments:outcomes", order=30, match=("/was-daraus-wurde/",))
    )
    datasets.register(open_data.DATASET)
    jobs.every("comments.reminders", "07:15", reminders.send)
    drafts.register_form("comments:add")
    saved_filters.register("comments.questions", "comments_questions", staff.may_enter, "zeigen", "q")
    guests.register_purpose(writing.PURPOSE, writing.confirmed, describe=writing.describe)
    search.register("comment", searchable)
    moderation.register("comment", author_of, excerpt_of, redact=redact, context_of=context_of, settled=settled)
    personal.register(
        Comment,
        label=_("Beiträge"),
        export=export,
        erase=writing.forget_author,
        retention=_("bis Sie sie zurückziehen oder Ihr Konto löschen"),
        choice=True,
        count=lambda person: Comment.objects.filter(person.owns("user", "guest")).count(),
    )


def searchable() -> Iterable[search.Source]:
    """Every contribution that still has a text."""
    rows = Comment.objects.filter(removed_at__isnull=True).values_list("pk", "subject__title", "text").iterator()
    for pk, title, text in rows:
        yield search.Source(pk, title, text)


def export(person: personal.Person) -> Iterable[Mapping[str, Any]]:
    """Everything somebody wrote, with earlier texts and whether the city answered."""
    rows = Comment.objects.filter(person.owns("user", "guest")).order_by("pk")
    versions: dict[int, list[dict[str, Any]]] = {}
    for key, text, side, until in CommentVersion.objects.filter(comment__in=rows).values_list(
        "comment_id", "text", "side", "replaced_at"
    ):
        versions.setdefault(key, []).append({"text": text, "side": side, "replaced_at": until})
    fields = (
        "pk",
        "subject__public_id",
        "about__title",
        "about__path",
        "author_label",
        "text",
        "language",
        "channel",
        "side",
        "wants_answer",
        "created_at",
        "edited_at",
        "removed_at",
        "question__state",
        "question__due_on",
        "question__answer__text",
    )
    for row in rows.values(*fields):
        yield {**row, "earlier_texts": versions.get(row.pop("pk"), [])}


def _comment(subject: Subject) -> Comment | None:
    return Comment.objects.select_related("parent", "mentions", "about").filter(pk=subject.pk).first()


def author_of(subject: Subject) -> who.Who | None:
    comment = _comment(subject)
    return who.behind(comment.user_id, comment.guest_id) if comment is not None else None


def excerpt_of(subject: Subject) -> str:
    comment = _comment(subject)
    return comment.text if comment is not None else ""


def context_of(subject: Subject) -> str:
    """What the contribution answers, for the moderator."""
    comment = _comment(subject)
    spoken_to = (comment.mentions or comment.parent) if comment is not None else None
    return spoken_to.text if spoken_to is not None else ""


def settled(subject: Subject, what: str) -> None:
    """Moderation decided: counters follow, and a text that a rule had held back appears."""
    from .actions import visibility

    comment = _comment(subject)
    if comment is None:
        return
    comment.subject = subject
    if what == "restricted":
        visibility.follow_restriction(subject, True)
    else:
        visibility.publish(comment)
        visibility.follow_restriction(subject, False)


def redact(subject: Subject, text: str, actor: Actor) -> None:
    from .actions import writing

    comment = _comment(subject)
    if comment is not None:
        comment.subject = subject
        writing.redact(comment, text, actor.public_id)
