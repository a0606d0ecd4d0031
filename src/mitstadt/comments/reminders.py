"""Departments hear before an answer falls due, and once more when it is overdue. Run by the worker each morning."""

from __future__ import annotations

from collections import defaultdict

from django.utils.translation import gettext_noop

from mitstadt.accounts.actor import COORDINATOR, EDITOR
from mitstadt.accounts.who import Who
from mitstadt.kit import clock
from mitstadt.notify.actions import notify
from mitstadt.notify.models import Event
from mitstadt.notify.sayings import Saying
from mitstadt.organisations.models import Membership

from . import conf, outcomes
from .models import OPEN_STATES, Question, State
from .rules import add_working_days, excerpt

WARN_DAYS = 5  # working days before the answer falls due
CHUNK = 200


def send() -> int:
    """Remind of every question that is near its day or past it; returns how many reminders were written.

    The key names question, occasion and department: running it again writes nothing, and a department to which a
    question was forwarded is reminded too. A day on which no worker ran is made up for. An equal question that was
    bundled is answered with its lead, so only the lead is reminded of.
    """
    today = clock.today()
    soon = add_working_days(today, WARN_DAYS, *conf.calendar())
    rows = outcomes.public_questions().filter(
        state__in=[state for state in OPEN_STATES if state != State.BUNDLED], due_on__lte=soon
    )
    owed = list(rows.select_related("comment__subject", "comment__about").order_by("due_on", "pk"))
    sent, people = 0, _people()
    for start in range(0, len(owed), CHUNK):
        chunk = {_key(question): question for question in owed[start : start + CHUNK]}
        known = set(Event.objects.filter(key__in=list(chunk), public=False).values_list("key", flat=True))
        for key, question in chunk.items():
            if key not in known and people[question.department_id]:
                _remind(question, key, people[question.department_id])
                sent += 1
    return sent


def _people() -> dict[int | None, list[Who]]:
    """The editors of each department; under None the coordination, on whose desk lies what nobody owns."""
    found: dict[int | None, list[Who]] = defaultdict(list)
    rows = Membership.objects.filter(role__in=[EDITOR, COORDINATOR], user__is_active=True).order_by("pk")
    for role, department, user in rows.values_list("role", "organisation_id", "user_id"):
        place = None if role == COORDINATOR else department
        if ("user", user) not in found[place]:
            found[place].append(("user", user))
    return found


def _is_overdue(question: Question) -> bool:
    return question.due_on < clock.today()


def _key(question: Question) -> str:
    occasion = "overdue" if _is_overdue(question) else "soon"
    return f"comments:{question.comment.subject.public_id}:{occasion}:{question.department_id or 'coordination'}"


def _remind(question: Question, key: str, people: list[Who]) -> None:
    about = question.comment.about
    overdue = _is_overdue(question)
    words = gettext_noop("Bald fällig: die Antwort zu „%(subject)s“, bis %(due)s")
    if overdue:
        words = gettext_noop("Überfällig: die Antwort zu „%(subject)s“ war bis %(due)s versprochen")
    notify(
        "comments.question.overdue" if overdue else "comments.question.soon",
        subject=about,
        source=question.comment.subject,
        recipients=people,
        followers=False,
        title=Saying(words, {"subject": about.title, "due": f"{question.due_on:%d.%m.%Y}"}),
        text=excerpt(question.comment.text, 300),
        path=question.comment.subject.path,
        key=key,
    )
