"""The desk of those who owe answers, inside the back office: a list by urgency, and one page per question."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from mitstadt.accounts import rules as trust
from mitstadt.accounts.actor import COORDINATOR, EDITOR, Actor
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, Refused, require, show
from mitstadt.kit.languages import german_path
from mitstadt.organisations import saved_filters
from mitstadt.subjects.models import Subject

from . import actions, conf, permissions, queries
from .forms import AnswerForm, BundleForm, CorrectForm, ForwardForm, InterimForm, OutcomeForm
from .models import OPEN_STATES, Question, State
from .rules import excerpt
from .words import Words, at_department

PER_PAGE = 50
VERBS = ("answer", "interim", "forward", "bundle", "correct", "outcome")
FILTERS = ("offen", "ueberfaellig", "beantwortet", "alle")


def may_enter(actor: Actor) -> bool:
    """Editors and coordination have a desk here."""
    return bool(trust.staff(actor)) and (actor.has(EDITOR) or actor.has(COORDINATOR))


def _staff(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(trust.staff(actor))
    if not may_enter(actor):
        raise Http404
    return actor


def own_departments(actor: Actor) -> list[int]:
    return sorted({g.organisation_id for g in actor.grants if g.role in (EDITOR, COORDINATOR)})


def desk(actor: Actor, shown: str, text: str = "") -> QuerySet[Question]:
    """Questions this person may see: coordination all, editors their own; own department first, then by due date."""
    rows = Question.objects.select_related("comment__subject", "comment__about", "department")
    if not actor.has(COORDINATOR):
        rows = rows.filter(Q(department__in=own_departments(actor)) | Q(answer__department__in=own_departments(actor)))
    if shown in ("offen", "ueberfaellig"):
        rows = rows.filter(state__in=OPEN_STATES)
    if shown == "ueberfaellig":
        rows = rows.filter(due_on__lt=clock.today())
    if shown == "beantwortet":
        rows = rows.filter(state=State.ANSWERED)
    for word in text.split()[:5]:
        rows = rows.filter(Q(comment__text__icontains=word) | Q(comment__about__title__icontains=word))
    own = Case(
        When(department__in=own_departments(actor), then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    if shown == "beantwortet":
        return rows.order_by(own, "-answered_on", "-pk")
    return rows.order_by(own, "due_on", "pk")


def questions(request: HttpRequest) -> HttpResponse:
    """``/verwaltung/fragen/?zeigen=ueberfaellig&q=radweg``"""
    try:
        actor = _staff(request)
    except Refused as error:
        return _refused(request, error)
    shown = str(request.GET.get("zeigen", "offen"))
    shown = shown if shown in FILTERS else "offen"
    text = str(request.GET.get("q", ""))[:100]
    page = Paginator(desk(actor, shown, text), PER_PAGE).get_page(request.GET.get("p"))
    words = Words(clock.today())
    own = set(own_departments(actor))
    names = {"offen": _("Offen"), "ueberfaellig": _("Überfällig"), "beantwortet": _("Beantwortet"), "alle": _("Alle")}
    context = {
        "shown": shown,
        "q": text,
        "filters": names.items(),
        "saved": saved_filters.block(actor, "comments.questions", request.GET),
        "page": page,
        "rows": [_row(question, words, own) for question in page.object_list],
        "days": conf.answer_days(),
    }
    return render(request, "comments/staff/questions.html", context)


def _row(question: Question, words: Words, own: set[int]) -> dict[str, Any]:
    open_ = question.state in OPEN_STATES
    return {
        "id": question.comment.subject.public_id,
        "text": excerpt(question.comment.text, 110) or _("(zurückgezogen)"),
        "about": question.comment.about.title,
        "department": question.department.name if question.department else _("Koordination"),
        "own": question.department_id in own,
        "state": question.get_state_display(),
        "due": question.due_on,
        "late": words.overdue_days(question.due_on) if open_ and question.due_on < words.today else 0,
        "left": words.left(question.due_on) if open_ and question.due_on >= words.today else None,
        "is_example": question.is_example,
    }


def question(request: HttpRequest, public_id: str) -> HttpResponse:
    """One question with everything that can be done: answer, note, forward, bundle, correct, outcome."""
    try:
        actor = _staff(request)
    except Refused as error:
        return _refused(request, error)
    found = (
        Question.objects.select_related(
            "comment__subject", "comment__about", "comment__parent", "department", "answer", "lead__comment__subject"
        )
        .filter(comment__subject__public_id=public_id)
        .first()
    )
    if found is None:
        raise Http404
    forms = _forms(found, actor)
    verb = str(request.POST.get("verb", "")) if request.method == "POST" else ""
    status = 200
    if verb == "unbundle" or (verb in VERBS and (verb != "correct" or found.answer is not None)):
        form = None
        if verb in VERBS:  # also when the state has moved on: what was typed must not get lost
            form = forms[verb] = _bound(verb, request, found, actor)
        try:
            if form is None or form.is_valid():
                _do(verb, actor, found, form.cleaned_data if form is not None else request.POST)
                messages.success(request, _said(verb))
                return redirect(reverse("comments_question", args=[public_id]))
        except DomainError as error:
            if form is not None:
                show(form, error)
            else:
                messages.error(request, error.message)
        status = 422
        found.refresh_from_db()
    words = Words(clock.today())
    context = {
        "question": found,
        "comment": found.comment,
        "row": _row(found, words, set(own_departments(actor))),
        "at": at_department(found.department.name if found.department else ""),
        "decision": permissions.answer(actor, found.department_id),
        "forms": forms,
        "steps": found.steps.select_related("to_department"),
        "bundled": found.bundled.select_related("comment__subject"),
        "effects": queries.thread(found.comment.parent_id or found.pk).effects.get(found.pk, []),
        "open": found.state in OPEN_STATES,
        "verb": verb,
        "next": desk(actor, "offen").exclude(pk=found.pk).values_list("comment__subject__public_id", flat=True).first(),
    }
    return render(request, "comments/staff/question.html", context, status=status)


def _forms(found: Question, actor: Actor) -> dict[str, Any]:
    """The forms that make sense in this state, unbound."""
    return {verb: _bound(verb, None, found, actor) for verb in _verbs(found)}


def _verbs(found: Question) -> tuple[str, ...]:
    if found.state in OPEN_STATES:
        return ("answer", "interim", "forward", "bundle", "outcome")
    return ("correct", "outcome") if found.state == State.ANSWERED else ()


def _bound(verb: str, request: HttpRequest | None, found: Question, actor: Actor) -> Any:
    data = request.POST if request is not None else None
    common: dict[str, Any] = {"prefix": verb, "initial": {"revision": found.revision}}
    if verb == "answer":
        return AnswerForm(data, **common)
    if verb == "interim":
        return InterimForm(data, **common)
    if verb == "forward":
        form = ForwardForm(data, **common)
        form.fields["department"].queryset = form.fields["department"].queryset.exclude(  # type: ignore[attr-defined]
            pk=found.department_id or 0
        )
        return form
    if verb == "bundle":
        return BundleForm(data, choices=_equal(found, actor), **common)
    if verb == "correct":
        given = found.answer
        assert given is not None
        return CorrectForm(data, prefix=verb, initial={"text": given.text, "version": given.version})
    return OutcomeForm(data, prefix=verb, initial={"target": found.comment.about.path, "on": clock.today()})


def _equal(found: Question, actor: Actor) -> list[tuple[str, str]]:
    """Questions that may be equal: about the same thing first, then the newest that this person may answer."""
    rows = desk(actor, "alle").exclude(pk=found.pk).exclude(state=State.WITHDRAWN).filter(lead__isnull=True)
    same = rows.filter(comment__about_id=found.comment.about_id).order_by("-pk")[:30]
    others = rows.exclude(comment__about_id=found.comment.about_id).order_by("-pk")[:20]
    return [
        (str(q.pk), f"{excerpt(q.comment.text, 70)} ({excerpt(q.comment.about.title, 40)})") for q in (*same, *others)
    ]


def _do(verb: str, actor: Actor, found: Question, data: Any) -> None:
    """The one action behind a form."""
    if verb == "answer":
        actions.answer(actor, found, data["text"], revision=data["revision"])
    elif verb == "interim":
        actions.interim(actor, found, data["text"], revision=data["revision"])
    elif verb == "forward":
        actions.forward(actor, found, data["department"], data["reason"], revision=data["revision"])
    elif verb == "bundle":
        actions.bundle(actor, found, Question.objects.get(pk=data["lead"]), revision=data["revision"])
    elif verb == "unbundle":
        actions.unbundle(actor, found)
    elif verb == "correct" and found.answer is not None:
        actions.correct(actor, found.answer, data["text"], data["reason"], version=data["version"])
    elif verb == "outcome":
        actions.link_outcome(actor, found.comment, _target(data["target"]), data["note"], on=data["on"])


def _target(address: str) -> Subject:
    """The subject behind an address of ours, of any language."""
    path = german_path(urlsplit(address.strip()).path)
    found = Subject.objects.filter(path=path).exclude(kind="comment").first()
    if found is None:
        raise DomainError(_("Unter dieser Adresse gibt es hier nichts, was sich geändert haben kann."), field="target")
    return found


def _said(verb: str) -> str:
    return {
        "answer": _("Die Antwort steht öffentlich bei der Frage."),
        "interim": _("Die Zwischennachricht steht öffentlich bei der Frage."),
        "forward": _("Weitergegeben. Der Grund steht öffentlich bei der Frage."),
        "bundle": _("Gebündelt. Eine Antwort gilt jetzt für alle."),
        "unbundle": _("Die Frage steht wieder für sich."),
        "correct": _("Berichtigt. Die frühere Fassung bleibt lesbar."),
        "outcome": _("Verknüpft. Wer gefragt hat, bekommt Bescheid."),
    }[verb]


def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return render(request, "comments/staff/refused.html", {"reason": error.message}, status=403)
