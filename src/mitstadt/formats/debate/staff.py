"""Summing up a debate in the back office: what came since, and the summary beside it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mitstadt.accounts import drafts
from mitstadt.accounts.actor import Actor
from mitstadt.comments import queries as voices
from mitstadt.comments.models import Channel, Side
from mitstadt.kit import clock
from mitstadt.kit.errors import DomainError, show
from mitstadt.participation import access
from mitstadt.participation import queries as processes
from mitstadt.participation.models import Module
from mitstadt.participation.staff.doors import opens

from . import actions, queries
from .forms import CorrectForm, SummaryForm, WithdrawForm
from .models import Summary


def _find(public_id: str) -> Module | None:
    module = processes.module(public_id)
    return module if module is not None and module.format == queries.SLUG else None


of_module = opens(_find, lambda actor, module: access.may_moderate(actor, module.process))
of_summary = opens(queries.summary, lambda actor, summary: access.may_moderate(actor, summary.module.process))


def _back(module: Module) -> HttpResponse:
    return redirect("debate_staff:summaries", module.subject.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@of_module
def summaries(request: HttpRequest, actor: Actor, module: Module) -> HttpResponse:
    """``/verwaltung/beteiligung/debatte/<module>/``: read what came, write the next summary."""
    found = queries.of(module)
    standing = next((one for one in found if one.ended_at is None), None)
    initial: dict[str, Any] = {
        "text": standing.text if standing is not None else "",
        "covers_until": clock.today(),
        "seen": standing.public_id if standing is not None else "",
    }
    form = SummaryForm(request.POST or None, initial={**initial, **drafts.restore(request)})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.write(actor, module, data["text"], covers_until=data["covers_until"], seen=data["seen"])
        except DomainError as error:
            show(form, error)
        else:
            drafts.done(request)
            messages.success(request, _("Die Zusammenfassung steht oben. Wer folgt, bekommt Bescheid."))
            return _back(module)
    counts = voices.side_counts(module.subject_id) if queries.asks_side(module) else {}
    context = {
        "module": module,
        "process": module.process,
        "form": form,
        "standing": standing,
        "earlier": [one for one in found if one is not standing],
        "unread": [
            {
                **row,
                "side_word": Side(row["side"]).label if row["side"] else "",
                "channel_word": Channel(row["channel"]).label if row["channel"] != Channel.ONLINE else "",
            }
            for row in queries.unread(module, standing)
        ],
        "sides": [(Side(side).label, count) for side, count in counts.items()],
        "frozen": access.not_frozen(module.process).reason,
        "manages": bool(access.may_manage(actor, module.process)),
    }
    return render(request, "debate/staff/summaries.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@of_summary
def correct(request: HttpRequest, actor: Actor, summary: Summary) -> HttpResponse:
    """Another wording of what stands; the earlier one stays readable."""
    form = CorrectForm(request.POST or None, initial={"text": summary.text})
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct(actor, summary, form.cleaned_data["text"], form.cleaned_data["reason"])
        except DomainError as error:
            show(form, error)
        else:
            messages.success(request, _("Berichtigt. Die frühere Fassung bleibt lesbar."))
            return _back(summary.module)
    note = _("Wer folgt, hört davon nicht noch einmal. Kam Neues dazu, schreiben Sie eine neue Zusammenfassung.")
    return _form(request, summary, form, _("Zusammenfassung berichtigen"), _("Berichtigung veröffentlichen"), note)


@require_http_methods(["GET", "HEAD", "POST"])
@of_summary
def withdraw(request: HttpRequest, actor: Actor, summary: Summary) -> HttpResponse:
    """Take what stands from the top, with a reason."""
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw(actor, summary, form.cleaned_data["reason"], erase=form.cleaned_data["erase"])
        except DomainError as error:
            show(form, error)
        else:
            messages.success(request, _("Die Zusammenfassung ist zurückgezogen."))
            return _back(summary.module)
    note = _("Danach steht keine Zusammenfassung mehr oben, bis jemand eine neue schreibt.")
    return _form(request, summary, form, _("Zusammenfassung zurückziehen"), _("Zurückziehen"), note, danger=True)


def _form(
    request: HttpRequest,
    summary: Summary,
    form: forms.Form,
    heading: str,
    send: str,
    note: str,
    danger: bool = False,
) -> HttpResponse:
    context = {
        "summary": summary,
        "module": summary.module,
        "form": form,
        "screen_title": heading,
        "send": send,
        "note": note,
        "danger": danger,
        "stands": summary.ended_at is None,
    }
    return render(request, "debate/staff/form.html", context, status=422 if form.errors else 200)
