"""Who hears about what happens in a discussion."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from mitstadt.accounts.actor import EDITOR
from mitstadt.accounts.who import Who, everybody
from mitstadt.comments.models import Answer, Comment, Question
from mitstadt.comments.rules import excerpt
from mitstadt.notify.actions import is_bundled, notify
from mitstadt.notify.sayings import Saying
from mitstadt.organisations.models import Membership
from mitstadt.subjects.models import Subject


def author_of(comment: Comment) -> list[Who]:
    return everybody([(comment.user_id, comment.guest_id)])


def new_comment(comment: Comment, actor_public_id: str = "") -> None:
    """The author answered and the followers of the subject hear of a new contribution."""
    key = f"comments:{comment.subject.public_id}:new"
    text = excerpt(comment.text, 300)
    spoken_to = comment.mentions or comment.parent
    if spoken_to is not None and spoken_to.removed_at is None:
        notify(
            "comments.comment.answer",
            subject=comment.about,
            actor_public_id=actor_public_id,
            recipients=author_of(spoken_to),
            followers=False,
            title=Saying(gettext_noop("Jemand hat Ihnen geantwortet: %(subject)s"), {"subject": comment.about.title}),
            text=text,
            path=comment.subject.path,
            source=comment.subject,
            key=key,
        )
    if is_bundled():
        return
    notify(
        "comments.comment.new",
        subject=comment.about,
        actor_public_id=actor_public_id,
        title=Saying(gettext_noop("Neuer Beitrag zu: %(subject)s"), {"subject": comment.about.title}),
        text=text,
        path=comment.subject.path,
        source=comment.subject,
        key=key,
    )


def question_owed(question: Question, key: str, actor_public_id: str = "") -> None:
    """The editors of the department that now owes the answer."""
    if question.department_id is None:
        return
    editors: list[Who] = [
        ("user", user_id)
        for user_id in Membership.objects.filter(organisation_id=question.department_id, role=EDITOR)
        .values_list("user_id", flat=True)
        .distinct()
    ]
    about = question.comment.about
    notify(
        "comments.question.owed",
        subject=about,
        actor_public_id=actor_public_id,
        recipients=editors,
        followers=False,
        title=Saying(
            gettext_noop("Eine Frage an Ihr Referat: %(subject)s, fällig am %(due)s"),
            {"subject": about.title, "due": f"{question.due_on:%d.%m.%Y}"},
        ),
        text=excerpt(question.comment.text, 300),
        path=question.comment.subject.path,
        key=key,
    )


def question_moved(question: Question, title: Saying, text: str, key: str, actor_public_id: str = "") -> None:
    """The person who asked: forwarded, interim note."""
    notify(
        "comments.question.moved",
        subject=question.comment.about,
        actor_public_id=actor_public_id,
        recipients=author_of(question.comment),
        followers=False,
        title=title,
        text=text,
        path=question.comment.subject.path,
        key=key,
    )


def answered(
    question: Question, answer: Answer, actor_public_id: str = "", *, corrected: bool = False, late: bool = False
) -> None:
    """The person who asked, and everybody who follows the subject. One answer to many equal questions is one piece of
    news: each person hears of it once, each subject's feed has it once.

    `late`: the question joined an answer that others were told of before; whoever asked it hears of it even so.
    """
    comment = question.comment
    verb = f"corrected{answer.version}" if corrected else "answered"
    once = f"comments:{answer.public_id}:{verb}"
    mine = f"comments:{comment.subject.public_id}:{verb}"
    values = {"subject": comment.about.title}
    own = gettext_noop("Ihre Frage ist beantwortet: %(subject)s")
    others = gettext_noop("Die Stadt hat geantwortet: %(subject)s")
    if corrected:
        own = gettext_noop("Die Antwort auf Ihre Frage wurde berichtigt: %(subject)s")
        others = gettext_noop("Eine Antwort der Stadt wurde berichtigt: %(subject)s")
    for title, recipients in ((own, author_of(comment)), (others, [])):
        to_followers = title is others
        notify(
            "comments.question.corrected" if corrected else "comments.question.answered",
            subject=comment.about,
            actor_public_id=actor_public_id,
            recipients=recipients,
            followers=to_followers,
            title=Saying(title, values),
            text=excerpt(answer.text, 600),
            path=comment.subject.path,
            key=f"{once}:{comment.about.public_id}" if to_followers else mine,
            once=mine if late and not to_followers else once,
        )


def outcome(comment: Comment, target: Subject, note: str, actor_public_id: str = "") -> None:
    """The author: this is what your contribution changed."""
    notify(
        "comments.comment.outcome",
        subject=target,
        actor_public_id=actor_public_id,
        recipients=author_of(comment),
        followers=False,
        title=Saying(gettext_noop("Ihr Beitrag hat etwas bewirkt: %(subject)s"), {"subject": target.title}),
        text=note,
        path=target.path,
        key=f"comments:{comment.subject.public_id}:outcome:{target.public_id}",
    )
