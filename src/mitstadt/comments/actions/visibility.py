"""Coming and going of contributions in the public view, and the counters that follow."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from mitstadt.audit import actions as audit
from mitstadt.comments.models import Comment, Held
from mitstadt.search import actions as search
from mitstadt.subjects import actions as subjects
from mitstadt.subjects.models import Subject


def count_in(comment: Comment) -> bool:
    """Let the counters include a contribution; False when they did already or it is not shown."""
    shown = Comment.objects.filter(
        pk=comment.pk,
        counted=False,
        removed_at__isnull=True,
        held=Held.NO,
        subject__published=True,
        subject__restricted=False,
    )
    if not shown.update(counted=True):
        return False
    _move(comment, 1)
    return True


def count_out(comment: Comment) -> bool:
    """Let the counters leave a contribution out; False when they did already."""
    if not Comment.objects.filter(pk=comment.pk, counted=True).update(counted=False):
        return False
    _move(comment, -1)
    return True


def _move(comment: Comment, by: int) -> None:
    """Thread first, subject last: every action takes these rows in this order."""
    subjects.queue(comment.about_id)
    if comment.parent_id is not None:
        Comment.objects.filter(pk=comment.parent_id).update(reply_count=F("reply_count") + by)
    subjects.count(comment.about_id, "comment_count", by)


def publish(comment: Comment, actor_public_id: str = "") -> None:
    """Let a contribution appear that was held for a look before."""
    from .answering import open_question
    from .telling import new_comment

    with transaction.atomic():
        if not Comment.objects.filter(pk=comment.pk, held=Held.REVIEW).update(held=Held.NO):
            return
        comment.held = Held.NO
        Subject.objects.filter(pk=comment.subject_id).update(published=True)
        comment.subject.published = True
        if comment.wants_answer:
            open_question(comment)
        audit.record("comments.comment.publish", actor=actor_public_id, obj=comment.subject.public_id)
        index(comment)
        new_comment(comment)
        count_in(comment)


def follow_restriction(subject: Subject, restricted: bool) -> None:
    """Moderation's hook: a contribution was hidden or shown again. Its text, place and answers stay."""
    if subject.kind != "comment":
        return
    comment = Comment.objects.filter(pk=subject.pk).first()
    if comment is None:
        return
    with transaction.atomic():
        if restricted:
            count_out(comment)
        else:
            count_in(comment)


def index(comment: Comment) -> None:
    """Tell the search what there is to find; a withdrawn text is not."""
    if comment.removed_at is not None:
        search.remove(comment.subject)
        return
    search.index(comment.subject, title=comment.subject.title, text=comment.text)
