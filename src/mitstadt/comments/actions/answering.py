"""The answer a city owes: opening a question, forwarding, interim notes, bundling, answering, correcting, outcomes."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from mitstadt.accounts.actor import MEMBER, Actor
from mitstadt.audit import actions as audit
from mitstadt.comments import conf, permissions, rules
from mitstadt.comments.models import OPEN_STATES, Answer, AnswerVersion, Comment, Question, State, Step
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, require
from mitstadt.notify.sayings import Saying
from mitstadt.organisations.models import Organisation
from mitstadt.subjects import actions as subjects
from mitstadt.subjects import kinds
from mitstadt.subjects.models import Link, Subject

from . import telling


def department_of(subject: Subject) -> int | None:
    """The department that owes answers about `subject`, or None (coordination)."""
    try:
        return kinds.get(subject.kind).department_of(subject.pk)
    except KeyError:
        return None


def open_question(comment: Comment, actor_public_id: str = "") -> Question:
    """The clock starts: from the day the question is public, over the city's working days."""
    state, catholic = conf.calendar()
    today = clock.today()
    question = Question.objects.create(
        comment=comment,
        department_id=department_of(comment.about),
        asked_on=today,
        since=today,
        due_on=rules.add_working_days(today, conf.answer_days(), state, catholic),
        is_example=comment.is_example,
    )
    Step.objects.create(
        question=question, kind=Step.Kind.ASKED, at=clock.now(), to_department_id=question.department_id
    )
    telling.question_owed(question, f"comments:{comment.subject.public_id}:owed", actor_public_id)
    return question


def label_of(actor: Actor, department_id: int | None) -> str:
    """How the person who answers appears: function and department; of their roles the one in this department."""
    grants = sorted(
        (g for g in actor.grants if g.role != MEMBER),
        key=lambda g: (g.organisation_id != department_id, not g.function),
    )
    if not grants:
        return actor.label
    grant = grants[0]
    return f"{grant.organisation}, {grant.function}" if grant.function else grant.organisation


def _needed(text: str, field: str) -> str:
    text = rules.clean(text)
    if not text:
        raise DomainError(_("Bitte schreiben Sie einen Text."), field=field, code="empty")
    if len(text) > conf.text_limit():
        raise DomainError(_("Der Text ist zu lang."), field=field, code="too_long")
    return text


def _current(question: Question, revision: int | None) -> QuerySet[Question]:
    """This question, if it is still open and, with a `revision`, as the person has seen it."""
    found = Question.objects.filter(pk=question.pk, state__in=OPEN_STATES)
    return found if revision is None else found.filter(revision=revision)


def _lead(question: Question, revision: int | None) -> tuple[Question, int | None]:
    """What happens to a bundled question happens to the one it is bundled with."""
    if question.lead_id is None:
        return question, revision
    return Question.objects.get(pk=question.lead_id), None


def _stale(question: Question) -> DomainError:
    """Why the question could not be changed: what somebody else did meanwhile."""
    now = Question.objects.select_related("department").get(pk=question.pk)
    if now.state == State.ANSWERED:
        return DomainError(
            _("Diese Frage wurde inzwischen beantwortet. Ihr Text ist nicht verloren, er steht noch hier."),
            code="answered",
        )
    if now.state == State.WITHDRAWN:
        return DomainError(_("Diese Frage wurde inzwischen zurückgezogen."), code="withdrawn")
    where = now.department.name if now.department else _("Koordination")
    return DomainError(
        _("Inzwischen hat jemand anderes diese Frage bearbeitet. Sie liegt jetzt bei: %(department)s.")
        % {"department": where},
        code="stale",
    )


def _with_bundled(question: Question) -> list[Question]:
    """The question and those bundled under it, in one order for everybody."""
    rows = Question.objects.filter(Q(pk=question.pk) | Q(lead_id=question.pk)).order_by("pk")
    return list(rows.select_related("comment__subject", "comment__about", "department"))


def answer(
    actor: Actor, question: Question, text: str, *, revision: int | None = None, is_example: bool = False
) -> Answer:
    """Answer a question and all that are bundled with it. Of two answers at once the first one counts.

    Raises Refused, DomainError (field ``text``; code ``answered``, ``withdrawn`` or ``stale`` for the second one).
    """
    question, revision = _lead(question, revision)
    text = _needed(text, "text")
    require(permissions.answer(actor, question.department_id))
    department_id = question.department_id or _own_department(actor)
    with transaction.atomic():
        given = Answer.objects.create(
            department_id=department_id,
            label=label_of(actor, department_id),
            text=text,
            answered_at=clock.now(),
            is_example=is_example or actor.is_example,
        )
        if not _close(_current(question, revision), question, given):
            raise _stale(question)
        for one in _with_bundled(question):
            if one.pk != question.pk and not _close(_current(one, None), one, given):
                continue
            _answered(actor, one, given)
    return given


def _own_department(actor: Actor) -> int:
    return next(g.organisation_id for g in actor.grants if g.role != MEMBER)


