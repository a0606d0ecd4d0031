"""Reporting, reading the reasons, appealing, and the public log."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache

from mitstadt.accounts.actor import Actor
from mitstadt.accounts.guests import actor_of
from mitstadt.accounts.views.common import client_of
from mitstadt.kit import past
from mitstadt.kit.cache import private
from mitstadt.kit.errors import DomainError, show
from mitstadt.notify import feeds, letters
from mitstadt.notify.queries import here
from mitstadt.subjects.models import Subject

from . import actions, conf, grounds, links, queries, registry
from .forms import AppealForm, CodeForm, ReportForm
from .models import Case

PER_PAGE = 50


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


# -- reporting ----------------------------------------------------------------------------------------
@never_cache
def report(request: HttpRequest, public_id: str) -> HttpResponse:
    """Form page: report one subject, without signing in."""
    subject = get_object_or_404(Subject.objects.public(), public_id=public_id)
    actor = _actor(request)
    form = ReportForm(request.POST or None, known=actor.is_known)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.report(actor, subject, client=client_of(request), **form.cleaned_data)
        except DomainError as error:
            show(form, error)
        else:
            return redirect("moderation:receipt", code=made.code)
    excerpt = registry.of(subject.kind).excerpt_of(subject) or subject.title
    context = {"form": form, "subject": subject, "excerpt": excerpt, "back": here(subject.path)}
    return render(
        request, "moderation/report.html", {**context, "days": conf.decision_days(), "keep": conf.contact_days()}
    )


@never_cache
def find(request: HttpRequest) -> HttpResponse:
    """For whoever kept only the code of a report."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("moderation:receipt", code=form.cleaned_data["code"])
    return render(request, "moderation/find.html", {"form": form}, status=422 if form.errors else 200)


@private
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """The receipt, and later what became of the report. Whoever knows the code may read it."""
    found = queries.report_by_code(code)
    if found is None:
        raise Http404(_("Diesen Code kennen wir nicht."))
    chosen = grounds.reason(found.reason)
    context = {
        "report": found,
        "reason": chosen.title if chosen else found.reason,
        "case": found.case,
        "decisions": queries.lines(queries.public().filter(case=found.case).order_by("step")),
    }
    return render(request, "moderation/receipt.html", context)


# -- for authors ------------------------------------------------------------------------------------------
@login_required
@never_cache
def own(request: HttpRequest) -> HttpResponse:
    """Decisions about one's own texts."""
    return render(request, "moderation/own.html", {"cases": queries.own_cases(_actor(request))[:200]})


@login_required
@never_cache
def statement(request: HttpRequest, public_id: str) -> HttpResponse:
    """The statement of reasons, for the author only; with the appeal."""
    case = queries.case(public_id)
    actor = _actor(request)
    if case is None or not actions.is_author(actor, case):
        raise Http404
    return _statement(request, case, actor)


@never_cache
def guest_statement(request: HttpRequest, token: str) -> HttpResponse:
    """The same for somebody without an account: the signed link in their mail is the proof."""
    case = links.case_of(token)
    if case is None or case.author_guest is None:
        raise Http404
    return _statement(request, case, actor_of(case.author_guest))


def _statement(request: HttpRequest, case: Case, actor: Actor) -> HttpResponse:
    decisions = queries.decisions_of(case)
    if not decisions:
        raise Http404
    form = AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.appeal(actor, case, form.cleaned_data["text"])
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Ihr Widerspruch ist da. Eine zweite Person entscheidet darüber."))
            return redirect(request.path)
    may = actions.may_appeal(actor, case)
    context = {"case": case, "decisions": decisions, "form": form, "may": may, "appeal": actions.appeal_of(case)}
    return render(request, "moderation/statement.html", {**context, "days": conf.decision_days()})


# -- the public log ---------------------------------------------------------------------------------------
@past.shown
@cache_control(public=True, max_age=120)
def log(request: HttpRequest) -> HttpResponse:
    """Every decision with its ground, no text, no names. Cacheable."""
    page = Paginator(queries.public(), PER_PAGE).get_page(request.GET.get("seite"))
    context = {
        "page": page,
        "lines": queries.lines(page.object_list),
        "counts": queries.counts(),
        "grounds": grounds.rules().grounds,
        "days": conf.decision_days(),
    }
    return render(request, "moderation/log.html", context)


@past.shown
def log_feed(request: HttpRequest) -> HttpResponse:
    """The log as Atom, cacheable."""
    lines = queries.lines(queries.public()[:50])
    feed = feeds.start(
        _("Entscheidungen der Moderation"), "/moderation/", feeds.tag("feed", "moderation"), request.path
    )
    for line in lines:
        feed.add_item(
            title=f"{line.kind_label}: {line.outcome_label}",
            link=letters.absolute("/moderation/") + f"#{line.public_id}",
            description=line.ground_title,
            unique_id=feeds.tag("moderation", line.public_id),
            pubdate=line.at,
            updateddate=line.at,
        )
    stamp = max((line.at for line in lines), default=datetime(2026, 1, 1, tzinfo=UTC))
    response = feeds.finish(feed, stamp)
    patch_cache_control(response, public=True, max_age=feeds.MAX_AGE)
    return response
