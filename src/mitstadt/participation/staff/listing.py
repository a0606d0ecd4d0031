"""The list of processes in the back office, beginning one, copying one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from mitstadt.accounts.actor import COORDINATOR, EDITOR, MODERATOR, Actor
from mitstadt.kit import clock
from mitstadt.kit.decision import no
from mitstadt.kit.errors import DomainError, Refused, show
from mitstadt.participation import rules, words
from mitstadt.participation.actions import plans
from mitstadt.participation.models import Process

from .doors import actor_of, managed, staff_only
from .forms import CopyForm, NewForm, departments

PER_PAGE = 50


def visible_to(actor: Actor) -> QuerySet[Process]:
    """What a person of staff may see: coordination and moderation all, editors their department's, others their own."""
    rows = Process.objects.select_related("subject", "department").prefetch_related("phases")
    if actor.has(COORDINATOR) or actor.has(MODERATOR):
        return rows
    own = [grant.organisation_id for grant in actor.grants if grant.role == EDITOR]
    return rows.filter(Q(department__in=own) | Q(assignments__user_id=actor.user_id)).distinct()


@staff_only
def listing(request: HttpRequest) -> HttpResponse:
    """``/verwaltung/beteiligung/?stand=running&referat=3&q=platz``"""
    actor = actor_of(request)
    rows = visible_to(actor)
    asked, department, text = (request.GET.get(name, "") for name in ("zustand", "referat", "q"))
    if department.isdecimal():
        rows = rows.filter(department_id=int(department))
    for word in text.split()[:5]:
        rows = rows.filter(Q(title__icontains=word) | Q(summary__icontains=word))
    now = clock.now()
    if asked in (rules.ANNOUNCED, rules.RUNNING, rules.EVALUATION):
        bounds = {
            rules.ANNOUNCED: Q(first_start__isnull=True) | Q(first_start__gt=now),
            rules.RUNNING: Q(first_start__lte=now, last_end__gt=now),
            rules.EVALUATION: Q(last_end__lte=now),
        }
        rows = rows.filter(bounds[asked], stage=rules.OPEN)
    elif asked in rules.STATES:
        rows = rows.filter(stage=asked)
    page = Paginator(rows.order_by("-number"), PER_PAGE).get_page(request.GET.get("p"))
    context = {
        "page": page,
        "rows": [_row(process, now) for process in page.object_list],
        "states": [(state, words.STATES[state]) for state in rules.STATES],
        "departments": departments(),
        "asked": {"zustand": asked, "referat": department, "q": text},
        "may_create": actor.has(EDITOR) or actor.has(COORDINATOR),
    }
    return render(request, "participation/staff/list.html", context)


def _row(process: Process, now: Any) -> dict[str, Any]:
    state = process.state(now)
    return {
        "number": process.number,
        "title": process.title,
        "state": words.STATES[state],
        "department": process.department.name,
        "start": process.first_start,
        "end": process.last_end,
        "contributions": process.contribution_count,
        "is_example": process.is_example,
    }


@staff_only
def new(request: HttpRequest) -> HttpResponse:
    """``/verwaltung/beteiligung/neu/``: from a template, in a few fields."""
    actor = actor_of(request)
    if not (actor.has(EDITOR) or actor.has(COORDINATOR)):
        raise Refused(no(_("Verfahren anlegen können die Redaktionen der Referate und die Koordination.")))
    form = NewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        plan = plans.template(data["template"]) or plans.Plan("", "", "", (), ())
        try:
            process, left_out = plans.build(actor, data["department"], data["title"], data["start"], plan)
        except DomainError as error:
            show(form, error)
        else:
            for sentence in left_out:
                messages.warning(request, sentence)
            messages.success(request, _("Der Entwurf ist angelegt. Unten steht, was noch fehlt."))
            return redirect("participation_staff:process", number=process.number)
    own = [g.organisation_id for g in actor.grants if g.role in (EDITOR, COORDINATOR)]
    form.fields["department"].initial = own[0] if own else None
    return render(request, "participation/staff/new.html", {"form": form}, status=422 if form.errors else 200)


@staff_only
def copy(request: HttpRequest, number: int) -> HttpResponse:
    """``/verwaltung/beteiligung/12/kopieren/``"""
    process = managed(request, number)
    form = CopyForm(request.POST or None, initial={"title": process.title, "start": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            made, left_out = plans.copy(
                actor_of(request), process, form.cleaned_data["title"], form.cleaned_data["start"]
            )
        except DomainError as error:
            show(form, error)
        else:
            for sentence in left_out:
                messages.warning(request, sentence)
            messages.success(request, _("Die Kopie ist angelegt; Beiträge, Codes und Ergebnisse kommen nicht mit."))
            return redirect("participation_staff:process", number=made.number)
    context = {"form": form, "process": process, "heading": _("Verfahren kopieren"), "send": _("Kopie anlegen")}
    return render(request, "participation/staff/form.html", context, status=422 if form.errors else 200)