def _close(rows: QuerySet[Question], question: Question, given: Answer) -> int:
    """The conditional update that makes an answer the one answer."""
    state, catholic = conf.calendar()
    today = clock.today()
    took = rules.working_days_between(question.asked_on, today, state, catholic)
    return rows.update(
        state=State.ANSWERED,
        answer=given,
        answered_on=today,
        working_days=max(took, 0),
        revision=F("revision") + 1,
    )


def _answered(actor: Actor, question: Question, given: Answer, *, late: bool = False) -> None:
    Step.objects.create(
        question=question,
        kind=Step.Kind.ANSWERED,
        at=given.answered_at,
        to_department_id=given.department_id,
        label=given.label,
    )
    audit.record(
        "comments.question.answer",
        actor=actor.public_id,
        actor_label=given.label[:160],
        obj=question.comment.subject.public_id,
        payload={"answer": given.public_id},
    )
    telling.answered(question, given, actor.public_id, late=late)


def forward(
    actor: Actor, question: Question, department: Organisation, reason: str, *, revision: int | None = None
) -> Question:
    """Hand a question (and those bundled with it) to another department, with a reason everybody reads.

    The day it is due stays. Raises Refused, DomainError (field ``department`` or ``reason``; ``stale``, ``answered``).
    """
    question, revision = _lead(question, revision)
    require(permissions.answer(actor, question.department_id))
    reason = _needed(reason, "reason")
    if department.pk == question.department_id:
        raise DomainError(_("Die Frage liegt schon bei diesem Referat."), field="department", code="same")
    now = clock.now()
    with transaction.atomic():
        rows = _current(question, revision).filter(department_id=question.department_id)
        moved = {"department": department, "since": clock.today(), "revision": F("revision") + 1}
        if not rows.update(state=State.FORWARDED, **moved):
            raise _stale(question)
        Question.objects.filter(lead_id=question.pk, state=State.BUNDLED).update(**moved)
        for one in _with_bundled(question):
            Step.objects.create(
                question=one,
                kind=Step.Kind.FORWARDED,
                at=now,
                from_department_id=question.department_id,
                to_department=department,
                label=label_of(actor, question.department_id),
                text=reason,
            )
            _recorded("forward", actor, one, {"to": department.public_id, "reason": reason})
            key = f"comments:{one.comment.subject.public_id}:forward{one.revision}"
            title = Saying(gettext_noop("Ihre Frage liegt jetzt bei: %(department)s"), {"department": department.name})
            telling.question_moved(one, title, reason, key, actor.public_id)
            if one.pk == question.pk:
                telling.question_owed(one, f"{key}:owed", actor.public_id)
                question = one
    return question


def interim(actor: Actor, question: Question, text: str, *, revision: int | None = None) -> Question:
    """A note on the way ("wir warten auf …"). The day the answer is due stays. Raises Refused, DomainError."""
    question, revision = _lead(question, revision)
    require(permissions.answer(actor, question.department_id))
    text = _needed(text, "text")
    with transaction.atomic():
        if not _current(question, revision).update(state=State.INTERIM, revision=F("revision") + 1):
            raise _stale(question)
        for one in _with_bundled(question):
            label = label_of(actor, question.department_id)
            Step.objects.create(
                question=one,
                kind=Step.Kind.INTERIM,
                at=clock.now(),
                to_department_id=one.department_id,
                label=label,
                text=text,
            )
            _recorded("interim", actor, one, {})
            title = Saying(
                gettext_noop("Zwischennachricht zu Ihrer Frage: %(subject)s"), {"subject": one.comment.about.title}
            )
            key = f"comments:{one.comment.subject.public_id}:interim{one.revision}"
            telling.question_moved(one, title, text, key, actor.public_id)
            if one.pk == question.pk:
                question = one
    return question


def bundle(actor: Actor, question: Question, lead: Question, *, revision: int | None = None) -> Question:
    """Put an equal question under `lead`: one answer then serves both, at once if `lead` has its answer already.

    Questions bundled under `question` come along. Raises Refused, DomainError (field ``lead``).
    """
    require(permissions.answer(actor, question.department_id))
    lead = Question.objects.select_related("lead").get(pk=lead.lead_id or lead.pk)
    require(permissions.answer(actor, lead.department_id))
    if lead.pk == question.pk:
        raise DomainError(_("Eine Frage kann nicht mit sich selbst gebündelt werden."), field="lead", code="same")
    if lead.state == State.WITHDRAWN:
        raise DomainError(_("Diese Frage wurde zurückgezogen."), field="lead", code="withdrawn")
    with transaction.atomic():
        if not _join(question, lead, revision):
            raise _stale(question)
        Question.objects.filter(lead_id=question.pk).update(lead=lead, department=lead.department_id)
        Step.objects.create(
            question=question,
            kind=Step.Kind.BUNDLED,
            at=clock.now(),
            from_department_id=question.department_id,
            to_department_id=lead.department_id,
            label=label_of(actor, question.department_id),
        )
        found = Question.objects.select_related("comment__subject", "comment__about", "department").get(pk=question.pk)
        _recorded("bundle", actor, found, {"lead": lead.pk})
        # `lead` may have been answered between reading and here: the fresh row decides
        given = Answer.objects.filter(questions=lead.pk).first()
        if given is not None:
            waiting = Question.objects.filter(Q(pk=question.pk) | Q(lead_id=question.pk), answer__isnull=True)
            for one in waiting.select_related("comment__subject", "comment__about"):
                if _close(_current(one, None), one, given):
                    _answered(actor, one, given, late=True)
    return found


def _join(question: Question, lead: Question, revision: int | None) -> bool:
    """Both rows are touched in the order of their keys, each on a condition: no circle and no deadlock arises."""

    def under() -> int:
        rows = _current(question, revision)
        joined = {"lead": lead, "department": lead.department_id}
        return rows.update(state=State.BUNDLED, revision=F("revision") + 1, **joined)

    def over() -> int:
        rows = Question.objects.filter(pk=lead.pk, lead__isnull=True).exclude(state=State.WITHDRAWN)
        return rows.update(revision=F("revision") + 1)

    first, second = (under, over) if question.pk < lead.pk else (over, under)
    return bool(first() and second())


def unbundle(actor: Actor, question: Question, *, revision: int | None = None) -> Question:
    """Take a question out of its bundle; it is then answered on its own. Raises Refused, DomainError."""
    require(permissions.answer(actor, question.department_id))
    with transaction.atomic():
        rows = _current(question, revision).filter(state=State.BUNDLED)
        if not rows.update(state=State.OPEN, lead=None, revision=F("revision") + 1):
            raise _stale(question)
        found = Question.objects.select_related("comment__subject", "comment__about").get(pk=question.pk)
        _recorded("unbundle", actor, found, {})
    return found


def correct(actor: Actor, given: Answer, text: str, reason: str, *, version: int | None = None) -> Answer:
    """Replace the text of an answer; the earlier one stays readable with the reason. Raises Refused, DomainError."""
    require(permissions.answer(actor, given.department_id))
    text, reason = _needed(text, "text"), _needed(reason, "reason")[:300]
    now = clock.now()
    seen = given.version if version is None else version
    with transaction.atomic():
        old = Answer.objects.get(pk=given.pk)
        fresh = Answer.objects.filter(pk=given.pk, version=seen)
        if not fresh.update(text=text, corrected_at=now, version=F("version") + 1):
            raise DomainError(_("Die Antwort wurde inzwischen schon berichtigt."), field="text", code="stale")
        AnswerVersion.objects.create(answer=given, version=seen, text=old.text, reason=reason, replaced_at=now)
        given.refresh_from_db()
        asked = Question.objects.filter(answer=given).select_related("comment__subject", "comment__about")
        for question in asked.order_by("pk"):
            label = label_of(actor, given.department_id)
            Step.objects.create(question=question, kind=Step.Kind.CORRECTED, at=now, label=label, text=reason)
            _recorded("correct", actor, question, {"answer": given.public_id, "version": given.version})
            telling.answered(question, given, actor.public_id, corrected=True)
    return given


def link_outcome(actor: Actor, comment: Comment, target: Subject, note: str, *, on: date | None = None) -> Link:
    """ "Was daraus wurde": this contribution caused a change of `target`. Linking again replaces the note.

    `on` is the day of the change, today if left out. Raises Refused, DomainError (field ``note`` or ``target``).
    """
    require(permissions.answer(actor, department_of(target)))
    note = " ".join(_needed(note, "note").split())
    if len(note) > 300:
        raise DomainError(_("Bitte sagen Sie es in höchstens 300 Zeichen."), field="note", code="too_long")
    if target.pk == comment.subject_id or not target.is_public:
        raise DomainError(_("Wählen Sie etwas Öffentliches, das sich geändert hat."), field="target", code="target")
    at = timezone.localtime(clock.now())  # the day is one of the city's calendar, also around midnight
    if on is not None:
        at = at.replace(year=on.year, month=on.month, day=on.day)
    with transaction.atomic():
        link = subjects.link(comment.subject, target, Link.Kind.CAUSED, note)
        Link.objects.filter(pk=link.pk).update(note=note, created_at=at)
        link.note, link.created_at = note, at
        audit.record(
            "comments.comment.outcome",
            actor=actor.public_id,
            actor_label=label_of(actor, None)[:160],
            obj=comment.subject.public_id,
            payload={"target": target.public_id, "note": note},
        )
        telling.outcome(comment, target, note, actor.public_id)
    return link


def _recorded(verb: str, actor: Actor, question: Question, payload: dict[str, object]) -> None:
    audit.record(
        f"comments.question.{verb}",
        actor=actor.public_id,
        actor_label=label_of(actor, question.department_id)[:160],
        obj=question.comment.subject.public_id,
        payload=payload,
    )
